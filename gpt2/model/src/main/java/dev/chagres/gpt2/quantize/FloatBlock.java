package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.MlpKind;
import dev.chagres.gpt2.weights.NormKind;
import dev.chagres.gpt2.weights.PositionKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// One block of the float model in single precision, over all rows of several sequences at once.
final class FloatBlock {
    private final Architecture config;
    private final LayerWeights w;
    private final List<int[]> sequences;
    private final int rows;

    /// @param sequences the token ids; rows follow each other in this order
    FloatBlock(Architecture config, LayerWeights w, List<int[]> sequences) {
        this.config = config;
        this.w = w;
        this.sequences = sequences;
        rows = sequences.stream().mapToInt(ids -> ids.length).sum();
    }

    /// What attention computes.
    ///
    /// @param query  rotated where positions are, `[rows][H dh]`
    /// @param key    likewise, `[rows][Hkv dh]`
    /// @param value  `[rows][Hkv dh]`
    /// @param mix    weighted values, `[rows][H dh]`
    /// @param spread largest distance in nats of any score, masked ones included, from the log of the sum of
    ///               exponentials of its row
    record Attention(float[] query, float[] key, float[] value, float[] mix, double spread) {}

    /// What the MLP computes before it writes.
    ///
    /// @param hidden     `[rows][F]`
    /// @param activation largest value after the activation
    record Hidden(float[] hidden, double activation) {}

    /// @param x the stream before the block, `[rows][d]`
    Attention attention(float[] x) {
        float[] n = affine(normalised(x, config), w.norm1Gain(), w.norm1Shift());
        float[] query = multiply(n, w.query());
        float[] key = multiply(n, w.key());
        float[] value = multiply(n, w.value());
        if (config.positions() instanceof PositionKind.Rotary rotary) {
            double[] frequencies = rotary.frequencies(config.headWidth());
            rotate(query, config.heads(), frequencies);
            rotate(key, config.keyHeads(), frequencies);
        }
        float[] mix = new float[Math.multiplyExact(rows, config.queryWidth())];
        double spread = 0;
        int start = 0;
        for (int[] ids : sequences) {
            int first = start;
            spread = Math.max(spread, IntStream.range(0, config.heads()).parallel()
                    .mapToDouble(h -> head(h, query, key, value, mix, first, ids.length)).max().orElseThrow());
            start += ids.length;
        }
        return new Attention(query, key, value, mix, spread);
    }

    /// What attention adds to the stream.
    float[] written(Attention attention) {
        return multiply(attention.mix, w.output());
    }

    /// @param x the stream between attention and MLP, `[rows][d]`
    Hidden hidden(float[] x) {
        float[] n = affine(normalised(x, config), w.norm2Gain(), w.norm2Shift());
        float[] up = multiply(n, w.up());
        float[] g = config.mlp() == MlpKind.GATED ? multiply(n, w.gate().orElseThrow()) : up;
        int width = config.mlpWidth();
        double largest = IntStream.range(0, rows).parallel().mapToDouble(r -> {
            double max = 0;
            for (int i = r * width; i < (r + 1) * width; i++) {
                double value = config.activation().apply(g[i]);
                max = Math.max(max, Math.abs(value));
                g[i] = (float) (g == up ? value : value * up[i]);
            }
            return max;
        }).max().orElse(0);
        return new Hidden(g, largest);
    }

    /// What the MLP adds to the stream.
    float[] written(Hidden hidden) {
        return multiply(hidden.hidden, w.down());
    }

    private float[] multiply(float[] x, DenseMatrix m) {
        return DenseMath.multiply(x, rows, m);
    }

    /// Rows divided by their root mean square, less their mean where the norm is that of layers.
    static float[] normalised(float[] x, Architecture config) {
        int d = config.width();
        boolean centred = config.norm() == NormKind.LAYER;
        float[] y = new float[x.length];
        for (int at = 0; at < x.length; at += d) {
            double mean = 0;
            for (int c = 0; c < d && centred; c++) {
                mean += x[at + c];
            }
            mean /= d;
            double variance = 0;
            for (int c = 0; c < d; c++) {
                variance += (x[at + c] - mean) * (x[at + c] - mean);
            }
            double scale = 1 / Math.sqrt(variance / d + config.normEpsilon());
            for (int c = 0; c < d; c++) {
                y[at + c] = (float) ((x[at + c] - mean) * scale);
            }
        }
        return y;
    }

    private float[] affine(float[] y, float[] gain, float[] shift) {
        int d = config.width();
        for (int at = 0; at < y.length; at += d) {
            for (int c = 0; c < d; c++) {
                y[at + c] = y[at + c] * gain[c] + shift[c];
            }
        }
        return y;
    }

    /// Turns the pairs (j, j + dh/2) of every head by the position times the pair's frequency.
    private void rotate(float[] x, int heads, double[] frequencies) {
        int half = frequencies.length;
        int width = heads * 2 * half;
        int row = 0;
        for (int[] ids : sequences) {
            for (int t = 0; t < ids.length; t++, row++) {
                for (int j = 0; j < half; j++) {
                    double cos = StrictMath.cos(t * frequencies[j]);
                    double sin = StrictMath.sin(t * frequencies[j]);
                    for (int at = row * width + j; at < (row + 1) * width; at += 2 * half) {
                        double a = x[at];
                        double b = x[at + half];
                        x[at] = (float) (cos * a - sin * b);
                        x[at + half] = (float) (cos * b + sin * a);
                    }
                }
            }
        }
    }

    /// Causal attention of one head over rows `start .. start + length - 1`.
    ///
    /// @return the spread of its scores
    private double head(int h, float[] query, float[] key, float[] value, float[] mix, int start, int length) {
        int dh = config.headWidth();
        int a = config.queryWidth();
        int akv = config.keyWidth();
        int column = h * config.keyHeads() / config.heads() * dh;
        double[] keys = new double[dh * length];
        for (int j = 0; j < length; j++) {
            for (int c = 0; c < dh; c++) {
                keys[c * length + j] = key[(start + j) * akv + column + c] / Math.sqrt(dh);
            }
        }
        double[] scores = new double[length];
        double spread = 0;
        for (int i = 0; i < length; i++) {
            int at = (start + i) * a + h * dh;
            Arrays.fill(scores, 0);
            for (int c = 0; c < dh; c++) {
                double q = query[at + c];
                for (int j = 0; j < length; j++) {
                    scores[j] += q * keys[c * length + j];
                }
            }
            double max = Double.NEGATIVE_INFINITY;
            double least = Double.POSITIVE_INFINITY;
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < length; j++) {
                least = Math.min(least, scores[j]);
                largest = Math.max(largest, scores[j]);
                max = j <= i ? largest : max;
            }
            double sum = 0;
            for (int j = 0; j <= i; j++) {
                scores[j] = StrictMath.exp(scores[j] - max);
                sum += scores[j];
            }
            double log = max + StrictMath.log(sum);
            spread = Math.max(spread, Math.max(log - least, largest - log));
            for (int j = 0; j <= i; j++) {
                float weight = (float) (scores[j] / sum);
                int from = (start + j) * akv + column;
                for (int c = 0; c < dh; c++) {
                    mix[at + c] += weight * value[from + c];
                }
            }
        }
        return spread;
    }
}
