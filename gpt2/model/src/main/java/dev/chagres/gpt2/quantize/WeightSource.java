package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.Gpt2Weights;
import dev.chagres.gpt2.weights.LayerWeights;

/// Float weights as the quantiser reads them: one block, or a few rows, at a time.
public interface WeightSource {
    Architecture config();

    /// Where the weights come from, for messages.
    default String origin() {
        return "the model";
    }

    LayerWeights layer(int layer);

    /// Rows `from .. to - 1` of the token embedding, `[to - from][d]`.
    float[] tokenRows(int from, int to);

    /// The position embedding, `[context][d]`.
    float[] positions();

    /// Rows `from .. to - 1` of the head, `[to - from][d]`.
    float[] headRows(int from, int to);

    /// `[V]`, zero if absent.
    float[] headBias();

    float[] finalNormGain();

    float[] finalNormShift();

    /// The weights of an open model folder; the caller closes it.
    static WeightSource of(Gpt2Weights weights) {
        return new WeightSource() {
            @Override
            public Architecture config() {
                return weights.config();
            }

            @Override
            public String origin() {
                return weights.folder().toString();
            }

            @Override
            public LayerWeights layer(int layer) {
                return weights.layer(layer);
            }

            @Override
            public float[] tokenRows(int from, int to) {
                return weights.rows("wte.weight", from, to);
            }

            @Override
            public float[] positions() {
                return weights.positionEmbedding();
            }

            @Override
            public float[] headRows(int from, int to) {
                return weights.headRows(from, to);
            }

            @Override
            public float[] headBias() {
                return weights.headBias();
            }

            @Override
            public float[] finalNormGain() {
                return weights.finalNormGain();
            }

            @Override
            public float[] finalNormShift() {
                return weights.finalNormShift();
            }
        };
    }
}
