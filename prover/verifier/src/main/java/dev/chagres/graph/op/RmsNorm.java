package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredTerm;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.Width;
import dev.chagres.graph.Workspace;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// RMSNorm on integers (docs/semantics.md, section 3.2): a block-floating mantissa, a sum of squares by groups of 256
/// channels, a tabled reciprocal square root, one rounding shift.
///
/// Forced by: the pair (2^e + r, e) and m in [-2^11, 2^11) for `x = m 2^e + r`; a mantissa outside [-2^10, 2^10), read
/// at a committed channel, when e > 0; the sum of m (m + 1) per group; (4^k + rest, k) and mant in [2^14, 2^16) for
/// `S = mant 4^k + rest`; (2^k + r', k) for `RSQRT[mant] + half = rho 2^k + r'`; the remainder of
/// `(2m + 1) rho + 2^(s_n - 1) = n 2^(s_n) + rem`. The reduction is [NormReduction], and
/// [NormRows] what it defers.
public final class RmsNorm implements Operation {
    static final int LIMB = NormLookups.LIMB;
    static final int RHO_LIMB = NormLookups.RHO_LIMB;
    /// Rows of one task.
    private static final int LANES = 32;

    final String name;
    final Width width;
    final int shift;
    /// t.
    final int groupShift;
    final Column x;
    final Column m;
    final Column n;
    final Column e;
    final Column power;
    final Column epsilon;
    final Column positive;
    final Column[] quotientLow;
    final Column[] quotientHigh;
    final Column[] groupRest;
    final Column k;
    final Column four;
    final Column two;
    final Column half;
    final Column mant;
    final Column root;
    final Column restPair;
    final Column rootPair;
    final Column rhoLow;
    final Column rhoHigh;
    final Column peak;
    final Column[] channelBit;
    final VirtualTensor exponentPair;
    final VirtualTensor remainder;
    private final int[] epsTable;
    private final NormLookups tables;
    private final int outputBits;
    private final List<Column> columns = new ArrayList<>();
    private final List<Lookup> segments = new ArrayList<>();

    /// @param x the stream: low axes (row, channel), high axes (channel^, block)
    /// @param eps eps_e for e in 0..15
    /// @param shift s_n
    /// @param outputBits width of the range table of n
    public RmsNorm(String name, Width width, Column x, int[] eps, int shift, int outputBits, NormLookups tables) {
        this.name = name;
        this.width = width;
        this.x = x;
        this.epsTable = eps.clone();
        this.shift = shift;
        this.groupShift = tables.groupShift();
        this.outputBits = outputBits;
        this.tables = tables;
        Shape shape = x.shape();
        // Both have 13 bits with their sign: the mantissa, and |n| below 2^(outputBits - 1).
        m = column("m", shape, 16);
        n = column("n", shape, VirtualTensor.unsigned(outputBits - 1));
        Shape rows = Shape.of(shape.lowAxes().get(0), shape.highAxes().get(1));
        e = column("e", rows);
        power = column("power", rows);
        epsilon = column("eps", rows);
        positive = column("positive", rows);
        int groups = (width.padded() + IntegerSemantics.GROUP - 1) / IntegerSemantics.GROUP;
        quotientLow = columns("quotientLow", groups, rows);
        quotientHigh = columns("quotientHigh", groups, rows);
        groupRest = columns("groupRest", groups, rows);
        k = column("k", rows);
        four = column("four", rows);
        two = column("two", rows);
        half = column("half", rows);
        mant = column("mant", rows);
        root = column("root", rows);
        restPair = column("restPair", rows);
        rootPair = column("rootPair", rows);
        rhoLow = column("rhoLow", rows);
        rhoHigh = column("rhoHigh", rows);
        peak = column("peak", rows);
        channelBit = columns("channelBit", width.bits() + Axis.ceilLog2(width.count()), rows);
        exponentPair = new VirtualTensor(name + ".exponentPair", shape);
        remainder = new VirtualTensor(name + ".rem", shape, VirtualTensor.unsigned(shift));

        look("exponentPair", tables.floorLog2(), shape, TupleComponent.of(exponentPair), TupleComponent.of(e));
        look("m", tables.mantissa(), shape, TupleComponent.of(1, m, 1 << IntegerSemantics.MANTISSA_BITS));
        look("rem", tables.remainder(), shape, TupleComponent.of(remainder));
        look("n", tables.output(), shape, TupleComponent.of(1, n, 1 << (outputBits - 1)));
        look("e", tables.exponent(), rows, TupleComponent.of(e), TupleComponent.of(power), TupleComponent.of(epsilon),
                TupleComponent.of(positive));
        for (int g = 0; g < groups; g++) {
            look("quotientLow" + g, tables.quotientLow(), rows, TupleComponent.of(quotientLow[g]));
            look("quotientHigh" + g, tables.quotientHigh(), rows, TupleComponent.of(quotientHigh[g]));
            look("groupRest" + g, tables.groupRest(), rows, TupleComponent.of(groupRest[g]));
        }
        look("k", tables.scale(), rows, TupleComponent.of(k), TupleComponent.of(four), TupleComponent.of(two),
                TupleComponent.of(half));
        look("mant", tables.rsqrt(), rows, TupleComponent.of(mant), TupleComponent.of(root));
        look("restPair", tables.floorLog2(), rows, TupleComponent.of(restPair), TupleComponent.of(2, k, 0));
        look("rootPair", tables.floorLog2(), rows, TupleComponent.of(rootPair), TupleComponent.of(k));
        look("rhoLow", tables.rhoLimb(), rows, TupleComponent.of(rhoLow));
        look("rhoHigh", tables.rhoLimb(), rows, TupleComponent.of(rhoHigh));
        look("peak", tables.peak(), rows, new TupleComponent.Linear(0,
                List.of(new TupleComponent.Term(1, peak), new TupleComponent.Term(4096, positive))));
    }

    private Column column(String what, Shape shape) {
        return column(what, shape, 32);
    }

    private Column column(String what, Shape shape, int bits) {
        Column c = new Column(name + "." + what, shape, Column.Tree.WITNESS, bits);
        columns.add(c);
        return c;
    }

    private Column[] columns(String what, int count, Shape shape) {
        Column[] result = new Column[count];
        for (int i = 0; i < count; i++) {
            result[i] = column(what + i, shape);
        }
        return result;
    }

    private void look(String what, dev.chagres.lookup.Table table, Shape shape, TupleComponent... components) {
        segments.add(new Lookup(name + "." + what, table, shape, List.of(components)));
    }

    /// The normalised rows.
    public Column out() {
        return n;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    @Override
    public List<Column> activations() {
        return List.of(n);
    }

    @Override
    public List<Lookup> segments() {
        return List.copyOf(segments);
    }

    @Override
    public long products() {
        return m.shape().size();
    }

    /// Stream, mantissas and remainder; lane arrays for groups, exponents, peaks and factors.
    @Override
    public long panelElements(int lanes) {
        return (3L * width.padded() + quotientLow.length + 3) * lanes;
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        IntTensor rsqrt = run.of(LookupTables.storedColumn(tables.rsqrt(), 1));
        ActivationIndex at = ActivationIndex.of(run, x.shape());
        List<RowSpan> spans = RowSpan.cut(from, to, at.lanes(run.rowsOfTask(LANES)));
        run.parallel(spans.size(), (memory, i) -> rows(run, memory, rsqrt, at, spans.get(i)));
    }

    private void rows(Evaluation run, Workspace memory, IntTensor rsqrt, ActivationIndex at, RowSpan span) {
        int channels = width.padded();
        int lanes = span.rows();
        Panel stream = memory.panel(channels, lanes);
        at.load(stream, run.of(x), span.from(), 0);
        Panel exponents = memory.panel(1, lanes);
        exponents.magnitudes(stream);
        for (int t = 0; t < lanes; t++) {
            exponents.set(0, t, exponent(exponents.get(0, t), span.from() + t));
        }
        Panel mantissas = memory.panel(channels, lanes);
        Panel rest = memory.panel(channels, lanes);
        mantissas.mantissas(stream, exponents, rest);
        if (!run.activationsOnly()) {
            at.store(mantissas, run.of(m), span.from(), 0);
            at.store(rest, run.of(exponentPair), span.from(), 0);
        }

        Panel[] groups = new Panel[quotientLow.length];
        for (int g = 0; g < groups.length; g++) {
            groups[g] = memory.panel(1, lanes);
            groups[g].neighbourProducts(mantissas.part(g * IntegerSemantics.GROUP,
                    Math.min(IntegerSemantics.GROUP, channels - g * IntegerSemantics.GROUP)));
        }
        Panel peaks = memory.panel(1, lanes);
        peaks.firstOutside(mantissas, -(1 << (IntegerSemantics.MANTISSA_BITS - 1)),
                1 << (IntegerSemantics.MANTISSA_BITS - 1));
        Panel rhos = memory.panel(1, lanes);
        long[] group = new long[groups.length];
        for (int t = 0; t < lanes; t++) {
            for (int g = 0; g < group.length; g++) {
                group[g] = groups[g].get(0, t);
            }
            Root root = root(rsqrt, span.from() + t, exponents.get(0, t), group);
            rhos.set(0, t, root.rho);
            if (!run.activationsOnly()) {
                // Without a channel outside, the exponent is 0 and nothing is asked of the peak.
                int peak = peaks.get(0, t) % channels;
                writeRow(run, span.from() + t, exponents.get(0, t), group, root, peak, mantissas.get(peak, t));
            }
        }
        stream.scaleRound(mantissas, rhos, shift, rest);
        at.store(stream, run.of(n), span.from(), 0);
        if (!run.activationsOnly()) {
            at.store(rest, run.of(remainder), span.from(), 0);
        }
    }

    /// @param magnitude every x and every ~x of a negative x, or-ed: its bit length decides e
    private int exponent(int magnitude, int t) {
        int exponent = Math.max(0, 32 - Integer.numberOfLeadingZeros(magnitude) - IntegerSemantics.MANTISSA_BITS);
        if (exponent > IntegerSemantics.MAX_EXPONENT) {
            throw new DomainException(name, t, "residual stream is outside [-2^26, 2^26)");
        }
        return exponent;
    }

    /// The reciprocal root of a sum of squares `S = mantissa 4^scale + rest`.
    private record Root(int scale, int mantissa, int rest, int reciprocal, int rho) {}

    private Root root(IntTensor rsqrt, int t, int exponent, long[] group) {
        long sum = epsTable[exponent];
        for (long g : group) {
            sum += g >> groupShift;
        }
        if (sum < IntegerSemantics.MANT_MIN || sum >= IntegerSemantics.SQUARE_SUM_LIMIT) {
            throw new DomainException(name, t, "sum of squares " + sum + " is outside [2^14, 2^29)");
        }
        int scale = IntegerSemantics.scaleExponent(sum);
        int mantissa = IntegerSemantics.scaleMantissa(sum);
        int reciprocal = rsqrt.get(mantissa - IntegerSemantics.MANT_MIN);
        return new Root(scale, mantissa, (int) (sum - ((long) mantissa << (2 * scale))), reciprocal,
                (int) IntegerSemantics.rsh(reciprocal, scale));
    }

    /// Fills the row columns.
    private void writeRow(Evaluation run, int t, int exponent, long[] group, Root r, int peakChannel, int peakValue) {
        for (int g = 0; g < group.length; g++) {
            long q = group[g] >> groupShift;
            run.of(quotientLow[g]).set(t, (int) (q & ((1 << LIMB) - 1)));
            run.of(quotientHigh[g]).set(t, (int) (q >> LIMB));
            run.of(groupRest[g]).set(t, (int) (group[g] & ((1 << groupShift) - 1)));
        }
        run.of(e).set(t, exponent);
        run.of(power).set(t, 1 << exponent);
        run.of(epsilon).set(t, epsTable[exponent]);
        run.of(positive).set(t, exponent > 0 ? 1 : 0);
        run.of(k).set(t, r.scale);
        run.of(four).set(t, 1 << (2 * r.scale));
        run.of(two).set(t, 1 << r.scale);
        run.of(half).set(t, IntegerSemantics.half(r.scale));
        run.of(mant).set(t, r.mantissa);
        run.of(root).set(t, r.reciprocal);
        run.of(restPair).set(t, (1 << (2 * r.scale)) + r.rest);
        run.of(rootPair).set(t, (1 << r.scale) + (int) IntegerSemantics.rshRemainder(r.reciprocal, r.scale));
        run.of(rhoLow).set(t, r.rho & ((1 << RHO_LIMB) - 1));
        run.of(rhoHigh).set(t, r.rho >> RHO_LIMB);
        run.of(peak).set(t, peakValue);
        for (int b = 0; b < channelBit.length; b++) {
            run.of(channelBit[b]).set(t, (peakChannel >> b) & 1);
        }
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        return NormReduction.reduce(this, party, claims.apply(exponentPair), claims.apply(remainder));
    }

    @Override
    public List<DeferredTerm> deferred(Kept kept) {
        return NormRows.terms(this, kept);
    }

    @Override
    public List<Column> deferredColumns() {
        List<Column> result = new ArrayList<>(List.of(channelBit));
        result.addAll(List.of(mant, four, restPair, epsilon));
        result.addAll(List.of(quotientLow));
        result.addAll(List.of(quotientHigh));
        result.addAll(List.of(root, half, two, rhoLow, rhoHigh, rootPair));
        return result;
    }

    /// Low axis of rows, and its block axis.
    Shape rowShape() {
        return e.shape();
    }

    /// The value 2^(s_n - 1) as a field element.
    QM31 halfStep() {
        return QM31.of(IntegerSemantics.half(shift));
    }
}
