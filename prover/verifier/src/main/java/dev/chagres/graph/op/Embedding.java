package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
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
import java.util.Optional;
import java.util.function.Function;

/// The residual stream at the input: `x[t] = 2^h E[id_t] + P[t]`, or without P; padded rows carry token 0, and P is 0
/// past the context.
///
/// Forced by an equality at a random point: the one-hot polynomial of the public ids is evaluated by the verifier, the
/// row of E is read by a sumcheck over the vocabulary.
public final class Embedding implements Operation {
    /// Rows of one task.
    private static final int LANES = 16;
    private static final int MAX_SHIFT = 15;

    private final String name;
    private final RowBlocks rows;
    private final int[] ids;
    private final Width vocabulary;
    private final Width width;
    private final Column tokens;
    private final Optional<Column> positions;
    private final int shift;
    private final Column x;

    /// @param ids one public token id per row of the sequence; padded rows are added here
    /// @param tokens E: low axes (channel, token), high axes (channel^, token^)
    /// @param positions P, if there is one: low axes (position, channel), high axes (channel^, part)
    /// @param shift h, in 0..15; the stream stays in [-2^26, 2^26)
    public Embedding(String name, RowBlocks rows, int[] ids, Width width, Width vocabulary, Column tokens,
            Optional<Column> positions, int shift) {
        if (shift < 0 || shift > MAX_SHIFT) {
            throw new IllegalArgumentException(name + ": a factor of 2^" + shift);
        }
        this.name = name;
        this.rows = rows;
        this.ids = Arrays.copyOf(ids, rows.padded());
        this.vocabulary = vocabulary;
        this.width = width;
        this.tokens = tokens;
        this.positions = positions;
        this.shift = shift;
        this.x = new Column(name + ".x", MatrixProduct.activation(rows, width, "channel"), Column.Tree.WITNESS);
    }

    /// The shape of E.
    public static Shape tokenShape(Width width, Width vocabulary) {
        return Shape.of(width.low("channel"), vocabulary.low("token"), width.high("channel"), vocabulary.high("token"));
    }

    /// The shape of P for a context length: parts of up to 128 positions.
    public static Shape positionShape(int context, Width width) {
        int bits = Math.clamp(Axis.ceilLog2(context), 4, RowBlocks.BLOCK_BITS);
        int parts = (context + (1 << bits) - 1) >> bits;
        return Shape.of(Axis.low("position", bits), width.low("channel"), width.high("channel"),
                Axis.high("part", parts));
    }

    /// The input stream.
    public Column out() {
        return x;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(x);
    }

    @Override
    public List<Column> activations() {
        return List.of(x);
    }

    @Override
    public List<Lookup> segments() {
        return List.of();
    }

    @Override
    public long panelElements(int lanes) {
        return (long) width.padded() * lanes;
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        IntTensor e = run.of(tokens);
        IntTensor xs = run.of(x);
        ActivationIndex at = ActivationIndex.of(run, x.shape());
        List<RowSpan> spans = RowSpan.cut(from, to, at.lanes(run.rowsOfTask(LANES)));
        run.parallel(spans.size(), (memory, i) -> {
            RowSpan span = spans.get(i);
            Panel stream = memory.panel(width.padded(), span.rows());
            for (int t = 0; t < span.rows(); t++) {
                int row = span.from() + t;
                int token = run.token(row);
                for (int c = 0; c < width.padded(); c++) {
                    stream.set(c, t, e.get(tokenIndex(token, c)) << shift);
                }
            }
            positions.ifPresent(p -> addPositions(stream, p, run.of(p), span));
            at.store(stream, xs, span.from(), 0);
        });
    }

    private void addPositions(Panel stream, Column column, IntTensor p, RowSpan span) {
        ActivationIndex at = new ActivationIndex(column.shape());
        int known = column.shape().lowAxes().get(0).count() * column.shape().highAxes().get(1).count();
        for (int t = 0; t < Math.min(span.rows(), known - span.from()); t++) {
            for (int c = 0; c < width.padded(); c++) {
                stream.set(c, t, stream.get(c, t) + p.get(at.of(span.from() + t, c)));
            }
        }
    }

    /// Element of E for (token, channel).
    private long tokenIndex(int token, int channel) {
        int v = token >> vocabulary.bits();
        int vLow = token & ((1 << vocabulary.bits()) - 1);
        int c = channel >> width.bits();
        int cLow = channel & ((1 << width.bits()) - 1);
        return ((((long) v * width.count() + c) << vocabulary.bits()) + vLow << width.bits()) + cLow;
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        Shape shape = x.shape();
        Map<String, QM31[]> at = party.point(name + "/point", shape);
        TilePoint point = TilePoint.of(shape, at);
        PrivateValue value = party.open(x, point);
        if (positions.isPresent()) {
            value = value.sub(position(party, positions.get(), at, point.weights()));
        }

        Variable token = new Variable("token", vocabulary.bits());
        Variable tokenHigh = new Variable("token^", Axis.ceilLog2(vocabulary.count()));
        Axis channelHigh = shape.highAxes().get(0);
        QM31[] atChannelHigh = channelHigh.bits() == 0 ? new QM31[0] : at.get(channelHigh.name());
        ColumnFactor e = ColumnFactor.of(tokens).fix("channel", at.get("channel")).bind("token", token)
                .fix("channel^", atChannelHigh).bind("token^", tokenHigh);
        party.sumcheck(name + "/tokens", new Statement(List.of(token, tokenHigh),
                shifted(Expression.of(oneHot(at, token, tokenHigh)).times(Expression.of(e)))), value);
        return Kept.NOTHING;
    }

    private Expression shifted(Expression row) {
        return shift == 0 ? row : row.times(1L << shift);
    }

    /// sum_t eq(at, t) eq(id_t, token)
    private SparseFactor oneHot(Map<String, QM31[]> at, Variable token, Variable tokenHigh) {
        QM31[] inBlock = Eq.table(at.get("row"));
        QM31[] blocks = rows.blocks() == 1 ? new QM31[] {QM31.ONE} : Eq.table(at.get("block"));
        long[] index = new long[ids.length];
        QM31[] weights = new QM31[ids.length];
        for (int t = 0; t < ids.length; t++) {
            index[t] = ids[t];
            weights[t] = inBlock[t & (inBlock.length - 1)].mul(blocks[t >> rows.bits()]);
        }
        return new SparseFactor("ids", List.of(token, tokenHigh), index, weights);
    }

    /// P at the drawn point, restricted to the rows that exist.
    private PrivateValue position(Party party, Column column, Map<String, QM31[]> at, QM31[] weights)
            throws Rejection {
        Shape p = column.shape();
        int bits = p.lowAxes().get(0).bits();
        // One short block reads a prefix of the first part: the missing coordinates are zero.
        QM31[] low = new QM31[p.lowBits()];
        Arrays.fill(low, 0, bits, QM31.ZERO);
        System.arraycopy(at.get("row"), 0, low, 0, Math.min(bits, rows.bits()));
        System.arraycopy(at.get("channel"), 0, low, bits, width.bits());
        QM31[] partWeights = new QM31[p.tileCount()];
        Arrays.fill(partWeights, QM31.ZERO);
        System.arraycopy(weights, 0, partWeights, 0, weights.length);
        return party.open(column, new TilePoint(low, partWeights));
    }
}
