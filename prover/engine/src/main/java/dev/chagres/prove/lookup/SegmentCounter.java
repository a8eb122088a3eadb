package dev.chagres.prove.lookup;

import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.KeyColumns;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Counts the lookups of one segment, tile by tile, on any number of threads.
///
/// Almost all lookups are of one of three kinds: a value in a range, an index with up to two committed function values,
/// or a pair of values. They are counted as they are read; everything else, and every chunk with a missing tuple, goes
/// through the tuples in general.
final class SegmentCounter {
    private final Lookup segment;
    private final Table table;
    private final SegmentData data;
    private final long firstValue;
    private final long entryCount;
    /// [Table#digitBits()].
    private final int digitBits;
    /// Whether entry and slot are the same number.
    private final boolean consecutive;
    private final List<HostTensor> keys = new ArrayList<>();
    private final boolean plain;
    /// Whether a tuple is a pair of values, one above the other in the number of the entry.
    private final boolean pairs;
    private final int compared;
    private final Runs runs;

    /// The tiles of a table that has at most two runs of consecutive ones, the first from entry 0 on.
    ///
    /// @param low entries of the first run; in a padded table without the repetitions
    /// @param high first entry of the second run, if there is one
    /// @param end entry after the second run, else 0
    private record Runs(int low, long high, long end) {
        /// Where an entry is counted; -1 if no tile has it.
        int slot(long entry) {
            if (entry >= 0 && entry < low) {
                return (int) entry;
            }
            return entry >= high && entry < end ? (int) (entry - high) + low : -1;
        }
    }

    /// @throws IllegalArgumentException if data and shapes do not fit
    SegmentCounter(Lookup segment, Function<Column, ? extends IntTensor> columns,
            Function<VirtualTensor, ? extends IntTensor> virtuals) {
        this.segment = segment;
        this.table = segment.table();
        this.data = new SegmentData(segment, columns, virtuals);
        this.firstValue = table.firstValue();
        this.digitBits = table.digitBits();
        long[] starts = table.starts();
        boolean dense = true;
        for (int t = 0; t < starts.length; t++) {
            dense &= starts[t] == (long) t << table.tileBits();
        }
        this.consecutive = dense;
        this.entryCount = (long) starts.length << table.tileBits();
        IntTensor multiplicity = columns.apply(table.multiplicity());
        if (multiplicity.width() != 32 || multiplicity.size() != entryCount || entryCount > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("multiplicities of table " + table);
        }
        for (TablePolynomial c : table.columns()) {
            keys.add(c instanceof TablePolynomial.Stored k ? HostTensor.of(KeyColumns.data(table, k, columns)) : null);
        }
        this.runs = runs();
        this.plain = plain();
        this.compared = plain ? compared() : 0;
        this.pairs = consecutive && digitBits > 0
                && data.values().stream().allMatch(v -> v.single() && v.offset() == 0);
    }

    /// The runs of a table whose first column is an index; null if it has others, or more.
    private Runs runs() {
        if (!(table.columns().getFirst() instanceof TablePolynomial.Index index)) {
            return null;
        }
        long[] starts = table.starts();
        int first = table.firstRun();
        int low = first << table.tileBits();
        if (first == starts.length) {
            return starts[0] == 0 ? new Runs((int) Math.min(low, 1L << index.bits()), Long.MAX_VALUE, 0) : null;
        }
        long high = starts[first];
        long end = high + entryCount - low;
        boolean two = starts[0] == 0 && starts[starts.length - 1] + (1L << table.tileBits()) == end
                && end <= 1L << index.bits();
        return two ? new Runs(low, high, end) : null;
    }

    /// Components of a plain lookup that are read: the index alone where all others follow from it.
    private int compared() {
        ElementSource index = data.values().getFirst().parts().getFirst().source();
        long base = firstValue - data.values().getFirst().offset();
        boolean derived = true;
        for (int k = 1; k < keys.size(); k++) {
            derived &= data.values().get(k).parts().getFirst().source().derivedFrom(index, keys.get(k), base);
        }
        return derived ? 1 : keys.size();
    }

    private boolean plain() {
        boolean result = runs != null && digitBits == 0 && keys.size() <= 3
                && data.values().stream().allMatch(SegmentData.Value::single);
        for (int k = 1; k < keys.size(); k++) {
            result &= keys.get(k) != null && data.values().get(k).offset() == 0;
        }
        return result;
    }

    /// Counts all positions of a tile.
    ///
    /// @throws IllegalStateException naming segment, position and tuple, if a tuple is not in the table
    void count(int tile, CountScratch memory, TableCounts result) {
        int size = 1 << segment.shape().lowBits();
        int[] counts = result.of(table);
        for (int x = 0; x < size; x += CountScratch.CHUNK) {
            int n = Math.min(CountScratch.CHUNK, size - x);
            boolean counted = plain ? countPlain(tile, x, n, memory, counts)
                    : pairs && countPairs(tile, x, n, memory, counts);
            if (!counted) {
                countAny(tile, x, n, memory, counts);
            }
        }
    }

    // --- an index and committed values -------------------------------------------------------------------------------

    /// @return whether all tuples are in the table; if not, some may have been counted
    private boolean countPlain(int tile, int x, int n, CountScratch memory, int[] counts) {
        int[][] values = memory.values(compared);
        for (int k = 0; k < compared; k++) {
            data.values().get(k).parts().getFirst().source().read(values[k], tile, x, n);
        }
        long shift = data.values().getFirst().offset() - firstValue;
        return switch (compared) {
            case 1 -> countIndex(values[0], shift, runs, counts, n);
            case 2 -> countValues(values[0], shift, runs, values[1], keys.get(1), counts, n);
            default -> countTriples(values[0], shift, runs, values[1], keys.get(1), values[2],
                    keys.get(2), counts, n);
        };
    }

    private static boolean countIndex(int[] index, long shift, Runs runs, int[] counts, int n) {
        for (int i = 0; i < n; i++) {
            int slot = runs.slot(index[i] + shift);
            if (slot < 0) {
                return false;
            }
            counts[slot]++;
        }
        return true;
    }

    private static boolean countValues(int[] index, long shift, Runs runs, int[] value, HostTensor key,
            int[] counts, int n) {
        long size = key.size();
        for (int i = 0; i < n; i++) {
            int slot = runs.slot(index[i] + shift);
            if (slot < 0 || value[i] != (slot < size ? key.get(slot) : 0)) {
                return false;
            }
            counts[slot]++;
        }
        return true;
    }

    private static boolean countTriples(
            int[] index, long shift, Runs runs, int[] value, HostTensor key, int[] value2, HostTensor key2,
            int[] counts, int n) {
        long size = Math.min(key.size(), key2.size());
        for (int i = 0; i < n; i++) {
            int slot = runs.slot(index[i] + shift);
            if (slot < 0) {
                return false;
            }
            boolean equal = slot < size
                    ? value[i] == key.get(slot) && value2[i] == key2.get(slot)
                    : value[i] == at(key, slot) && value2[i] == at(key2, slot);
            if (!equal) {
                return false;
            }
            counts[slot]++;
        }
        return true;
    }

    // --- a pair of values --------------------------------------------------------------------------------------------

    /// @return as [#countPlain]
    private boolean countPairs(int tile, int x, int n, CountScratch memory, int[] counts) {
        int[][] values = memory.values(2);
        for (int k = 0; k < 2; k++) {
            data.values().get(k).parts().getFirst().source().read(values[k], tile, x, n);
        }
        int[] low = values[0];
        int[] high = values[1];
        int bits = digitBits;
        for (int i = 0; i < n; i++) {
            if ((low[i] | high[i]) >>> bits != 0) {
                return false;
            }
            counts[high[i] << bits | low[i]]++;
        }
        return true;
    }

    private static int at(HostTensor key, long slot) {
        return slot < key.size() ? key.get(slot) : 0;
    }

    // --- any tuples --------------------------------------------------------------------------------------------------

    private void countAny(int tile, int x, int n, CountScratch memory, int[] counts) {
        long[][] values = memory.wideValues(keys.size());
        for (int k = 0; k < keys.size(); k++) {
            data.values().get(k).read(values[k], tile, x, n);
        }
        for (int i = 0; i < n; i++) {
            long entry = digitBits == 0 ? values[0][i] - firstValue : values[0][i] + (values[1][i] << digitBits);
            long slot = consecutive ? entry : table.slot(entry);
            if (slot < 0 || slot >= entryCount) {
                throw missing(tile, x, i, values);
            }
            memory.entries[i] = entry;
            memory.slots[i] = (int) slot;
        }
        for (int k = 0; k < keys.size(); k++) {
            compare(k, tile, x, n, memory, values);
        }
        for (int i = 0; i < n; i++) {
            counts[memory.slots[i]]++;
        }
    }

    /// Compares component `k` with column `k` of the entries.
    private void compare(int k, int tile, int x, int n, CountScratch memory, long[][] values) {
        long[] value = values[k];
        HostTensor key = keys.get(k);
        TablePolynomial column = table.columns().get(k);
        for (int i = 0; i < n; i++) {
            if (value[i] != (key != null ? at(key, memory.slots[i]) : column.at(memory.entries[i]))) {
                throw missing(tile, x, i, values);
            }
        }
    }

    private IllegalStateException missing(int tile, int x, int i, long[][] values) {
        List<Long> tuple = new ArrayList<>();
        for (int k = 0; k < keys.size(); k++) {
            tuple.add(values[k][i]);
        }
        return new IllegalStateException("segment " + segment.name() + ", tile " + tile + ", position " + (x + i)
                + ": the tuple " + tuple + " is not in table " + table);
    }
}
