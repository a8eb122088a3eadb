package dev.chagres.prove.lookup;

import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.List;
import java.util.function.Function;

/// Counts how often each table entry is looked up, and makes sure that every looked-up tuple is an entry.
///
/// Counts add to what the multiplicity tensors hold. Several threads may count different segments at the same time; sums of counts do not
/// depend on who counted what.
public final class MultiplicityCounter {
    private final Function<Column, IntTensor> columns;
    private final Function<Virtual, IntTensor> virtuals;

    /// @param columns data of looked-up columns, key columns and, 32 bits wide, multiplicities
    /// @param virtuals data of virtual tensors
    public MultiplicityCounter(Function<Column, IntTensor> columns, Function<Virtual, IntTensor> virtuals) {
        this.columns = columns;
        this.virtuals = virtuals;
    }

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
        TableCounts counts = new TableCounts();
        for (Segment s : segments) {
            SegmentCounter counter = new SegmentCounter(s, columns, virtuals);
            for (int t = 0; t < s.shape().tileCount(); t++) {
                counter.count(t, counts);
            }
        }
        synchronized (this) {
            counts.tables().forEach(e -> add(e.getKey(), e.getValue()));
        }
    }

    private void add(Table table, int[] counts) {
        IntTensor multiplicity = columns.apply(table.multiplicity());
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                multiplicity.set(i, multiplicity.get(i) + counts[i]);
            }
        }
    }
}
