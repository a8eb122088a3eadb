package dev.chagres.prove.run;

import dev.chagres.field.M31;
import dev.chagres.graph.Graph;
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
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;
import java.util.stream.IntStream;

/// A graph of three sections with every operation once or more, over two blocks of rows, with random weights:
/// attention, an MLP, a head. The same at every call.
final class SmallGraph {
    private static final int ROWS = 130;
    private static final int FIRST_CHOICE = 100;
    private static final int SHIFT = 12;
    private static final int OUTPUT_BITS = 12;
    private static final int EXP_BITS = 12;
    private static final double UNIT = 0.05;
    private static final int QUERY_BOUND = 7;
    private static final int VALUE_BOUND = 100;
    private static final int MLP_BOUND = 2000;

    private final RowBlocks rows = RowBlocks.of(ROWS);
    private final Width width = Width.of(16);
    private final Width heads = Width.heads(2, 3);
    private final Width hidden = Width.of(40);
    private final Width words = Width.of(20);
    private final int[] tokens = new SplittableRandom(1).ints(ROWS, 0, words.size()).toArray();
    private final SplittableRandom random = new SplittableRandom(2);
    private final LookupTables tables = new LookupTables();
    private final List<Column> keyColumns = new ArrayList<>();
    private final Map<Column, HostTensor> key = new IdentityHashMap<>();
    private final Graph graph;
    private RmsNorm last;
    private MatrixProduct logits;

    private SmallGraph(int[] choices) {
        int[] eps = new int[IntegerSemantics.MAX_EXPONENT + 1];
        Arrays.setAll(eps, e -> e == 0 ? IntegerSemantics.MANT_MIN : 3 + e);
        int[] rsqrt = TableDefinitions.rsqrt(width.size(), SHIFT + 3);
        NormLookups norm = NormLookups.of(tables, 4, eps, SHIFT, OUTPUT_BITS);
        fill(norm.rsqrt(), i -> rsqrt[(int) i]);

        Embedding embedding = new Embedding("embedding", rows, tokens, width, words,
                column("embedding.token", Embedding.tokenShape(width, words), 32, 1 << 20),
                Optional.of(column("embedding.position", Embedding.positionShape(ROWS + 20, width), 32, 1 << 18)), 0);
        RmsNorm first = new RmsNorm("norm1", width, embedding.out(), eps, SHIFT, OUTPUT_BITS, norm);
        Projection q = projection("query", first.out(), heads, 8, QUERY_BOUND);
        Projection k = projection("key", first.out(), heads, 8, QUERY_BOUND);
        Projection v = projection("value", first.out(), heads, 6, VALUE_BOUND);
        Attention attention = new Attention("attention", rows, heads, heads, q.out(), k.out(), v.out(), softmax(), tables);
        ResidualWrite write = new ResidualWrite("output", product("output", attention.out(), heads, width, 9), 2,
                embedding.out(), tables.range(2), Optional.empty());
        RmsNorm second = new RmsNorm("norm2", width, write.out(), eps, SHIFT, OUTPUT_BITS, norm);
        Projection up = projection("up", second.out(), hidden, 4, MLP_BOUND);
        ResidualWrite down = new ResidualWrite("down", product("down", up.out(), hidden, width, 9), 0, write.out(),
                tables.range(0), Optional.empty());
        last = new RmsNorm("norm3", width, down.out(), eps, SHIFT, OUTPUT_BITS, norm);
        logits = product("head", last.out(), width, words, 60);
        for (int word = words.size(); word < words.padded(); word++) {
            for (int c = 0; c < width.padded(); c++) {
                key.get(logits.weight()).set(((long) word << width.bits()) + c, 0);
            }
            key.get(logits.bias()).set(word, -ArgmaxHead.LOGIT_LIMIT);
        }
        List<Operation> head = new ArrayList<>(List.of(last));
        if (choices.length > 0) {
            head.add(new ArgmaxHead("argmax", rows, FIRST_CHOICE, choices, logits, tables));
        }
        keyColumns.addAll(tables.keyColumns());
        List<Operation> attentionPart = List.of(embedding, first, q, k, v, attention, write);
        graph = new Graph(keyColumns, List.of(
                new Section("attention", attentionPart, List.of(), Reduction.of(attentionPart,
                        List.of(new ProjectionReduction("projections", List.of(q, k, v))))),
                new Section("mlp", List.of(second, up, down), List.of(write.out())),
                new Section("head", head, List.of(down.out()))), tables.all());
    }

    /// The graph with the choices that its run makes.
    static SmallGraph compile() {
        SmallGraph open = new SmallGraph(new int[0]);
        try (TrialGraph trial = open.trial(); Witness witness = trial.evaluate()) {
            return new SmallGraph(IntStream.range(FIRST_CHOICE, ROWS).map(row -> open.choice(witness, row)).toArray());
        }
    }

    private int choice(Witness witness, int row) {
        int best = 0;
        for (int word = 1; word < words.size(); word++) {
            best = logit(witness, row, word) > logit(witness, row, best) ? word : best;
        }
        return best;
    }

    private int logit(Witness witness, int row, int word) {
        int sum = key.get(logits.bias()).get(word);
        for (int c = 0; c < width.size(); c++) {
            long x = ((long) (row >> rows.bits()) * width.padded() + c << rows.bits()) + (row & (1 << rows.bits()) - 1);
            sum += key.get(logits.weight()).get(((long) word << width.bits()) + c) * witness.of(last.out()).get(x);
        }
        return sum;
    }

    Graph graph() {
        return graph;
    }

    HostTensor key(Column column) {
        return key.get(column);
    }

    /// Rows, padded ones included.
    int rows() {
        return rows.padded();
    }

    int[] tokens() {
        return tokens.clone();
    }

    TrialGraph trial() {
        return new TrialGraph(graph, key::get, rows.padded(), tokens);
    }

    private Column column(String name, Shape shape, int bits, int bound) {
        Column c = new Column(name, shape, Column.Tree.KEY, bits);
        keyColumns.add(c);
        put(c, bits, _ -> random.nextInt(-bound, bound + 1));
        return c;
    }

    private void put(Column column, int bits, LongToIntFunction values) {
        HostTensor t = TestTensors.zero(column.shape(), bits);
        for (long i = 0; i < t.size(); i++) {
            t.set(i, values.applyAsInt(i));
        }
        key.put(column, t);
    }

    private Table fill(Table table, LongToIntFunction... values) {
        for (int i = 0; i < values.length; i++) {
            put(LookupTables.storedColumn(table, i + 1), 32, values[i]);
        }
        return table;
    }

    private MatrixProduct product(String name, Column input, Width in, Width out, int bound) {
        return new MatrixProduct(input, column(name + ".weight", MatrixProduct.weightShape(in, out), 16, bound),
                column(name + ".bias", MatrixProduct.biasShape(out), 32, 100), in, out);
    }

    private Projection projection(String name, Column input, Width out, int shift, int bound) {
        int weight = 5;
        int u = (width.padded() * weight << OUTPUT_BITS - 1 >> shift) + 1;
        Table clamp = fill(tables.clamp(name + ".clamp", -u, 2L * u + 1, M31.P >> shift, bound),
                i -> (int) Math.clamp(i - u, -bound, bound));
        return new Projection(name, rows, product(name, input, width, out, weight), "channel", shift,
                tables.range(shift), clamp);
    }

    private Attention.Softmax softmax() {
        int[] exp = TableDefinitions.exp(EXP_BITS, UNIT, 1 << 16);
        int support = exp.length - 2;
        int maskOffset = 2 * (1 << heads.bits()) * QUERY_BOUND * QUERY_BOUND + support;
        Table table = fill(tables.exponential("exp", maskOffset, maskOffset - 1, exp),
                d -> IntegerSemantics.exp(exp, d), d -> IntegerSemantics.exp(exp, d - 1));
        return new Attention.Softmax(table, TableDefinitions.rMax(EXP_BITS, UNIT), support,
                maskOffset, maskOffset - 1, EXP_BITS - 3, 12);
    }
}
