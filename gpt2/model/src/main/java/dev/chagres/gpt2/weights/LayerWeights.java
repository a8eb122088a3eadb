package dev.chagres.gpt2.weights;

import java.util.Optional;

/// Heap copy of one transformer block. Scores are `q . k / sqrt(head width)` for every model, and rotated pairs of
/// channels are j and j + dh/2 of a head, whatever the file says.
///
/// @param norm1Gain `[d]`
/// @param norm1Shift `[d]`, zeros for an RMS norm
/// @param query d to H dh channels, head by head
/// @param key d to Hkv dh channels, head by head
/// @param value as `key`
/// @param output H dh channels to d
/// @param norm2Gain `[d]`
/// @param norm2Shift `[d]`, zeros for an RMS norm
/// @param gate d to F channels, if the MLP is gated
/// @param up d to F channels
/// @param down F channels to d
public record LayerWeights(
        float[] norm1Gain,
        float[] norm1Shift,
        DenseMatrix query,
        DenseMatrix key,
        DenseMatrix value,
        DenseMatrix output,
        float[] norm2Gain,
        float[] norm2Shift,
        Optional<DenseMatrix> gate,
        DenseMatrix up,
        DenseMatrix down) {}
