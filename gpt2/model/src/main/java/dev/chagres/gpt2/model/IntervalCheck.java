package dev.chagres.gpt2.model;

import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import dev.chagres.semantics.TableDefinitions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Proves from the integers of a model alone that no input can drive any value out of its interval, the residual
/// stream excepted (its domain is checked at run time). An overflow would be a soundness hole, so this runs when
/// a model is made and again when a key is built from it.
public final class IntervalCheck {
    /// `|acc| <= 2^30 - 9 2^s` before a shift by s and a table: then whole tiles of 16 entries fit.
    static final long ACCUMULATOR_LIMIT = 1L << 30;

    /// `|acc| < 2^30 - 2^26` where the result is added to the residual stream.
    static final long WRITER_LIMIT = (1L << 30) - IntegerModel.RESIDUAL_BOUND;

    /// `|logit| < 15 2^25`.
    public static final long LOGIT_LIMIT = ArgmaxHead.LOGIT_LIMIT;

    /// The largest shift of a residual write.
    public static final int MAX_RESIDUAL_SHIFT = WriteSpec.MAX_SHIFT;

    /// The largest shift of a residual write whose quotient is not looked up.
    public static final int NARROW_SHIFT = WriteSpec.NARROW;

    /// The most quotients of all residual writes of one larger shift.
    public static final int MAX_QUOTIENTS = 1 << 24;

    /// The widest residual stream.
    static final int MAX_WIDTH = 1 << 12;

    /// The most signed bits of what is rotated.
    public static final int MAX_ROTATED_BITS = 22;

    /// The largest shift of the projections of a gated MLP.
    public static final int MAX_GATED_SHIFT = 14;

    /// The activation of a gate is in [-2^14, 2^14).
    public static final int GATE_LIMIT = 1 << 14;

    /// The largest number of entries of an activation table.
    public static final int MAX_TABLE = 1 << 18;

    /// The most values of a clamp table.
    static final int MAX_CLAMPED = 1 << 20;

    /// The largest |g|, and the largest factor of a gate.
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
    /// Tables of quotients of wide writes are shared: per shift, every quotient so far.
    private final Map<Integer, Interval> writes = new HashMap<>();
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
        require(model.shape().width() <= MAX_WIDTH,
                "a width of " + model.shape().width() + ", at most " + MAX_WIDTH);
        boolean gated = model.isGated();
        require(gated ? model.hiddenBound() >= 1 && model.hiddenBound() <= MAX_HIDDEN : model.hiddenBound() == 0,
                "mlp: the bound of hidden values is " + model.hiddenBound()
                        + (gated ? ", not in 1.." + MAX_HIDDEN : " though no layer has a gate"));
        norm();
        softmax();
        attention();
        embedding();
        model.rotation().ifPresent(this::rotation);
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
                        TableDefinitions.rsqrt(model.shape().width(), TableDefinitions.rsqrtBits(model.shape().width(),
                                tables.shift(), tables.fractionBits()))),
                "norm: the table RSQRT is not that of its definition");
        require(
                Arrays.equals(
                        tables.eps(),
                        TableDefinitions.eps(model.shape().width(), model.residualFractionBits(), tables.epsilon())),
                "norm: the table of eps is not that of its definition");
        require(
                tables.eps()[0] >= IntegerSemantics.MANT_MIN,
                "norm: eps_0 is " + tables.eps()[0] + ", below 2^14; the residual unit is too coarse");
        // Also refuses sums of squares that can reach 2^29.
        norm = NormBounds.of(model.shape().width(), tables.shift(), tables.rsqrt(), tables.eps());
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
        long offset = PublicSpec.maskOffset(model);
        require(offset <= 1L << 29, "attention: the offset of masked scores is " + offset + ", above 2^29");
        long reach = model.reach();
        require(reach >= model.softmax().support() && reach <= offset && offset + reach < 1L << 30,
                "attention: a reach of " + reach + " is not in the support " + model.softmax().support() + " .. "
                        + offset + ", or masked score differences reach 2^30");
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
        if (model.embedding().bits() == 16) {
            for (long i = 0; i < (long) shape.vocab() * d; i++) {
                require(model.embedding().entry(i) != Short.MIN_VALUE, "embedding: an entry is -32768");
            }
        }
        for (int t = 0; t < (model.positions().isPresent() ? shape.context() : 1); t++) {
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

    /// No pair of channels is turned longer than 2^kappa + 1 times, and what is rotated and the rotated value are one
    /// residue class each, whatever two values of r bits are.
    private void rotation(RotationTables tables) {
        long most = ((1L << tables.scaleBits()) + 1) * ((1L << tables.scaleBits()) + 1);
        for (long i = 0; i < tables.cos().byteSize() / 2; i++) {
            long c = tables.cos(i);
            long s = tables.sin(i);
            require(c * c + s * s <= most, "rotation: entry " + i + ", (" + c + ", " + s + "), is longer than 2^"
                    + tables.scaleBits() + " + 1");
        }
        int bits = rotatedBits();
        require(bits <= MAX_ROTATED_BITS, "rotation: projections of queries and keys have " + bits + " bits, at most "
                + MAX_ROTATED_BITS);
        for (int l = 0; l < model.shape().layers(); l++) {
            IntegerLayer layer = model.layers().get(l);
            int shift = Math.max(layer.query().shift(), layer.key().shift());
            require(bits <= 30 - shift, "layer " + l + " query, key: a projection of " + bits + " bits and a shift of "
                    + shift + " have more than 30 bits");
        }
        Positions.Rotary rotary = new Positions.Rotary(tables.scaleBits(), tables.fractionBits());
        long bound = rotary.bound(bits);
        require(bound <= ACCUMULATOR_LIMIT - (9L << tables.shift()),
                "rotation: a rotated value can reach " + bound + " with a shift of " + tables.shift());
        clamp("rotation", Interval.symmetric(rotary.quotientBound(bits)), model.qkBound(), tables.shift());
    }

    /// The signed bits of the projections of queries and keys of a rotary model.
    private int rotatedBits() {
        int bits = 4;
        for (IntegerLayer l : model.layers()) {
            Interval y = l.query().u().union(l.key().u());
            while (y.lo() < -(1L << bits - 1) || y.hi() >= 1L << bits - 1) {
                bits++;
            }
        }
        return bits;
    }

    private void layer(int index, IntegerLayer layer) {
        String name = "layer " + index + " ";
        RowBounds normalised = RowBounds.normalised(norm);
        for (Map.Entry<String, IntegerLinear> p : List.of(Map.entry("query", layer.query()),
                Map.entry("key", layer.key()))) {
            beforeShift(name + p.getKey(), p.getValue(), normalised);
            if (model.rotation().isEmpty()) {
                entries(name + p.getKey(), p.getValue());
                clamp(name + p.getKey(), p.getValue().u(), model.qkBound(), p.getValue().shift());
            }
        }
        beforeShift(name + "value", layer.value(), normalised);
        entries(name + "value", layer.value());
        clamp(name + "value", layer.value().u(), model.vBound(), layer.value().shift());
        writer(name + "output", layer.output(), RowBounds.boxed(Interval.symmetric(model.oBound())));
        mlp(name, layer.mlp(), normalised);
        writer(name + "down", layer.down(), RowBounds.boxed(layer.mlp().hidden(model.hiddenBound())));
    }

    private void mlp(String name, IntegerMlp mlp, RowBounds normalised) {
        String indexed = name + (mlp instanceof IntegerMlp.Gated ? "gate" : "up");
        beforeShift(indexed, mlp.indexed(), normalised);
        entries(indexed, mlp.indexed());
        activation(name + "activation", mlp);
        switch (mlp) {
            case IntegerMlp.Plain p -> require(p.range().magnitude() <= MAX_HIDDEN,
                    name + "activation: |g| can reach " + p.range().magnitude() + ", limit 2^15 - 1");
            case IntegerMlp.Gated g -> gated(name, g, normalised);
        }
    }

    private void activation(String name, IntegerMlp mlp) {
        int[] table = mlp.table();
        require(table.length >= 1 && table.length <= MAX_TABLE,
                name + ": " + table.length + " entries, not 1 to 2^18");
        Interval covered = new Interval(mlp.base(), mlp.base() + table.length - 1L);
        require(covered.contains(mlp.indexed().u()), name + ": covers " + covered + ", not " + mlp.indexed().u());
        tabulated(name, covered, mlp.indexed().shift());
    }

    private void gated(String name, IntegerMlp.Gated g, RowBounds normalised) {
        require(g.gate().shift() == g.up().shift() && g.up().shift() <= MAX_GATED_SHIFT,
                name + "gate, up: shifts " + g.gate().shift() + " and " + g.up().shift() + ", not one up to "
                        + MAX_GATED_SHIFT);
        beforeShift(name + "up", g.up(), normalised);
        require(g.up().u().magnitude() <= MAX_HIDDEN,
                name + "up: a factor can reach " + g.up().u().magnitude() + ", limit 2^15 - 1");
        Interval a = g.range();
        require(a.lo() >= -GATE_LIMIT && a.hi() < GATE_LIMIT,
                name + "activation: entries in " + a + ", limit -2^14 .. 2^14 - 1");
        require(g.productShift() >= 4 && g.productShift() <= 16,
                name + "gate: shift " + g.productShift() + " of a product is not in 4..16");
        MlpSpec.Gated spec = (MlpSpec.Gated) PublicSpec.mlp(g);
        require(spec.product().magnitude() < 1L << 29,
                name + "gate: a product can reach " + spec.product().magnitude() + ", limit 2^29");
        clamp(name + "gate", spec.quotient(), model.hiddenBound(), g.productShift());
    }

    private void beforeShift(String name, IntegerLinear linear, RowBounds bounds) {
        require(linear.shift() >= 1 && linear.shift() <= 16, name + ": shift " + linear.shift() + " is not in 1..16");
        accumulator(name, linear, bounds, ACCUMULATOR_LIMIT - (9L << linear.shift()));
        // Channels are padded in the graph, with zero weights and bias: their u must be in the table, too.
        require(linear.u().contains(0), name + ": u in " + linear.u() + " excludes 0");
        quotient(name, linear);
    }

    private static void entries(String name, IntegerLinear linear) {
        require(linear.u().count() <= MAX_TABLE, name + ": table of " + linear.u().count() + " entries");
    }

    /// One table serves all values of a clamp and shift: it holds the union of their intervals.
    private void clamp(String name, Interval u, int bound, int shift) {
        Interval all = clamps.merge(new Clamp(bound, shift), u, Interval::union);
        require(all.count() <= MAX_CLAMPED, name + ": a table of " + all.count() + " clamped values, at most 2^20");
        tabulated(name, all, shift);
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
        require(linear.shift() <= MAX_RESIDUAL_SHIFT, name + ": shift " + linear.shift() + " is above 12");
        accumulators(name, linear, bounds, WRITER_LIMIT - 1);
        Interval most = linear.acc().shifted(linear.shift()).union(Interval.symmetric(0));
        require(linear.shift() > NARROW_SHIFT ? most.contains(linear.u()) && linear.u().contains(0)
                : linear.u().equals(linear.acc().shifted(linear.shift())),
                name + ": quotients " + linear.u() + " do not follow from acc");
        WriteSpec write = PublicSpec.write(linear);
        if (write.isWide()) {
            Interval all = writes.merge(linear.shift(), write.quotient(), Interval::union);
            require(all.count() <= MAX_QUOTIENTS,
                    name + ": " + all.count() + " quotients of writes with shift " + linear.shift()
                            + ", at most 2^24");
            tabulated(name, all, linear.shift());
        }
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
        accumulators(name, linear, bounds, limit);
        require(linear.u().equals(linear.acc().shifted(linear.shift())),
                name + ": interval of u does not follow from acc");
    }

    private static void accumulators(String name, IntegerLinear linear, RowBounds bounds, long limit) {
        Interval stated = linear.acc();
        require(stated.magnitude() <= limit, name + ": accumulator interval " + stated + " is above " + limit);
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
