package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.LayerWeights;

/// Names the tensors behind a range that is too large, with the largest magnitude of each: the odd one stands out.
final class Suspects {
    private Suspects() {}

    /// What queries, keys and values are made of.
    static String attention(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "ln_1.weight", w.ln1Gain(), "ln_1.bias", w.ln1Shift(), "attn.c_attn.weight",
                w.attentionWeight(), "attn.c_attn.bias", w.attentionBias());
    }

    /// What attention adds to the stream with.
    static String output(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "ln_1.weight", w.ln1Gain(), "attn.c_attn.weight", w.attentionWeight(),
                "attn.c_proj.weight", w.projectionWeight(), "attn.c_proj.bias", w.projectionBias());
    }

    /// What the hidden values of the MLP are made of.
    static String up(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "ln_2.weight", w.ln2Gain(), "ln_2.bias", w.ln2Shift(), "mlp.c_fc.weight", w.fcWeight(),
                "mlp.c_fc.bias", w.fcBias());
    }

    /// What the MLP adds to the stream with.
    static String down(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "ln_2.weight", w.ln2Gain(), "mlp.c_fc.weight", w.fcWeight(), "mlp.c_proj.weight",
                w.mlpProjectionWeight(), "mlp.c_proj.bias", w.mlpProjectionBias());
    }

    /// @param tensors names and values in turn
    private static String listed(int layer, Object... tensors) {
        StringBuilder text = new StringBuilder("largest values:");
        for (int i = 0; i < tensors.length; i += 2) {
            text.append(i == 0 ? " " : ", ").append("h.").append(layer).append('.').append(tensors[i]).append(' ')
                    .append(largest((float[]) tensors[i + 1]));
        }
        return text.toString();
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }
}
