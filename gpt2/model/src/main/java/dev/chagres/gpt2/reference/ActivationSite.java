package dev.chagres.gpt2.reference;

/// Where in the forward pass a value is observed. T is the sequence length, d the width, F the MLP width,
/// H and Hkv the numbers of query and key heads, dh their width.
public enum ActivationSite {
    /// Residual stream entering the block, `[T][d]`; layer 0 sees the embedding.
    RESIDUAL_IN,
    /// First norm's output, `[T][d]`.
    LN1,
    /// Queries with bias, before rotation and the division by `sqrt(dh)`, `[T][H dh]`, head `h` in columns
    /// `h dh .. (h+1) dh - 1`.
    QUERY,
    /// Keys with bias, before rotation, `[T][Hkv dh]`, laid out as the queries.
    KEY,
    /// Values with bias, `[T][Hkv dh]`, laid out as the queries.
    VALUE,
    /// Queries behind the rotation, if positions are rotated, `[T][H dh]`.
    ROTATED_QUERY,
    /// Keys behind the rotation, if positions are rotated, `[T][Hkv dh]`.
    ROTATED_KEY,
    /// One head's scaled logits `q_i . k_j / sqrt(dh)`, `[T][T]`; minus infinity for `j > i`.
    ATTENTION_LOGITS,
    /// One head's softmax, `[T][T]`; 0 for `j > i`.
    ATTENTION_WEIGHTS,
    /// Attention-weighted values of all heads, `[T][H dh]`: the input of the output matrix.
    ATTENTION_MIX,
    /// Output of the output matrix, `[T][d]`: what attention adds to the stream.
    ATTENTION_OUT,
    /// Residual stream between attention and MLP, `[T][d]`.
    RESIDUAL_MIDDLE,
    /// Second norm's output, `[T][d]`.
    LN2,
    /// Output of the up matrix of a plain MLP, `[T][F]`.
    MLP_PRE_ACTIVATION,
    /// Output of the gate matrix of a gated MLP, before the activation, `[T][F]`.
    MLP_GATE,
    /// Output of the up matrix of a gated MLP, `[T][F]`.
    MLP_UP,
    /// Input of the down matrix, `[T][F]`.
    MLP_HIDDEN,
    /// Output of the down matrix, `[T][d]`: what the MLP adds to the stream.
    MLP_OUT,
    /// Residual stream leaving the block, `[T][d]`.
    RESIDUAL_OUT,
    /// Final norm's output, `[T][d]`; its layer is the number of layers.
    FINAL_NORM
}
