package dev.chagres.statement;

/// The public part of what a proof states about a model. The kinds are fixed here: each has a meaning of its own for
/// the verifier.
public sealed interface PublicStatement permits TokenSequence {
    /// Rows that the model runs on.
    int rows();

    /// Canonical little-endian encoding, absorbed by the transcript.
    byte[] encode();
}
