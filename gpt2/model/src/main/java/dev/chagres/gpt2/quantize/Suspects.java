package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.WeightSource;

/// Names the tensors behind a range that is too large, with the largest magnitude of each: the odd one stands out.
final class Suspects {
    private Suspects() {}

    /// What queries, keys and values are made of.
    static String attention(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm1 gain", w.norm1Gain(), "norm1 shift", w.norm1Shift(), "query", w.query(), "key",
                w.key(), "value", w.value());
    }

    /// What attention adds to the stream with.
    static String output(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm1 gain", w.norm1Gain(), "value", w.value(), "output", w.output());
    }

    /// What the hidden values of the MLP are made of.
    static String up(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        String all = listed(layer, "norm2 gain", w.norm2Gain(), "norm2 shift", w.norm2Shift(), "up", w.up());
        return w.gate().map(g -> all + ", layer " + layer + " gate weights " + largest(g.weights())).orElse(all);
    }

    /// What the MLP adds to the stream with.
    static String down(WeightSource weights, int layer) {
        LayerWeights w = weights.layer(layer);
        return listed(layer, "norm2 gain", w.norm2Gain(), "up", w.up(), "down", w.down());
    }

    /// @param tensors names and values in turn, vectors or matrices
    private static String listed(int layer, Object... tensors) {
        StringBuilder text = new StringBuilder("largest values:");
        for (int i = 0; i < tensors.length; i += 2) {
            text.append(i == 0 ? " " : ", ").append("layer ").append(layer).append(' ').append(tensors[i]);
            if (tensors[i + 1] instanceof DenseMatrix matrix) {
                text.append(" weights ").append(largest(matrix.weights()));
                if (largest(matrix.bias()) > 0) {
                    text.append(" biases ").append(largest(matrix.bias()));
                }
            } else {
                text.append(' ').append(largest((float[]) tensors[i + 1]));
            }
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
