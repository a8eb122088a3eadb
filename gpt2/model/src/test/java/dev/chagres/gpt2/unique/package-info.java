/// A search for two witnesses of one input under one key (docs/soundness.md, section 6, "Two outputs for one prompt").
///
/// [Relations] evaluates the reductions that the verifier runs at single cells, [Tuples] reads its lookup tables;
/// [Search] enumerates or solves what they leave open. Nothing here says what an operation computes: a value that the
/// relations do not force is found by the search to have two values.
package dev.chagres.gpt2.unique;
