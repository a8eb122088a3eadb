package dev.chagres.verify;

/// What both parties know before the proof: absorbed first.
///
/// @param keyDigest digest of the whole verifying key: parameters, graph, weights root
/// @param keyRoot Merkle root of the weights
/// @param statement canonical encoding of the public inputs and outputs
public record PublicInput(byte[] keyDigest, byte[] keyRoot, byte[] statement) {
    /// Identifier of the protocol and its version; the first thing in every transcript.
    public static final String PROTOCOL = "chagres/2";
}
