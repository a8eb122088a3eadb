package dev.chagres.prove.commit;

import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.store.Buffer;

/// A matrix of encoded rows under a Merkle tree over its columns. Only the tree is kept: an opening needs a few
/// columns, and encoding every row once more costs less than storing and reading all codewords.
///
/// @param hasher makes the rows
/// @param tree over the columns of the codewords
record CodewordMatrix(RowHasher hasher, MerkleTree tree) {
    /// Encodes all rows, hashes the columns on the way and fills the tree.
    void build() {
        try (Buffer chaining = hasher.all(() -> {})) {
            hasher.tree(chaining, tree.region());
        }
    }

    int rows() {
        return hasher.rows();
    }

    byte[] root() {
        return tree.root();
    }
}
