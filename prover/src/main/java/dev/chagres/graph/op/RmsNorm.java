package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.DomainException;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// RMSNorm on integers (semantics section 3): a block-floating mantissa, a sum of squares by groups of 256 channels, a
/// tabled reciprocal square root, one rounding shift.
///
/// Forced by: the pair (2^e + r, e) and m in [-2^11, 2^11) for `x = m 2^e + r`; a mantissa outside [-2^10, 2^10), read at a
/// committed channel, when e > 0; the sum of m (m + 1) per group; (4^k + rest, k) and mant in [2^14, 2^16) for
/// `S = mant 4^k + rest`; (2^k + r', k) for `RSQRT[mant] + half = rho 2^k + r'`; the remainder of
/// `(2m + 1) rho + 2^(s_n - 1) = n 2^(s_n) + rem`. The reduction is [NormReduction].
public final class RmsNorm implements Operation {
    static final int GROUP = 256;
    static final int LIMB = 13;
    static final int RHO_LIMB = 9;
    private static final int MANTISSA_BITS = 11;
    private static final int MAX_EXPONENT = 15;

    final String name;
    final Width width;
    final int shift;
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
    final Virtual exponentPair;
    final Virtual remainder;
    private final int[] epsTable;
    private final NormTables tables;
    private final int outputBits;
    private final List<Column> columns = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();

    /// @param x the stream: low axes (row, channel), high axes (channel^, block)
    /// @param eps eps_e for e in 0..15
    /// @param shift s_n
    /// @param outputBits width of the range table of n
    public RmsNorm(String name, Width width, Column x, int[] eps, int shift, int outputBits, NormTables tables) {
        this.name = name;
        this.width = width;
        this.x = x;
        this.epsTable = eps.clone();
        this.shift = shift;
        this.outputBits = outputBits;
        this.tables = tables;
        Shape shape = x.shape();
        m = column("m", shape);
        n = column("n", shape);
        Shape rows = Shape.of(shape.lowAxes().get(0), shape.highAxes().get(1));
        e = column("e", rows);
        power = column("power", rows);
        epsilon = column("eps", rows);
        positive = column("positive", rows);
        int groups = (width.padded() + GROUP - 1) / GROUP;
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
        exponentPair = new Virtual(name + ".exponentPair", shape);
        remainder = new Virtual(name + ".rem", shape);

        look("exponentPair", tables.floorLog2(), shape, Component.of(exponentPair), Component.of(e));
        look("m", tables.mantissa(), shape, Component.of(1, m, 1 << MANTISSA_BITS));
        look("rem", tables.remainder(), shape, Component.of(remainder));
        look("n", tables.output(), shape, Component.of(1, n, 1 << (outputBits - 1)));
        look("e", tables.exponent(), rows, Component.of(e), Component.of(power), Component.of(epsilon), Component.of(positive));
        for (int g = 0; g < groups; g++) {
            look("quotientLow" + g, tables.limb13(), rows, Component.of(quotientLow[g]));
            look("quotientHigh" + g, tables.limb13(), rows, Component.of(quotientHigh[g]));
            look("groupRest" + g, tables.limb4(), rows, Component.of(groupRest[g]));
        }
        look("k", tables.scale(), rows, Component.of(k), Component.of(four), Component.of(two), Component.of(half));
        look("mant", tables.rsqrt(), rows, Component.of(mant), Component.of(root));
        look("restPair", tables.floorLog2(), rows, Component.of(restPair), Component.of(2, k, 0));
        look("rootPair", tables.floorLog2(), rows, Component.of(rootPair), Component.of(k));
        look("rhoLow", tables.limb9(), rows, Component.of(rhoLow));
        look("rhoHigh", tables.limb9(), rows, Component.of(rhoHigh));
        look("peak", tables.peak(), rows, new Component.Linear(0,
                List.of(new Component.Term(1, peak), new Component.Term(4096, positive))));
    }

    private Column column(String what, Shape shape) {
        Column c = new Column(name + "." + what, shape, Column.Tree.WITNESS);
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

    private void look(String what, dev.chagres.lookup.Table table, Shape shape, Component... components) {
        segments.add(new Segment(name + "." + what, table, shape, List.of(components)));
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
    public List<Segment> segments() {
        return List.copyOf(segments);
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        IntTensor xs = run.of(x);
        IntTensor ms = run.of(m);
        IntTensor ns = run.of(n);
        IntTensor pairs = run.of(exponentPair);
        IntTensor rems = run.of(remainder);
        IntTensor rsqrt = run.of(Tables.keyColumn(tables.rsqrt(), 1));
        ActivationIndex at = new ActivationIndex(x.shape());
        int channels = width.padded();
        int[] mantissas = new int[channels];
        for (int t = from; t < to; t++) {
            int exponent = exponent(xs, at, t);
            long[] group = new long[quotientLow.length];
            int peakChannel = 0;
            for (int c = 0; c < channels; c++) {
                long i = at.of(t, c);
                int v = xs.get(i);
                int mantissa = v >> exponent;
                mantissas[c] = mantissa;
                ms.set(i, mantissa);
                pairs.set(i, (1 << exponent) + v - (mantissa << exponent));
                group[c / GROUP] += (long) mantissa * (mantissa + 1);
                if (outside(mantissa) && !outside(mantissas[peakChannel])) {
                    peakChannel = c;
                }
            }
            int rho = row(run, rsqrt, t, exponent, group, peakChannel, mantissas[peakChannel]);
            for (int c = 0; c < channels; c++) {
                long i = at.of(t, c);
                long scaled = (2L * mantissas[c] + 1) * rho;
                int q = (int) Rounding.rsh(scaled, shift);
                ns.set(i, q);
                rems.set(i, (int) (scaled + Rounding.half(shift) - ((long) q << shift)));
            }
        }
    }

    private static boolean outside(int mantissa) {
        return mantissa < -(1 << (MANTISSA_BITS - 1)) || mantissa >= 1 << (MANTISSA_BITS - 1);
    }

    private int exponent(IntTensor xs, ActivationIndex at, int t) {
        int spread = 0; // every x and every ~x of a negative x, or-ed: its bit length decides e
        for (int c = 0; c < width.padded(); c++) {
            int v = xs.get(at.of(t, c));
            spread |= v ^ (v >> 31);
        }
        int exponent = Math.max(0, 32 - Integer.numberOfLeadingZeros(spread) - MANTISSA_BITS);
        if (exponent > MAX_EXPONENT) {
            throw new DomainException(name, t, "residual stream is outside [-2^26, 2^26)");
        }
        return exponent;
    }

    /// Fills the row columns and returns rho.
    private int row(Evaluation run, IntTensor rsqrt, int t, int exponent, long[] group, int peakChannel, int peakValue) {
        long sum = epsTable[exponent];
        for (int g = 0; g < group.length; g++) {
            long q = group[g] >> 4;
            sum += q;
            run.of(quotientLow[g]).set(t, (int) (q & ((1 << LIMB) - 1)));
            run.of(quotientHigh[g]).set(t, (int) (q >> LIMB));
            run.of(groupRest[g]).set(t, (int) (group[g] & 15));
        }
        int scale = 0;
        while (sum >> (2 * scale) >= 1 << 16) {
            scale++;
        }
        int mantissa = (int) (sum >> (2 * scale));
        if (mantissa < 1 << 14 || scale > 7) {
            throw new DomainException(name, t, "sum of squares " + sum + " is outside [2^14, 2^30)");
        }
        int rest = (int) (sum - ((long) mantissa << (2 * scale)));
        int reciprocal = rsqrt.get(mantissa - (1 << 14));
        int rho = Rounding.rsh(reciprocal, scale);
        run.of(e).set(t, exponent);
        run.of(power).set(t, 1 << exponent);
        run.of(epsilon).set(t, epsTable[exponent]);
        run.of(positive).set(t, exponent > 0 ? 1 : 0);
        run.of(k).set(t, scale);
        run.of(four).set(t, 1 << (2 * scale));
        run.of(two).set(t, 1 << scale);
        run.of(half).set(t, Rounding.half(scale));
        run.of(mant).set(t, mantissa);
        run.of(root).set(t, reciprocal);
        run.of(restPair).set(t, (1 << (2 * scale)) + rest);
        run.of(rootPair).set(t, (1 << scale) + Rounding.remainder(reciprocal, rho, scale));
        run.of(rhoLow).set(t, rho & ((1 << RHO_LIMB) - 1));
        run.of(rhoHigh).set(t, rho >> RHO_LIMB);
        run.of(peak).set(t, peakValue);
        for (int b = 0; b < channelBit.length; b++) {
            run.of(channelBit[b]).set(t, (peakChannel >> b) & 1);
        }
        return rho;
    }

    @Override
    public void reduce(Party party, Function<Virtual, LeafClaim> claims) throws Rejection {
        NormReduction.reduce(this, party, claims.apply(exponentPair), claims.apply(remainder));
    }

    /// Low axis of rows, and its block axis.
    Shape rowShape() {
        return e.shape();
    }

    /// The value 2^(s_n - 1) as a field element.
    QM31 halfStep() {
        return QM31.of(Rounding.half(shift));
    }
}
