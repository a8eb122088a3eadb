package dev.chagres.model.decoder;

import dev.chagres.field.M31;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.graph.op.Attention;
import dev.chagres.graph.op.Embedding;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.graph.op.NormLookups;
import dev.chagres.graph.op.Projection;
import dev.chagres.graph.op.ProjectionReduction;
import dev.chagres.graph.op.ResidualWrite;
import dev.chagres.graph.op.RmsNorm;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.KeyContent;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Compiles a [DecoderSpec] to a [Circuit]: one section for the embedding and each block, one for the head.
final class DecoderCompiler {
    private final DecoderSpec spec;
    private final RowBlocks rows;
    private final Width width;
    private final Width heads;
    private final Width mlp;
    private final Width vocabulary;
    private final LookupTables tables = new LookupTables();
    private final List<KeyColumn> keyColumns = new ArrayList<>();
    private final Map<ClampKey, Table> clamps = new LinkedHashMap<>();
    /// What fills the committed columns of tables.
    private final Map<Column, KeyContent> tableContents = new IdentityHashMap<>();
    private final List<Section> sections = new ArrayList<>();
    private final MatrixProduct head;

    private DecoderCompiler(DecoderSpec spec, int rowCount, int[] inputs, int first, int[] generated) {
        this.spec = spec;
        this.rows = RowBlocks.of(rowCount);
        this.width = Width.of(spec.shape().width());
        this.heads = Width.heads(spec.shape().heads(), spec.shape().headWidth());
        this.mlp = Width.of(spec.shape().mlpWidth());
        this.vocabulary = Width.of(spec.shape().vocab());
        this.head = build(inputs, first, generated);
    }

    /// The circuit that proves a sequence.
    ///
    /// @throws StatementException if the sequence does not fit the model
    static Circuit compile(DecoderSpec spec, TokenSequence sequence) {
        check(spec, sequence);
        return new DecoderCompiler(spec, sequence.rows(), sequence.inputs(), sequence.promptLength() - 1,
                sequence.generated())
                .circuit();
    }

    /// A circuit for inference over up to `rowCount` rows, without the choice of ids.
    static Circuit inference(DecoderSpec spec, int rowCount) {
        return new DecoderCompiler(spec, rowCount, new int[rowCount], 0, new int[0]).circuit();
    }

    private Circuit circuit() {
        List<KeyColumn> key = new ArrayList<>(keyColumns);
        tables.all().stream().flatMap(t -> t.columns().stream()).forEach(c -> {
            switch (c) {
                case TablePolynomial.Key k -> key.add(new KeyColumn(k.column(), tableContents.get(k.column())));
                case TablePolynomial.Defined d ->
                        key.add(new KeyColumn(d.column(), new DecoderContent.Defined(d.function())));
                default -> { }
            }
        });
        return new Circuit(key, sections, tables.all(), rows, head);
    }

    /// @throws StatementException naming what does not fit
    private static void check(DecoderSpec spec, TokenSequence sequence) {
        int context = spec.limits().context();
        if (sequence.rows() > context) {
            throw new StatementException("statement/context",
                    sequence.rows() + " positions exceed the context of " + context + " of this model");
        }
        // Every lookup of the exponential's table, before the tiles of scores, the only ones whose number grows with
        // the square of the length, are in memory. The graph counts the other tables.
        RowBlocks rows = RowBlocks.of(sequence.rows());
        long pairs = (long) rows.blocks() * (rows.blocks() + 1) / 2;
        long tiles = pairs * spec.shape().heads() * spec.shape().layers();
        if (tiles >= M31.P || tiles << 2 * rows.bits() >= M31.P) {
            throw new StatementException("statement/lookups", tiles + " tiles of 2^" + 2 * rows.bits()
                    + " lookups of scores: multiplicities could wrap modulo p");
        }
        int[] ids = sequence.ids();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= spec.shape().vocab()) {
                throw new StatementException("statement/vocabulary", "id " + ids[i] + " at position " + i
                        + " is outside the vocabulary of " + spec.shape().vocab());
            }
            if (spec.limits().ends(ids[i]) && i >= sequence.promptLength() && i < ids.length - 1) {
                throw new StatementException(
                        "statement/end-of-text", "the sequence goes on after the end of text at position " + i);
            }
        }
    }

    private Column key(String name, Shape shape, int bits, DecoderContent content) {
        Column c = new Column(name, shape, Column.Tree.KEY, bits);
        keyColumns.add(new KeyColumn(c, content));
        return c;
    }

    /// @param layer -1 for the head
    private MatrixProduct product(String name, int layer, DecoderContent.Matrix matrix, Column input, Width in,
            Width out) {
        Column weight = key(name + ".weight", MatrixProduct.weightShape(in, out), 16,
                new DecoderContent.Weight(layer, matrix));
        Column bias = key(name + ".bias", MatrixProduct.biasShape(out), 32, new DecoderContent.Bias(layer, matrix));
        return new MatrixProduct(input, weight, bias, in, out);
    }

    /// Says what fills the committed column `i` of a table.
    private Table filled(Table table, int i, DecoderContent content) {
        tableContents.put(LookupTables.storedColumn(table, i), content);
        return table;
    }

    private MatrixProduct build(int[] inputs, int first, int[] generated) {
        NormLookups norm = NormLookups.of(tables, spec.epsilons(), spec.normShift(), spec.normBits());
        filled(norm.rsqrt(), 1, new DecoderContent.ReciprocalRoot());
        Table exponential = tables.exponential("exp", spec.maskOffset() + spec.reach() + 1, spec.exponential().values());
        Attention.Softmax softmax = new Attention.Softmax(exponential, spec.exponential().largestSum(),
                spec.exponential().support(), spec.maskOffset(), spec.exponential().outputShift(), spec.outputBits());
        Embedding embedding = new Embedding("embedding", rows, inputs, width, vocabulary,
                key("embedding.token", Embedding.tokenShape(width, vocabulary), 32, new DecoderContent.Tokens()),
                key("embedding.position", Embedding.positionShape(spec.shape().context(), width), 32,
                        new DecoderContent.Positions()));
        Column stream = embedding.out();
        for (int l = 0; l < spec.layers().size(); l++) {
            List<Operation> operations = new ArrayList<>();
            List<Reduction> groups = new ArrayList<>();
            if (l == 0) {
                operations.add(embedding);
            }
            stream = layer("layer" + l, l, stream, norm, softmax, operations, groups);
            section("layer" + l, operations, groups);
        }
        RmsNorm last = norm("head.norm", stream, norm);
        MatrixProduct logits = product("head", -1, DecoderContent.Matrix.HEAD, last.out(), width, vocabulary);
        List<Operation> operations = new ArrayList<>();
        operations.add(last);
        if (generated.length > 0) {
            operations.add(new ArgmaxHead("head", rows, first, generated, logits, tables));
        }
        section("head", operations, List.of());
        return logits;
    }

    /// Adds a section, which reads the residual stream of the one before.
    ///
    /// @param groups reductions of several operations
    private void section(String name, List<Operation> operations, List<Reduction> groups) {
        int before = sections.size() - 1;
        sections.add(new Section(name, operations, before < 0 ? new TreeSet<>() : new TreeSet<>(Set.of(before)),
                Reduction.of(operations, groups)));
    }

    private RmsNorm norm(String name, Column stream, NormLookups norm) {
        return new RmsNorm(name, width, stream, spec.epsilons(), spec.normShift(), spec.normBits(), norm);
    }

    private Column layer(String name, int index, Column stream, NormLookups norms, Attention.Softmax softmax,
            List<Operation> operations, List<Reduction> groups) {
        LayerSpec s = spec.layers().get(index);
        RmsNorm first = norm(name + ".norm1", stream, norms);
        Projection q = clamped(name + ".query", index, DecoderContent.Matrix.QUERY, first.out(), s.query().shift(),
                spec.qkBound());
        Projection k = clamped(name + ".key", index, DecoderContent.Matrix.KEY, first.out(), s.key().shift(), spec.qkBound());
        Projection v = clamped(name + ".value", index, DecoderContent.Matrix.VALUE, first.out(), s.value().shift(), spec.vBound());
        Attention attention = new Attention(name + ".attention", rows, heads, q.out(), k.out(), v.out(),
                softmax, tables);
        ResidualWrite middle = new ResidualWrite(name + ".output",
                product(name + ".output", index, DecoderContent.Matrix.OUTPUT, attention.out(), heads, width), s.output().shift(),
                stream, tables.range(s.output().shift()));
        RmsNorm second = norm(name + ".norm2", middle.out(), norms);
        Table gelu = filled(tables.function(name + ".activation", s.mlp().base(), s.mlp().entries(), M31.P >> s.mlp().shift()), 1,
                new DecoderContent.Activation(index));
        Projection up = new Projection(name + ".up", rows, product(name + ".up", index, DecoderContent.Matrix.UP,
                second.out(), width, mlp), "hidden", s.mlp().shift(), tables.range(s.mlp().shift()), gelu);
        ResidualWrite end = new ResidualWrite(name + ".down", product(name + ".down", index, DecoderContent.Matrix.DOWN,
                up.out(), mlp, width), s.down().shift(), middle.out(), tables.range(s.down().shift()));
        operations.addAll(List.of(first, q, k, v, attention, middle, second, up, end));
        groups.add(new ProjectionReduction(name + ".projections", List.of(q, k, v)));
        return end.out();
    }

    private Projection clamped(String name, int layer, DecoderContent.Matrix matrix, Column input, int shift, int bound) {
        return new Projection(name, rows, product(name, layer, matrix, input, width, heads), "channel", shift,
                tables.range(shift), clamp(bound, shift));
    }

    /// The clamp table of all projections with this bound and shift. Sharing across shifts would be unsound: the
    /// interval of u times 2^s must not exceed p.
    private Table clamp(int bound, int shift) {
        return clamps.computeIfAbsent(new ClampKey(bound, shift), k -> {
            long low = Long.MAX_VALUE;
            long high = Long.MIN_VALUE;
            for (LayerSpec l : spec.layers()) {
                for (Use use : List.of(new Use(l.query().shift(), spec.qkBound(), l.query().u()),
                        new Use(l.key().shift(), spec.qkBound(), l.key().u()),
                        new Use(l.value().shift(), spec.vBound(), l.value().u()))) {
                    if (use.shift == shift && use.bound == bound) {
                        low = Math.min(low, use.u.lo());
                        high = Math.max(high, use.u.hi());
                    }
                }
            }
            return tables.clamp("clamp" + bound + ".shift" + shift, low, high - low + 1, M31.P >> shift, bound);
        });
    }

    private record ClampKey(int bound, int shift) {}

    private record Use(int shift, int bound, Interval u) {}
}
