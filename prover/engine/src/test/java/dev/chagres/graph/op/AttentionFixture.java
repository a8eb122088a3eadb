package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// One attention with its own keys, queries, values and tables, evaluated and compared with the definition.
final class AttentionFixture {
    private static final int BITS = 20;
    private static final int HEADS = 3;

    private final Map<String, HostTensor> key = new HashMap<>();
    private final RowBlocks rows;
    private final Width heads;
    private final Width keyHeads;
    private final Column q;
    private final Column k;
    private final Column v;
    private Attention attention;
    private Graph graph;
    private int[] exp;
    private int max;

    AttentionFixture(int count, int headWidth) {
        this(count, headWidth, HEADS);
    }

    /// @param shared heads of keys and values
    AttentionFixture(int count, int headWidth, int shared) {
        rows = RowBlocks.of(count);
        heads = Width.heads(HEADS, headWidth);
        keyHeads = Width.heads(shared, headWidth);
        q = column("q", heads);
        k = column("k", keyHeads);
        v = column("v", keyHeads);
    }

    private Column column(String name, Width width) {
        Column c = new Column(name, MatrixProduct.activation(rows, width, "channel"), Column.Tree.KEY);
        key.put(name, TestTensors.zero(c.shape(), 32));
        return c;
    }

    /// The tables of a logit unit.
    void compile(double unit) {
        int support = IntStream.iterate(0, d -> d + 1).filter(d -> entry(d, unit) == 0).findFirst().orElseThrow();
        exp = new int[support + 2];
        for (int d = -1; d <= support; d++) {
            exp[d + 1] = entry(d, unit);
        }
        max = (int) Math.rint((1 << BITS) * Math.exp(unit / 2));
        LookupTables tables = new LookupTables();
        int largest = 2 * heads.padded() * 127 * 127 + support;
        Table exponential = tables.exponential("exp", largest + support, largest, exp);
        fill(tables.stored().get(0), d -> exp[Math.min(d + 1, support + 1)]);
        fill(tables.stored().get(1), d -> exp[Math.min(d, support + 1)]);
        attention = new Attention("a", rows, heads, keyHeads, q, k, v,
                new Attention.Softmax(exponential, max, support, largest + support, largest, BITS - 3, 14), tables);
        graph = new Graph(tables.keyColumns(), List.of(new Section("a", List.of(attention))), tables.all());
    }

    private static int entry(int d, double unit) {
        return (int) Math.rint((1 << BITS) * Math.exp(-d * unit));
    }

    private void fill(Column column, IntUnaryOperator values) {
        HostTensor t = TestTensors.zero(column.shape(), 32);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, values.applyAsInt(i));
        }
        key.put(column.name(), t);
    }

    /// Evaluates in parts that end at `ends` and compares every value with the definition.
    void check(int threads, int... ends) {
        try (Witness witness = new Witness(graph, c -> key.get(c.name()), TestHosts.of(1).memory());
                IntegerRun run = new IntegerRun(graph, witness, new int[0], TestHosts.of(threads))) {
            int from = 0;
            for (int end : ends) {
                run.rows(from, end);
                from = end;
            }
            run.rows(from, rows.padded());
            run.finish();
            Map<String, HostTensor> data = new HashMap<>();
            graph.witnessColumns().forEach(c -> data.put(c.name(), HostTensor.of(witness.of(c))));
            attention.segments().forEach(s -> s.components().forEach(c -> {
                if (c instanceof TupleComponent.Proved(VirtualTensor virtual)) {
                    data.put(virtual.name(), witness.of(virtual));
                }
            }));
            for (int head = 0; head < HEADS; head++) {
                for (int i = 0; i < rows.padded(); i++) {
                    row(data, head, i);
                }
            }
        }
    }

    private int activation(String tensor, int row, int channel) {
        return key.get(tensor).get(new ActivationIndex(key(tensor).shape()).of(row, channel));
    }

    private Column key(String tensor) {
        return switch (tensor) {
            case "q" -> q;
            case "k" -> k;
            default -> v;
        };
    }

    /// First channel of the keys and values of a head.
    private int shared(int head) {
        return (head * keyHeads.count() / HEADS) << heads.bits();
    }

    private int score(int head, int i, int j) {
        int channels = 1 << heads.bits();
        int sum = 0;
        for (int c = 0; c < channels; c++) {
            sum += activation("q", i, head * channels + c) * activation("k", j, shared(head) + c);
        }
        return sum;
    }

    private int exp(int d) {
        return exp[Math.min(d + 1, exp.length - 1)];
    }

    private long sum(int[] s, int l) {
        long sum = 0;
        for (int x : s) {
            sum += exp(l - x);
        }
        return sum;
    }

    private void row(Map<String, HostTensor> data, int head, int i) {
        int[] s = new int[i + 1];
        int l = Integer.MIN_VALUE;
        for (int j = 0; j <= i; j++) {
            s[j] = score(head, i, j);
            l = Math.max(l, s[j]);
        }
        // The definition, by bisection between the largest score and a support above.
        int high = l + exp.length;
        while (l < high) {
            int middle = l + (high - l) / 2;
            if (sum(s, middle) <= max) {
                high = middle;
            } else {
                l = middle + 1;
            }
        }
        String where = "head " + head + ", row " + i;
        int side = 1 << rows.bits();
        long perRow = ((long) (i / side) * HEADS + head) * side + i % side;
        assertThat(data.get("a.offset").get(perRow)).as("L of %s", where).isEqualTo(l);
        assertThat(data.get("a.slackHigh").get(perRow) << 16 | data.get("a.slackLow").get(perRow))
                .as("slack of %s", where).isEqualTo(Math.toIntExact(max - sum(s, l)));
        assertThat(data.get("a.excessHigh").get(perRow) << 16 | data.get("a.excessLow").get(perRow))
                .as("excess of %s", where).isEqualTo(Math.toIntExact(sum(s, l - 1) - max - 1));
        for (int j = 0; j < (i / side + 1) * side; j++) {
            long tile = ((long) (i / side) * (i / side + 1) / 2 + j / side) * HEADS + head;
            long x = (tile * side + j % side) * side + i % side;
            int d = l - score(head, i, j);
            boolean masked = j > i;
            assertThat(data.get("a.weight").get(x)).as("e of %s, key %d", where, j).isEqualTo(masked ? 0 : exp(d));
            assertThat(data.get("a.before").get(x)).as("EXP[D - 1] of %s, key %d", where, j)
                    .isEqualTo(masked ? 0 : exp(d - 1));
            assertThat(data.get("a.distance").get(x)).as("D of %s, key %d", where, j)
                    .isEqualTo(masked ? d + 2 * heads.padded() * 127 * 127 + 2 * (exp.length - 2) : d);
        }
        for (int c = 0; c < 1 << heads.bits(); c++) {
            long y = 0;
            for (int j = 0; j <= i; j++) {
                y += (long) exp(l - s[j]) * activation("v", j, shared(head) + c);
            }
            long x = new ActivationIndex(q.shape()).of(i, head * (1 << heads.bits()) + c);
            long rounded = y + (1 << (BITS - 4));
            assertThat(data.get("a.out").get(x)).as("o of %s, channel %d", where, c)
                    .isEqualTo((int) (rounded >> (BITS - 3)));
            assertThat(data.get("a.rem").get(x)).isEqualTo((int) (rounded & ((1 << (BITS - 3)) - 1)));
        }
    }

    /// Random q and k up to `bound`, v up to 255.
    void randomise(long seed, int bound) {
        SplittableRandom random = new SplittableRandom(seed);
        for (String name : List.of("q", "k", "v")) {
            HostTensor t = key.get(name);
            int b = name.equals("v") ? 255 : bound;
            for (int i = 0; i < t.size(); i++) {
                t.set(i, random.nextInt(-b, b + 1));
            }
        }
    }

    /// Sets every channel of a row of q, k or v.
    void set(String tensor, int row, int value) {
        for (int c = 0; c < ActivationIndex.channels(key(tensor).shape()); c++) {
            key.get(tensor).set(new ActivationIndex(key(tensor).shape()).of(row, c), value);
        }
    }
}
