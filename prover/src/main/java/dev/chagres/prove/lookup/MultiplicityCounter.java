package dev.chagres.prove.lookup;

import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.Virtual;
import dev.chagres.prove.Workers;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/// Counts how often each table entry is looked up, and makes sure that every looked-up tuple is an entry.
///
/// Counts add to what the multiplicity tensors hold. Every thread counts for itself; sums of counts do not depend on who counted what.
public final class MultiplicityCounter {
    /// Positions of one task.
    private static final int TASK = 1 << 18;

    private final Function<Column, IntTensor> columns;
    private final Function<Virtual, IntTensor> virtuals;
    private final int threads;

    /// Counts on one thread.
    ///
    /// @see #MultiplicityCounter(Function, Function, int)
    public MultiplicityCounter(Function<Column, IntTensor> columns, Function<Virtual, IntTensor> virtuals) {
        this(columns, virtuals, 1);
    }

    /// @param columns data of looked-up columns, key columns and, 32 bits wide, multiplicities
    /// @param virtuals data of virtual tensors
    public MultiplicityCounter(Function<Column, IntTensor> columns, Function<Virtual, IntTensor> virtuals, int threads) {
        this.columns = columns;
        this.virtuals = virtuals;
        this.threads = threads;
    }

    /// Tiles [from, to) of one segment.
    private record Task(int segment, int from, int to) {}

    /// Counts all lookups of one segment.
    ///
    /// @see #count(List)
    public void count(Segment segment) {
        count(List.of(segment));
    }

    /// Counts all lookups of several segments; nothing is counted if a tuple is missing.
    ///
    /// @throws IllegalStateException naming segment, position and tuple of the first tuple, in the order of segments, tiles and positions, that is
    ///     not in its table
    /// @throws IllegalArgumentException if data and shapes do not fit
    public void count(List<Segment> segments) {
        List<Task> tasks = new ArrayList<>();
        for (int s = 0; s < segments.size(); s++) {
            int tiles = segments.get(s).shape().tileCount();
            int step = Math.max(1, TASK >> segments.get(s).shape().lowBits());
            for (int t = 0; t < tiles; t += step) {
                tasks.add(new Task(s, t, Math.min(tiles, t + step)));
            }
        }
        List<TableCounts> counts = Stream.generate(TableCounts::new).limit(threads).toList();
        try (Workers<TableCounts> workers = new Workers<>(counts)) {
            SegmentCounter[] counters = new SegmentCounter[segments.size()];
            workers.run(segments.size(), (_, s) -> counters[s] = new SegmentCounter(segments.get(s), columns, virtuals));
            workers.run(tasks.size(), (mine, i) -> {
                Task task = tasks.get(i);
                for (int t = task.from; t < task.to; t++) {
                    counters[task.segment].count(t, mine);
                }
            });
        }
        for (TableCounts c : counts) {
            c.tables().forEach(this::add);
        }
    }

    private void add(Map.Entry<Table, int[]> counted) {
        IntTensor multiplicity = columns.apply(counted.getKey().multiplicity());
        int[] counts = counted.getValue();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                multiplicity.set(i, multiplicity.get(i) + counts[i]);
            }
        }
    }
}
