package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.graph.Workspace;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Rotation of the pairs of channels of every head by the position of the row, a shift and a clamp
/// (docs/semantics.md, section 3.3): `acc'[j] = C[t][j] y[j] - S[t][j] y[j + half]`,
/// `acc'[j + half] = C[t][j] y[j + half] + S[t][j] y[j]`, `u = rsh(acc', s)`, `out = clamp(u)`. Half of a head is half
/// of its padded channels, so each half of the real ones is padded by itself.
///
/// Forced by: the remainder `acc' + 2^(s-1) - u 2^s` in [0, 2^s), and the pair (u, out) in the table of the clamp; C
/// and S are committed with the key.
public final class Rotation implements Operation {
    /// Rows of one task.
    private static final int LANES = 64;

    private final String name;
    private final RowBlocks rows;
    private final Width heads;
    private final Column y;
    private final Column cos;
    private final Column sin;
    private final int shift;
    private final Table clamp;
    private final Column u;
    private final Column out;
    private final VirtualTensor remainder;
    private final List<Lookup> segments;

    /// @param heads groups of channels are heads, of at least one pair
    /// @param y low axes (row, channel), high axes (channel^, block), the group being the head
    /// @param cos C: low axes (position, channel), of half a head, high axis part; at least as many positions as rows
    /// @param sin S, alike
    /// @param shift s in 1..16
    /// @param remainders the range table [0, 2^s)
    /// @param clamp table of pairs (u, out), out fitting 16 bits with its sign
    public Rotation(String name, RowBlocks rows, Width heads, Column y, Column cos, Column sin, int shift,
            Table remainders, Table clamp) {
        Shape positions = cos.shape();
        if (heads.bits() < 1 || positions.lowAxes().get(1).bits() != heads.bits() - 1
                || positions.lowAxes().get(0).bits() < rows.bits()
                || positions.highAxes().get(0).count() < rows.blocks()
                || rows.blocks() > 1 && positions.lowAxes().get(0).bits() > rows.bits()) {
            throw new IllegalArgumentException(name + ": the tables of the angles do not fit the rows or the heads");
        }
        this.name = name;
        this.rows = rows;
        this.heads = heads;
        this.y = y;
        this.cos = cos;
        this.sin = sin;
        this.shift = shift;
        this.clamp = clamp;
        Shape shape = y.shape();
        this.u = new Column(name + ".u", shape, Column.Tree.WITNESS, Projection.indexBits(clamp));
        this.out = new Column(name + ".out", shape, Column.Tree.WITNESS, 16);
        this.remainder = new VirtualTensor(name + ".rem", shape, VirtualTensor.unsigned(shift));
        this.segments = List.of(
                new Lookup(name + ".rem", remainders, shape, List.of(TupleComponent.of(remainder))),
                new Lookup(name + ".f", clamp, shape, List.of(TupleComponent.of(u), TupleComponent.of(out))));
    }

    /// The shape of C and S for a context length: parts of up to 128 positions, half the channels of a head.
    public static Shape angleShape(int context, Width heads) {
        int bits = Math.clamp(Axis.ceilLog2(context), 4, RowBlocks.BLOCK_BITS);
        return Shape.of(Axis.low("position", bits), Axis.low("channel", heads.bits() - 1),
                Axis.high("part", (context + (1 << bits) - 1) >> bits));
    }

    /// The rotated and clamped heads.
    public Column out() {
        return out;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(u, out);
    }

    @Override
    public List<Column> activations() {
        return List.of(out);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    @Override
    public long products() {
        return y.shape().size();
    }

    // --- integer evaluation --------------------------------------------------------------------------------------

    /// Half a head six times: angles, halves, remainder and value.
    @Override
    public long panelElements(int lanes) {
        return 6L * (1 << heads.bits() - 1) * lanes;
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        ActivationIndex at = ActivationIndex.of(run, y.shape());
        List<RowSpan> spans = RowSpan.cut(from, to, at.lanes(run.rowsOfTask(LANES)));
        run.parallel(spans.size(), (memory, i) -> rotate(run, memory, at, spans.get(i)));
    }

    private void rotate(Evaluation run, Workspace memory, ActivationIndex at, RowSpan span) {
        int half = 1 << heads.bits() - 1;
        Panel c = angles(memory, run.of(cos), span, half);
        Panel s = angles(memory, run.of(sin), span, half);
        Panel[] halves = {memory.panel(half, span.rows()), memory.panel(half, span.rows())};
        Panel rest = memory.panel(half, span.rows());
        Panel value = memory.panel(half, span.rows());
        for (int head = 0; head < heads.count(); head++) {
            int first = head << heads.bits();
            for (int i = 0; i < halves.length; i++) {
                at.load(halves[i], run.of(y), span.from(), first + i * half);
            }
            halves[0].rotate(halves[1], c, s);
            for (int i = 0; i < halves.length; i++) {
                int channel = first + i * half;
                halves[i].shiftRound(shift, rest);
                value.lookup(halves[i], run.of(LookupTables.storedColumn(clamp, 1)), clamp.firstValue());
                at.store(value, run.of(out), span.from(), channel);
                if (!run.activationsOnly()) {
                    at.store(halves[i], run.of(u), span.from(), channel);
                    at.store(rest, run.of(remainder), span.from(), channel);
                }
            }
        }
    }

    /// C or S of some rows.
    private Panel angles(Workspace memory, IntTensor table, RowSpan span, int half) {
        int bits = cos.shape().lowAxes().get(0).bits();
        Panel result = memory.panel(half, span.rows());
        long part = (long) (span.from() >> bits) * half << bits;
        result.load(table, part + (span.from() & (1 << bits) - 1), 1L << bits);
        return result;
    }

    // --- reduction -----------------------------------------------------------------------------------------------

    /// u 2^s + rem = acc' + 2^(s-1), acc' a sum over pairs of channels: at coordinate z_b of the half of a head it is
    /// `cos ((1 - z_b) a + z_b b) + sin (z_b a - (1 - z_b) b)`, a and b being y in the two halves.
    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        LeafClaim claim = claims.apply(remainder);
        Shape shape = y.shape();
        QM31[] atChannel = claim.at().low(shape, shape.lowAxes().get(1).name());
        QM31[] atPair = Arrays.copyOf(atChannel, atChannel.length - 1);
        QM31 second = atChannel[atPair.length];
        QM31 first = QM31.ONE.sub(second);
        PrivateValue quotient = party.open(u, claim.at());
        PrivateValue acc = claim.value().sub(claim.at().total().mul(QM31.of(IntegerSemantics.half(shift))))
                .add(quotient.mul(1 << shift));

        Variable pair = new Variable("pair", atPair.length);
        Variable row = Variable.of(rows.row());
        Variable head = new Variable("head", shape.highAxes().get(0).bits());
        Variable block = Variable.of(rows.block());
        Expression a = Expression.of(half(pair, row, head, block, QM31.ZERO));
        Expression b = Expression.of(half(pair, row, head, block, QM31.ONE));
        Expression weights = Expression.of(SparseFactor.ofTiles("weights", shape, claim.at().weights(),
                List.of(head, block)));
        // Pairs, then rows: the point has rows first.
        QM31[] atRow = claim.at().low(shape, shape.lowAxes().get(0).name());
        QM31[] at = Arrays.copyOf(atPair, atPair.length + atRow.length);
        System.arraycopy(atRow, 0, at, atPair.length, atRow.length);
        Expression eq = Expression.of(new EqFactor(List.of(pair, row), at));
        Expression c = Expression.of(angle(cos, pair, row, block));
        Expression s = Expression.of(angle(sin, pair, row, block));
        Expression rotated = c.times(first).plus(s.times(second)).times(a)
                .plus(c.times(second).plus(s.times(first.neg())).times(b));
        party.sumcheck(name + "/rotate", new Statement(List.of(pair, row, head, block),
                Expression.product(weights, eq, rotated)), acc);
        return Kept.NOTHING;
    }

    /// One half of every head.
    private ColumnFactor half(Variable pair, Variable row, Variable head, Variable block, QM31 which) {
        Shape s = y.shape();
        return ColumnFactor.of(y).bind(s.lowAxes().get(0).name(), row)
                .bindLower(s.lowAxes().get(1).name(), pair, which)
                .bind(s.highAxes().get(0).name(), head).bind(s.highAxes().get(1).name(), block);
    }

    /// C or S at the positions that are rows.
    private ColumnFactor angle(Column table, Variable pair, Variable row, Variable block) {
        Shape s = table.shape();
        QM31[] beginning = new QM31[s.lowAxes().get(0).bits() - row.bits()];
        Arrays.fill(beginning, QM31.ZERO);
        return ColumnFactor.of(table).bindLower(s.lowAxes().get(0).name(), row, beginning)
                .bind(s.lowAxes().get(1).name(), pair)
                .bindFirst(s.highAxes().get(0).name(), block, rows.blocks());
    }
}
