package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.field.QM31;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.lookup.TestPrograms;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LeafProgram.Segment;
import dev.chagres.prove.stage.LeafProgram.Term;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trees on the emulated device give what those of the processor give, in every round of every layer.
class DeviceTreeTest {
    private static final long SLAB = 3 << 20;

    private final Random random = new Random();
    private final Map<Column, HostTensor> columns = new HashMap<>();

    private void equal(LeafProgram program, long seed) {
        equal(program, TestHosts.of(1).stages().tree(program), seed);
    }

    private void equal(LeafProgram program, FractionTree expected, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed)) {
            try (expected; FractionTree tree = DeviceTree.of(program, site)) {
                assertThat(tree.bits()).isEqualTo(expected.bits());
                assertThat(tree.root()).isEqualTo(expected.root());
                for (int m = 0; m < tree.bits(); m++) {
                    QM31[] r = TestTensors.elements(random, m);
                    QM31 lambda = m == 0 ? QM31.ZERO : TestTensors.element(random);
                    try (LayerRounds rounds = tree.layer(m, r, lambda);
                            LayerRounds others = expected.layer(m, r, lambda)) {
                        equal(rounds, others, m);
                    }
                }
            }
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    private void equal(LayerRounds rounds, LayerRounds expected, int m) {
        int scalar = LayerRounds.SCALAR_BITS;
        if (m > scalar) {
            assertThat(rounds.first(m - 1)).as("layer %d, first", m).isEqualTo(expected.first(m - 1));
            for (int i = m - 2; i >= scalar; i--) {
                QM31 challenge = TestTensors.element(random);
                assertThat(rounds.next(i, challenge)).as("layer %d, variable %d", m, i)
                        .isEqualTo(expected.next(i, challenge));
            }
            QM31 challenge = TestTensors.element(random);
            rounds.last(scalar, challenge);
            expected.last(scalar, challenge);
        }
        int left = Math.min(m, scalar);
        assertThat(rounds.values(left)).as("layer %d, values", m).isDeepEqualTo(expected.values(left));
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "3, 1", "4, 2", "5, 3"})
    void treesOfSeveralUnits(int units, long seed) {
        random.setSeed(units);
        equal(TestPrograms.lookups(units, random), seed);
    }

    /// Leaves are places, and there may be any number of them.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 14, 15, 16, 17, 31, 32, 33, 99})
    void treesOfOneUnit(int tiles) {
        for (int lowBits = 0; lowBits < 3; lowBits++) {
            random.setSeed(100 * lowBits + tiles);
            Shape shape = Shape.of(Axis.low("token", lowBits), Axis.high("block", Math.max(1, tiles)));
            Segment one = segment(Shape.of(), values(Shape.of()));
            LeafProgram.Lookups program = tiles == 0 ? lookups(one) : lookups(one, segment(shape, values(shape)));
            equal(program, new DirectTree(program), tiles + lowBits);
        }
    }

    @Test
    void aWholeUnit() {
        random.setSeed(6);
        Shape shape = Shape.of(Axis.low("token", 12), Axis.high("block", 2));
        equal(lookups(segment(shape, values(shape))), 1);
    }

    private LeafProgram.Lookups lookups(Segment... segments) {
        List<Segment> all = List.of(segments);
        return new LeafProgram.Lookups(new TreeLayout(all.stream().map(Segment::shape).toList()), all);
    }

    private Segment segment(Shape shape, TensorView... values) {
        List<Term> terms = new ArrayList<>();
        for (TensorView view : values) {
            terms.add(new Term(TestTensors.element(random), view));
        }
        return new Segment(shape, TestTensors.element(random), terms);
    }

    private HostTensor tensor(Shape shape, int width) {
        HostTensor tensor = TestTensors.zero(shape, width);
        for (long i = 0; i < tensor.size(); i++) {
            int v = random.nextInt();
            tensor.set(i, width == 8 ? (byte) v : width == 16 ? (short) v : v % Integer.MAX_VALUE);
        }
        return tensor;
    }

    private TensorView values(Shape shape) {
        return TensorView.same("values", tensor(shape, 8 << random.nextInt(3)), shape);
    }

    /// No terms, many terms, columns that lack axes, values that are looked up.
    @Test
    void segmentsOfEveryKind() {
        random.setSeed(7);
        Axis token = Axis.low("token", 3);
        Axis channel = Axis.low("channel", 2);
        Axis block = Axis.high("block", 3);
        Axis head = Axis.high("head", 2);
        Shape full = Shape.of(token, channel, block, head);
        List<TensorView> lacking = new ArrayList<>();
        for (Shape own : List.of(Shape.of(token, block), Shape.of(channel, head), Shape.of(token), Shape.of(block))) {
            lacking.add(TensorView.of(new Column("own", own, Column.Tree.WITNESS), tensor(own, 16), full));
        }
        DerivedTensor derived =
                new DerivedTensor(tensor(full, 8), tensor(Shape.of(Axis.low("entry", 8)), 32), -128);
        LeafProgram.Lookups program = lookups(segment(full), segment(full, lacking.toArray(TensorView[]::new)),
                segment(full, TensorView.same("derived", derived, full), values(full)), segment(Shape.of()));
        for (long seed = 0; seed < 4; seed++) {
            equal(program, new DirectTree(program), seed);
        }
    }

    private Table table(int number, int tileBits, long[] starts, TablePolynomial... polynomials) {
        Table table = new Table(number, "table" + number, tileBits, starts, List.of(polynomials));
        Shape shape = table.multiplicity().shape();
        HostTensor counts = TestTensors.zero(shape, 32);
        for (long i = 0; i < counts.size(); i++) {
            counts.set(i, random.nextInt(3) > 0 ? 0 : random.nextInt(1 << 30));
        }
        columns.put(table.multiplicity(), counts);
        return table;
    }

    private TablePolynomial.Key key(int tileBits, int tiles) {
        Column column = new Column("key" + columns.size(), Shape.of(Axis.low("entry", tileBits),
                Axis.high("part", tiles)), Column.Tree.KEY);
        columns.put(column, tensor(column.shape(), 16));
        return new TablePolynomial.Key(column);
    }

    private LeafProgram.Tables tables(Table... tables) {
        List<Table> all = List.of(tables);
        LookupChallenges challenges = LookupChallenges.draw(new ProverChannel(Transcript.start("challenges")));
        return LeafProgram.ofTables(all, LeafProgram.layoutOfTables(all), challenges,
                TensorData.of(columns::get, v -> {
                    throw new IllegalArgumentException(v.name());
                }));
    }

    /// Keys that end before their table, tables with gaps, all kinds of computed columns.
    @Test
    void tablesOfOneUnit() {
        random.setSeed(8);
        LeafProgram program = tables(
                table(1, 6, Table.consecutive(6, 100), new TablePolynomial.Index(-20, 20)),
                table(2, 5, new long[] {0, 32, 96, 1L << 40}, new TablePolynomial.Index(-(1L << 40), 45), key(5, 3),
                        new TablePolynomial.Digit(3, 40)),
                table(3, 4, new long[] {0}, new TablePolynomial.Index(0, 4), new TablePolynomial.FloorLog2(),
                        new TablePolynomial.Explicit(5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10)),
                table(4, 5, new long[] {0}, new TablePolynomial.Index(3, 3)));
        for (long seed = 0; seed < 4; seed++) {
            equal(program, seed);
        }
    }

    /// One that the processor stores, and one of which it knows that most is absent.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tablesOfSeveralUnits(boolean sparse) {
        random.setSeed(9);
        Table large = table(1, 13, Table.consecutive(13, 3 << 13), new TablePolynomial.Index(-77, 31));
        Table keyed = table(2, 11, Table.consecutive(11, 3 << 11), new TablePolynomial.Index(5, 31), key(11, 2));
        if (sparse) {
            HostTensor counts = columns.get(large.multiplicity());
            for (long i = 0; i < counts.size(); i++) {
                counts.set(i, i % 5000 == 17 ? 3 : 0);
            }
        }
        equal(tables(large, keyed), sparse ? 2 : 1);
    }

    /// A launch that cannot be started, a kernel or copy that fails: the call ends, and the memory is back.
    @Test
    void aLostDeviceEndsTheTree() {
        random.setSeed(10);
        LeafProgram program = TestPrograms.lookups(2, random);
        QM31[] r = TestTensors.elements(random, 13);
        for (int n = 1; n < 40; n += 3) {
            for (boolean launch : new boolean[] {true, false}) {
                try (DeviceSite site = EmulatedSites.open(SLAB, n)) {
                    if (launch) {
                        Emulation.noLaunch(site.device(), n);
                    } else {
                        Emulation.loss(site.device(), n);
                    }
                    ThrowingCallable prove = () -> {
                        try (FractionTree tree = DeviceTree.of(program, site);
                                LayerRounds rounds = tree.layer(13, r, r[0])) {
                            for (int i = 0; i < 40; i++) {
                                rounds.first(12);
                            }
                        }
                    };
                    assertThatThrownBy(prove).isInstanceOf(DeviceException.class).hasMessageContaining("chg_")
                            .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.LOST);
                    assertThat(site.device().available()).as("fault %d", n).isEqualTo(SLAB);
                }
            }
        }
    }

    @Test
    void aTreeThatDoesNotFitIsRefusedAndLeavesNothing() {
        random.setSeed(11);
        LeafProgram program = TestPrograms.lookups(2, random);
        for (long slab = 1 << 10; slab < SLAB; slab *= 2) {
            try (DeviceSite site = EmulatedSites.open(slab, 1)) {
                if (slab < 1 << 19) {
                    assertThatThrownBy(() -> DeviceTree.of(program, site)).isInstanceOf(DeviceException.class)
                            .hasMessageContaining("the device has no");
                } else if (slab > 1 << 20) {
                    DeviceTree.of(program, site).close();
                }
                assertThat(site.device().available()).isEqualTo(slab);
            }
        }
    }
}
