package dev.chagres.gpt2.weights;

/// The hidden values of an MLP with the activation f.
public enum MlpKind {
    /// `f(up(n))`.
    PLAIN,
    /// `f(gate(n)) up(n)` (Shazeer, "GLU Variants Improve Transformer", 2020).
    GATED
}
