package dev.chagres.prove.commit;

import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.store.Buffer;

/// A matrix of encoded rows under a Merkle tree over its columns. Only the tree is kept: an opening needs a few
/// columns, and encoding every row once more costs less than storing and reading all codewords.
///
/// @param hasher makes the rows
/// @param tree over the columns of the codewords
/// @param host hashes nodes that the tree does not keep
record CodewordMatrix(RowHasher hasher, MerkleTree tree, Host host) implements CommittedRows {
    /// Encodes all rows, hashes the columns on the way and fills the tree.
    void build() {
        try (Buffer chaining = hasher.all(() -> {})) {
            hasher.tree(chaining, tree.region());
        }
    }

    @Override
    public int rows() {
        return hasher.rows();
    }

    @Override
    public byte[] root() {
        return tree.root();
    }

    @Override
    public int[][] columns(int[] positions) {
        return hasher.columns(positions);
    }

    @Override
    public byte[] proof(int[] positions) {
        return tree.proof(positions, host);
    }
}
