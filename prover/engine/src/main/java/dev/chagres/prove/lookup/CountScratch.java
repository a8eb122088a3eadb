package dev.chagres.prove.lookup;

/// Scratch memory of one thread that counts lookups.
final class CountScratch {
    /// Positions handled at a time.
    static final int CHUNK = 2048;

    private int[][] values = new int[0][];
    private long[][] wideValues = new long[0][];
    final long[] entries = new long[CHUNK];
    final int[] slots = new int[CHUNK];

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
