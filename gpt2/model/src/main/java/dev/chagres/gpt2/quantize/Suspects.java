package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.WeightSource;

/// Names the tensors behind a range that is too large, with the largest magnitude of each: the odd one stands out.
final class Suspects {
    private Suspects() {}

    /// What queries, keys and values are made of.
    static String attention(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm1 gain", w.norm1Gain(), "norm1 shift", w.norm1Shift(), "query weight",
                w.query().weights(), "query bias", w.query().bias(), "key weight", w.key().weights(), "key bias",
                w.key().bias(), "value weight", w.value().weights(), "value bias", w.value().bias());
    }

    /// What attention adds to the stream with.
    static String output(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm1 gain", w.norm1Gain(), "value weight", w.value().weights(), "output weight",
                w.output().weights(), "output bias", w.output().bias());
    }

    /// What the hidden values of the MLP are made of.
    static String up(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        String plain = listed(layer, "norm2 gain", w.norm2Gain(), "norm2 shift", w.norm2Shift(), "up weight",
                w.up().weights(), "up bias", w.up().bias());
        return w.gate().map(gate -> plain + ", gate weight " + largest(gate.weights()) + ", gate bias "
                + largest(gate.bias())).orElse(plain);
    }

    /// What the MLP adds to the stream with.
    static String down(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm2 gain", w.norm2Gain(), "up weight", w.up().weights(), "down weight",
                w.down().weights(), "down bias", w.down().bias());
    }

    /// @param tensors names and values in turn
    private static String listed(int layer, Object... tensors) {
        StringBuilder text = new StringBuilder("largest values of layer " + layer + ":");
        for (int i = 0; i < tensors.length; i += 2) {
            text.append(i == 0 ? " " : ", ").append(tensors[i]).append(' ')
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
