package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.NormKind;
import dev.chagres.gpt2.weights.WeightSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// Ranges of the activations of the float model on sample sequences, measured block by block: each block's weights
/// are read once for all sequences.
///
/// @param sequences what was run, the tail of padding included
/// @param layers    per block
/// @param stages    the stream, `[rows][d]`: the embeddings, and after each attention and each MLP
/// @param stream    the basis of the residual stream
record Calibration(List<int[]> sequences, Layer[] layers, float[][] stages, StreamBasis stream) {
    /// Ranges inside one block. Ranges of queries are over all heads that read the same keys.
    ///
    /// @param heads       per key head the basis of queries and keys; empty if they are rotated and keep their own
    /// @param queryRange  largest |q| in that basis, scaled so that `q . k` is a score, `[Hkv dh]`
    /// @param keyRange    largest |k| in that basis, `[Hkv dh]`
    /// @param valueRange  largest |v|, `[Hkv dh]`
    /// @param hiddenRange largest |g|, `[F]`
    /// @param activation  largest value after the activation
    /// @param spread      largest distance of a score from the log of the sum of exponentials of its row, nats
    record Layer(HeadBasis[] heads, double[] queryRange, double[] keyRange, double[] valueRange,
            double[] hiddenRange, double activation, double spread) {}

    /// Runs the float model in single precision. One more sequence ends with rows of token 0: a proof is padded with
    /// them to whole blocks of rows, and they must stay inside every domain.
    ///
    /// @param options its context and headroom are used
    /// @param padding rows of a block less one
    /// @throws QuantizationException naming the layer where a value overflows
    static Calibration run(WeightSource weights, QuantizerOptions options, int padding, List<int[]> samples) {
        Architecture config = weights.architecture();
        List<int[]> sequences = withTail(samples, options.context(), padding);
        float[] x = embed(weights, sequences);
        float[][] stages = new float[2 * config.layers() + 1][];
        Layer[] layers = new Layer[config.layers()];
        stages[0] = x;
        for (int l = 0; l < layers.length; l++) {
            LayerWeights w = weights.layer(l);
            FloatBlock block = new FloatBlock(config, w, sequences);
            FloatBlock.Attention attention = block.attention(x);
            for (float[] values : List.of(attention.query(), attention.key(), attention.value())) {
                finite(values, l, "queries, keys and values", Suspects::attention, weights);
            }
            x = sum(x, block.written(attention));
            finite(x, l, "the stream after attention", Suspects::output, weights);
            stages[2 * l + 1] = x;
            FloatBlock.Hidden hidden = block.hidden(x);
            finite(hidden.hidden(), l, "hidden values of the MLP", Suspects::up, weights);
            x = sum(x, block.written(hidden));
            finite(x, l, "the stream after the MLP", Suspects::down, weights);
            stages[2 * l + 2] = x;
            layers[l] = layer(weights, l, attention, hidden);
        }
        return new Calibration(sequences, layers, stages,
                StreamBasis.of(stages, config.width(), config.norm() == NormKind.LAYER, options.streamHeadroom()));
    }

    /// The sequences, and the beginning of the first one with as many rows of token 0 as a proof may be padded with.
    private static List<int[]> withTail(List<int[]> samples, int context, int padding) {
        int[] first = samples.getFirst();
        int tail = Math.min(padding, context - 1);
        if (tail == 0) {
            return samples;
        }
        List<int[]> all = new ArrayList<>(samples);
        int kept = Math.min(first.length, context - tail);
        all.add(Arrays.copyOf(Arrays.copyOf(first, kept), kept + tail));
        return all;
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

    private static float[] embed(WeightSource weights, List<int[]> sequences) {
        int d = weights.architecture().width();
        float[] positions = weights.positions();
        int rows = sequences.stream().mapToInt(ids -> ids.length).sum();
        float[] x = new float[Math.multiplyExact(rows, d)];
        int r = 0;
        for (int[] ids : sequences) {
            for (int t = 0; t < ids.length; t++, r++) {
                float[] token = weights.tokenRows(ids[t], ids[t] + 1);
                for (int c = 0; c < d; c++) {
                    x[r * d + c] = token[c] + (positions.length == 0 ? 0 : positions[t * d + c]);
                }
            }
        }
        return x;
    }

    private static Layer layer(WeightSource weights, int l, FloatBlock.Attention a, FloatBlock.Hidden hidden) {
        Architecture config = weights.architecture();
        int width = config.keyWidth();
        HeadBasis[] heads = {};
        double[] query;
        double[] key;
        if (config.learnedPositions()) {
            try {
                heads = heads(config, a);
            } catch (ArithmeticException e) {
                throw new QuantizationException("layer " + l + ": queries and keys cannot be balanced, "
                        + e.getMessage() + "; " + Suspects.attention(weights, l), e);
            }
            query = new double[width];
            key = new double[width];
            for (int h = 0; h < heads.length; h++) {
                System.arraycopy(heads[h].queryRange(), 0, query, h * config.headWidth(), config.headWidth());
                System.arraycopy(heads[h].keyRange(), 0, key, h * config.headWidth(), config.headWidth());
            }
        } else {
            query = shared(pairs(a.query(), config.queryWidth(), config.headWidth()), config);
            key = pairs(a.key(), width, config.headWidth());
        }
        return new Layer(heads, query, key, range(a.value(), width), range(hidden.hidden(), config.mlpWidth()),
                hidden.activation(), a.spread());
    }

    private static HeadBasis[] heads(Architecture config, FloatBlock.Attention a) {
        int dh = config.headWidth();
        int group = config.heads() / config.keyHeads();
        return IntStream.range(0, config.keyHeads()).parallel()
                .mapToObj(h -> HeadBasis.of(rows(a.query(), config.queryWidth(), h * group, group, dh),
                        rows(a.key(), config.keyWidth(), h, 1, dh), dh))
                .toArray(HeadBasis[]::new);
    }

    /// The rows of some heads, one after another, `[heads][rows][dh]`.
    private static float[] rows(float[] x, int width, int head, int count, int dh) {
        int rows = x.length / width;
        float[] part = new float[count * rows * dh];
        for (int h = 0; h < count; h++) {
            for (int r = 0; r < rows; r++) {
                System.arraycopy(x, r * width + (head + h) * dh, part, (h * rows + r) * dh, dh);
            }
        }
        return part;
    }

    /// The largest length of every rotated pair, for both of its channels: what any position can make of either.
    private static double[] pairs(float[] x, int width, int dh) {
        double[] range = new double[width];
        int half = dh / 2;
        for (int at = 0; at < x.length; at += width) {
            for (int c = 0; c < width; c++) {
                if (c % dh < half) {
                    double a = x[at + c];
                    double b = x[at + c + half];
                    range[c] = Math.max(range[c], Math.sqrt(a * a + b * b));
                }
            }
        }
        for (int c = 0; c < width; c++) {
            range[c] = c % dh < half ? range[c] : range[c - half];
        }
        return range;
    }

    /// The largest range of the query heads of a key head, `[Hkv dh]`, divided by the root of the head width.
    private static double[] shared(double[] ranges, Architecture config) {
        int dh = config.headWidth();
        double[] shared = new double[config.keyWidth()];
        for (int c = 0; c < ranges.length; c++) {
            int to = c / dh * config.keyHeads() / config.heads() * dh + c % dh;
            shared[to] = Math.max(shared[to], ranges[c] / Math.sqrt(dh));
        }
        return shared;
    }

    private static double[] range(float[] x, int width) {
        double[] range = new double[width];
        for (int at = 0; at < x.length; at += width) {
            for (int c = 0; c < width; c++) {
                range[c] = Math.max(range[c], Math.abs(x[at + c]));
            }
        }
        return range;
    }

    private static float[] sum(float[] x, float[] delta) {
        for (int i = 0; i < x.length; i++) {
            delta[i] += x[i];
        }
        return delta;
    }
}
