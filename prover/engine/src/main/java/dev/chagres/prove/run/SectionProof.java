package dev.chagres.prove.run;

import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.tensor.Claim;
import java.util.List;

/// What the proof of a section leaves behind.
///
/// @param stream its messages
/// @param state of its fork of the transcript after the last one, 32 bytes
/// @param fraction sum of its lookups
/// @param claims about columns, in the verifier's order
record SectionProof(byte[] stream, byte[] state, Fraction fraction, List<Claim> claims) {}
