package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.tensor.Column;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The laws of attention with padded heads, and its evaluation against the definition, on queries and keys that no
/// model would have.
class AttentionTest extends OperationLaws {
    private static final int ROWS = 150;
    private static final int EXP_BITS = 12;
    private static final int OUTPUT_BITS = 10;
    private static final int VALUE = 200;

    private final AttentionFixture attention = new AttentionFixture(ROWS, 16);

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                attention("one short block, padded heads", 9, Width.heads(3, 5), 7, 0.1),
                attention("one block, one head", 40, Width.heads(1, 8), 20, 0.01),
                attention("two blocks, two heads", 130, Width.heads(2, 3), 12, 0.05),
                attention("three blocks, one head", 257, Width.heads(1, 2), 30, 0.03),
                shared("one short block, groups of three heads", 9, Width.heads(6, 5), 2, 7, 0.1, 1),
                shared("one block, a group of seven heads, a table in two parts", 40, Width.heads(7, 3), 1, 20, 0.01,
                        6),
                shared("two blocks, groups of two heads, a table in two parts", 130, Width.heads(6, 2), 3, 12, 0.05,
                        5));
    }

    static OperationFixture attention(String what, int rows, Width heads, int bound, double unit) {
        return shared(what, rows, heads, heads.count(), bound, unit, 1);
    }

    /// @param keyHeads heads of keys and values
    /// @param spread what the mask offset is larger by than need be
    private static OperationFixture shared(String what, int rows, Width heads, int keyHeads, int bound, double unit,
            int spread) {
        int headWidth = heads.size() / heads.count();
        int support = TableDefinitions.exp(EXP_BITS, unit, 1 << 16).length - 2;
        int reach = 2 * headWidth * bound * bound + support - 1;
        return shared(what, rows, heads, Width.heads(keyHeads, headWidth), bound, unit, spread * (reach + 1), reach);
    }

    private static OperationFixture shared(String what, int rows, Width heads, Width keyHeads, int bound, double unit,
            int maskOffset, int reach) {
        OperationFixture f = new OperationFixture(what, rows);
        Column q = activation(f, "q", heads, bound);
        Column k = activation(f, "k", keyHeads, bound);
        Column v = activation(f, "v", keyHeads, VALUE);
        int[] exp = TableDefinitions.exp(EXP_BITS, unit, 1 << 16);
        int support = exp.length - 2;
        var table = f.filled(f.tables().exponential("exp", maskOffset, reach, exp),
                d -> IntegerSemantics.exp(exp, d), d -> IntegerSemantics.exp(exp, d - 1));
        return f.of(new Attention("a", f.rows(), heads, keyHeads, q, k, v, new Attention.Softmax(table,
                TableDefinitions.rMax(EXP_BITS, unit), support, maskOffset, reach, EXP_BITS - 3, OUTPUT_BITS + 2),
                f.tables()));
    }

    private static Column activation(OperationFixture f, String name, Width heads, int bound) {
        Column c = f.input(name, heads, "channel",
                (t, x) -> OperationFixture.isReal(heads, x)
                        ? OperationFixture.random(name.hashCode(), t, x, bound) : 0);
        f.reads(c, 0, 0);
        // A value counts where its key has some weight: row 0 has no other key.
        f.reads(c, name.equals("v") ? 0 : f.rows().padded() - 1, 1);
        return c;
    }

    @ParameterizedTest
    @CsvSource({"1024, 12, 1, 12", "128, 512, 1, 256", "4096, 12, 3, 6", "4096, 12, 1, 8", "16384, 8, 4, 1", "65536, 8, 1, 1"})
    void headsOfATaskShareKeysWithNoOthers(int keys, int heads, int share, int most) {
        assertThat(AttentionRun.headsOfTask(keys, heads, share)).isEqualTo(most);
    }

    /// With a reach of the support alone, scores of one row are too far from each other somewhere.
    @Test
    void aScoreOutOfReachStopsTheEvaluation() {
        OperationFixture f = outOfReach();
        try (TrialGraph trial = f.trial()) {
            assertThatThrownBy(() -> trial.evaluate().close()).isInstanceOf(DomainException.class)
                    .hasMessageContaining("a, position").hasMessageContaining("head")
                    .hasMessageContaining("reach of 91");
        }
    }

    @Test
    void aScoreOutOfReachStopsADraft() {
        OperationFixture f = outOfReach();
        try (TrialGraph trial = f.trial();
                Witness witness = new Witness(trial.graph(), trial::key, TestHosts.of(1).memory());
                IntegerRun run = new IntegerRun(trial.graph(), witness, trial.tokens(), TestHosts.of(1))) {
            assertThatThrownBy(() -> {
                for (int row = 0; row < 16; row++) {
                    run.draft(row);
                }
            }).isInstanceOf(DomainException.class).hasMessageContaining("reach");
        }
    }

    /// A later key that is far away stops the end of the evaluation, where masked scores are looked up.
    @Test
    void aMaskedScoreOutOfReachStopsTheEvaluation() {
        Width heads = Width.heads(2, 4);
        for (int sign : new int[] {1, -1}) {
            OperationFixture f = new OperationFixture("", 16);
            Column q = f.input("q", heads, "channel", (t, _) -> t < 3 ? sign * 30 : 0);
            Column k = f.input("k", heads, "channel", (t, _) -> t == 9 ? 30 : 0);
            int[] exp = TableDefinitions.exp(EXP_BITS, 0.1, 1 << 16);
            Table table = f.filled(f.tables().exponential("exp", 8000, 500, exp),
                    d -> IntegerSemantics.exp(exp, d), d -> IntegerSemantics.exp(exp, d - 1));
            f.of(new Attention("a", f.rows(), heads, heads, q, k, k, new Attention.Softmax(table,
                    TableDefinitions.rMax(EXP_BITS, 0.1), exp.length - 2, 8000, 500, EXP_BITS - 3, OUTPUT_BITS + 2),
                    f.tables()));
            try (TrialGraph trial = f.trial()) {
                assertThatThrownBy(() -> trial.evaluate().close()).isInstanceOf(DomainException.class)
                        .hasMessageContaining("a, position 0: head 0, key 9: a score is")
                        .hasMessageContaining("reach of 500");
            }
        }
    }

    private static OperationFixture outOfReach() {
        Width heads = Width.heads(2, 5);
        int support = TableDefinitions.exp(EXP_BITS, 0.1, 1 << 16).length - 2;
        return shared("", 16, heads, heads, 30, 0.1, 20_000, support);
    }

    @ParameterizedTest
    @CsvSource({"1e-4, 127, 1", "1e-3, 127, 2", "1e-2, 20, 2", "3e-5, 5, 1"})
    void randomRows(double unit, int bound, int threads) {
        attention.randomise((long) (1 / unit), bound);
        attention.compile(unit);
        attention.check(threads, 7, 8, 9, 40, 64, 128, 131, ROWS);
    }

    @Test
    void headsThatShareKeys() {
        AttentionFixture shared = new AttentionFixture(40, 6, 1);
        shared.randomise(3, 100);
        shared.compile(1e-3);
        shared.check(2, 1, 5, 40);
    }

    @Test
    void equalScores() {
        attention.compile(1e-4);
        attention.check(2);
    }

    @Test
    void oneScoreFarFromAllOthers() {
        attention.randomise(5, 1);
        attention.set("k", 3, 127);
        for (int i = 0; i < ROWS; i += 2) {
            attention.set("q", i, i % 4 == 0 ? 127 : -127);
        }
        attention.compile(1e-4);
        attention.check(2, 5, 20);
    }

    @Test
    void oneSmallBlockOfOddHeads() {
        AttentionFixture small = new AttentionFixture(9, 5);
        small.randomise(9, 127);
        small.compile(1e-3);
        small.check(2, 1, 2, 9);
    }
}
