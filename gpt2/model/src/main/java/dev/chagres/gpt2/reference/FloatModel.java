package dev.chagres.gpt2.reference;

import static dev.chagres.gpt2.reference.ActivationSite.*;

import dev.chagres.gpt2.weights.Activation;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.PositionKind;
import dev.chagres.gpt2.weights.WeightSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/// A decoder-only transformer in double precision over a whole sequence: pre-norm blocks of causal attention and an MLP
/// on a residual stream, as its [Architecture] says: GPT-2 (Radford et al., "Language Models are Unsupervised Multitask
/// Learners", 2019) or Llama (Touvron et al., "LLaMA", 2023) and its relatives. Thread-safe.
///
/// Small models are copied to the heap once, large ones read layer by layer in each pass.
public final class FloatModel {
    /// Rows of logits computed together; for GPT-2's vocabulary 16 rows are 6.4 MB.
    private static final int LOGIT_ROWS = 16;

    /// Rows of the head read together.
    private static final int HEAD_ROWS = 4096;

    private final WeightSource weights;
    private final Architecture config;
    private final FloatAttention attention;
    private final Optional<Rotation> rotation;
    private final float[] finalNormGain;
    private final float[] finalNormShift;
    private final float[] headBias;
    /// Copies of the layers; entries stay null if the model is too large to keep.
    private final LayerWeights[] layers;

    /// Copies of parts of the head, as `layers`.
    private final float[][] headParts;

    private final boolean keep;

    /// A model over open weights; the caller closes them, after the last use of this object.
    ///
    /// @throws dev.chagres.prove.file.FileFormatException if a value is not finite; later calls check the tensors
    ///     they read in the same way
    public FloatModel(WeightSource weights) {
        this.weights = weights;
        config = weights.architecture();
        attention = new FloatAttention(config.heads(), config.keyHeads(), config.headWidth());
        rotation = config.positions() instanceof PositionKind.Rotary rotary
                ? Optional.of(new Rotation(rotary.frequencies(config.headWidth()))) : Optional.empty();
        finalNormGain = weights.finalNormGain();
        finalNormShift = weights.finalNormShift();
        headBias = weights.headBias();
        layers = new LayerWeights[config.layers()];
        headParts = new float[(config.vocabulary() + HEAD_ROWS - 1) / HEAD_ROWS][];
        keep = config.parameters() * Float.BYTES < Runtime.getRuntime().maxMemory() / 4;
    }

    public Architecture architecture() {
        return config;
    }

    /// Receives one row of logits.
    @FunctionalInterface
    public interface LogitConsumer {
        /// @param position the row, `0 .. T - 1`
        /// @param logits `[V]`, valid during the call only
        void accept(int position, double[] logits);
    }

    /// Logits `[T][V]` after each token.
    ///
    /// @throws IllegalArgumentException if `ids` is empty, longer than the context, or has an id outside the vocabulary
    public double[][] logits(int[] ids) {
        double[][] rows = new double[ids.length][];
        forward(ids, ActivationObserver.NONE, 0, (position, row) -> rows[position] = row.clone());
        return rows;
    }

    /// The blocks and the final norm, every activation shown to `observer`; returns the final norm's output,
    /// row-major `[T][d]`. The head is not computed.
    ///
    /// @throws IllegalArgumentException as [#logits]
    public double[] hidden(int[] ids, ActivationObserver observer) {
        checkIds(ids);
        return advance(ids, new KeyValueCache(config, ids.length), observer);
    }

    /// Forward pass with the logits of rows `fromPosition .. T - 1` only, in ascending order, few rows in memory at
    /// once.
    ///
    /// @throws IllegalArgumentException as [#logits]
    /// @throws IndexOutOfBoundsException if `fromPosition` is not in `0 .. T`
    public void forward(int[] ids, ActivationObserver observer, int fromPosition, LogitConsumer consumer) {
        Objects.checkIndex(fromPosition, ids.length + 1);
        double[] normed = hidden(ids, observer);
        for (int from = fromPosition; from < ids.length; from += LOGIT_ROWS) {
            int rows = Math.min(LOGIT_ROWS, ids.length - from);
            double[] logits = head(Arrays.copyOfRange(normed, from * config.width(), (from + rows) * config.width()),
                    rows);
            for (int t = 0; t < rows; t++) {
                consumer.accept(from + t, Arrays.copyOfRange(logits, t * config.vocabulary(),
                        (t + 1) * config.vocabulary()));
            }
        }
    }

    /// Greedy continuation, computed incrementally: the new tokens only. Equal logits resolve to the smallest id.
    /// Stops early after any of the end-of-text ids.
    ///
    /// @throws IllegalArgumentException if `prompt.length + newTokens - 1` exceeds the context, or as [#logits]
    public int[] generate(int[] prompt, int newTokens) {
        checkIds(prompt);
        if (newTokens < 0 || prompt.length + (long) newTokens - 1 > config.context()) {
            throw new IllegalArgumentException(prompt.length + " prompt tokens and " + newTokens
                    + " new ones do not fit the context of " + config.context());
        }
        int[] generated = new int[newTokens];
        KeyValueCache cache = new KeyValueCache(config, prompt.length + newTokens);
        int[] next = prompt;
        for (int n = 0; n < newTokens; n++) {
            double[] normed = advance(next, cache, ActivationObserver.NONE);
            double[] logits = head(Arrays.copyOfRange(normed, normed.length - config.width(), normed.length), 1);
            generated[n] = argmax(logits);
            if (config.endOfText().contains(generated[n])) {
                return Arrays.copyOf(generated, n + 1);
            }
            next = new int[] {generated[n]};
        }
        return generated;
    }

    /// `-sum ln P(ids[t] | ids[0 .. t-1])` over `t = 1 .. T - 1`, nats; T may be the context plus one.
    ///
    /// @throws IllegalArgumentException if there are fewer than two ids, or as [#logits]
    public double negativeLogLikelihood(int[] ids) {
        if (ids.length < 2) {
            throw new IllegalArgumentException("the likelihood needs at least 2 ids, got " + ids.length);
        }
        checkVocabulary(ids);
        double[] sum = new double[1];
        forward(
                Arrays.copyOf(ids, ids.length - 1),
                ActivationObserver.NONE,
                0,
                (position, logits) -> sum[0] += logSumExp(logits) - logits[ids[position + 1]]);
        return sum[0];
    }

    /// Index of the largest value, the smallest on ties.
    static int argmax(double[] values) {
        int best = 0;
        for (int v = 1; v < values.length; v++) {
            if (values[v] > values[best]) {
                best = v;
            }
        }
        return best;
    }

    /// `ln sum exp(values)`, stable for values of any size.
    static double logSumExp(double[] values) {
        double largest = values[argmax(values)];
        double sum = 0;
        for (double value : values) {
            sum += StrictMath.exp(value - largest);
        }
        return largest + StrictMath.log(sum);
    }

    /// Runs `ids` as the next positions of `cache`; returns the final norm's rows, `[ids.length][d]`.
    private double[] advance(int[] ids, KeyValueCache cache, ActivationObserver observer) {
        int rows = ids.length;
        int d = config.width();
        double[] stream = embed(ids, cache.length());
        for (int l = 0; l < config.layers(); l++) {
            stream = block(l, stream, rows, cache, observer);
        }
        cache.advance(rows);
        double[] normed = norm(stream, rows, finalNormGain, finalNormShift);
        observer.observe(FINAL_NORM, config.layers(), -1, normed, rows, d);
        return normed;
    }

    private double[] norm(double[] x, int rows, float[] gain, float[] shift) {
        return Norm.apply(config.norm(), x, rows, gain, shift, config.normEpsilon());
    }

    private double[] embed(int[] ids, int start) {
        int d = config.width();
        double[] stream = new double[ids.length * d];
        for (int t = 0; t < ids.length; t++) {
            float[] token = weights.tokenRows(ids[t], ids[t] + 1);
            for (int c = 0; c < d; c++) {
                stream[t * d + c] = token[c];
            }
        }
        if (config.learnedPositions()) {
            float[] positions = weights.positionRows(start, start + ids.length);
            for (int i = 0; i < stream.length; i++) {
                stream[i] += positions[i];
            }
        }
        return stream;
    }

    private double[] block(int l, double[] stream, int rows, KeyValueCache cache, ActivationObserver observer) {
        int d = config.width();
        LayerWeights w = layer(l);
        observer.observe(RESIDUAL_IN, l, -1, stream, rows, d);
        double[] norm1 = norm(stream, rows, w.norm1Gain(), w.norm1Shift());
        observer.observe(LN1, l, -1, norm1, rows, d);
        double[] mix = attend(l, w, norm1, rows, cache, observer);
        observer.observe(ATTENTION_MIX, l, -1, mix, rows, config.queryWidth());
        double[] attended = FloatLinear.multiply(mix, rows, w.output());
        observer.observe(ATTENTION_OUT, l, -1, attended, rows, d);
        double[] middle = sum(stream, attended);
        observer.observe(RESIDUAL_MIDDLE, l, -1, middle, rows, d);

        double[] norm2 = norm(middle, rows, w.norm2Gain(), w.norm2Shift());
        observer.observe(LN2, l, -1, norm2, rows, d);
        double[] hidden = w.gate().isPresent()
                ? gated(l, w.gate().get(), w.up(), norm2, rows, observer) : plain(l, w.up(), norm2, rows, observer);
        observer.observe(MLP_HIDDEN, l, -1, hidden, rows, config.mlpWidth());
        double[] mlp = FloatLinear.multiply(hidden, rows, w.down());
        observer.observe(MLP_OUT, l, -1, mlp, rows, d);
        double[] leaving = sum(middle, mlp);
        observer.observe(RESIDUAL_OUT, l, -1, leaving, rows, d);
        return leaving;
    }

    private double[] plain(int l, DenseMatrix up, double[] normed, int rows, ActivationObserver observer) {
        double[] hidden = FloatLinear.multiply(normed, rows, up);
        observer.observe(MLP_PRE_ACTIVATION, l, -1, hidden, rows, config.mlpWidth());
        activate(hidden);
        return hidden;
    }

    private double[] gated(int l, DenseMatrix gate, DenseMatrix up, double[] normed, int rows,
            ActivationObserver observer) {
        double[] hidden = FloatLinear.multiply(normed, rows, gate);
        observer.observe(MLP_GATE, l, -1, hidden, rows, config.mlpWidth());
        activate(hidden);
        double[] factors = FloatLinear.multiply(normed, rows, up);
        observer.observe(MLP_UP, l, -1, factors, rows, config.mlpWidth());
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] *= factors[i];
        }
        return hidden;
    }

    /// Projects to q, k, v, rotates q and k, appends k and v to the cache, and mixes the values; `[rows][H dh]`.
    private double[] attend(int l, LayerWeights w, double[] normed, int rows, KeyValueCache cache,
            ActivationObserver observer) {
        int start = cache.length();
        int queryWidth = config.queryWidth();
        int keyWidth = config.keyWidth();
        double[] queries = FloatLinear.multiply(normed, rows, w.query());
        double[] keys = FloatLinear.multiply(normed, rows, w.key());
        double[] values = FloatLinear.multiply(normed, rows, w.value());
        observer.observe(QUERY, l, -1, queries, rows, queryWidth);
        observer.observe(KEY, l, -1, keys, rows, keyWidth);
        observer.observe(VALUE, l, -1, values, rows, keyWidth);
        rotation.ifPresent(rotate -> {
            rotate.apply(queries, start, rows, queryWidth);
            rotate.apply(keys, start, rows, keyWidth);
            observer.observe(ROTATED_QUERY, l, -1, queries, rows, queryWidth);
            observer.observe(ROTATED_KEY, l, -1, keys, rows, keyWidth);
        });
        System.arraycopy(keys, 0, cache.keys(l), start * keyWidth, rows * keyWidth);
        System.arraycopy(values, 0, cache.values(l), start * keyWidth, rows * keyWidth);
        double[] mix = new double[rows * queryWidth];
        FloatAttention.Head[] heads = attention.apply(queries, cache.keys(l), cache.values(l), start, rows, mix);
        for (int h = 0; h < heads.length; h++) {
            observer.observe(ATTENTION_LOGITS, l, h, heads[h].logits(), rows, start + rows);
            observer.observe(ATTENTION_WEIGHTS, l, h, heads[h].weights(), rows, start + rows);
        }
        return mix;
    }

    private void activate(double[] values) {
        Activation activation = config.activation();
        IntStream range = IntStream.range(0, values.length);
        (values.length > 1 << 16 ? range.parallel() : range).forEach(i -> values[i] = activation.apply(values[i]));
    }

    /// Logits of final-norm rows, `[rows][V]`.
    private double[] head(double[] normed, int rows) {
        int vocabulary = config.vocabulary();
        double[] logits = new double[Math.multiplyExact(rows, vocabulary)];
        for (int from = 0; from < vocabulary; from += HEAD_ROWS) {
            int to = Math.min(vocabulary, from + HEAD_ROWS);
            FloatLinear.multiply(
                    normed, rows, config.width(), headRows(from, to), to - from, headBias, from, logits,
                    vocabulary, from);
        }
        return logits;
    }

    /// Rows of the head, `from` a multiple of [#HEAD_ROWS]; kept as [#layer] does.
    private float[] headRows(int from, int to) {
        float[] kept = headParts[from / HEAD_ROWS];
        if (kept != null) {
            return kept;
        }
        float[] copy = weights.headRows(from, to);
        if (keep) {
            headParts[from / HEAD_ROWS] = copy;
        }
        return copy;
    }

    /// A benign race: two threads may copy the same layer, both copies are equal and immutable from then on.
    private LayerWeights layer(int l) {
        LayerWeights kept = layers[l];
        if (kept != null) {
            return kept;
        }
        LayerWeights copy = weights.layer(l);
        if (keep) {
            layers[l] = copy;
        }
        return copy;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    private void checkIds(int[] ids) {
        if (ids.length == 0 || ids.length > config.context()) {
            throw new IllegalArgumentException(ids.length + " tokens, need 1 .. " + config.context());
        }
        checkVocabulary(ids);
    }

    private void checkVocabulary(int[] ids) {
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= config.vocabulary()) {
                throw new IllegalArgumentException("token " + t + " is " + ids[t] + ", the vocabulary has "
                        + config.vocabulary());
            }
        }
    }
}
