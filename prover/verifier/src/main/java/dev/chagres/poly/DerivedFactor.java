package dev.chagres.poly;

/// A multilinear polynomial that is a function of committed columns but not one of them. The prover sends its value
/// at the final point; whoever builds the statement must prove that value by a further sumcheck.
public sealed interface DerivedFactor extends Factor permits OneHotFactor {}
