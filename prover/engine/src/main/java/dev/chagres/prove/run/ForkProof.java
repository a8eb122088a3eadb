package dev.chagres.prove.run;

import dev.chagres.tensor.Claim;
import java.util.List;

/// What is proved in one fork of the transcript.
///
/// @param stream its messages
/// @param state of the fork after the last one, 32 bytes
/// @param claims about columns, in the verifier's order
record ForkProof(byte[] stream, byte[] state, List<Claim> claims) {}
