package dev.chagres.gpt2.evaluate;

/// Relative L2 errors of the integer model's activations against the float model's at one place: lengths of the
/// difference over lengths of the float row, averaged over rows.
///
/// @param layer the block; -1 for the embedding
/// @param place `embedding`, `attention` (what attention adds to the stream), `streamAfterAttention`, `mlp` (what the
///              MLP adds) or `streamAfterMlp`
/// @param first rows of position 0, which may be a thousand times larger than others
/// @param others all other rows
public record LayerError(int layer, String place, Estimate first, Estimate others) {}
