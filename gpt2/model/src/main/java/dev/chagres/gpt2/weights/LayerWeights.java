package dev.chagres.gpt2.weights;

/// Heap copy of one transformer block, in the Conv1D layout of GPT-2: matrices are row-major `[in][out]`,
/// `y = x W + b`. Absent biases are zero vectors. Scores are `q . k / sqrt(head width)` for every model.
///
/// @param ln1Gain `[d]`
/// @param ln1Shift `[d]`
/// @param attentionWeight `[d][3 d]`, columns q, k, v, each head by head
/// @param attentionBias `[3 d]`
/// @param projectionWeight `[d][d]`
/// @param projectionBias `[d]`
/// @param ln2Gain `[d]`
/// @param ln2Shift `[d]`
/// @param fcWeight `[d][F]`
/// @param fcBias `[F]`
/// @param mlpProjectionWeight `[F][d]`
/// @param mlpProjectionBias `[d]`
public record LayerWeights(
        float[] ln1Gain,
        float[] ln1Shift,
        float[] attentionWeight,
        float[] attentionBias,
        float[] projectionWeight,
        float[] projectionBias,
        float[] ln2Gain,
        float[] ln2Shift,
        float[] fcWeight,
        float[] fcBias,
        float[] mlpProjectionWeight,
        float[] mlpProjectionBias) {}
