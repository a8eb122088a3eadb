package dev.chagres.gpt2.weights;

/// How a row is normalised before attention, the MLP and the head. Each has a gain; [#LAYER] has a shift too.
public enum NormKind {
    /// `gain (x - mean) / sqrt(variance + epsilon) + shift` (Ba, Kiros and Hinton, "Layer Normalization", 2016).
    LAYER,
    /// `gain x / sqrt(mean of squares + epsilon)` (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019).
    RMS
}
