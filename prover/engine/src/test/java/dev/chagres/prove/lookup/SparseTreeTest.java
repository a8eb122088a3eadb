package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.prove.data.HostTensor;
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
import dev.chagres.transcript.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [SparseTree] sends what [CpuFractionTree] sends.
class SparseTreeTest {
    private static final LookupChallenges CHALLENGES =
            LookupChallenges.draw(new ProverChannel(Transcript.start("challenges")));

    private final Map<Column, HostTensor> data = new HashMap<>();
    private final List<Table> tables = new ArrayList<>();
    private final Random random = new Random(0x5BA);

    private Table table(int tileBits, int tiles, TablePolynomial... columns) {
        Table t = new Table(tables.size() + 1, "table" + tables.size(), tileBits,
                Table.consecutive(tileBits, (long) tiles << tileBits), List.of(columns));
        tables.add(t);
        data.put(t.multiplicity(), TestTensors.zero(t.multiplicity().shape(), 32));
        return t;
    }

    /// A table with a key for its first tiles only.
    private Table keyed(int tileBits, int tiles, int keyTiles) {
        Column key = new Column("key" + tables.size(),
                Shape.of(Axis.low("entry", tileBits), Axis.high("part", keyTiles)), Column.Tree.KEY);
        HostTensor values = TestTensors.zero(key.shape(), 16);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, random.nextInt(-1000, 1000));
        }
        data.put(key, values);
        return table(tileBits, tiles, new TablePolynomial.Index(-77, 31), new TablePolynomial.Key(key));
    }

    private void look(Table table, int entries) {
        HostTensor m = data.get(table.multiplicity());
        for (int i = 0; i < entries; i++) {
            long slot = random.nextLong(m.size());
            m.set(slot, m.get(slot) + 1 + random.nextInt(3));
        }
    }

    private LeafProgram.Tables program() {
        return LeafProgram.ofTables(tables, LeafProgram.layoutOfTables(tables), CHALLENGES,
                TensorData.of(data::get, v -> {
                    throw new IllegalArgumentException(v.name());
                }));
    }

    private static byte[] prove(FractionTree tree) {
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        try (tree) {
            FractionTreeProver.prove(channel, tree);
        }
        return channel.bytes();
    }

    private void equal() {
        LeafProgram.Tables program = program();
        byte[] expected = prove(CpuFractionTree.stored(program, TestHosts.of(1)));
        for (int threads = 1; threads <= 3; threads++) {
            Host host = TestHosts.of(threads);
            Supplier<FractionTree> tree = () -> SparseTree.of(program, host).orElseThrow();
            assertThat(prove(tree.get())).as("%d threads", threads).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 25, 40})
    void tablesOfWhichLittleWasLookedUp(int entries) {
        look(keyed(14, 9, 1), entries);
        look(table(13, 5, new TablePolynomial.Index(3, 31)), entries);
        look(table(4, 2, new TablePolynomial.Index(0, 5)), 3 * entries);
        look(table(11, 1, new TablePolynomial.Index(0, 11), new TablePolynomial.FloorLog2()), entries);
        assertThat(PlainUnits.of(program()).dense().length).isLessThanOrEqualTo(4);
        equal();
    }

    /// No dense unit, no absent one.
    @Test
    void plainUnitsOnly() {
        Table t = table(15, 2, new TablePolynomial.Index(0, 31));
        look(t, 7);
        assertThat(PlainUnits.of(program()).dense()).isEmpty();
        equal();
    }

    /// Several entries at one position of a strip, entries at both ends of a unit.
    @Test
    void entriesOfOnePosition() {
        Table t = table(13, 6, new TablePolynomial.Index(-5, 31));
        HostTensor m = data.get(t.multiplicity());
        for (int slot : new int[] {0, 256, 512, 8191, 8192, 3 * 8192 + 7, 3 * 8192 + 7 + 31 * 256}) {
            m.set(slot, slot + 1);
        }
        assertThat(PlainUnits.of(program()).columns()).hasSize(4);
        equal();
    }

    @Test
    void whatWasLookedUpOftenIsStored() {
        Table t = table(13, 8, new TablePolynomial.Index(0, 31));
        HostTensor m = data.get(t.multiplicity());
        for (int i = 0; i < 17; i++) {
            m.set(2 * 8192 + 31 * i, 1);
            m.set(5 * 8192 + i, 1);
        }
        assertThat(PlainUnits.of(program()).dense()).containsExactly(2, 5);
        equal();
        look(t, 8192);
        assertThat(SparseTree.of(program(), TestHosts.of(1))).isEmpty();
    }

    @Test
    void anIndexThatRepeatsAndOneWithAnotherColumnAreNotPlain() {
        table(13, 2, new TablePolynomial.Index(0, 12));
        keyed(13, 2, 2);
        table(13, 1, new TablePolynomial.Index(0, 13), new TablePolynomial.FloorLog2());
        table(13, 1, new TablePolynomial.Index(9, 13));
        assertThat(PlainUnits.of(program()).units()).containsExactly(5);
    }
}
