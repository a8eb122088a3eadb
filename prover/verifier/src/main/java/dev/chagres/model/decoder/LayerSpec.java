package dev.chagres.model.decoder;

/// The public numbers of one transformer block.
///
/// @param query projection of queries; of y, if positions are rotary
/// @param key projection of keys; of y, if positions are rotary
/// @param value projection of values
/// @param output write of the attention output
/// @param mlp up to the hidden row
/// @param down write of the MLP
public record LayerSpec(ProjectionSpec query, ProjectionSpec key, ProjectionSpec value, WriteSpec output, MlpSpec mlp,
        WriteSpec down) {}
