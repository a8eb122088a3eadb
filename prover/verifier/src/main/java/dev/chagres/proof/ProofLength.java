package dev.chagres.proof;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningLength;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;

/// How long the stream of a proof can be, from the key and the length of the sequence alone (docs/formats.md).
final class ProofLength {
    private ProofLength() {}

    /// Most bytes of an acceptable stream.
    ///
    /// @param count of the same graph
    static long longest(Graph graph, CommitmentParameters parameters, ChallengeCount count) {
        MatrixLayout witness = MatrixLayout.of(graph.witnessColumns(), parameters.k());
        MatrixLayout key = MatrixLayout.of(graph.keyColumns(), parameters.k());
        return MerkleProof.NODE_BYTES + OpeningLength.NONCE_BYTES + QM31.BYTES * count.elements()
                + OpeningLength.longest(parameters, witness, key);
    }
}
