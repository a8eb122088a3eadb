package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.RowPiece;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Parts of pieces whose integers are in one region of the device, for one kernel that embeds all of them in rows.
final class RowParts {
    /// Values that a block of threads embeds at a time.
    private static final int PART = 1 << 12;
    /// Tables of parts begin at multiples of so many entries, which are a multiple of [dev.chagres.ffm.Device#ALIGNMENT].
    private static final int TOGETHER = 64;
    /// Most regions whose tables are made together.
    private static final int REGIONS = 3;

    private final DeviceBuffer region;
    private final List<RowPiece> parts = new ArrayList<>();

    /// @param region where the integers are
    RowParts(DeviceBuffer region) {
        this.region = region;
    }

    /// Bytes of the tables of three regions.
    ///
    /// @param most parts in all
    static long bytes(long most) {
        return (most + REGIONS * TOGETHER) * RowPiece.BYTES;
    }

    /// Adds a piece.
    ///
    /// @param address of its integers in the region
    /// @param to first element of the rows
    /// @param bits of an integer
    void add(long address, long to, long count, int bits) {
        long from = address - region.address();
        for (long done = 0; done < count; done += PART) {
            int here = (int) Math.min(PART, count - done);
            parts.add(new RowPiece(from + done * (bits / 8), to + done, here, bits));
        }
    }

    /// Embeds all parts.
    ///
    /// @param regions three at most
    /// @param rows base array of `elements`
    /// @param table memory of the host for the tables, which is read when the call returns
    /// @param sent memory of the device for them
    static void place(List<RowParts> regions, DeviceBuffer rows, long elements, MemorySegment table,
            DeviceBuffer sent, DeviceWork work) {
        int count = 0;
        for (RowParts region : regions) {
            count = region.write(table, count);
        }
        if (count == 0) {
            return;
        }
        work.stream().in(sent, table.asSlice(0, count * RowPiece.BYTES));
        long at = 0;
        for (RowParts region : regions) {
            int parts = region.parts.size();
            if (parts > 0) {
                work.kernels().rows().placePieces(rows, elements, region.region,
                        sent.slice(at * RowPiece.BYTES, parts * RowPiece.BYTES), parts);
            }
            at += together(parts);
        }
    }

    private static int together(int parts) {
        return parts + TOGETHER - 1 & -TOGETHER;
    }

    /// @return number of the entry behind
    private int write(MemorySegment table, int first) {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).write(table, first + i);
        }
        return first + together(parts.size());
    }
}
