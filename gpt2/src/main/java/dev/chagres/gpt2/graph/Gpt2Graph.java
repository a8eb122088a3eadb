package dev.chagres.gpt2.graph;

import dev.chagres.gpt2.semantics.Interval;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Section;
import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.graph.op.Attention;
import dev.chagres.graph.op.Embedding;
import dev.chagres.graph.op.MatrixProduct;
import dev.chagres.graph.op.NormTables;
import dev.chagres.graph.op.Projection;
import dev.chagres.graph.op.ResidualWrite;
import dev.chagres.graph.op.RmsNorm;
import dev.chagres.graph.op.Rows;
import dev.chagres.graph.op.Tables;
import dev.chagres.graph.op.Width;
import dev.chagres.field.M31;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Compiles a [Gpt2Spec] to a [Graph]: one section for the embedding and each block, one for the head.
public final class Gpt2Graph {
    private final Gpt2Spec spec;
    private final Rows rows;
    private final Width width;
    private final Width heads;
    private final Width mlp;
    private final Width vocabulary;
    private final Tables tables = new Tables();
    private final List<Column> keyColumns = new ArrayList<>();
    private final Map<String, Table> clamps = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();
    private final MatrixProduct head;

    private Gpt2Graph(Gpt2Spec spec, int rowCount, int[] inputs, int first, int[] generated) {
        this.spec = spec;
        this.rows = Rows.of(rowCount);
        this.width = Width.of(spec.shape().width());
        this.heads = Width.heads(spec.shape().heads(), spec.shape().headWidth());
        this.mlp = Width.of(spec.shape().mlpWidth());
        this.vocabulary = Width.of(spec.shape().vocab());
        this.head = build(inputs, first, generated);
    }

    /// The graph that proves a sequence.
    ///
    /// @throws StatementException if the sequence does not fit the model
    public static Gpt2Graph of(Gpt2Spec spec, Sequence sequence) {
        check(spec, sequence);
        return new Gpt2Graph(spec, sequence.rows(), sequence.inputs(), sequence.promptLength() - 1, sequence.generated());
    }

    /// A graph for inference over up to `rowCount` rows, without the choice of ids.
    public static Gpt2Graph inference(Gpt2Spec spec, int rowCount) {
        return new Gpt2Graph(spec, rowCount, new int[rowCount], 0, new int[0]);
    }

    /// @throws StatementException naming what does not fit
    public static void check(Gpt2Spec spec, Sequence sequence) {
        int context = spec.shape().context();
        if (sequence.rows() > context) {
            throw new StatementException("statement/context",
                    sequence.rows() + " positions exceed the context of " + context + " of this model");
        }
        // The scores alone; the graph counts every lookup, but only after its tiles are in memory.
        long rows = Rows.of(sequence.rows()).padded();
        long scores = rows * rows / 2 * spec.shape().heads() * spec.shape().layers();
        if (scores >= M31.P) {
            throw new StatementException("statement/lookups", scores + " lookups of scores: multiplicities could wrap modulo p");
        }
        int[] ids = sequence.ids();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= spec.shape().vocab()) {
                throw new StatementException("statement/vocabulary", "id " + ids[i] + " at position " + i
                        + " is outside the vocabulary of " + spec.shape().vocab());
            }
            if (ids[i] == spec.shape().endOfText() && i >= sequence.promptLength() && i < ids.length - 1) {
                throw new StatementException(
                        "statement/end-of-text", "the sequence goes on after the end of text at position " + i);
            }
        }
    }

    /// The compiled graph.
    ///
    /// @throws StatementException if it has too many lookups
    public Graph graph() {
        long lookups = sections.stream().mapToLong(Section::lookups).sum();
        if (lookups >= M31.P) {
            throw new StatementException("statement/lookups", lookups + " lookups: multiplicities could wrap modulo p");
        }
        return new Graph(keyColumns(), sections, tables.all());
    }

    /// The columns of the model key, in commitment order. They do not depend on the sequence, and exist for graphs with too many
    /// lookups as well.
    public List<Column> keyColumns() {
        List<Column> key = new ArrayList<>(keyColumns);
        key.addAll(tables.keyColumns());
        return key;
    }

    /// The product whose rows are logits.
    public MatrixProduct head() {
        return head;
    }

    /// The index of entry 0 of the table that a key column belongs to; 0 for other columns.
    public long firstIndex(Column column) {
        for (Table t : tables.all()) {
            if (t.columns().stream().anyMatch(p -> p instanceof TablePolynomial.Key k && k.column() == column)) {
                return t.firstValue();
            }
        }
        return 0;
    }

    public Rows rows() {
        return rows;
    }

    private Column key(String name, dev.chagres.tensor.Shape shape) {
        Column c = new Column(name, shape, Column.Tree.KEY);
        keyColumns.add(c);
        return c;
    }

    private MatrixProduct product(String name, Column input, Width in, Width out) {
        Column weight = key(name + ".weight", MatrixProduct.weightShape(in, out));
        Column bias = key(name + ".bias", MatrixProduct.biasShape(out));
        return new MatrixProduct(input, weight, bias, in, out);
    }

    private MatrixProduct build(int[] inputs, int first, int[] generated) {
        NormTables norm = NormTables.of(tables, spec.epsilons(), spec.normShift(), spec.normBits());
        Table exponential = tables.exponential("exp", spec.expDomain(), spec.support() + 1L);
        Attention.Softmax softmax = new Attention.Softmax(exponential, spec.rMax(), spec.support(), spec.maskOffset(),
                spec.outputShift(), spec.outputBits());
        Embedding embedding = new Embedding("embedding", rows, inputs, width, vocabulary,
                key("embedding.token", Embedding.tokenShape(width, vocabulary)),
                key("embedding.position", Embedding.positionShape(spec.shape().context(), width)));
        Column stream = embedding.out();
        for (int l = 0; l < spec.layers().size(); l++) {
            List<Operation> operations = new ArrayList<>();
            if (l == 0) {
                operations.add(embedding);
            }
            stream = layer("layer" + l, l, stream, norm, softmax, operations);
            sections.add(new Section("layer" + l, operations));
        }
        RmsNorm last = norm("head.norm", stream, norm);
        MatrixProduct logits = product("head", last.out(), width, vocabulary);
        List<Operation> operations = new ArrayList<>();
        operations.add(last);
        if (generated.length > 0) {
            operations.add(new ArgmaxHead("head", rows, first, generated, logits, tables));
        }
        sections.add(new Section("head", operations));
        return logits;
    }

    private RmsNorm norm(String name, Column stream, NormTables norm) {
        return new RmsNorm(name, width, stream, spec.epsilons(), spec.normShift(), spec.normBits(), norm);
    }

    private Column layer(String name, int index, Column stream, NormTables norms, Attention.Softmax softmax,
            List<Operation> operations) {
        LayerSpec s = spec.layers().get(index);
        RmsNorm first = norm(name + ".norm1", stream, norms);
        Projection q = clamped(name + ".query", first.out(), s.query(), spec.qkBound());
        Projection k = clamped(name + ".key", first.out(), s.key(), spec.qkBound());
        Projection v = clamped(name + ".value", first.out(), s.value(), spec.vBound());
        Attention attention = new Attention(name + ".attention", rows, heads, q.out(), k.out(), v.out(), softmax, tables);
        ResidualWrite middle = new ResidualWrite(name + ".output",
                product(name + ".output", attention.out(), heads, width), s.output(), stream, tables.range(s.output()));
        RmsNorm second = norm(name + ".norm2", middle.out(), norms);
        Table gelu = tables.function(name + ".gelu", s.geluBase(), s.geluEntries(), M31.P >> s.up());
        Projection up = new Projection(name + ".up", rows, product(name + ".up", second.out(), width, mlp), "hidden", s.up(),
                tables.range(s.up()), gelu);
        ResidualWrite end = new ResidualWrite(name + ".down", product(name + ".down", up.out(), mlp, width), s.down(),
                middle.out(), tables.range(s.down()));
        operations.addAll(List.of(first, q, k, v, attention, middle, second, up, end));
        return end.out();
    }

    private Projection clamped(String name, Column input, int shift, int bound) {
        return new Projection(name, rows, product(name, input, width, heads), "channel", shift, tables.range(shift),
                clamp(bound, shift));
    }

    /// The clamp table of all projections with this bound and shift. Sharing across shifts would be unsound: the interval
    /// of u times 2^s must not exceed p.
    private Table clamp(int bound, int shift) {
        return clamps.computeIfAbsent("clamp" + bound + ".shift" + shift, name -> {
            long low = Long.MAX_VALUE;
            long high = Long.MIN_VALUE;
            for (LayerSpec l : spec.layers()) {
                for (Use use : List.of(new Use(l.query(), spec.qkBound(), l.queryU()),
                        new Use(l.key(), spec.qkBound(), l.keyU()), new Use(l.value(), spec.vBound(), l.valueU()))) {
                    if (use.shift == shift && use.bound == bound) {
                        low = Math.min(low, use.u.lo());
                        high = Math.max(high, use.u.hi());
                    }
                }
            }
            return tables.function(name, low, high - low + 1, M31.P >> shift);
        });
    }

    private record Use(int shift, int bound, Interval u) {}
}
