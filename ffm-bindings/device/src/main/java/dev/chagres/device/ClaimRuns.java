package dev.chagres.device;

import dev.chagres.ffm.ClaimRun;
import dev.chagres.ffm.ClaimTables;
import dev.chagres.ffm.ClaimTerm;
import dev.chagres.ffm.Device;
import dev.chagres.kernel.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Collects the runs of claims over some pieces, for one kernel.
final class ClaimRuns {
    private final List<ClaimTerm> terms = new ArrayList<>();
    private final List<ClaimRun> runs = new ArrayList<>();

    /// Weights of neighbours from the begin of the terms' tables on; nothing without terms.
    ///
    /// @param at number of the first neighbour
    /// @param step distance of neighbours
    /// @param rows how many there are
    void add(long at, int step, long rows, int group, List<ClaimTerm> of) {
        if (of.isEmpty()) {
            return;
        }
        for (int done = 0; done < rows; done += ClaimRun.MOST_ROWS) {
            int here = (int) Math.min(ClaimRun.MOST_ROWS, rows - done);
            runs.add(new ClaimRun(at + (long) done * step, here, done, group, terms.size(), of.size()));
        }
        terms.addAll(of);
    }

    /// Runs of so many rows.
    static long count(long rows) {
        return (rows + ClaimRun.MOST_ROWS - 1) / ClaimRun.MOST_ROWS;
    }

    /// Bytes of the device that runs with so many terms together take.
    static long bytes(long runs, long terms) {
        return Device.regionBytes(terms * ClaimTerm.BYTES) + Device.regionBytes(runs * ClaimRun.BYTES);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /// Copies them to the device.
    ClaimTables send(DeviceClaims claims, DeviceRegions regions, MemoryScope scope) {
        return new ClaimTables(claims.tables(), claims.entries(),
                regions.copy(write(scope, terms, ClaimTerm.BYTES, ClaimTerm::write), terms.size() * ClaimTerm.BYTES),
                terms.size(),
                regions.copy(write(scope, runs, ClaimRun.BYTES, ClaimRun::write), runs.size() * ClaimRun.BYTES),
                runs.size());
    }

    private interface Writer<T> {
        void write(T entry, MemorySegment table, long number);
    }

    private static <T> long write(MemoryScope scope, List<T> entries, long size, Writer<T> writer) {
        long bytes = entries.size() * size;
        long address = scope.allocateRaw(bytes);
        MemorySegment table = DeviceRegions.host(address, bytes);
        for (int i = 0; i < entries.size(); i++) {
            writer.write(entries.get(i), table, i);
        }
        return address;
    }
}
