package dev.chagres.prove.witness;

import dev.chagres.graph.FallingTable;

/// Searches softmax offsets, lane by lane: [dev.chagres.graph.Panel#leastOffsets]. The first guesses come from the rate of
/// the table and save most of the steps; every step is checked with exact sums.
final class OffsetSearch {
    /// Steps by which a hint of the offset may be improved, and exact ones before bisection takes over.
    private static final int HINTS = 3;
    private static final int GUESSES = 8;

    private final MemoryPanel scores;
    private final FallingTable table;
    private final int most;
    private final int support;

    private OffsetSearch(MemoryPanel scores, FallingTable table, int most, int support) {
        this.scores = scores;
        this.table = table;
        this.most = most;
        this.support = support;
    }

    /// @param offsets the result
    /// @param sums scratch memory, a lane array
    static void run(MemoryPanel offsets, MemoryPanel scores, MemoryPanel least, MemoryPanel sums, FallingTable table,
            int most, int support) {
        OffsetSearch search = new OffsetSearch(scores, table, most, support);
        int lanes = scores.lanes();
        for (int t = 0; t < lanes; t++) {
            offsets.set(0, t, least.get(0, t));
        }
        for (int i = 0; i < HINTS; i++) {
            sums.nearSums(scores, offsets, table);
            for (int t = 0; t < lanes; t++) {
                long better = offsets.get(0, t) + search.step(sums.get(0, t));
                offsets.set(0, t, (int) Math.clamp(better, least.get(0, t), (long) least.get(0, t) + support));
            }
        }
        for (int t = 0; t < lanes; t++) {
            offsets.set(0, t, search.offset(t, least.get(0, t), offsets.get(0, t)));
        }
    }

    /// How far L is from where the sum is as large as it may be, if the sum falls as the table does.
    private int step(long sum) {
        return sum <= 0 ? -support : (int) Math.ceil(Math.log((double) sum / most) / table.rate());
    }

    /// The least L of a lane, from a hint: sums are too large below `low` and not at `high`, always.
    private int offset(int lane, int least, int hint) {
        int low = least;
        int high = least + support;
        int next = hint;
        for (int i = 0; low < high; i++) {
            int l = i < GUESSES ? Math.clamp(next, low, high) : low + (high - low) / 2;
            long sums = scores.sums(lane, l, table);
            long sum = sums >>> 32;
            if (sum > most) {
                low = l + 1;
                next = l + Math.max(1, step(sum));
            } else {
                high = l;
                if ((sums & 0xffff_ffffL) > most) {
                    low = l;
                }
                next = l + Math.min(-1, step(sum));
            }
        }
        return low;
    }
}
