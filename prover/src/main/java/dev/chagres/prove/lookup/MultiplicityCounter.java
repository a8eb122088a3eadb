package dev.chagres.prove.lookup;

import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Counts how often each table entry is looked up, and makes sure that every looked-up tuple is an entry.
///
/// Counts add to what the multiplicity tensors hold. For one thread.
public final class MultiplicityCounter {
    private static final int CHUNK = 1024;

    private final Function<Column, IntTensor> columns;
    private final Function<Virtual, IntTensor> virtuals;
    private final List<long[]> values = new ArrayList<>();
    private final long[] entries = new long[CHUNK];
    private final long[] slots = new long[CHUNK];

    /// @param columns data of looked-up columns, key columns and, 32 bits wide, multiplicities
    /// @param virtuals data of virtual tensors
    public MultiplicityCounter(Function<Column, IntTensor> columns, Function<Virtual, IntTensor> virtuals) {
        this.columns = columns;
        this.virtuals = virtuals;
    }

    /// Counts all lookups of several segments.
    ///
    /// @see #count(Segment)
    public void count(List<Segment> segments) {
        segments.forEach(this::count);
    }

    /// Counts all lookups of one segment.
    ///
    /// @throws IllegalStateException naming segment, position and tuple, if a tuple is not in the table
    /// @throws IllegalArgumentException if data and shapes do not fit
    public void count(Segment segment) {
        SegmentData data = new SegmentData(segment, columns, virtuals);
        Lookup lookup = new Lookup(segment);
        while (values.size() < data.values().size()) {
            values.add(new long[CHUNK]);
        }
        int size = 1 << segment.shape().lowBits();
        for (int t = 0; t < segment.shape().tileCount(); t++) {
            for (int x = 0; x < size; x += CHUNK) {
                int n = Math.min(CHUNK, size - x);
                for (int i = 0; i < data.values().size(); i++) {
                    data.values().get(i).read(values.get(i), t, x, n);
                }
                lookup.locate(t, x, n);
                for (int i = 0; i < data.values().size(); i++) {
                    lookup.compare(i, t, x, n);
                }
                lookup.increment(n);
            }
        }
    }

    /// The table of a segment.
    private final class Lookup {
        private final Segment segment;
        private final Table table;
        private final long firstValue;
        private final long entryCount;
        /// Whether entry and slot are the same number.
        private final boolean consecutive;
        private final long counts;
        private final List<IntTensor> keys = new ArrayList<>();

        Lookup(Segment segment) {
            this.segment = segment;
            this.table = segment.table();
            this.firstValue = table.firstValue();
            long[] starts = table.starts();
            boolean dense = true;
            for (int t = 0; t < starts.length; t++) {
                dense &= starts[t] == (long) t << table.tileBits();
            }
            this.consecutive = dense;
            this.entryCount = (long) starts.length << table.tileBits();
            IntTensor multiplicity = columns.apply(table.multiplicity());
            if (multiplicity.width() != 32 || multiplicity.size() != entryCount) {
                throw new IllegalArgumentException("multiplicities of table " + table);
            }
            this.counts = multiplicity.address();
            for (TablePolynomial c : table.columns()) {
                keys.add(c instanceof TablePolynomial.Key k ? KeyColumns.data(table, k, columns) : null);
            }
        }

        /// Entry and slot of `n` tuples from position `x` on.
        void locate(int tile, int x, int n) {
            long[] first = values.getFirst();
            for (int i = 0; i < n; i++) {
                long entry = first[i] - firstValue;
                long slot = consecutive ? entry : table.slot(entry);
                if (slot < 0 || slot >= entryCount) {
                    throw missing(tile, x, i);
                }
                entries[i] = entry;
                slots[i] = slot;
            }
        }

        /// Compares component `k` with column `k` of the entries.
        void compare(int k, int tile, int x, int n) {
            long[] value = values.get(k);
            IntTensor key = keys.get(k);
            if (key != null) {
                long size = key.size();
                for (int i = 0; i < n; i++) {
                    if (value[i] != (slots[i] < size ? key.get(slots[i]) : 0)) {
                        throw missing(tile, x, i);
                    }
                }
            } else if (table.columns().get(k) instanceof TablePolynomial.Index(long base, int bits)) {
                long mask = (1L << bits) - 1;
                for (int i = 0; i < n; i++) {
                    if (value[i] != base + (entries[i] & mask)) {
                        throw missing(tile, x, i);
                    }
                }
            } else {
                TablePolynomial column = table.columns().get(k);
                for (int i = 0; i < n; i++) {
                    if (value[i] != column.at(entries[i])) {
                        throw missing(tile, x, i);
                    }
                }
            }
        }

        void increment(int n) {
            for (int i = 0; i < n; i++) {
                Memory.setInt(counts, slots[i], Memory.getInt(counts, slots[i]) + 1);
            }
        }

        private IllegalStateException missing(int tile, int x, int i) {
            List<Long> tuple = new ArrayList<>();
            for (int k = 0; k < keys.size(); k++) {
                tuple.add(values.get(k)[i]);
            }
            return new IllegalStateException("segment " + segment.name() + ", tile " + tile + ", position " + (x + i)
                    + ": the tuple " + tuple + " is not in table " + table);
        }
    }
}
