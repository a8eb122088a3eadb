package dev.chagres.gpt2.reference;

/// Where in the forward pass a value is observed. T is the sequence length, d the width, F the MLP width.
public enum ActivationSite {
    /// Residual stream entering the block, `[T][d]`; layer 0 sees the sum of both embeddings.
    RESIDUAL_IN,
    /// First LayerNorm's output, `[T][d]`.
    LN1,
    /// Queries with bias, before the division by `sqrt(dh)`, `[T][d]`, head `h` in columns `h dh .. (h+1) dh - 1`.
    QUERY,
    /// Keys with bias, `[T][d]`, laid out as the queries.
    KEY,
    /// Values with bias, `[T][d]`, laid out as the queries.
    VALUE,
    /// One head's scaled logits `q_i . k_j / sqrt(dh)`, `[T][T]`; minus infinity for `j > i`.
    ATTENTION_LOGITS,
    /// One head's softmax, `[T][T]`; 0 for `j > i`.
    ATTENTION_WEIGHTS,
    /// FloatAttention-weighted values of all heads, `[T][d]`: the input of `attn.c_proj`.
    ATTENTION_MIX,
    /// Output of `attn.c_proj`, `[T][d]`: what attention adds to the stream.
    ATTENTION_OUT,
    /// Residual stream between attention and MLP, `[T][d]`.
    RESIDUAL_MIDDLE,
    /// Second LayerNorm's output, `[T][d]`.
    LN2,
    /// Output of `mlp.c_fc`, `[T][F]`.
    MLP_PRE_ACTIVATION,
    /// After GELU, `[T][F]`.
    MLP_HIDDEN,
    /// Output of `mlp.c_proj`, `[T][d]`: what the MLP adds to the stream.
    MLP_OUT,
    /// Residual stream leaving the block, `[T][d]`.
    RESIDUAL_OUT,
    /// Final LayerNorm's output, `[T][d]`; its layer is the number of layers.
    FINAL_NORM
}
