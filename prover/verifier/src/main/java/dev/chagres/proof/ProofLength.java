package dev.chagres.proof;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningLength;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.statement.TokenSequence;

/// How long the stream of a proof can be, from the key and the length of the sequence alone (docs/formats.md).
public final class ProofLength {
    private ProofLength() {}

    /// Most bytes of the stream of a proof of a sequence of this length that the verifier accepts.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    public static long longest(VerifyingKey key, TokenSequence sequence) {
        Graph graph = key.spec().compile(sequence).graph();
        return longest(graph, key.parameters(), ChallengeCount.of(graph));
    }

    /// @param count of the same graph
    static long longest(Graph graph, CommitmentParameters parameters, ChallengeCount count) {
        MatrixLayout witness = MatrixLayout.of(graph.witnessColumns(), parameters.k());
        MatrixLayout key = MatrixLayout.of(graph.keyColumns(), parameters.k());
        return Math.min(Proof.MAX_STREAM_BYTES, MerkleProof.NODE_BYTES + OpeningLength.NONCE_BYTES
                + QM31.BYTES * count.elements() + OpeningLength.longest(parameters, witness, key));
    }
}
