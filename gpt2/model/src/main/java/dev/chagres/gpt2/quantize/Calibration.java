package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.WeightSource;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// Ranges of the activations of the float model on sample sequences, measured block by block: each block's weights
/// are read once for all sequences.
///
/// @param layers per block
/// @param stream the basis of the residual stream
record Calibration(Layer[] layers, StreamBasis stream) {
    /// Ranges inside one block.
    ///
    /// @param heads      per head
    /// @param valueRange largest |v|, `[heads * dh]`
    /// @param hiddenMax  largest value after the activation
    record Layer(HeadBasis[] heads, double[] valueRange, double hiddenMax) {}

    /// Runs the float model in single precision.
    ///
    /// @throws QuantizationException naming the layer where a value overflows
    static Calibration run(WeightSource weights, List<int[]> sequences) {
        Architecture config = weights.architecture();
        int d = config.width();
        int rows = sequences.stream().mapToInt(ids -> ids.length).sum();
        float[] x = embed(weights, sequences, rows);
        float[][] stages = new float[2 * config.layers() + 1][];
        Layer[] layers = new Layer[config.layers()];
        stages[0] = x.clone();
        for (int l = 0; l < layers.length; l++) {
            LayerWeights w = weights.layer(l);
            float[] normed = norm(x, d, w.norm1Gain(), w.norm1Shift(), config.normEpsilon());
            float[] q = DenseMath.multiply(normed, rows, w.query());
            float[] k = DenseMath.multiply(normed, rows, w.key());
            float[] v = DenseMath.multiply(normed, rows, w.value());
            for (float[] values : List.of(q, k, v)) {
                finite(values, l, "queries, keys and values", Suspects::attention, weights);
            }
            float[] mix = new float[Math.multiplyExact(rows, d)];
            int start = 0;
            for (int[] ids : sequences) {
                attend(q, k, v, mix, start, ids.length, config);
                start += ids.length;
            }
            add(x, DenseMath.multiply(mix, rows, w.output()));
            finite(x, l, "the stream after attention", Suspects::output, weights);
            stages[2 * l + 1] = x.clone();
            float[] g = DenseMath.multiply(
                    norm(x, d, w.norm2Gain(), w.norm2Shift(), config.normEpsilon()), rows, w.up());
            finite(g, l, "hidden values of the MLP", Suspects::up, weights);
            double hiddenMax = activate(g, config);
            add(x, DenseMath.multiply(g, rows, w.down()));
            finite(x, l, "the stream after the MLP", Suspects::down, weights);
            stages[2 * l + 2] = x.clone();
            try {
                layers[l] = new Layer(heads(q, k, rows, config), valueRange(v, rows, d), hiddenMax);
            } catch (ArithmeticException e) {
                throw new QuantizationException("layer " + l + ": queries and keys cannot be balanced, "
                        + e.getMessage() + "; "
                        + Suspects.attention(weights, l), e);
            }
        }
        return new Calibration(layers, StreamBasis.of(stages, d));
    }

    /// @param suspects the tensors behind the values
    private static void finite(float[] values, int layer, String what,
            BiFunction<WeightSource, Integer, String> suspects, WeightSource weights) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw new QuantizationException("layer " + layer + ": " + what + " overflow on the calibration text; "
                        + suspects.apply(weights, layer));
            }
        }
    }

    private static float[] embed(WeightSource weights, List<int[]> sequences, int rows) {
        int d = weights.architecture().width();
        float[] positions = weights.positions();
        float[] x = new float[Math.multiplyExact(rows, d)];
        int r = 0;
        for (int[] ids : sequences) {
            for (int t = 0; t < ids.length; t++, r++) {
                float[] token = weights.tokenRows(ids[t], ids[t] + 1);
                for (int c = 0; c < d; c++) {
                    x[r * d + c] = token[c] + positions[t * d + c];
                }
            }
        }
        return x;
    }

    private static float[] norm(float[] x, int d, float[] gain, float[] shift, double epsilon) {
        float[] y = new float[x.length];
        for (int at = 0; at < x.length; at += d) {
            double mean = 0;
            for (int c = 0; c < d; c++) {
                mean += x[at + c];
            }
            mean /= d;
            double variance = 0;
            for (int c = 0; c < d; c++) {
                variance += (x[at + c] - mean) * (x[at + c] - mean);
            }
            double scale = 1 / Math.sqrt(variance / d + epsilon);
            for (int c = 0; c < d; c++) {
                y[at + c] = (float) ((x[at + c] - mean) * scale * gain[c] + shift[c]);
            }
        }
        return y;
    }

    /// Causal attention of one sequence, rows `start .. start + length - 1` of q, k and v, parallel over heads.
    private static void attend(float[] q, float[] k, float[] v, float[] mix, int start, int length,
            Architecture config) {
        int d = config.width();
        int dh = config.headWidth();
        IntStream.range(0, config.heads()).parallel().forEach(h -> {
            double[] p = new double[length];
            for (int i = 0; i < length; i++) {
                int qAt = (start + i) * d + h * dh;
                double max = Double.NEGATIVE_INFINITY;
                for (int j = 0; j <= i; j++) {
                    int kAt = (start + j) * d + h * dh;
                    double s = 0;
                    for (int c = 0; c < dh; c++) {
                        s += q[qAt + c] * k[kAt + c];
                    }
                    p[j] = s / Math.sqrt(dh);
                    max = Math.max(max, p[j]);
                }
                double sum = 0;
                for (int j = 0; j <= i; j++) {
                    p[j] = StrictMath.exp(p[j] - max);
                    sum += p[j];
                }
                int at = (start + i) * d + h * dh;
                for (int j = 0; j <= i; j++) {
                    float weight = (float) (p[j] / sum);
                    int vAt = (start + j) * d + h * dh;
                    for (int c = 0; c < dh; c++) {
                        mix[at + c] += weight * v[vAt + c];
                    }
                }
            }
        });
    }

    private static double activate(float[] g, Architecture config) {
        return IntStream.range(0, g.length / config.mlpWidth()).parallel().mapToDouble(r -> {
            double max = 0;
            for (int i = r * config.mlpWidth(); i < (r + 1) * config.mlpWidth(); i++) {
                double value = config.activation().apply(g[i]);
                max = Math.max(max, value);
                g[i] = (float) value;
            }
            return max;
        }).max().orElse(0);
    }

    private static HeadBasis[] heads(float[] q, float[] k, int rows, Architecture config) {
        int d = config.width();
        int dh = config.headWidth();
        return IntStream.range(0, config.heads())
                .parallel()
                .mapToObj(h -> HeadBasis.of(q, k, rows, d, h * dh, dh))
                .toArray(HeadBasis[]::new);
    }

    private static double[] valueRange(float[] v, int rows, int d) {
        double[] range = new double[d];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < d; c++) {
                range[c] = Math.max(range[c], Math.abs(v[r * d + c]));
            }
        }
        return range;
    }

    private static void add(float[] x, float[] delta) {
        for (int i = 0; i < x.length; i++) {
            x[i] += delta[i];
        }
    }
}
