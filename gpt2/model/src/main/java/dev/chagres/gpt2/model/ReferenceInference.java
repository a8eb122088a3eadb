package dev.chagres.gpt2.model;

import dev.chagres.graph.RowBlocks;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import java.util.Arrays;
import java.util.Map;

/// The integer program in plain loops over `long`: the oracle for every faster engine. Each interval that the
/// model states is asserted on every value.
///
/// Rows are computed one after the other with the keys and values of earlier rows kept; attention is causal, so
/// this is the whole-sequence program. Not thread-safe; one instance runs one sequence at a time.
public final class ReferenceInference {
    /// Receives one row of logits.
    @FunctionalInterface
    public interface LogitConsumer {
        /// @param position the row
        /// @param logits   `[vocab]`, fresh for every row
        void accept(int position, long[] logits);
    }

    /// Later keys in the same block of so many rows are masked by the operations, and so have a score.
    private static final int BLOCK = 1 << RowBlocks.BLOCK_BITS;

    private final IntegerModel model;
    private final ModelShape shape;
    /// The interval of the activation table of each layer, and of the hidden row.
    private final Interval[] activations;
    private final Interval[] hidden;
    /// [IntegerModel#writes()].
    private final Map<Integer, Interval> writes;
    /// Bits of what is rotated; 0 if nothing is.
    private final int rotatedBits;
    /// By layer: `[context][keyWidth]`, but for queries, `[block][attentionWidth]`, and offsets, `[block][heads]`.
    private long[][] keys;
    private long[][] values;
    private long[][] queries;
    private long[][] offsets;
    private Trace trace;

    public ReferenceInference(IntegerModel model) {
        this.model = model;
        this.shape = model.shape();
        activations = model.layers().stream().map(l -> l.mlp().range()).toArray(Interval[]::new);
        hidden = model.layers().stream().map(l -> l.mlp().hidden(model.hiddenBound())).toArray(Interval[]::new);
        writes = model.writes();
        rotatedBits = model.rotation().isPresent() ? PublicSpec.of(model).rotatedBits() : 0;
    }

    /// Logits `[T][vocab]` of a whole sequence.
    ///
    /// @throws DomainException          if the residual stream leaves its domain
    /// @throws IllegalArgumentException if `ids` is empty, too long or has an id outside the vocabulary
    public long[][] logits(int[] ids) {
        long[][] all = new long[ids.length][];
        forward(ids, 0, (position, logits) -> all[position] = logits);
        return all;
    }

    /// One pass over the sequence with the logits of rows `fromPosition .. T - 1`, in order.
    public void forward(int[] ids, int fromPosition, LogitConsumer consumer) {
        start(ids);
        for (int t = 0; t < ids.length; t++) {
            long[] n = hidden(ids[t], t);
            if (t >= fromPosition) {
                consumer.accept(t, logits(n));
            }
        }
    }

    /// Every intermediate tensor of one pass; no logits.
    public Trace trace(int[] ids) {
        start(ids);
        Trace result = new Trace(ids.length);
        trace = result;
        try {
            for (int t = 0; t < ids.length; t++) {
                hidden(ids[t], t);
            }
        } finally {
            trace = null;
        }
        return result;
    }

    /// Greedy continuation: the new tokens only. Stops after the model's end-of-text id.
    ///
    /// @throws IllegalArgumentException if `prompt.length + newTokens - 1` exceeds the context
    public int[] generate(int[] prompt, int newTokens) {
        if (newTokens < 0 || prompt.length + (long) newTokens - 1 > shape.context()) {
            throw new IllegalArgumentException("prompt of " + prompt.length + " tokens and " + newTokens
                    + " new ones exceed the context of " + shape.context());
        }
        start(prompt);
        int[] result = new int[newTokens];
        long[] n = null;
        for (int t = 0; t < prompt.length; t++) {
            n = hidden(prompt[t], t);
        }
        for (int i = 0; i < newTokens; i++) {
            result[i] = argmax(logits(n));
            if (shape.endOfText().contains(result[i])) {
                return Arrays.copyOf(result, i + 1);
            }
            if (i + 1 < newTokens) {
                n = hidden(result[i], prompt.length + i);
            }
        }
        return result;
    }

    /// The smallest index of the largest logit.
    public static int argmax(long[] logits) {
        int best = 0;
        for (int v = 1; v < logits.length; v++) {
            if (logits[v] > logits[best]) {
                best = v;
            }
        }
        return best;
    }

    private void start(int[] ids) {
        if (ids.length == 0 || ids.length > shape.context()) {
            throw new IllegalArgumentException(ids.length + " tokens; the context is 1.." + shape.context());
        }
        for (int id : ids) {
            if (id < 0 || id >= shape.vocab()) {
                throw new IllegalArgumentException("token id " + id + " outside 0.." + (shape.vocab() - 1));
            }
        }
        keys = new long[shape.layers()][shape.context() * shape.keyWidth()];
        values = new long[shape.layers()][shape.context() * shape.keyWidth()];
        queries = new long[shape.layers()][BLOCK * shape.attentionWidth()];
        offsets = new long[shape.layers()][BLOCK * shape.heads()];
        trace = null;
    }

    /// Row t of the final norm's output.
    private long[] hidden(int id, int t) {
        int d = shape.width();
        long[] x = new long[d];
        for (int c = 0; c < d; c++) {
            x[c] = (long) model.embedding(id, c) + model.position(t, c);
        }
        for (int l = 0; l < shape.layers(); l++) {
            IntegerLayer layer = model.layers().get(l);
            put(l + ".x", t, d, x);
            long[] n = norm(x, l, l + ".norm1", t);
            add(x, added(attention(n, layer, l, t), layer.output(), l + ".output", t));
            put(l + ".x_mid", t, d, x);
            n = norm(x, l, l + ".norm2", t);
            add(x, added(mlp(n, layer, l, t), layer.down(), l + ".down", t));
        }
        put("x", t, d, x);
        return norm(x, shape.layers(), "norm", t);
    }

    private long[] norm(long[] x, int layer, String name, int t) {
        int d = shape.width();
        int e = IntegerSemantics.rowExponent(x, 0, d);
        if (e < 0) {
            throw new DomainException("layer " + name, t, "residual stream is outside [-2^26, 2^26)");
        }
        long[] m = new long[d];
        int groups = (d + IntegerSemantics.GROUP - 1) / IntegerSemantics.GROUP;
        long[] sums = new long[groups];
        for (int c = 0; c < d; c++) {
            m[c] = x[c] >> e;
            sums[c / IntegerSemantics.GROUP] += m[c] * (m[c] + 1);
        }
        long squares = model.norm().eps()[e];
        for (long sum : sums) {
            require(sum >= 0 && sum <= 1 << 30, name + " group sum", sum);
            squares += sum >> IntegerSemantics.groupShift(d);
        }
        require(squares >= IntegerSemantics.MANT_MIN && squares < IntegerSemantics.SQUARE_SUM_LIMIT, name, squares);
        int k = IntegerSemantics.scaleExponent(squares);
        int mant = IntegerSemantics.scaleMantissa(squares);
        long rho = model.norm().rho(mant, k);
        require(rho < 1 << 18, name + " rho", rho);
        long[] n = new long[d];
        for (int c = 0; c < d; c++) {
            long product = (2 * m[c] + 1) * rho;
            require(Math.abs(product) < 1 << 29, name + " product", product);
            n[c] = IntegerSemantics.rsh(product, model.norm().shift());
            require(Math.abs(n[c]) <= model.norm().bound(), name + " n", n[c]);
        }
        if (trace != null) {
            put(name + ".e", t, 1, e);
            put(name + ".m", t, d, m);
            put(name + ".G", t, groups, sums);
            put(name + ".squares", t, 1, squares);
            put(name + ".mant", t, 1, mant);
            put(name + ".k", t, 1, k);
            put(name + ".rho", t, 1, rho);
            put(name + ".n", t, d, n);
        }
        return n;
    }

    private long[] attention(long[] n, IntegerLayer layer, int l, int t) {
        int a = shape.attentionWidth();
        int keyWidth = shape.keyWidth();
        int dh = shape.headWidth();
        long[] q = clamped(layer.query(), n, true, model.qkBound(), l + ".q", t);
        long[] k = clamped(layer.key(), n, true, model.qkBound(), l + ".k", t);
        long[] v = clamped(layer.value(), n, false, model.vBound(), l + ".v", t);
        System.arraycopy(k, 0, keys[l], t * keyWidth, keyWidth);
        System.arraycopy(v, 0, values[l], t * keyWidth, keyWidth);
        System.arraycopy(q, 0, queries[l], t % BLOCK * a, a);
        SoftmaxTables softmax = model.softmax();
        long[] y = new long[a];
        long[] o = new long[a];
        long[] scores = new long[t + 1];
        long[] weights = new long[t + 1];
        for (int h = 0; h < shape.heads(); h++) {
            int first = shape.keyHead(h) * dh;
            for (int j = 0; j <= t; j++) {
                scores[j] = score(q, h * dh, keys[l], j * keyWidth + first, l);
            }
            long offset = IntegerSemantics.softmaxOffset(softmax.exp(), softmax.rMax(), scores, 0, t + 1);
            offsets[l][t % BLOCK * shape.heads() + h] = offset;
            reach(l, h, t, scores);
            long sum = 0;
            for (int j = 0; j <= t; j++) {
                weights[j] = softmax.exp(offset - scores[j]);
                sum += weights[j];
            }
            require(sum <= softmax.rMax(), l + " row sum", sum);
            for (int c = 0; c < dh; c++) {
                for (int j = 0; j <= t; j++) {
                    y[h * dh + c] += weights[j] * values[l][j * keyWidth + first + c];
                }
                require(Math.abs(y[h * dh + c]) <= (long) model.vBound() * softmax.rMax(), l + " y", y[h * dh + c]);
                o[h * dh + c] = IntegerSemantics.rsh(y[h * dh + c], softmax.outputShift());
                require(Math.abs(o[h * dh + c]) <= model.oBound(), l + " o", o[h * dh + c]);
            }
            if (trace != null) {
                int length = trace.length();
                trace.put(l + ".scores", t, shape.heads() * length, h * length, scores);
                trace.put(l + ".exp", t, shape.heads() * length, h * length, weights);
                trace.put(l + ".L", t, shape.heads(), h, offset);
                trace.put(l + ".R", t, shape.heads(), h, sum);
            }
        }
        put(l + ".y", t, a, y);
        put(l + ".o", t, a, o);
        long[] out = linear(layer.output(), o, l + ".output");
        put(l + ".output", t, shape.width(), out);
        return out;
    }

    private long score(long[] q, int atQuery, long[] k, int atKey, int l) {
        long score = 0;
        for (int c = 0; c < shape.headWidth(); c++) {
            score += q[atQuery + c] * k[atKey + c];
        }
        require(Math.abs(score) <= model.scoreBound(), l + " score", score);
        return score;
    }

    /// `L - S` of row t itself, and of the rows before it in its block, which mask the key of row t.
    private void reach(int l, int h, int t, long[] scores) {
        int dh = shape.headWidth();
        for (int i = t - t % BLOCK; i <= t; i++) {
            long offset = offsets[l][i % BLOCK * shape.heads() + h];
            int from = i == t ? 0 : t;
            for (int j = from; j <= t; j++) {
                long s = i == t ? scores[j] : score(queries[l], i % BLOCK * shape.attentionWidth() + h * dh, keys[l],
                        j * shape.keyWidth() + shape.keyHead(h) * dh, l);
                long distance = offset - s;
                if (distance > model.reach() || distance < -(i == t ? 1L : model.reach())) {
                    throw new DomainException("layer " + l + ".attention, head " + h, i,
                            "a score lies " + distance + " below the offset, beyond the reach of " + model.reach());
                }
            }
        }
    }

    private long[] mlp(long[] n, IntegerLayer layer, int l, int t) {
        IntegerMlp mlp = layer.mlp();
        long[] u = linear(mlp.indexed(), n, l + ".u");
        put(l + ".u", t, shape.mlpWidth(), u);
        long[] g = new long[u.length];
        for (int c = 0; c < g.length; c++) {
            g[c] = mlp.activation(u[c]);
            require(activations[l].contains(g[c]), l + " activation", g[c]);
        }
        if (mlp instanceof IntegerMlp.Gated gated) {
            gate(gated, g, linear(gated.up(), n, l + ".ub"), l, t);
        }
        for (long value : g) {
            require(hidden[l].contains(value), l + " g", value);
        }
        put(l + ".g", t, shape.mlpWidth(), g);
        long[] out = linear(layer.down(), g, l + ".down");
        put(l + ".down", t, shape.width(), out);
        return out;
    }

    /// `g = clamp(rsh(a ub, s_g), hiddenBound)` in place of a.
    private void gate(IntegerMlp.Gated gated, long[] g, long[] factors, int l, int t) {
        put(l + ".a", t, g.length, g);
        put(l + ".ub", t, g.length, factors);
        long[] products = new long[g.length];
        Interval quotients = activations[l].times(gated.up().u()).shifted(gated.productShift());
        for (int c = 0; c < g.length; c++) {
            require(Math.abs(factors[c]) < 1 << 15, l + " ub", factors[c]);
            long product = g[c] * factors[c];
            require(Math.abs(product) < 1 << 29, l + " product", product);
            products[c] = IntegerSemantics.rsh(product, gated.productShift());
            require(quotients.contains(products[c]), l + " uh", products[c]);
            g[c] = Math.clamp(products[c], -(long) model.hiddenBound(), model.hiddenBound());
        }
        put(l + ".uh", t, g.length, products);
    }

    /// What is added to the stream, which a wide write bounds.
    private long[] added(long[] out, IntegerLinear linear, String name, int t) {
        Interval quotients = writes.get(linear.shift());
        for (long value : out) {
            if (linear.shift() > WriteSpec.NARROW && !quotients.contains(value)) {
                throw new DomainException("layer " + name, t,
                        value + " is added to the residual stream, outside " + quotients);
            }
        }
        return out;
    }

    private long[] clamped(IntegerLinear linear, long[] in, boolean positioned, long bound, String name, int t) {
        long[] u = linear(linear, in, name);
        if (positioned && model.rotation().isPresent()) {
            put(name + ".y", t, u.length, u);
            u = rotated(u, model.rotation().get(), name, t);
        }
        put(name + ".u", t, u.length, u);
        for (int c = 0; c < u.length; c++) {
            u[c] = Math.clamp(u[c], -bound, bound);
        }
        put(name, t, u.length, u);
        return u;
    }

    /// `u = rsh(acc', kappa + x)`, acc' the pairs (j, j + dh / 2) of every head turned by the angles of position t.
    private long[] rotated(long[] y, RotationTables tables, String name, int t) {
        int half = shape.headWidth() / 2;
        Positions.Rotary rotary = new Positions.Rotary(tables.scaleBits(), tables.fractionBits());
        long bound = rotary.bound(rotatedBits);
        long[] u = new long[y.length];
        for (int c = 0; c < y.length; c++) {
            require(Math.abs(2 * y[c] + 1) < 1L << rotatedBits, name + " y", y[c]);
            int j = c % shape.headWidth();
            boolean second = j >= half;
            long i = (long) t * half + j % half;
            long other = second ? y[c - half] : -y[c + half];
            long acc = tables.cos(i) * y[c] + tables.sin(i) * other;
            require(Math.abs(acc) <= bound, name + " rotated", acc);
            u[c] = IntegerSemantics.rsh(acc, rotary.shift());
        }
        return u;
    }

    private long[] logits(long[] n) {
        return linear(model.head(), n, "logits");
    }

    /// `rsh(acc, shift)` of every output.
    private static long[] linear(IntegerLinear linear, long[] in, String name) {
        long[] out = new long[linear.outputs()];
        Interval interval = linear.acc();
        for (int j = 0; j < out.length; j++) {
            long acc = linear.bias()[j];
            long offset = 2L * j * linear.inputs();
            for (int k = 0; k < in.length; k++) {
                acc += linear.weights().get(IntegerLinear.WEIGHT, offset + 2L * k) * in[k];
            }
            require(interval.contains(acc), name, acc);
            out[j] = IntegerSemantics.rsh(acc, linear.shift());
        }
        return out;
    }

    private static void add(long[] x, long[] delta) {
        for (int c = 0; c < x.length; c++) {
            x[c] += delta[c];
        }
    }

    private void put(String name, int t, int columns, long... values) {
        if (trace != null) {
            trace.put(name, t, columns, 0, values);
        }
    }

    private static void require(boolean condition, String name, long value) {
        if (!condition) {
            throw new IllegalStateException(name + ": " + value + " is outside its proved interval");
        }
    }
}
