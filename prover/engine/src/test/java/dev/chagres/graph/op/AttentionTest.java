package dev.chagres.graph.op;

import dev.chagres.graph.Width;
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
                attention("three blocks, one head", 257, Width.heads(1, 2), 30, 0.03));
    }

    private static OperationFixture attention(String what, int rows, Width heads, int bound, double unit) {
        OperationFixture f = new OperationFixture(what, rows);
        Column q = activation(f, "q", heads, bound);
        Column k = activation(f, "k", heads, bound);
        Column v = activation(f, "v", heads, VALUE);
        int[] exp = TableDefinitions.exp(EXP_BITS, unit, 1 << 16);
        int support = exp.length - 2;
        int maskOffset = 2 * (heads.size() / heads.count()) * bound * bound + support;
        var table = f.filled(f.tables().exponential("exp", maskOffset, maskOffset - 1, exp),
                d -> IntegerSemantics.exp(exp, d), d -> IntegerSemantics.exp(exp, d - 1));
        return f.of(new Attention("a", f.rows(), heads, heads, q, k, v, new Attention.Softmax(table,
                TableDefinitions.rMax(EXP_BITS, unit), support, maskOffset, maskOffset - 1, EXP_BITS - 3, OUTPUT_BITS + 2),
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
    @CsvSource({"1e-4, 127, 1", "1e-3, 127, 2", "1e-2, 20, 2", "3e-5, 5, 1"})
    void randomRows(double unit, int bound, int threads) {
        attention.randomise((long) (1 / unit), bound);
        attention.compile(unit);
        attention.check(threads, 7, 8, 9, 40, 64, 128, 131, ROWS);
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
