package dev.chagres.commit;

import dev.chagres.field.QM31;
import dev.chagres.transcript.PackedWords;

/// How long an opening can be. All of it follows from parameters and layouts but the number of distinct positions and
/// how they lie, which decide the number of words and siblings; for these there is a largest value.
public final class OpeningLength {
    /// Bytes of a nonce.
    public static final int NONCE_BYTES = 8;

    private OpeningLength() {}

    /// Most bytes of an opening against matrices of these layouts.
    public static long longest(CommitmentParameters parameters, AddressSpace space) {
        int rounds = space.variables() + parameters.k() - parameters.clearBits();
        long elements = 2L * rounds + 1 + (1L << parameters.clearBits());
        long bytes = QM31.BYTES * elements;
        for (int level = 0; level <= parameters.levels().size(); level++) {
            int depth = parameters.codeBits(level);
            int queries = parameters.queries(level);
            int folds = level == 0 ? space.rowBits() : parameters.levels().get(level - 1).laneBits();
            bytes += NONCE_BYTES * (1L + (parameters.foldGrindingBits(level) > 0 ? folds : 0));
            if (level == 0) {
                bytes += columns(space.witness().rows(), depth, queries)
                        + columns(space.key().rows(), depth, queries);
            } else {
                bytes += MerkleProof.NODE_BYTES
                        + columns(4L << parameters.levels().get(level - 1).laneBits(), depth, queries);
            }
        }
        return bytes;
    }

    /// Most bytes of the opened columns of one matrix and their siblings, for up to `queries` distinct positions.
    static long columns(long rows, int depth, int queries) {
        long longest = 0;
        for (int m = 1; m <= Math.min(queries, 1L << depth); m++) {
            longest = Math.max(longest, PackedWords.bytes(rows * m) + MerkleProof.NODE_BYTES * siblings(m, depth));
        }
        return longest;
    }

    /// Most siblings of m leaves: a level with n known nodes takes 2 n' - n of them, n' known nodes being above it, and
    /// the known nodes of a level are at most m and at most all. The sum over the levels telescopes.
    static long siblings(int m, int depth) {
        long count = 1 - m;
        for (int level = 0; level < depth; level++) {
            count += Math.min(m, 1L << level);
        }
        return count;
    }
}
