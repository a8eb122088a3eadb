package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Three tables and five segments: broadcast columns, linear components, virtual tensors, key columns with fewer tiles
/// than their table, tables with gaps.
class LookupTreesTest {
    private static final Host HOST = TestHosts.of(1);

    private final Random random = new Random(17);
    private final Map<Column, HostTensor> columns = new HashMap<>();
    private final Map<VirtualTensor, HostTensor> virtuals = new HashMap<>();

    private final Column square = new Column("square", Shape.of(Axis.low("entry", 5), Axis.high("part", 3)),
            Column.Tree.KEY);
    private final Table range = new Table(1, "range", 6, Table.consecutive(6, 100),
            List.of(new TablePolynomial.Index(-20, 20)));
    /// (i, key i, 0 or more): the key ends after tile 2 of 4, then it is zero; entries 64..95 are missing.
    private final Table pairs = new Table(2, "pairs", 5, new long[] {0, 32, 96, 128},
            List.of(new TablePolynomial.Index(0, 20), new TablePolynomial.Key(square)));
    private final Table logs = new Table(3, "logs", 4, new long[] {0},
            List.of(new TablePolynomial.Index(0, 4), new TablePolynomial.FloorLog2(),
                    new TablePolynomial.Explicit(5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10)));

    private final Axis token = Axis.low("token", 4);
    private final Axis channel = Axis.low("channel", 3);
    private final Axis block = Axis.high("block", 3);
    private final Axis other = Axis.high("other", 3);
    private final Shape full = Shape.of(token, channel, block);

    private final Column x = column("x", full);
    private final Column row = column("row", Shape.of(token, block));
    private final Column gain = column("gain", Shape.of(channel));
    private final Column scores = column("scores", Shape.causal("block", "other", token, block, other));
    private final Column entry = column("entry", full);
    private final Column image = column("image", full);
    private final Column small = column("small", Shape.of(token));
    private final Column log = column("log", Shape.of(token));
    private final Column line = column("line", Shape.of(token));
    private final VirtualTensor virtual = new VirtualTensor("virtual", full);

    private final List<Lookup> segments = List.of(
            // 2 row - gain + x - 1, in -20 .. 56
            new Lookup("linear", range, full, List.of(new TupleComponent.Linear(-1, List.of(
                    new TupleComponent.Term(2, row), new TupleComponent.Term(-1, gain),
                    new TupleComponent.Term(1, x))))),
            new Lookup("causal", range, scores.shape(), List.of(TupleComponent.of(3, scores, 1))),
            new Lookup("virtual", range, full, List.of(TupleComponent.of(virtual))),
            new Lookup("pair", pairs, full, List.of(TupleComponent.of(entry), TupleComponent.of(image))),
            new Lookup("triple", logs, small.shape(),
                    List.of(TupleComponent.of(small), TupleComponent.of(log), TupleComponent.of(line))));
    private final List<Table> tables = List.of(range, pairs, logs);

    private Column column(String name, Shape shape) {
        return new Column(name, shape, Column.Tree.WITNESS);
    }

    LookupTreesTest() {
        for (Column c : List.of(x, row, gain)) {
            fill(c, 32, i -> random.nextInt(20));
        }
        fill(scores, 16, i -> random.nextInt(-7, 35));
        HostTensor key = fill(square, 32, i -> (int) (i * i) - 7);
        HostTensor entries = fill(entry, 16, i -> {
            int e = random.nextInt(128);
            return e < 64 ? e : e + 32;
        });
        fill(image, 32, i -> {
            long slot = pairs.slot(entries.get(i));
            return slot < key.size() ? key.get(slot) : 0;
        });
        HostTensor smalls = fill(small, 16, i -> random.nextInt(16));
        fill(log, 16, i -> smalls.get(i) == 0 ? 31 : 31 - Integer.numberOfLeadingZeros(smalls.get(i)));
        fill(line, 16, i -> 5 - smalls.get(i));
        HostTensor v = TestTensors.zero(full, 32);
        for (long i = 0; i < v.size(); i++) {
            v.set(i, random.nextInt(-20, 108));
        }
        virtuals.put(virtual, v);
        for (Table t : tables) {
            columns.put(t.multiplicity(), TestTensors.zero(t.multiplicity().shape(), 32));
        }
    }

    private HostTensor fill(Column c, int width, Function<Long, Integer> values) {
        HostTensor tensor = TestTensors.zero(c.shape(), width);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, values.apply(i));
        }
        columns.put(c, tensor);
        return tensor;
    }

    private void count() {
        new MultiplicityCounter(columns::get, virtuals::get, TestHosts.of(1)).count(segments);
    }

    private static LookupChallenges challenges() {
        return LookupChallenges.draw(new ProverChannel(Transcript.start("challenges")));
    }

    private TensorData data() {
        return TensorData.of(columns::get, virtuals::get);
    }

    private static void prove(ProverChannel channel, LeafProgram leaves) {
        try (FractionTree tree = TestHosts.of(2).stages().tree(leaves)) {
            FractionTreeProver.prove(channel, tree);
        }
    }

    private FractionTreeVerifier.Result segmentTree(List<Lookup> of) throws Rejection {
        TreeLayout layout = LeafProgram.layoutOfLookups(of);
        ProverChannel prover = new ProverChannel(Transcript.start("test"));
        prove(prover, LeafProgram.of(of, layout, challenges(), data()));
        return FractionTreeVerifier.verify(
                new VerifierChannel(Transcript.start("test"), prover.bytes()), layout.bits());
    }

    private FractionTreeVerifier.Result tableTree() throws Rejection {
        TreeLayout layout = LeafProgram.layoutOfTables(tables);
        ProverChannel prover = new ProverChannel(Transcript.start("test"));
        prove(prover, LeafProgram.ofTables(tables, layout, challenges(), data()));
        return FractionTreeVerifier.verify(
                new VerifierChannel(Transcript.start("test"), prover.bytes()), layout.bits());
    }

    private static QM31 quotient(FractionTreeVerifier.Result r) {
        return r.rootNumerator().number().mul(r.rootDenominator().number().inv());
    }

    @Test
    void treesOfLookupsAndTablesHaveEqualSums() throws Rejection {
        count();
        QM31 lookups = quotient(segmentTree(segments.subList(0, 2)))
                .add(quotient(segmentTree(segments.subList(2, 4)))).add(quotient(segmentTree(segments.subList(4, 5))));
        assertThat(quotient(segmentTree(segments))).isEqualTo(lookups).isEqualTo(quotient(tableTree()));
    }

    @Test
    void multiplicitiesAreTheCounts() {
        count();
        int[] expected = new int[128];
        HostTensor v = virtuals.get(virtual);
        for (long i = 0; i < v.size(); i++) {
            expected[v.get(i) + 20]++;
        }
        for (long i = 0; i < columns.get(scores).size(); i++) {
            expected[3 * columns.get(scores).get(i) + 1 + 20]++;
        }
        for (int b = 0; b < 3; b++) {
            for (int c = 0; c < 8; c++) {
                for (int t = 0; t < 16; t++) {
                    expected[2 * columns.get(row).get(16L * b + t) - columns.get(gain).get(c)
                            + columns.get(x).get(128L * b + 16 * c + t) - 1 + 20]++;
                }
            }
        }
        for (int i = 0; i < 128; i++) {
            assertThat(columns.get(range.multiplicity()).get(i)).as("entry %d", i).isEqualTo(expected[i]);
        }
        long total = 0;
        for (long i = 0; i < columns.get(pairs.multiplicity()).size(); i++) {
            total += columns.get(pairs.multiplicity()).get(i);
        }
        assertThat(total).isEqualTo(full.size());
    }

    @Test
    void leafClaimsSplitIntoClaimsOnSegments() throws Rejection {
        FractionTreeVerifier.Result r = segmentTree(segments.subList(1, 3));
        TreeLayout layout = LeafProgram.layoutOfLookups(segments.subList(1, 3));
        LookupChallenges challenges = challenges();
        QM31 numerator = QM31.ZERO;
        QM31 denominator = QM31.ONE;
        List<HostTensor> data = List.of(columns.get(scores), virtuals.get(virtual));
        List<Shape> shapes = List.of(scores.shape(), full);
        for (int s = 0; s < 2; s++) {
            QM31[] weights = layout.at(r.point()).of(s).weights();
            QM31[] low = layout.at(r.point()).of(s).low();
            QM31 total = QM31.ZERO;
            for (QM31 w : weights) {
                total = total.add(w);
            }
            QM31 value = TensorEvaluation.evaluate(data.get(s), shapes.get(s), low, weights, HOST);
            QM31 looked = s == 0 ? value.mul(3).add(total) : value;
            numerator = numerator.add(total);
            denominator = denominator.add(total.mul(challenges.base(range)).sub(looked)).sub(total);
        }
        assertThat(r.numerator().number()).isEqualTo(numerator);
        assertThat(r.denominator().number()).isEqualTo(denominator);
    }

    @Test
    void tableLeavesEqualTheTablePolynomials() throws Rejection {
        count();
        FractionTreeVerifier.Result r = tableTree();
        TreeLayout layout = LeafProgram.layoutOfTables(tables);
        LookupChallenges challenges = challenges();
        QM31 numerator = QM31.ZERO;
        QM31 denominator = QM31.ONE;
        for (int s = 0; s < tables.size(); s++) {
            Table t = tables.get(s);
            QM31[] weights = layout.at(r.point()).of(s).weights();
            QM31[] low = layout.at(r.point()).of(s).low();
            QM31 total = QM31.ZERO;
            for (QM31 w : weights) {
                total = total.add(w);
            }
            denominator = denominator.add(total.mul(challenges.base(t))).sub(total);
            for (int i = 0; i < t.columns().size(); i++) {
                QM31 value = t.columns().get(i) instanceof TablePolynomial.Key k
                        ? TensorEvaluation.evaluate(columns.get(k.column()), k.column().shape(), low,
                                java.util.Arrays.copyOf(weights, k.column().shape().tileCount()), HOST)
                        : t.columns().get(i).evaluate(low, weights, t.starts());
                denominator = denominator.sub(challenges.powers()[i].mul(value));
            }
            numerator = numerator.add(TensorEvaluation.evaluate(
                    columns.get(t.multiplicity()), t.multiplicity().shape(), low, weights, HOST));
        }
        assertThat(r.numerator().number()).isEqualTo(numerator);
        assertThat(r.denominator().number()).isEqualTo(denominator);
    }

    @Test
    void aWrongMultiplicityChangesTheSum() throws Rejection {
        count();
        HostTensor m = columns.get(pairs.multiplicity());
        m.set(70, m.get(70) + 1);
        assertThat(quotient(tableTree())).isNotEqualTo(quotient(segmentTree(segments)));
    }

    @Test
    void aValueOutsideItsTableChangesTheSum() throws Rejection {
        count();
        HostTensor v = virtuals.get(virtual);
        for (int wrong : new int[] {108, -21}) {
            int old = v.get(200);
            v.set(200, wrong);
            assertThat(quotient(segmentTree(segments))).as("value %d", wrong).isNotEqualTo(quotient(tableTree()));
            v.set(200, old);
        }
        assertThat(quotient(segmentTree(segments))).isEqualTo(quotient(tableTree()));
        // An entry with another entry's second component.
        HostTensor i = columns.get(image);
        i.set(3, i.get(3) + 1);
        assertThat(quotient(segmentTree(segments))).isNotEqualTo(quotient(tableTree()));
    }

    @Test
    void theHonestProverNamesWhatIsNotInTheTable() {
        virtuals.get(virtual).set(130, 108);
        assertThatThrownBy(this::count).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("segment virtual, tile 1, position 2").hasMessageContaining("[108]")
                .hasMessageContaining("table range");
        virtuals.get(virtual).set(130, 107);
        columns.get(entry).set(17, 64);
        assertThatThrownBy(this::count).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("segment pair, tile 0, position 17").hasMessageContaining("[64, ");
        columns.get(entry).set(17, 3);
        columns.get(image).set(17, 3);
        assertThatThrownBy(this::count).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("segment pair, tile 0, position 17").hasMessageContaining("[3, 3]");
        columns.get(image).set(17, 2);
        columns.get(small).set(2, 9);
        columns.get(log).set(2, 4);
        assertThatThrownBy(this::count).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("segment triple").hasMessageContaining("[9, 4");
    }
}
