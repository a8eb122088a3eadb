package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.RowBlocks;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Greedy choice (docs/semantics.md, section 3.7): for every generated row g with public id, the id is the smallest v
/// with the largest `logit_v = n . Hd_v + b_v`.
///
/// Forced by: `logit_id - logit_v - [v < id] = 2^15 hi + lo` with hi in [0, 15 2^11) and lo in [0, 2^15) for every v,
/// and hi = lo = 0 at v = id, which makes the committed reference value of the row the logit of its id. Logits are
/// below 15 2^25 in absolute value, so every true difference has its limbs. The limbs stay below 15 2^26 < (p - 1) / 2,
/// so that a difference d and -d - 1 cannot both have them: no two ids pass, whatever the logits are. Rows past the
/// last generated one repeat it.
public final class ArgmaxHead implements Operation {
    /// Bits of one limb of a logit difference.
    public static final int LIMB = 15;

    /// The high limb is in whole tiles of 2^11 values, one tile less than [#LIMB] bits have.
    private static final int HIGH_TILE = 11;
    private static final int HIGH_TILES = (1 << LIMB - HIGH_TILE) - 1;

    /// `|logit| < 15 2^25`: half of what both limbs can say.
    public static final int LOGIT_LIMIT = HIGH_TILES << HIGH_TILE + LIMB - 1;

    /// Rows of logits at a time.
    private static final int LANES = 64;
    private static final int TASK_TOKENS = 256;

    private final String name;
    private final RowBlocks rows;
    private final RowBlocks generated;
    private final int first;
    private final int[] ids;
    private final int count;
    private final MatrixProduct product;
    private final Column high;
    private final Column low;
    private final Column chosen;
    private final List<Lookup> segments;

    /// @param rows rows of the sequence
    /// @param first row whose logits decide the first generated id
    /// @param ids generated ids, at least one: row `first + r` decides ids\[r\]
    /// @param product final norm times head; padded words have zero weights and bias `-LOGIT_LIMIT`
    public ArgmaxHead(String name, RowBlocks rows, int first, int[] ids, MatrixProduct product, LookupTables tables) {
        this.name = name;
        this.rows = rows;
        this.generated = RowBlocks.of(ids.length);
        this.first = first;
        this.ids = Arrays.copyOf(ids, generated.padded());
        Arrays.fill(this.ids, ids.length, this.ids.length, ids[ids.length - 1]);
        this.count = ids.length;
        this.product = product;
        Shape shape = Shape.of(Axis.low("row", generated.bits()), product.out().low("token"),
                product.out().high("token"), generated.block());
        this.high = new Column(name + ".high", shape, Column.Tree.WITNESS, VirtualTensor.unsigned(LIMB));
        this.low = new Column(name + ".low", shape, Column.Tree.WITNESS, VirtualTensor.unsigned(LIMB));
        this.chosen = new Column(name + ".chosen", Shape.of(generated.row(), generated.block()), Column.Tree.WITNESS);
        this.segments = List.of(
                new Lookup(name + ".high", tables.prefix(name + ".high", HIGH_TILE, HIGH_TILES), shape,
                        List.of(TupleComponent.of(high))),
                new Lookup(name + ".low", tables.range(LIMB), shape, List.of(TupleComponent.of(low))));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(high, low, chosen);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    /// Sequence row that decides generated row `r`; padded rows repeat the last.
    private int source(int r) {
        return first + Math.min(r, count - 1);
    }

    @Override
    public long multiplyAdds() {
        return product.multiplyAdds(high.shape());
    }

    /// One block of logits.
    @Override
    public long allocatedBytes() {
        return (long) Integer.BYTES * product.out().padded() * lanes();
    }

    @Override
    public long panelElements(int lanes) {
        long here = Math.min(lanes, lanes());
        return here * Math.max(product.out().padded(), 2L * TASK_TOKENS);
    }

    /// Generated rows that are done together.
    private int lanes() {
        return Math.min(LANES, 1 << generated.bits());
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        // Choices need whole rows of logits and padded rows repeat the last one: see finish.
    }

    @Override
    public void finish(Evaluation run) {
        int lanes = lanes();
        IntTensor logits = run.state(this, () -> run.allocate((long) product.out().padded() * lanes, 32));
        for (int from = 0; from < generated.padded(); from += lanes) {
            RowSpan span = new RowSpan(from, from + lanes);
            int start = source(from);
            run.product(product, start, source(span.to() - 1) + 1, (memory, acc, channel, row) ->
                    acc.store(logits, (long) channel * lanes + row - start, lanes));
            differences(run, span, logits);
        }
    }

    /// Fills rows of both limbs and the reference values, from logits `[token][row]`.
    private void differences(Evaluation run, RowSpan span, IntTensor logits) {
        ActivationIndex at = new ActivationIndex(high.shape());
        int lanes = span.rows();
        int[] column = new int[lanes];
        int[] best = new int[lanes];
        for (int t = 0; t < lanes; t++) {
            column[t] = source(span.from() + t) - source(span.from());
            best[t] = logits.get((long) ids[span.from() + t] * lanes + column[t]);
            run.of(chosen).set(span.from() + t, best[t]);
        }
        int tokens = product.out().padded();
        run.parallel((tokens + TASK_TOKENS - 1) / TASK_TOKENS, (memory, task) -> {
            int first = task * TASK_TOKENS;
            int n = Math.min(TASK_TOKENS, tokens - first);
            Panel lows = memory.panel(n, lanes);
            Panel highs = memory.panel(n, lanes);
            for (int i = 0; i < n; i++) {
                for (int t = 0; t < lanes; t++) {
                    int logit = logits.get((long) (first + i) * lanes + column[t]);
                    int id = ids[span.from() + t];
                    int difference = best[t] - logit - (first + i < id ? 1 : 0);
                    if (difference < 0) {
                        throw new IllegalStateException(name + ": id " + id + " of generated row " + (span.from() + t)
                                + " is not the greedy choice: " + (first + i) + " has the logit " + logit
                                + " against " + best[t]);
                    }
                    highs.set(i, t, difference >> LIMB);
                    lows.set(i, t, difference & ((1 << LIMB) - 1));
                }
            }
            at.store(highs, run.of(high), span.from(), first);
            at.store(lows, run.of(low), span.from(), first);
        });
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        differences(party);
        choices(party);
        return Kept.NOTHING;
    }

    private void differences(Party party) throws Rejection {
        Shape shape = high.shape();
        Map<String, QM31[]> at = party.point(name + "/point", shape);
        TilePoint point = TilePoint.of(shape, at);
        PrivateValue difference = party.open(high, point).mul(1 << LIMB).add(party.open(low, point));

        QM31[] atRow = at.get("row");
        QM31[] rowWeights = rowWeights(at);
        QM31[] atToken = at.get("token");
        QM31[] tokenWeights = tokenWeights(at);
        QM31 tokens = QM31.sum(tokenWeights);
        PrivateValue best = party.open(chosen, new TilePoint(atRow, rowWeights));
        PrivateValue bias = party.open(product.bias(), new TilePoint(atToken, tokenWeights)).mul(QM31.sum(rowWeights));
        PrivateValue logit = best.mul(tokens).sub(below(atRow, rowWeights, atToken, tokenWeights)).sub(difference)
                .sub(bias);

        Variable row = Variable.of(rows.row());
        Variable block = Variable.of(rows.block());
        Variable k = new Variable("k", product.in().bits());
        Variable kHigh = new Variable("k^", Axis.ceilLog2(product.in().count()));
        Shape n = product.input().shape();
        Expression input = Expression.of(ColumnFactor.of(product.input())
                .bind(n.lowAxes().get(0).name(), row).bind(n.lowAxes().get(1).name(), k)
                .bind(n.highAxes().get(0).name(), kHigh).bind(n.highAxes().get(1).name(), block));
        Expression weight = Expression.of(ColumnFactor.of(product.weight())
                .bind("k", k).fix("j", atToken).bind("k^", kHigh)
                .fix("j^", product.out().count() == 1 ? new QM31[0] : at.get("token^")));
        Expression selection = Expression.of(selection(atRow, rowWeights, row, block));
        party.sumcheck(name + "/logits", new Statement(List.of(k, row, kHigh, block),
                Expression.product(selection, input, weight)), logit);
    }

    private QM31[] rowWeights(Map<String, QM31[]> at) {
        return chosen.shape().tileWeights(at);
    }

    private QM31[] tokenWeights(Map<String, QM31[]> at) {
        Axis tokenHigh = high.shape().highAxes().get(0);
        return Shape.of(product.out().low("token"), tokenHigh).tileWeights(at);
    }

    /// sum_r eq(at, r) \[row = source(r)\]
    private SparseFactor selection(QM31[] atRow, QM31[] rowWeights, Variable row, Variable block) {
        QM31[] inBlock = Eq.table(atRow);
        long[] index = new long[ids.length];
        QM31[] weights = new QM31[ids.length];
        for (int r = 0; r < ids.length; r++) {
            index[r] = source(r);
            weights[r] = inBlock[r & (inBlock.length - 1)].mul(rowWeights[r >> generated.bits()]);
        }
        return new SparseFactor("rows", List.of(row, block), index, weights);
    }

    /// sum_(r, v) eq(at, (r, v)) \[v < id_r\]
    private QM31 below(QM31[] atRow, QM31[] rowWeights, QM31[] atToken, QM31[] tokenWeights) {
        int bits = product.out().bits();
        QM31[] before = new QM31[tokenWeights.length + 1];
        before[0] = QM31.ZERO;
        for (int t = 0; t < tokenWeights.length; t++) {
            before[t + 1] = before[t].add(tokenWeights[t]);
        }
        QM31[] inBlock = Eq.table(atRow);
        QM31 sum = QM31.ZERO;
        for (int r = 0; r < ids.length; r++) {
            int part = ids[r] >> bits;
            QM31 inside = lessThan(atToken, ids[r] & ((1 << bits) - 1));
            QM31 value = before[part].add(tokenWeights[part].mul(inside));
            sum = sum.add(inBlock[r & (inBlock.length - 1)].mul(rowWeights[r >> generated.bits()]).mul(value));
        }
        return sum;
    }

    /// sum over x < bound of eq(at, x).
    private static QM31 lessThan(QM31[] at, int bound) {
        QM31 result = QM31.ZERO;
        for (int i = 0; i < at.length; i++) {
            QM31 zero = QM31.ONE.sub(at[i]);
            result = ((bound >> i) & 1) == 1 ? zero.add(at[i].mul(result)) : zero.mul(result);
        }
        return result;
    }

    /// hi = lo = 0 at the chosen id of every generated row.
    private void choices(Party party) {
        Shape shape = high.shape();
        int bits = product.out().bits();
        for (int r = 0; r < count; r++) {
            QM31[] point = new QM31[shape.lowBits()];
            int inside = (r & ((1 << generated.bits()) - 1)) | (ids[r] & ((1 << bits) - 1)) << generated.bits();
            for (int i = 0; i < point.length; i++) {
                point[i] = ((inside >> i) & 1) == 1 ? QM31.ONE : QM31.ZERO;
            }
            int tile = (r >> generated.bits()) * product.out().count() + (ids[r] >> bits);
            party.claim(high, TilePoint.ofTile(point, tile), QM31.ZERO);
            party.claim(low, TilePoint.ofTile(point, tile), QM31.ZERO);
        }
    }
}
