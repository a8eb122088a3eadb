package dev.chagres.prove.commit;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Parallel;
import java.lang.foreign.Arena;

/// A matrix of encoded rows under a Merkle tree over its columns. Only the tree is kept: an opening needs a few columns, and
/// encoding every row once more costs less than storing and reading all codewords.
final class CodewordMatrix {
    private final RowEncoder encoder;
    private final int rows;
    private final int logK;
    private final MerkleTree tree;

    /// @param encoder makes the rows
    /// @param rows at least 1
    /// @param logK log2 of the coefficients of a row
    /// @param tree over the columns of the codewords
    CodewordMatrix(RowEncoder encoder, int rows, int logK, MerkleTree tree) {
        this.encoder = encoder;
        this.rows = rows;
        this.logK = logK;
        this.tree = tree;
    }

    /// Encodes all rows, hashes the columns on the way and fills the tree.
    ///
    /// @param each called after every [ChunkHasher#BLOCK_ROWS] rows
    void build(Backend kernels, Parallel parallel, Runnable each) {
        ChunkHasher hasher = new ChunkHasher(encoder, rows, logK, tree.depth());
        try (Buffer chaining = hasher.all(kernels, parallel, each)) {
            hasher.finish(chaining, tree, kernels, parallel);
        }
    }

    private long[] coefficients(Arena arena, Parallel parallel) {
        long[] coefficients = new long[parallel.threads()];
        for (int w = 0; w < coefficients.length; w++) {
            coefficients[w] = Memory.allocateBase(arena, 1L << logK);
        }
        return coefficients;
    }

    int rows() {
        return rows;
    }

    MerkleTree tree() {
        return tree;
    }

    byte[] root() {
        return tree.root();
    }

    /// The words of several columns.
    ///
    /// @param positions ascending
    /// @return by position, then by row
    int[][] columns(int[] positions, Parallel parallel) {
        int[][] columns = new int[positions.length][rows];
        try (Arena arena = Arena.ofShared()) {
            long[] coefficients = coefficients(arena, parallel);
            long[] codewords = new long[parallel.threads()];
            for (int w = 0; w < codewords.length; w++) {
                codewords[w] = Memory.allocateBase(arena, 1L << tree.depth());
            }
            parallel.run(rows, (worker, row) -> {
                encoder.encodeAt(row, coefficients[worker], codewords[worker], positions);
                for (int i = 0; i < positions.length; i++) {
                    columns[i][row] = Memory.getInt(codewords[worker], positions[i]);
                }
            });
        }
        return columns;
    }
}
