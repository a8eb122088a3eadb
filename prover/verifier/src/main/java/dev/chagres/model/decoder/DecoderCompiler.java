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
import dev.chagres.graph.op.GatedHidden;
import dev.chagres.graph.op.GatedLookups;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.graph.op.NormLookups;
import dev.chagres.graph.op.Projection;
import dev.chagres.graph.op.ProjectionReduction;
import dev.chagres.graph.op.ResidualWrite;
import dev.chagres.graph.op.RmsNorm;
import dev.chagres.graph.op.Rotation;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.KeyContent;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compiles a [DecoderSpec] to a [Circuit]: one section for the embedding and each block, one for the head.
final class DecoderCompiler {
    /// ub + 2^15 has so many bits.
    private static final int UP_BITS = 16;

    private final DecoderSpec spec;
    private final RowBlocks rows;
    private final Width width;
    private final Width heads;
    private final Width keyHeads;
    private final Width mlp;
    private final Width vocabulary;
    private final LookupTables tables = new LookupTables();
    private final List<KeyColumn> keyColumns = new ArrayList<>();
    private final DecoderTables shared;
    /// What fills the committed columns of tables.
    private final Map<Column, KeyContent> tableContents = new IdentityHashMap<>();
    private final List<Section> sections = new ArrayList<>();
    private final MatrixProduct head;

    private DecoderCompiler(DecoderSpec spec, int rowCount, int[] inputs, int first, int[] generated) {
        this.spec = spec;
        this.shared = new DecoderTables(spec, tables);
        this.rows = RowBlocks.of(rowCount);
        this.width = Width.of(spec.shape().width());
        this.heads = Width.heads(spec.shape().heads(), spec.shape().headWidth());
        this.keyHeads = Width.heads(spec.shape().keyHeads(), spec.shape().headWidth());
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
        NormLookups norm = NormLookups.of(tables, IntegerSemantics.groupShift(spec.shape().width()), spec.epsilons(),
                spec.normShift(), spec.normBits());
        filled(norm.rsqrt(), 1, new DecoderContent.ReciprocalRoot());
        Table exponential = tables.exponential("exp", spec.maskOffset(), spec.reach(), spec.exponential().values());
        Attention.Softmax softmax = new Attention.Softmax(exponential, spec.exponential().largestSum(),
                spec.exponential().support(), spec.maskOffset(), spec.reach(), spec.exponential().outputShift(),
                spec.outputBits());
        Embedding embedding = embedding(inputs);
        Optional<Angles> angles = angles();
        Column stream = embedding.out();
        for (int l = 0; l < spec.layers().size(); l++) {
            List<Operation> operations = new ArrayList<>();
            List<Reduction> groups = new ArrayList<>();
            if (l == 0) {
                operations.add(embedding);
            }
            List<Column> read = l == 0 ? List.of() : List.of(stream);
            stream = new Layer(l, norm, softmax, angles, operations, groups).build(stream);
            sections.add(new Section("layer" + l, operations, read, Reduction.of(operations, groups)));
        }
        RmsNorm last = norm("head.norm", stream, norm);
        MatrixProduct logits = product("head", -1, DecoderContent.Matrix.HEAD, last.out(), width, vocabulary);
        List<Operation> operations = new ArrayList<>();
        operations.add(last);
        if (generated.length > 0) {
            operations.add(new ArgmaxHead("head", rows, first, generated, logits, tables));
        }
        sections.add(new Section("head", operations, List.of(stream)));
        return logits;
    }

    private Embedding embedding(int[] inputs) {
        boolean learned = spec.positions() instanceof Positions.Learned;
        Column token = key("embedding.token", Embedding.tokenShape(width, vocabulary), learned ? 32 : 16,
                new DecoderContent.Tokens());
        Optional<Column> position = learned ? Optional.of(key("embedding.position",
                Embedding.positionShape(spec.shape().context(), width), 32, new DecoderContent.Positions()))
                : Optional.empty();
        return new Embedding("embedding", rows, inputs, width, vocabulary, token, position, spec.embeddingShift());
    }

    /// The angles of a rotary model.
    private Optional<Angles> angles() {
        return switch (spec.positions()) {
            case Positions.Learned learned -> Optional.empty();
            case Positions.Rotary rotary -> {
                Shape shape = Rotation.angleShape(spec.shape().context(), heads);
                yield Optional.of(new Angles(rotary.shift(), spec.rotatedBits(),
                        key("rotation.cos", shape, 16, new DecoderContent.Cosines()),
                        key("rotation.sin", shape, 16, new DecoderContent.Sines())));
            }
        };
    }

    /// What rotations read.
    ///
    /// @param shift of a rotated value
    /// @param bits of what is rotated
    private record Angles(int shift, int bits, Column cos, Column sin) {}

    private RmsNorm norm(String name, Column stream, NormLookups norm) {
        return new RmsNorm(name, width, stream, spec.epsilons(), spec.normShift(), spec.normBits(), norm);
    }

    /// The operations of one block.
    private final class Layer {
        private final String name;
        private final int index;
        private final LayerSpec spec;
        private final NormLookups norms;
        private final Attention.Softmax softmax;
        private final Optional<Angles> angles;
        private final List<Operation> operations;
        private final List<Reduction> groups;

        Layer(int index, NormLookups norms, Attention.Softmax softmax, Optional<Angles> angles,
                List<Operation> operations, List<Reduction> groups) {
            this.name = "layer" + index;
            this.index = index;
            this.spec = DecoderCompiler.this.spec.layers().get(index);
            this.norms = norms;
            this.softmax = softmax;
            this.angles = angles;
            this.operations = operations;
            this.groups = groups;
        }

        /// The stream after the block.
        Column build(Column stream) {
            RmsNorm first = add(norm(name + ".norm1", stream, norms));
            Column attended = attention(first.out());
            ResidualWrite middle = write(
                    ".output", DecoderContent.Matrix.OUTPUT, attended, heads, spec.output(), stream);
            RmsNorm second = add(norm(name + ".norm2", middle.out(), norms));
            Column hidden = switch (spec.mlp()) {
                case MlpSpec.Plain plain -> plain(plain, second.out());
                case MlpSpec.Gated gated -> gated(gated, second.out());
            };
            return write(".down", DecoderContent.Matrix.DOWN, hidden, mlp, spec.down(), middle.out()).out();
        }

        private <T extends Operation> T add(T operation) {
            operations.add(operation);
            return operation;
        }

        private MatrixProduct matrix(String part, DecoderContent.Matrix matrix, Column input, Width in, Width out) {
            return product(name + part, index, matrix, input, in, out);
        }

        private Column attention(Column input) {
            int qk = DecoderCompiler.this.spec.qkBound();
            Projection q = positioned(".query", DecoderContent.Matrix.QUERY, input, heads, spec.query(), qk);
            Projection k = positioned(".key", DecoderContent.Matrix.KEY, input, keyHeads, spec.key(), qk);
            Projection v = clamped(".value", DecoderContent.Matrix.VALUE, input, keyHeads, spec.value(),
                    DecoderCompiler.this.spec.vBound());
            groups.add(new ProjectionReduction(name + ".projections", List.of(q, k, v)));
            Column query = rotated(".queryRotation", q.out(), heads, qk);
            Column keys = rotated(".keyRotation", k.out(), keyHeads, qk);
            return add(new Attention(name + ".attention", rows, heads, keyHeads, query, keys, v.out(), softmax, tables))
                    .out();
        }

        /// A projection that is rotated afterwards, or clamped.
        private Projection positioned(String part, DecoderContent.Matrix matrix, Column input, Width out,
                ProjectionSpec p, int bound) {
            if (angles.isEmpty()) {
                return clamped(part, matrix, input, out, p, bound);
            }
            MatrixProduct product = matrix(part, matrix, input, width, out);
            int bits = angles.get().bits();
            return add(Projection.plain(name + part, rows, product, "channel", p.shift(), tables.range(p.shift()),
                    tables.range(bits), bits));
        }

        private Projection clamped(String part, DecoderContent.Matrix matrix, Column input, Width out, ProjectionSpec p,
                int bound) {
            MatrixProduct product = matrix(part, matrix, input, width, out);
            return add(new Projection(name + part, rows, product, "channel", p.shift(), tables.range(p.shift()),
                    shared.clamp(bound, p.shift())));
        }

        private Column rotated(String part, Column y, Width out, int bound) {
            return angles.map(a -> add(new Rotation(name + part, rows, out, y, a.cos(), a.sin(), a.shift(),
                    tables.range(a.shift()), shared.clamp(bound, a.shift()))).out()).orElse(y);
        }

        private ResidualWrite write(String part, DecoderContent.Matrix matrix, Column input, Width in, WriteSpec w,
                Column before) {
            MatrixProduct product = matrix(part, matrix, input, in, width);
            return add(new ResidualWrite(name + part, product, w.shift(), before, tables.range(w.shift()),
                    shared.quotients(w)));
        }

        private Table activation() {
            MlpSpec m = spec.mlp();
            return filled(tables.function(name + ".activation", m.base(), m.entries(), M31.P >> m.shift()), 1,
                    new DecoderContent.Activation(index));
        }

        private Column plain(MlpSpec.Plain p, Column input) {
            MatrixProduct product = matrix(".up", DecoderContent.Matrix.UP, input, width, mlp);
            Table activation = activation();
            return add(new Projection(name + ".up", rows, product, "hidden", p.shift(), tables.range(p.shift()),
                    activation)).out();
        }

        private Column gated(MlpSpec.Gated g, Column input) {
            MatrixProduct gate = matrix(".gate", DecoderContent.Matrix.GATE, input, width, mlp);
            MatrixProduct up = matrix(".up", DecoderContent.Matrix.UP, input, width, mlp);
            GatedLookups lookups = new GatedLookups(activation(), tables.remainders(g.shift()), tables.range(UP_BITS),
                    tables.range(g.productShift()),
                    shared.clamp(DecoderCompiler.this.spec.hiddenBound(), g.productShift()));
            return add(new GatedHidden(name + ".gated", rows, gate, up, g.shift(), lookups, g.productShift())).out();
        }
    }
}
