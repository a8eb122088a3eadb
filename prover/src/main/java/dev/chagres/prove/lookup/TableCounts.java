package dev.chagres.prove.lookup;

import dev.chagres.lookup.Table;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/// What one thread of a [MultiplicityCounter] has counted, and its scratch memory.
final class TableCounts {
    /// Positions handled at a time.
    static final int CHUNK = 2048;

    private final Map<Table, int[]> counts = new IdentityHashMap<>();
    private int[][] values = new int[0][];
    private long[][] wideValues = new long[0][];
    final long[] entries = new long[CHUNK];
    final int[] slots = new int[CHUNK];

    /// Counters for every slot of a table.
    int[] of(Table table) {
        return counts.computeIfAbsent(table, t -> new int[t.starts().length << t.tileBits()]);
    }

    Set<Map.Entry<Table, int[]>> tables() {
        return counts.entrySet();
    }

    /// `n` arrays of [#CHUNK] integers.
    int[][] values(int n) {
        if (values.length < n) {
            values = new int[n][CHUNK];
        }
        return values;
    }

    /// `n` arrays of [#CHUNK] integers.
    long[][] wideValues(int n) {
        if (wideValues.length < n) {
            wideValues = new long[n][CHUNK];
        }
        return wideValues;
    }
}
