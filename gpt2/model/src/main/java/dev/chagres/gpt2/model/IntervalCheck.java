package dev.chagres.gpt2.model;

import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import dev.chagres.semantics.TableDefinitions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Proves from the integers of a model alone that no input can drive any value out of its interval, the residual
/// stream excepted (its domain is checked at run time). An overflow would be a soundness hole, so this runs when
/// a model is made and again when a key is built from it.
public final class IntervalCheck {
    /// `|acc| <= 2^30 - 2^s` before a shift by s.
    static final long ACCUMULATOR_LIMIT = 1L << 30;

    /// `|acc| < 2^30 - 2^26` where the result is added to the residual stream.
    static final long WRITER_LIMIT = (1L << 30) - IntegerModel.RESIDUAL_BOUND;

    /// `|logit| < 15 2^25`.
    public static final long LOGIT_LIMIT = ArgmaxHead.LOGIT_LIMIT;

    /// The largest shift of a residual write.
    public static final int MAX_RESIDUAL_SHIFT = 3;

    /// The largest number of entries of an activation table.
    public static final int MAX_TABLE = 1 << 18;

    /// The largest |g|.
    static final int MAX_HIDDEN = (1 << 15) - 1;

    /// The most blocks of a key's description.
    static final int MAX_LAYERS = 1 << 8;

    /// The largest clamp of v; q and k have their own.
    static final int MAX_CLAMP = 1 << 12;

    /// The largest row sum of softmax weights.
    static final int MAX_ROW_SUM = ExponentialTable.MAX_SUM;

    /// The least number of entries of a tile of a table.
    private static final int TILE = 16;

    /// The largest support of the exp table.
    public static final int MAX_SUPPORT = ExponentialTable.MAX_SUPPORT;

    private final IntegerModel model;
    /// Clamp tables are shared: per clamp and shift, every u so far.
    private final Map<Clamp, Interval> clamps = new HashMap<>();
    private NormBounds norm;

    private record Clamp(int bound, int shift) {}

    private IntervalCheck(IntegerModel model) {
        this.model = model;
    }

    /// Checks everything. What passes can be compiled: a bound that only the graph has is among those checked here.
    ///
    /// @throws IntervalCheckException at the first bound that does not hold
    public static void check(IntegerModel model) {
        try {
            new IntervalCheck(model).all();
        } catch (ArithmeticException e) {
            throw new IntervalCheckException("a bound cannot be computed: " + e.getMessage(), e);
        }
    }

    /// Tables first: later steps rely on their definitions.
    private void all() {
        require(model.shape().layers() <= MAX_LAYERS, model.shape().layers() + " layers, at most " + MAX_LAYERS);
        norm();
        softmax();
        attention();
        embedding();
        for (int l = 0; l < model.shape().layers(); l++) {
            layer(l, model.layers().get(l));
        }
        head();
    }

    private void norm() {
        NormTables tables = model.norm();
        require(
                Arrays.equals(
                        tables.rsqrt(),
                        TableDefinitions.rsqrt(model.shape().width(), tables.shift() + tables.fractionBits() - 3)),
                "norm: the table RSQRT is not that of its definition");
        require(
                Arrays.equals(
                        tables.eps(),
                        TableDefinitions.eps(model.shape().width(), model.residualFractionBits(), tables.epsilon())),
                "norm: the table of eps is not that of its definition");
        require(
                tables.eps()[0] >= IntegerSemantics.MANT_MIN,
                "norm: eps_0 is " + tables.eps()[0] + ", below 2^14; the residual unit is too coarse");
        norm = NormBounds.of(model.shape().width(), tables.shift(), tables.rsqrt(), tables.eps());
        require(
                norm.maxSquareSum() < IntegerSemantics.SQUARE_SUM_LIMIT,
                "norm: the sum of squares can reach " + norm.maxSquareSum() + ", limit 2^29");
        require(norm.maxRho() < 1 << 18, "norm: rho can reach " + norm.maxRho() + ", limit 2^18");
        require(norm.maxProduct() < 1 << 29, "norm: |M rho| can reach " + norm.maxProduct() + ", limit 2^29");
        require(tables.bound() >= norm.bound(), "norm: |n| can reach " + norm.bound() + ", stated " + tables.bound());
        // n and its remainder must be one residue class each.
        require((2L * tables.bound() + 1) << tables.shift() <= IntegerSemantics.MODULUS, "norm: n is not unique");
        require(
                tables.bound() >= 1 && tables.bound() < 1L << (29 - tables.shift()),
                "norm: |n| <= " + tables.bound() + " with shift " + tables.shift() + " has no range table");
    }

    private void softmax() {
        SoftmaxTables tables = model.softmax();
        int[] exp = tables.exp();
        int b = tables.expBits();
        require(tables.support() <= MAX_SUPPORT, "softmax: support " + tables.support() + " is above 2^20");
        require(
                Arrays.equals(exp, TableDefinitions.exp(b, tables.logitUnit(), MAX_SUPPORT + 8)),
                "softmax: the table EXP is not that of its definition");
        require(
                tables.rMax() == TableDefinitions.rMax(b, tables.logitUnit()),
                "softmax: Rmax is " + tables.rMax() + ", not " + TableDefinitions.rMax(b, tables.logitUnit()));
        require(tables.rMax() <= MAX_ROW_SUM, "softmax: Rmax is " + tables.rMax()
                + ", above 2^21: the unit of a score, "
                + tables.logitUnit() + ", is too coarse");
        for (int i = 1; i < exp.length; i++) {
            require(exp[i] <= exp[i - 1], "softmax: EXP[" + (i - 1) + "] increases");
        }
        require(
                tables.exp(0) <= tables.rMax() && tables.rMax() < tables.exp(-1),
                "softmax: EXP[0] <= Rmax < EXP[-1] fails: " + tables.exp(0) + ", " + tables.rMax() + ", "
                        + tables.exp(-1));
        require(
                (long) model.shape().context() * tables.exp(-1) < IntegerSemantics.MODULUS,
                "softmax: a row of " + model.shape().context() + " weights can reach the modulus");
        // Rmax - R is looked up as an integer in [0, 2^30): no larger R may have such a residue.
        require(
                (long) model.shape().context() * tables.exp(0) - tables.rMax() <= IntegerSemantics.MODULUS - (1L << 30),
                "softmax: a row of " + model.shape().context() + " weights of " + tables.exp(0)
                        + " exceeds Rmax by more than p - 2^30");
    }

    private void attention() {
        long qk = model.qkBound();
        require(model.scoreBound() < 1L << 30, "attention: score bound " + model.scoreBound() + " is above 2^30");
        require(
                qk >= 1 && qk <= MAX_CLAMP && model.vBound() >= 1 && model.vBound() <= MAX_CLAMP,
                "attention: bounds of q, k, v out of range");
        long score = model.shape().headWidth() * qk * qk;
        require(model.scoreBound() >= score, "attention: a score can reach " + score);
        long dMax = model.softmax().maxDifference(PublicSpec.scoreBound(model), model.shape().context());
        long masked = 2 * dMax + model.softmax().support();
        require(
                masked < 1L << 30 && dMax + model.softmax().support() <= 1L << 29,
                "attention: masked score differences reach " + masked);
        long y = (long) model.vBound() * model.softmax().rMax();
        require(y < 1L << 29, "attention: a weighted sum can reach " + y + ", limit 2^29");
        long o = IntegerSemantics.rsh(y, model.softmax().outputShift());
        require(model.oBound() >= o, "attention: an output can reach " + o + ", stated " + model.oBound());
        require(
                (2L * model.oBound() + 1) << model.softmax().outputShift() <= IntegerSemantics.MODULUS,
                "attention: o is not unique");
        require(
                model.oBound() >= 1 && model.oBound() < 1L << (29 - model.softmax().outputShift()),
                "attention: |o| <= " + model.oBound() + " has no range table");
    }

    private void embedding() {
        ModelShape shape = model.shape();
        int d = shape.width();
        long[] low = new long[d];
        long[] high = new long[d];
        long[] positionLow = new long[d];
        long[] positionHigh = new long[d];
        Arrays.fill(low, Long.MAX_VALUE);
        Arrays.fill(positionLow, Long.MAX_VALUE);
        Arrays.fill(high, Long.MIN_VALUE);
        Arrays.fill(positionHigh, Long.MIN_VALUE);
        for (int v = 0; v < shape.vocab(); v++) {
            for (int c = 0; c < d; c++) {
                long value = model.embedding(v, c);
                low[c] = Math.min(low[c], value);
                high[c] = Math.max(high[c], value);
            }
        }
        for (int t = 0; t < shape.context(); t++) {
            for (int c = 0; c < d; c++) {
                long value = model.position(t, c);
                positionLow[c] = Math.min(positionLow[c], value);
                positionHigh[c] = Math.max(positionHigh[c], value);
            }
        }
        for (int c = 0; c < d; c++) {
            require(
                    low[c] + positionLow[c] > -IntegerModel.RESIDUAL_BOUND
                            && high[c] + positionHigh[c] < IntegerModel.RESIDUAL_BOUND,
                    "embedding: channel " + c + " can reach 2^26");
        }
    }

    private void layer(int index, IntegerLayer layer) {
        String name = "layer " + index + " ";
        RowBounds normalised = RowBounds.normalised(norm);
        beforeTable(name + "query", layer.query(), normalised);
        clamp(name + "query", layer.query(), model.qkBound());
        beforeTable(name + "key", layer.key(), normalised);
        clamp(name + "key", layer.key(), model.qkBound());
        beforeTable(name + "value", layer.value(), normalised);
        clamp(name + "value", layer.value(), model.vBound());
        writer(name + "output", layer.output(), RowBounds.boxed(Interval.symmetric(model.oBound())));
        beforeTable(name + "up", layer.up(), normalised);
        gelu(name, layer);
        writer(name + "down", layer.down(), RowBounds.boxed(layer.g()));
    }

    private void gelu(String name, IntegerLayer layer) {
        int[] table = layer.gelu();
        require(table.length <= MAX_TABLE, name + "gelu: " + table.length + " entries, more than 2^18");
        Interval covered = new Interval(layer.geluBase(), layer.geluBase() + table.length - 1L);
        require(covered.contains(layer.up().u()), name + "gelu: covers " + covered + ", not " + layer.up().u());
        tabulated(name + "gelu", covered, layer.up().shift());
        require(layer.gBound() <= MAX_HIDDEN, name + "gelu: |g| can reach " + layer.gBound() + ", limit 2^15 - 1");
        for (int i = 0; i < table.length; i++) {
            require(
                    layer.g().contains(table[i]),
                    name + "gelu: entry " + (i + layer.geluBase()) + " is outside " + layer.g());
        }
    }

    private void beforeTable(String name, IntegerLinear linear, RowBounds bounds) {
        require(linear.shift() >= 1 && linear.shift() <= 16, name + ": shift " + linear.shift() + " is not in 1..16");
        long limit = ACCUMULATOR_LIMIT - (1L << linear.shift());
        accumulator(name, linear, bounds, limit);
        // Channels are padded in the graph, with zero weights and bias: their u must be in the table, too.
        require(linear.u().contains(0), name + ": u in " + linear.u() + " excludes 0");
        require(linear.u().count() <= MAX_TABLE, name + ": table of " + linear.u().count() + " entries");
        quotient(name, linear);
    }

    /// One table serves all projections of a clamp and shift: it holds the union of their intervals.
    private void clamp(String name, IntegerLinear linear, int bound) {
        Interval all = clamps.merge(new Clamp(bound, linear.shift()), linear.u(), Interval::union);
        tabulated(name, all, linear.shift());
    }

    /// The table of an interval of u has whole tiles, and all its indices are unique modulo p.
    private static void tabulated(String name, Interval u, int shift) {
        require(
                isTabulated(u, shift),
                name + ": a table for " + u + " cannot be made whole tiles with shift " + shift);
    }

    /// Whether the graph has a table for every u of an interval that is shifted by `shift` out of an accumulator: with
    /// its last tile full it must have at most p / 2^shift entries.
    public static boolean isTabulated(Interval u, int shift) {
        long entries = (u.count() + TILE - 1) / TILE * TILE;
        return entries << shift <= IntegerSemantics.MODULUS && u.lo() >= -(ACCUMULATOR_LIMIT >> shift);
    }

    private void writer(String name, IntegerLinear linear, RowBounds bounds) {
        require(linear.shift() <= MAX_RESIDUAL_SHIFT, name + ": shift " + linear.shift() + " is above 3");
        accumulator(name, linear, bounds, WRITER_LIMIT - 1);
    }

    private void head() {
        require(model.head().shift() == 0, "head: shift " + model.head().shift() + " is not 0");
        accumulator("head", model.head(), RowBounds.normalised(norm), LOGIT_LIMIT - 1);
    }

    /// Quotient and remainder are unique modulo p.
    private static void quotient(String name, IntegerLinear linear) {
        require(
                linear.u().count() << linear.shift() <= IntegerSemantics.MODULUS,
                name + ": u in " + linear.u() + " with shift " + linear.shift() + " is not unique");
    }

    private static void accumulator(String name, IntegerLinear linear, RowBounds bounds, long limit) {
        Interval stated = linear.acc();
        require(stated.magnitude() <= limit, name + ": accumulator interval " + stated + " is above " + limit);
        require(linear.u().equals(stated.shifted(linear.shift())), name + ": interval of u does not follow from acc");
        for (int j = 0; j < linear.outputs(); j++) {
            for (int k = 0; k < linear.inputs(); k++) {
                if (linear.weight(j, k) == Short.MIN_VALUE) {
                    throw new IntervalCheckException(name + " channel " + j + ": weight -32768");
                }
            }
            Interval row = bounds.of(linear.weights(), j, linear.inputs(), linear.bias()[j]);
            if (!stated.contains(row)) {
                throw new IntervalCheckException(
                        name + " channel " + j + ": accumulator can reach " + row + ", stated " + stated);
            }
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IntervalCheckException(message);
        }
    }
}
