package dev.chagres.prove.commit;

import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.Buffer;

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
    void build(Host host, Runnable each) {
        ChunkHasher hasher = new ChunkHasher(encoder, rows, logK, tree.depth());
        try (Buffer chaining = hasher.all(host, each)) {
            hasher.finish(chaining, tree, host);
        }
    }

    private long[] coefficients(MemoryScope arena, Host host) {
        long[] coefficients = new long[host.threads()];
        for (int w = 0; w < coefficients.length; w++) {
            coefficients[w] = arena.allocateBase(1L << logK);
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
    int[][] columns(int[] positions, Host host) {
        int[][] columns = new int[positions.length][rows];
        try (MemoryScope arena = host.scope()) {
            long[] coefficients = coefficients(arena, host);
            long[] codewords = new long[host.threads()];
            for (int w = 0; w < codewords.length; w++) {
                codewords[w] = arena.allocateBase(1L << tree.depth());
            }
            host.run(rows, (worker, row) -> {
                encoder.encodeAt(row, coefficients[worker], codewords[worker], positions);
                for (int i = 0; i < positions.length; i++) {
                    columns[i][row] = Memory.getInt(codewords[worker], positions[i]);
                }
            });
        }
        return columns;
    }
}
