package dev.chagres.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The merges of a byte-pair encoding: merge m joins `left(m)` and `right(m)` into `result(m)`, smaller m first.
final class Merges implements Merger.Rule {
    /// Hashes pairs differently in each run of the JVM, so that no crafted file can make look-ups slow.
    private static final long MULTIPLIER = new SplittableRandom().nextLong() | 1;

    private static final int NONE = -1;

    private final int[] left;
    private final int[] right;
    private final int[] result;
    /// Open addressing over the pairs: merge or [#NONE]; at most half full.
    private final int[] table;
    private final int shift;

    /// Keeps the arrays, which have one length.
    ///
    /// @throws IllegalArgumentException if there are too many or a pair comes twice
    Merges(int[] left, int[] right, int[] result) {
        if (left.length > BytePairs.MAX_MERGES) {
            throw new IllegalArgumentException(left.length + " merges, at most " + BytePairs.MAX_MERGES
                    + " are supported");
        }
        this.left = left;
        this.right = right;
        this.result = result;
        int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, left.length));
        shift = 64 - bits;
        table = new int[1 << bits];
        Arrays.fill(table, NONE);
        for (int m = 0; m < left.length; m++) {
            int slot = slot(left[m], right[m]);
            if (table[slot] != NONE) {
                throw new IllegalArgumentException("merges " + table[slot] + " and " + m + " are of the same pair");
            }
            table[slot] = m;
        }
    }

    /// @param vocabulary ids by name
    /// @param merges     two names with a space between them each
    /// @throws IllegalArgumentException if a name or the joined name is not in the vocabulary
    static Merges ofNames(Map<String, Integer> vocabulary, List<String> merges) {
        int[] left = new int[merges.size()];
        int[] right = new int[left.length];
        int[] result = new int[left.length];
        for (int m = 0; m < left.length; m++) {
            String merge = merges.get(m);
            int space = merge.indexOf(' ');
            if (space < 0 || space != merge.lastIndexOf(' ')) {
                throw new IllegalArgumentException("merge " + m + " is " + Texts.quote(merge) + ", need two tokens");
            }
            String first = merge.substring(0, space);
            String second = merge.substring(space + 1);
            left[m] = id(vocabulary, first, merge);
            right[m] = id(vocabulary, second, merge);
            result[m] = id(vocabulary, first + second, merge);
        }
        return new Merges(left, right, result);
    }

    private static int id(Map<String, Integer> vocabulary, String name, String merge) {
        Integer id = vocabulary.get(name);
        if (id == null) {
            throw new IllegalArgumentException(
                    "merge " + Texts.quote(merge) + " needs the token " + Texts.quote(name)
                    + ", which the vocabulary lacks");
        }
        return id;
    }

    int count() {
        return left.length;
    }

    int left(int m) {
        return left[m];
    }

    int right(int m) {
        return right[m];
    }

    @Override
    public int result(int m) {
        return result[m];
    }

    @Override
    public int place(int m) {
        return m;
    }

    @Override
    public int of(int leftId, int rightId, int from, int to) {
        return of(leftId, rightId);
    }

    /// The merge of two neighbours, or -1.
    int of(int leftId, int rightId) {
        return table[slot(leftId, rightId)];
    }

    /// Where the pair is or would be.
    private int slot(int leftId, int rightId) {
        long key = (long) leftId << 32 | rightId & 0xFFFFFFFFL;
        // Multiplication carries upwards only: the high half is folded in, so that both ids reach the top bits.
        long hash = (key ^ key >>> 27) * MULTIPLIER;
        hash = (hash ^ hash >>> 31) * MULTIPLIER;
        int slot = (int) (hash >>> shift);
        while (table[slot] != NONE && (left[table[slot]] != leftId || right[table[slot]] != rightId)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }
}
