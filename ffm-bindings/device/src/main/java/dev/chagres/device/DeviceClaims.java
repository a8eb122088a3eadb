package dev.chagres.device;

import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.BatchedClaims.Term;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.commit.HeadGroups;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The batched claims of an opening, with tables of eq over their coordinates above the head on the device, until this
/// is closed.
final class DeviceClaims implements AutoCloseable {
    /// A term, its group, and where its table begins.
    record Part(Term term, int group, long table) {}

    /// Where everything of some claims is.
    static final class Places {
        private final List<QM31[]> groups;
        private final Map<Column, List<Part>> parts = new IdentityHashMap<>();
        private final Map<List<QM31>, Long> places = new HashMap<>();
        private long entries;

        /// @param head log2 of the values that a group sums
        Places(BatchedClaims batch, int head) {
        groups = HeadGroups.of(batch, head);
        Map<List<QM31>, Integer> groupOf = new HashMap<>();
        groups.forEach(z -> groupOf.put(List.of(z), groupOf.size()));
        for (Term term : batch.terms()) {
            List<QM31> point = List.of(term.point());
            long table = places.computeIfAbsent(point.subList(head, point.size()), tail -> {
                long place = entries;
                entries += Memory.padded(1L << tail.size());
                return place;
            });
            parts.computeIfAbsent(term.column(), c -> new ArrayList<>())
                    .add(new Part(term, groupOf.get(point.subList(0, head)), table));
        }
        parts.values().forEach(list -> list.sort(Comparator.comparingInt(Part::group)));
        }

        /// The low points of all groups.
        List<QM31[]> groups() {
            return groups;
        }

        /// The terms of a column, those of a group one after another.
        List<Part> parts(Column column) {
            return parts.getOrDefault(column, List.of());
        }

        /// Bytes of the tables.
        long bytes() {
            return Device.regionBytes(Memory.extBytes(entries));
        }
    }

    private final DeviceWork work;
    private final DeviceRegions regions;
    private final Places all;
    private final DeviceBuffer tables;

    /// @param head log2 of the values that a group sums
    DeviceClaims(DeviceSite site, BatchedClaims batch, int head) {
        all = new Places(batch, head);
        work = site.work();
        regions = new DeviceRegions(work);
        try {
            tables = regions.ext(all.entries);
            all.places.forEach((tail, place) -> work.kernels().field().eqTable(
                    tables.slice(place * Memory.EXT_BYTES, Memory.extBytes(1L << tail.size())),
                    tail.toArray(QM31[]::new), QM31.ONE));
            // Other streams read them.
            work.sync();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// The low points of all groups.
    List<QM31[]> groups() {
        return all.groups();
    }

    /// The terms of a column, those of a group one after another.
    List<Part> parts(Column column) {
        return all.parts(column);
    }

    /// All tables, an ext array.
    DeviceBuffer tables() {
        return tables;
    }

    /// Elements of [#tables()].
    long entries() {
        return all.entries;
    }

    @Override
    public void close() {
        try (work) {
            regions.close();
        }
    }
}
