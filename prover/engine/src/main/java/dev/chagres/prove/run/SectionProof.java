package dev.chagres.prove.run;

import dev.chagres.graph.SectionReduction.Fraction;

/// What the proof of a section leaves behind.
///
/// @param fork what was proved
/// @param fraction sum of its lookups
/// @param left what is left to be proved after the join
record SectionProof(ForkProof fork, Fraction fraction, Deferral left) {}
