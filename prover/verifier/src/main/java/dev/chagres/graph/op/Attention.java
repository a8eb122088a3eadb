package dev.chagres.graph.op;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Causal softmax attention of all heads (docs/semantics.md, section 3.4): the offset L of a row is the least integer
/// with `sum_j EXP[L - S_ij] <= Rmax`; then `y = sum_j e_ij v_j` and `o = rsh(y, s)`. Equally many consecutive heads
/// share each head of keys and values.
///
/// Forced by: the triple (D, EXP\[D\], EXP\[D-1\]) at every position of every causal block, D = L - S plus an offset
/// past the support on masked positions; `Rmax - R >= 0` and `R' - Rmax - 1 >= 0` for the two row sums; the remainder
/// of o. Scores, D and y are never committed.
public final class Attention implements Operation {
    /// What the exponential table fixes.
    ///
    /// @param max Rmax
    /// @param support first D with EXP\[D\] = 0
    /// @param maskOffset added to D at masked positions: it takes whatever L - S a proof can have past the support
    /// @param reach largest D, and largest magnitude of L - S at masked positions, that the table has
    /// @param shift of the output, b - 3
    /// @param outputBits width of the range table of o
    public record Softmax(Table exponential, int max, int support, int maskOffset, int reach, int shift,
            int outputBits) {}

    private static final int LIMB = 16;
    private static final int HIGH_LIMB = 14;

    private final String name;
    private final RowBlocks rows;
    private final Width heads;
    private final Width keyHeads;
    final Softmax softmax;
    final Column q;
    final Column k;
    final Column v;
    final Column weight;
    final Column before;
    final Column offset;
    private final Column slackLow;
    private final Column slackHigh;
    private final Column excessLow;
    private final Column excessHigh;
    final Column out;
    final VirtualTensor distance;
    final VirtualTensor remainder;
    private final List<Lookup> segments;

    /// @param heads [Width#heads(int, int)]: groups are heads
    /// @param keyHeads heads of keys and values, alike; their number divides that of the heads
    /// @param q queries with low axes (row, channel) and high axes (channel^, block), the group being the head; k and v
    ///     alike, with the groups of `keyHeads`
    public Attention(String name, RowBlocks rows, Width heads, Width keyHeads, Column q, Column k, Column v,
            Softmax softmax, LookupTables tables) {
        if (keyHeads.bits() != heads.bits() || heads.count() % keyHeads.count() != 0) {
            throw new IllegalArgumentException(name + ": " + keyHeads.count() + " heads of keys for " + heads.count());
        }
        this.name = name;
        this.rows = rows;
        this.heads = heads;
        this.keyHeads = keyHeads;
        this.softmax = softmax;
        this.q = q;
        this.k = k;
        this.v = v;
        Shape scores = Shape.causal("block", "block'",
                rows.row(), Axis.low("row'", rows.bits()), Axis.high("head", heads.count()),
                Axis.high("block'", rows.blocks()), rows.block());
        Shape perRow = Shape.of(rows.row(), Axis.high("head", heads.count()), rows.block());
        this.weight = new Column(name + ".weight", scores, Column.Tree.WITNESS);
        this.before = new Column(name + ".before", scores, Column.Tree.WITNESS);
        this.offset = new Column(name + ".offset", perRow, Column.Tree.WITNESS);
        this.slackLow = new Column(name + ".slackLow", perRow, Column.Tree.WITNESS);
        this.slackHigh = new Column(name + ".slackHigh", perRow, Column.Tree.WITNESS);
        this.excessLow = new Column(name + ".excessLow", perRow, Column.Tree.WITNESS);
        this.excessHigh = new Column(name + ".excessHigh", perRow, Column.Tree.WITNESS);
        this.out = new Column(
                name + ".out", q.shape(), Column.Tree.WITNESS, VirtualTensor.unsigned(softmax.outputBits() - 1));
        this.distance = new VirtualTensor(name + ".distance", scores);
        this.remainder = new VirtualTensor(name + ".rem", q.shape(), VirtualTensor.unsigned(softmax.shift()));
        this.segments = List.of(
                new Lookup(name + ".exp", softmax.exponential(), scores,
                        List.of(TupleComponent.of(distance), TupleComponent.of(weight), TupleComponent.of(before))),
                new Lookup(name + ".slackLow", tables.range(LIMB), perRow, List.of(TupleComponent.of(slackLow))),
                new Lookup(name + ".slackHigh", tables.range(HIGH_LIMB), perRow, List.of(TupleComponent.of(slackHigh))),
                new Lookup(name + ".excessLow", tables.range(LIMB), perRow, List.of(TupleComponent.of(excessLow))),
                new Lookup(name + ".excessHigh", tables.range(HIGH_LIMB), perRow,
                        List.of(TupleComponent.of(excessHigh))),
                new Lookup(name + ".rem", tables.range(softmax.shift()), q.shape(),
                        List.of(TupleComponent.of(remainder))),
                new Lookup(name + ".out", tables.range(softmax.outputBits()), q.shape(),
                        List.of(TupleComponent.of(1, out, 1 << (softmax.outputBits() - 1)))));
    }

    /// The attention output o.
    public Column out() {
        return out;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(weight, before, offset, slackLow, slackHigh, excessLow, excessHigh, out);
    }

    @Override
    public List<Column> activations() {
        return List.of(out);
    }

    @Override
    public List<Column> derived() {
        return List.of(weight, before);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    // --- integer evaluation ---------------------------------------------------------------------------

    /// Element of the row columns.
    long perRow(int head, int row) {
        return ((long) (row >> rows.bits()) * heads.count() + head << rows.bits()) + (row & (1 << rows.bits()) - 1);
    }

    /// First element of the score tile (head, query block, key block): block-major, causal.
    private long tile(int head, int queryBlock, int keyBlock) {
        long tiles = (long) queryBlock * (queryBlock + 1) / 2 + keyBlock;
        return (tiles * heads.count() + head) << (2 * rows.bits());
    }

    /// Element of (query i, key j) in the score columns.
    long score(int head, int i, int j) {
        int mask = (1 << rows.bits()) - 1;
        return tile(head, i >> rows.bits(), j >> rows.bits()) + ((long) (j & mask) << rows.bits()) + (i & mask);
    }

    /// Writes L and what Rmax leaves over the two sums of a row.
    void setRow(Evaluation run, int head, int row, int l, int slack, int excess) {
        long x = perRow(head, row);
        run.of(offset).set(x, l);
        run.of(slackLow).set(x, slack & ((1 << LIMB) - 1));
        run.of(slackHigh).set(x, slack >> LIMB);
        run.of(excessLow).set(x, excess & ((1 << LIMB) - 1));
        run.of(excessHigh).set(x, excess >> LIMB);
    }

    @Override
    public long multiplyAdds() {
        // Scores and weighted sums.
        return 2 * weight.shape().size() << heads.bits();
    }

    /// Keys and values of 16 bits.
    @Override
    public long stateBytes() {
        return 2L * Short.BYTES * keyHeads.padded() * rows.padded();
    }

    /// Keys and values, and the exponential from -1 on.
    @Override
    public long allocatedBytes() {
        long entries = LookupTables.storedColumn(softmax.exponential(), 1).shape().size() + AttentionRun.MORE_ENTRIES;
        return stateBytes() + Integer.BYTES * entries;
    }

    @Override
    public long panelElements(int lanes) {
        return AttentionRun.panelElements(rows.padded(), 1 << heads.bits(), heads.count(),
                heads.count() / keyHeads.count(), lanes);
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        state(run).evaluate(run, from, to);
    }

    @Override
    public void finish(Evaluation run) {
        state(run).finish(run);
    }

    private AttentionRun state(Evaluation run) {
        return run.state(this, () -> new AttentionRun(run, this, rows, heads, keyHeads));
    }

    // --- reduction -------------------------------------------------------------------------------------

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        scores(party, claims.apply(distance));
        rowSums(party);
        output(party, claims.apply(remainder));
        return Kept.NOTHING;
    }

    /// D = L - sum_c q k + offset * mask
    private void scores(Party party, LeafClaim claim) throws Rejection {
        Shape scores = distance.shape();
        QM31[] atQuery = claim.at().low(scores, "row");
        QM31[] atKey = claim.at().low(scores, "row'");
        PrivateValue fromOffset = party.open(offset, claim.at().project(scores, offset.shape()));
        int queryBlock = scores.highIndex("block");
        int keyBlock = scores.highIndex("block'");
        QM31 diagonal = QM31.ZERO;
        QM31[] weights = claim.at().weights();
        for (int t = 0; t < weights.length; t++) {
            if (scores.tile(t)[queryBlock] == scores.tile(t)[keyBlock]) {
                diagonal = diagonal.add(weights[t]);
            }
        }
        QM31 mask = greater(atKey, atQuery).mul(diagonal).mul(M31.embed(softmax.maskOffset()));
        PrivateValue value = fromOffset.add(mask).sub(claim.value());

        Variable c = new Variable("channel", heads.bits());
        Variable head = Variable.of(scores.highAxes().get(0));
        Variable key = Variable.of(scores.highAxes().get(keyBlock));
        Variable query = Variable.of(scores.highAxes().get(queryBlock));
        Variable shared = keyHead(head);
        Expression w = Expression.of(withKeyHead(
                SparseFactor.ofTiles("weights", scores, weights, List.of(head, key, query)), shared));
        Expression a = Expression.of(MatrixProduct.activationFactor(q, atQuery, c, head, query));
        Expression b = Expression.of(MatrixProduct.activationFactor(k, atKey, c, shared, key));
        party.sumcheck(name + "/scores", new Statement(variables(c, head, shared, key, query),
                Expression.product(w, a, b)), value);
    }

    /// The variables of the heads of keys and values: those of the heads where each has its own.
    private Variable keyHead(Variable head) {
        return keyHeads.count() == heads.count() ? head : new Variable("kv", Axis.ceilLog2(keyHeads.count()));
    }

    private static List<Variable> variables(Variable first, Variable head, Variable shared, Variable... others) {
        List<Variable> result = new ArrayList<>(List.of(first, head));
        if (shared != head) {
            result.add(shared);
        }
        result.addAll(List.of(others));
        return result;
    }

    /// The factor times \[the head reads the head `shared` of keys and values\].
    ///
    /// @param weights whose lowest variables are those of the heads
    private SparseFactor withKeyHead(SparseFactor weights, Variable shared) {
        Variable head = weights.variables().getFirst();
        if (shared == head) {
            return weights;
        }
        int bits = head.bits();
        long[] index = new long[weights.size()];
        QM31[] values = new QM31[index.length];
        for (int i = 0; i < index.length; i++) {
            long h = weights.index(i) & (1L << bits) - 1;
            long above = weights.index(i) >> bits;
            index[i] = (above << shared.bits() | keyHead((int) h)) << bits | h;
            values[i] = weights.weight(i);
        }
        List<Variable> variables = new ArrayList<>(weights.variables());
        variables.add(1, shared);
        return new SparseFactor(weights.label(), variables, index, values);
    }

    /// The head of keys and values that a head reads.
    int keyHead(int head) {
        return (int) ((long) head * keyHeads.count() / heads.count());
    }

    /// The multilinear extension of \[a > b\] for two numbers of equally many bits.
    private static QM31 greater(QM31[] a, QM31[] b) {
        QM31 result = QM31.ZERO;
        for (int i = 0; i < a.length; i++) {
            // The highest differing bit decides; lower bits matter only while the bits above are equal.
            QM31 here = a[i].mul(QM31.ONE.sub(b[i]));
            QM31 equal = dev.chagres.tensor.Eq.factor(a[i], b[i]);
            result = here.add(equal.mul(result));
        }
        return result;
    }

    /// R = Rmax - slack and R' = Rmax + 1 + excess, where R and R' are sums over the keys of a row.
    private void rowSums(Party party) throws Rejection {
        Shape perRow = offset.shape();
        Map<String, QM31[]> at = party.point(name + "/sums", perRow);
        TilePoint inRows = TilePoint.of(perRow, at);
        PrivateValue slack = party.open(slackLow, inRows).add(party.open(slackHigh, inRows).mul(1 << LIMB));
        PrivateValue excess = party.open(excessLow, inRows).add(party.open(excessHigh, inRows).mul(1 << LIMB));

        // The sum over a low axis is 2^bits times the value at 1/2.
        Shape scores = weight.shape();
        QM31 oneHalf = QM31.of(M31.inv(2));
        QM31[] point = new QM31[scores.lowBits()];
        System.arraycopy(inRows.low(), 0, point, 0, rows.bits());
        java.util.Arrays.fill(point, rows.bits(), point.length, oneHalf);
        QM31[] weights = new QM31[scores.tileCount()];
        int head = scores.highIndex("head");
        int block = scores.highIndex("block");
        for (int t = 0; t < weights.length; t++) {
            int row = scores.tile(t)[block] * heads.count() + scores.tile(t)[head];
            weights[t] = inRows.weights()[row].mul(1 << rows.bits());
        }
        QM31 total = inRows.total();
        TilePoint sums = new TilePoint(point, weights);
        PrivateValue r = party.open(weight, sums);
        PrivateValue rBefore = party.open(before, sums);
        party.require("attention/sum", r, PrivateValue.known(total.mul(softmax.max())).sub(slack));
        party.require("attention/sum-before", rBefore, excess.add(total.mul(softmax.max() + 1)));
    }

    /// o 2^s + rem = y + 2^(s-1), y = sum_j e v
    private void output(Party party, LeafClaim claim) throws Rejection {
        Shape activation = out.shape();
        QM31[] atRow = claim.at().low(activation, activation.lowAxes().get(0).name());
        QM31[] atChannel = claim.at().low(activation, activation.lowAxes().get(1).name());
        PrivateValue quotient = party.open(out, claim.at());
        PrivateValue value = claim.value().sub(claim.at().total().mul(QM31.of(IntegerSemantics.half(softmax.shift()))))
                .add(quotient.mul(1 << softmax.shift()));

        Shape scores = weight.shape();
        Variable j = new Variable("row'", rows.bits());
        Variable head = Variable.of(scores.highAxes().get(0));
        Variable key = Variable.of(scores.highAxes().get(1));
        Variable query = Variable.of(scores.highAxes().get(2));
        Variable shared = keyHead(head);
        Expression w = Expression.of(withKeyHead(SparseFactor.ofTiles("weights", activation, claim.at().weights(),
                List.of(head, query)), shared));
        Expression e = Expression.of(ColumnFactor.of(weight).fix("row", atRow).bind("row'", j)
                .bind("head", head).bind("block'", key).bind("block", query));
        Shape valueShape = v.shape();
        Expression vs = Expression.of(ColumnFactor.of(v).bind(valueShape.lowAxes().get(0).name(), j)
                .fix(valueShape.lowAxes().get(1).name(), atChannel)
                .bind(valueShape.highAxes().get(0).name(), shared).bind(valueShape.highAxes().get(1).name(), key));
        party.sumcheck(name + "/output", new Statement(variables(j, head, shared, key, query),
                Expression.product(w, e, vs)), value);
    }
}
