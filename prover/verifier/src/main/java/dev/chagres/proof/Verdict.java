package dev.chagres.proof;

import dev.chagres.statement.TokenSequence;

/// What the verifier concludes about a proof.
public sealed interface Verdict {
    /// The proof is valid: the model of the key, run greedily on the prompt, generates the rest of the sequence.
    record Accepted(TokenSequence sequence) implements Verdict {}

    /// The proof is not valid.
    ///
    /// @param check identifier of the first failed check (docs/protocol.md)
    /// @param reason one line
    record Rejected(String check, String reason) implements Verdict {}

    default boolean accepted() {
        return this instanceof Accepted;
    }
}
