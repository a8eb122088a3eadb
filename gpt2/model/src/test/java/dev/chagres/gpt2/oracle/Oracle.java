package dev.chagres.gpt2.oracle;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.RotationTables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The integer semantics once more, in loops over `long`: written from the definitions, with nothing of the engine but
/// the arrays of a model. Besides the outputs it computes every committed value and every virtual one, padded rows and
/// channels included.
///
/// A tensor is `[row][channel]` under the name of its column. Channels of heads and of widths are padded as the caller
/// says; a padded channel has weights and bias 0. Of a rotary model each half of a head of queries and keys is padded
/// by itself. Rows past the sequence carry token 0; positions past the context are 0, as vectors and as cosines and sines.
final class Oracle {
    private static final long STREAM = 1L << 26;

    private final IntegerModel model;
    private final int[] tokens;
    private final Padding padding;
    private final Map<String, long[][]> tensors = new LinkedHashMap<>();
    private final Map<String, long[][][]> scores = new LinkedHashMap<>();

    /// How many channels a tensor has with its padding.
    ///
    /// @param width of the stream
    /// @param head of one head
    /// @param mlp of the hidden layer
    /// @param words of the vocabulary
    /// @param side rows of a block
    record Padding(int width, int head, int mlp, int words, int side) {}

    /// A value leaves the domain of the semantics.
    static final class Outside extends Exception {
        private static final long serialVersionUID = 1L;

        Outside(String what) {
            super(what);
        }
    }

    private Oracle(IntegerModel model, int[] tokens, Padding padding) {
        this.model = model;
        this.tokens = tokens;
        this.padding = padding;
    }

    /// Runs a model.
    ///
    /// @param tokens one for every row, padded rows included
    /// @throws Outside if the stream leaves [-2^26, 2^26), a wide write adds what it may not, or a score of a block that
    ///     is run is out of reach
    static Oracle run(IntegerModel model, int[] tokens, Padding padding) throws Outside {
        Oracle o = new Oracle(model, tokens, padding);
        o.everything();
        return o;
    }

    /// Tensors `[row][channel]` by name.
    Map<String, long[][]> tensors() {
        return tensors;
    }

    /// Tensors `[head][query][key]` by name, keys up to the end of the query's block.
    Map<String, long[][][]> scores() {
        return scores;
    }

    private int rows() {
        return tokens.length;
    }

    private long[][] tensor(String name, int channels) {
        return tensors.computeIfAbsent(name, _ -> new long[rows()][channels]);
    }

    /// floor((x + 2^(s-1)) / 2^s), or x.
    private static long rsh(long x, int s) {
        return s == 0 ? x : Math.floorDiv(x + (1L << (s - 1)), 1L << s);
    }

    /// What rsh leaves over: x + 2^(s-1) - rsh(x) 2^s.
    private static long rest(long x, int s) {
        return s == 0 ? 0 : x + (1L << (s - 1)) - rsh(x, s) * (1L << s);
    }

    private void everything() throws Outside {
        long[][] x = embedding();
        for (int l = 0; l < model.layers().size(); l++) {
            IntegerLayer layer = model.layers().get(l);
            String name = "layer" + l;
            long[][] n = norm(name + ".norm1", x);
            long[][] q = rotated(name + ".query", layer.query(), n, model.shape().heads());
            long[][] k = rotated(name + ".key", layer.key(), n, model.shape().keyHeads());
            long[][] v = clamped(name + ".value", layer.value(), n, model.shape().keyHeads(), model.vBound());
            x = write(name + ".output", layer.output(), attention(name + ".attention", q, k, v), x, true);
            n = norm(name + ".norm2", x);
            long[][] g = switch (layer.mlp()) {
                case IntegerMlp.Plain mlp -> hidden(name + ".up", mlp, n);
                case IntegerMlp.Gated mlp -> gated(name + ".gated", mlp, n);
            };
            x = write(name + ".down", layer.down(), g, x, false);
        }
        norm("head.norm", x);
    }

    private long[][] embedding() throws Outside {
        long[][] x = tensor("embedding.x", padding.width);
        for (int t = 0; t < rows(); t++) {
            for (int c = 0; c < model.shape().width(); c++) {
                long e = model.embedding().entry((long) tokens[t] * model.shape().width() + c);
                x[t][c] = e * (1L << model.embedding().shift())
                        + (t < model.shape().context() ? model.position(t, c) : 0);
                domain(x[t][c], "embedding");
            }
        }
        return x;
    }

    private static void domain(long x, String what) throws Outside {
        if (x < -STREAM || x >= STREAM) {
            throw new Outside(what + ": " + x);
        }
    }

    // --- norm -------------------------------------------------------------------------------------------------

    private long[][] norm(String name, long[][] x) {
        long[][] n = tensor(name + ".n", padding.width);
        for (int t = 0; t < rows(); t++) {
            normRow(name, t, x[t], n[t]);
        }
        return n;
    }

    private void put(String name, int t, long value) {
        tensor(name, 1)[t][0] = value;
    }

    private void normRow(String name, int t, long[] x, long[] n) {
        int e = 0;
        while (!fits(x, e)) {
            e++;
        }
        long[] m = tensor(name + ".m", padding.width)[t];
        long[] pair = tensor(name + ".exponentPair", padding.width)[t];
        int peak = -1;
        for (int c = 0; c < x.length; c++) {
            m[c] = Math.floorDiv(x[c], 1L << e);
            pair[c] = (1L << e) + x[c] - m[c] * (1L << e);
            if (peak < 0 && (m[c] < -1024 || m[c] >= 1024)) {
                peak = c;
            }
        }
        // Sums of squares of wide rows are shifted by two bits more, so that the sum of their groups stays below 2^29.
        long unit = model.shape().width() <= 1024 ? 16 : 64;
        long sum = model.norm().eps()[e];
        for (int g = 0; 256 * g < x.length; g++) {
            long group = 0;
            for (int c = 256 * g; c < Math.min(x.length, 256 * g + 256); c++) {
                group += m[c] * (m[c] + 1);
            }
            long quotient = group / unit;
            put(name + ".quotientLow" + g, t, quotient % 8192);
            put(name + ".quotientHigh" + g, t, quotient / 8192);
            put(name + ".groupRest" + g, t, group % unit);
            sum += quotient;
        }
        int k = 0;
        while (sum / (1L << (2 * k)) >= 1 << 16) {
            k++;
        }
        long mant = sum / (1L << (2 * k));
        long root = model.norm().rsqrt()[(int) mant - (1 << 14)];
        long rho = rsh(root, k);
        put(name + ".e", t, e);
        put(name + ".power", t, 1L << e);
        put(name + ".eps", t, model.norm().eps()[e]);
        put(name + ".positive", t, e > 0 ? 1 : 0);
        put(name + ".k", t, k);
        put(name + ".four", t, 1L << (2 * k));
        put(name + ".two", t, 1L << k);
        put(name + ".half", t, k == 0 ? 0 : 1L << (k - 1));
        put(name + ".mant", t, mant);
        put(name + ".restPair", t, (1L << (2 * k)) + sum - mant * (1L << (2 * k)));
        put(name + ".root", t, root);
        put(name + ".rootPair", t, (1L << k) + rest(root, k));
        put(name + ".rhoLow", t, rho % 512);
        put(name + ".rhoHigh", t, rho / 512);
        int channel = peak < 0 ? 0 : peak;
        put(name + ".peak", t, m[channel]);
        for (int b = 0; 1 << b < x.length; b++) {
            put(name + ".channelBit" + b, t, channel / (1 << b) % 2);
        }
        int s = model.norm().shift();
        long[] rem = tensor(name + ".rem", padding.width)[t];
        for (int c = 0; c < x.length; c++) {
            n[c] = rsh((2 * m[c] + 1) * rho, s);
            rem[c] = rest((2 * m[c] + 1) * rho, s);
        }
    }

    private static boolean fits(long[] x, int e) {
        for (long v : x) {
            long m = Math.floorDiv(v, 1L << e);
            if (m < -2048 || m >= 2048) {
                return false;
            }
        }
        return true;
    }

    // --- matrices ---------------------------------------------------------------------------------------------

    /// Real index of a padded channel of heads, or -1.
    private int ofHead(int padded) {
        int inside = padded % padding.head;
        return inside < model.shape().headWidth() ? padded / padding.head * model.shape().headWidth() + inside : -1;
    }

    private static int plain(int padded, int size) {
        return padded < size ? padded : -1;
    }

    /// sum_k w(j, k) in(k) + b(j), or 0 for a padded output.
    ///
    /// @param heads whether inputs are padded head by head
    private long product(IntegerLinear l, int j, long[] in, boolean heads) {
        if (j < 0) {
            return 0;
        }
        long sum = l.bias()[j];
        for (int k = 0; k < in.length; k++) {
            int real = heads ? ofHead(k) : plain(k, l.inputs());
            if (real >= 0) {
                sum += l.weight(j, real) * in[k];
            }
        }
        return sum;
    }

    private static long clamp(long u, long bound) {
        return Math.max(-bound, Math.min(bound, u));
    }

    private long[][] clamped(String name, IntegerLinear l, long[][] n, int heads, long bound) {
        int channels = heads * padding.head;
        long[][] u = tensor(name + ".u", channels);
        long[][] rem = tensor(name + ".rem", channels);
        long[][] out = tensor(name + ".out", channels);
        for (int t = 0; t < rows(); t++) {
            for (int j = 0; j < channels; j++) {
                long acc = product(l, ofHead(j), n[t], false);
                u[t][j] = rsh(acc, l.shift());
                rem[t][j] = rest(acc, l.shift());
                out[t][j] = clamp(u[t][j], bound);
            }
        }
        return out;
    }

    /// Real index of a padded channel of heads whose halves are padded each by itself, or -1.
    private int ofHalf(int padded) {
        int inside = padded % (padding.head / 2);
        int half = model.shape().headWidth() / 2;
        int which = padded / (padding.head / 2) % 2;
        return inside < half ? padded / padding.head * 2 * half + which * half + inside : -1;
    }

    /// Queries or keys: clamped, and rotated before where the model says so.
    private long[][] rotated(String name, IntegerLinear l, long[][] n, int heads) {
        if (model.rotation().isEmpty()) {
            return clamped(name, l, n, heads, model.qkBound());
        }
        RotationTables tables = model.rotation().get();
        int shift = tables.scaleBits() + tables.fractionBits();
        int channels = heads * padding.head;
        int half = model.shape().headWidth() / 2;
        long[][] y = tensor(name + ".y", channels);
        long[][] rest = tensor(name + ".rem", channels);
        long[][] u = tensor(name + "Rotation.u", channels);
        long[][] rem = tensor(name + "Rotation.rem", channels);
        long[][] out = tensor(name + "Rotation.out", channels);
        for (int t = 0; t < rows(); t++) {
            for (int j = 0; j < channels; j++) {
                long acc = product(l, ofHalf(j), n[t], false);
                y[t][j] = rsh(acc, l.shift());
                rest[t][j] = rest(acc, l.shift());
            }
            for (int j = 0; j < channels; j++) {
                boolean second = j % padding.head >= padding.head / 2;
                int pair = j % (padding.head / 2);
                boolean known = t < model.shape().context() && pair < half;
                long cos = known ? tables.cos((long) t * half + pair) : 0;
                long sin = known ? tables.sin((long) t * half + pair) : 0;
                long turned = second ? cos * y[t][j] + sin * y[t][j - padding.head / 2]
                        : cos * y[t][j] - sin * y[t][j + padding.head / 2];
                u[t][j] = rsh(turned, shift);
                rem[t][j] = rest(turned, shift);
                out[t][j] = clamp(u[t][j], model.qkBound());
            }
        }
        return out;
    }

    private long[][] hidden(String name, IntegerMlp.Plain mlp, long[][] n) {
        long[][] u = tensor(name + ".u", padding.mlp);
        long[][] rem = tensor(name + ".rem", padding.mlp);
        long[][] out = tensor(name + ".out", padding.mlp);
        for (int t = 0; t < rows(); t++) {
            for (int j = 0; j < padding.mlp; j++) {
                long acc = product(mlp.up(), plain(j, mlp.up().outputs()), n[t], false);
                u[t][j] = rsh(acc, mlp.up().shift());
                rem[t][j] = rest(acc, mlp.up().shift());
                out[t][j] = mlp.table()[(int) (u[t][j] - mlp.base())];
            }
        }
        return out;
    }

    private long[][] gated(String name, IntegerMlp.Gated mlp, long[][] n) {
        long[][] ug = tensor(name + ".ug", padding.mlp);
        long[][] a = tensor(name + ".a", padding.mlp);
        long[][] ub = tensor(name + ".ub", padding.mlp);
        long[][] uh = tensor(name + ".uh", padding.mlp);
        long[][] out = tensor(name + ".out", padding.mlp);
        long[][] gateRest = tensor(name + ".gateRem", padding.mlp);
        long[][] upRest = tensor(name + ".upRem", padding.mlp);
        long[][] rem = tensor(name + ".rem", padding.mlp);
        for (int t = 0; t < rows(); t++) {
            for (int j = 0; j < padding.mlp; j++) {
                int real = plain(j, mlp.up().outputs());
                long gate = product(mlp.gate(), real, n[t], false);
                long up = product(mlp.up(), real, n[t], false);
                ug[t][j] = rsh(gate, mlp.gate().shift());
                gateRest[t][j] = rest(gate, mlp.gate().shift());
                a[t][j] = mlp.table()[(int) (ug[t][j] - mlp.base())];
                ub[t][j] = rsh(up, mlp.up().shift());
                upRest[t][j] = rest(up, mlp.up().shift());
                uh[t][j] = rsh(a[t][j] * ub[t][j], mlp.productShift());
                rem[t][j] = rest(a[t][j] * ub[t][j], mlp.productShift());
                out[t][j] = clamp(uh[t][j], model.hiddenBound());
            }
        }
        return out;
    }

    /// An end of what the writes with a shift may add.
    private long added(int shift, boolean least) {
        long end = 0;
        for (IntegerLayer layer : model.layers()) {
            for (IntegerLinear write : List.of(layer.output(), layer.down())) {
                if (write.shift() == shift) {
                    end = least ? Math.min(end, write.u().lo()) : Math.max(end, write.u().hi());
                }
            }
        }
        return end;
    }

    private long[][] write(String name, IntegerLinear l, long[][] in, long[][] x, boolean heads) throws Outside {
        long[][] after = tensor(name + ".x", padding.width);
        long[][] rem = tensor(name + ".rem", padding.width);
        long least = added(l.shift(), true);
        long most = added(l.shift(), false);
        for (int t = 0; t < rows(); t++) {
            for (int j = 0; j < padding.width; j++) {
                long acc = product(l, plain(j, l.outputs()), in[t], heads);
                long quotient = rsh(acc, l.shift());
                if (l.shift() > 3 && (quotient < least || quotient > most)) {
                    throw new Outside(name + ": " + quotient + " is added");
                }
                after[t][j] = x[t][j] + quotient;
                rem[t][j] = rest(acc, l.shift());
                domain(after[t][j], name);
            }
        }
        return after;
    }

    // --- attention --------------------------------------------------------------------------------------------

    /// EXP\[d\] for d >= -1.
    private long exp(long d) {
        int[] table = model.softmax().exp();
        return d + 1 < table.length ? table[(int) d + 1] : 0;
    }

    /// What is added to D at masked positions: the largest D of an unmasked one, and the support.
    private long maskOffset() {
        long dh = 1;
        while (dh < model.shape().headWidth()) {
            dh *= 2;
        }
        long largest = 2 * dh * model.qkBound() * model.qkBound();
        long above = 0;
        while (model.shape().context() * exp(above) > model.softmax().rMax()) {
            above++;
        }
        long support = 0;
        while (exp(support) != 0) {
            support++;
        }
        return largest + above + support;
    }

    /// The padded channel of keys and values that goes with a channel of a head.
    private int ofKeyHead(int channel) {
        int head = channel / padding.head;
        return head * model.shape().keyHeads() / model.shape().heads() * padding.head + channel % padding.head;
    }

    private void reach(long distance, boolean masked, String name) throws Outside {
        if ((masked ? Math.abs(distance) : distance) > model.reach()) {
            throw new Outside(name + ": a score is " + distance + " from the offset");
        }
    }

    private long[][] attention(String name, long[][] q, long[][] k, long[][] v) throws Outside {
        long offset = maskOffset();
        int heads = model.shape().heads();
        long[][] out = tensor(name + ".out", heads * padding.head);
        long[][] rem = tensor(name + ".rem", heads * padding.head);
        long[][][] distance = scores(name + ".distance");
        long[][][] weight = scores(name + ".weight");
        long[][][] before = scores(name + ".before");
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < rows(); i++) {
                long[] s = new long[distance[h][i].length];
                for (int j = 0; j < s.length; j++) {
                    for (int c = h * padding.head; c < (h + 1) * padding.head; c++) {
                        s[j] += q[i][c] * k[j][ofKeyHead(c)];
                    }
                }
                long l = least(s, i);
                long sum = 0;
                long sumBefore = 0;
                for (int j = 0; j < s.length; j++) {
                    reach(l - s[j], j > i, name);
                    distance[h][i][j] = l - s[j] + (j > i ? offset : 0);
                    weight[h][i][j] = j > i ? 0 : exp(l - s[j]);
                    before[h][i][j] = j > i ? 0 : exp(l - 1 - s[j]);
                    sum += weight[h][i][j];
                    sumBefore += before[h][i][j];
                }
                perRow(name + ".offset", h, i, l);
                limbs(name + ".slack", h, i, model.softmax().rMax() - sum);
                limbs(name + ".excess", h, i, sumBefore - model.softmax().rMax() - 1);
                int shift = model.softmax().expBits() - 3;
                for (int c = h * padding.head; c < (h + 1) * padding.head; c++) {
                    long y = 0;
                    for (int j = 0; j <= i; j++) {
                        y += weight[h][i][j] * v[j][ofKeyHead(c)];
                    }
                    out[i][c] = rsh(y, shift);
                    rem[i][c] = rest(y, shift);
                }
            }
        }
        return out;
    }

    private long[][][] scores(String name) {
        long[][][] result = new long[model.shape().heads()][rows()][];
        for (long[][] head : result) {
            for (int i = 0; i < rows(); i++) {
                head[i] = new long[(i / padding.side + 1) * padding.side];
            }
        }
        scores.put(name, result);
        return result;
    }

    /// The least L with sum_(j <= i) EXP\[L - S_j\] <= Rmax. The sum falls as L grows: it is above Rmax one below the
    /// largest score, where a single weight is EXP\[-1\], and 0 when L is far away.
    private long least(long[] s, int i) {
        long above = s[0] - 1;
        for (int j = 1; j <= i; j++) {
            above = Math.max(above, s[j] - 1);
        }
        long enough = above + 1 + model.softmax().exp().length;
        while (enough - above > 1) {
            long l = above + (enough - above) / 2;
            long sum = 0;
            for (int j = 0; j <= i; j++) {
                sum += exp(l - s[j]);
            }
            if (sum <= model.softmax().rMax()) {
                enough = l;
            } else {
                above = l;
            }
        }
        return enough;
    }

    private void perRow(String name, int h, int i, long value) {
        tensor(name, model.shape().heads())[i][h] = value;
    }

    private void limbs(String name, int h, int i, long value) {
        perRow(name + "Low", h, i, value % 65536);
        perRow(name + "High", h, i, value / 65536);
    }

    // --- head -------------------------------------------------------------------------------------------------

    /// Logits of a row.
    long[] logits(int row) {
        long[] logits = new long[model.shape().vocab()];
        for (int v = 0; v < logits.length; v++) {
            logits[v] = product(model.head(), v, tensors.get("head.norm.n")[row], false);
        }
        return logits;
    }

    /// The smallest word with the largest logit.
    static int choice(long[] logits) {
        int best = 0;
        for (int v = 0; v < logits.length; v++) {
            if (logits[v] > logits[best]) {
                best = v;
            }
        }
        return best;
    }
}
