package dev.chagres.proof;

import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningLength;
import dev.chagres.field.QM31;
import dev.chagres.statement.TokenSequence;

/// How long the stream of a proof can be, from the key and the length of the sequence alone (docs/formats.md).
public final class ProofLength {
    private ProofLength() {}

    /// Most bytes of the stream of a proof of a sequence of this length that the verifier accepts.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    public static long longest(VerifyingKey key, TokenSequence sequence) {
        return longest(ProofShape.of(key.spec().compile(sequence).graph(), key.parameters()));
    }

    /// The same for a proof of this shape.
    static long longest(ProofShape shape) {
        return Math.min(Proof.MAX_STREAM_BYTES, MerkleProof.NODE_BYTES + OpeningLength.NONCE_BYTES
                + QM31.BYTES * shape.count().elements() + OpeningLength.longest(shape.parameters(), shape.space()));
    }
}
