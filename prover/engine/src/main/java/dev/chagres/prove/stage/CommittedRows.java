package dev.chagres.prove.stage;

/// Encoded rows under a Merkle tree over their columns.
public interface CommittedRows {
    /// Number of rows.
    int rows();

    /// The Merkle root, 28 bytes.
    byte[] root();

    /// The words of several columns.
    ///
    /// @param positions ascending and distinct
    /// @return by position, then by row
    int[][] columns(int[] positions);

    /// The pruned Merkle proof of several columns, as the verifier reads it ([dev.chagres.commit.MerkleProof]).
    ///
    /// @param positions ascending and distinct
    byte[] proof(int[] positions);
}
