package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.semantics.DomainException;
import dev.chagres.tensor.Column;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Residual writes with every narrow shift they may have, and some wide ones.
final class ResidualWriteTest extends OperationLaws {
    private static final int INPUT = 2047;
    private static final int STREAM = (1 << 26) - (1 << 21);

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                write("one short block, no shift", 3, Width.of(12), Width.of(16), 0),
                write("one block, padded heads", 100, Width.heads(3, 5), Width.of(45), 1),
                write("two blocks, three groups", 129, Width.of(33), Width.of(48), 2),
                write("three blocks, padded channels", 300, Width.of(10), Width.of(20), 3),
                write("one short block, the first wide shift", 11, Width.of(20), Width.of(45), 4),
                write("two blocks, a wide shift", 140, Width.of(10), Width.of(20), 7),
                write("one block, the widest shift", 60, Width.heads(3, 5), Width.of(33), 12));
    }

    private static OperationFixture write(String what, int rows, Width in, Width width, int shift) {
        OperationFixture f = new OperationFixture(what, rows);
        Column before = f.input("x", width, "channel",
                (t, c) -> OperationFixture.isReal(width, c) ? OperationFixture.random(1, t, c, STREAM) : 0);
        Column input = f.input("o", in, "k",
                (t, c) -> OperationFixture.isReal(in, c) ? OperationFixture.random(2, t, c, INPUT) : 0);
        int last = f.rows().padded() - 1;
        f.reads(before, 0, 0);
        f.reads(before, last, width.padded() - 1);
        f.reads(input, 0, 0);
        f.reads(input, last, 1);
        int weights = shift > ResidualWrite.UNIQUE_SHIFT ? 100 : 20;
        MatrixProduct product = f.product("w", input, in, width, 3, weights, 1000);
        int bound = (in.size() * INPUT * weights + 1000 >> shift) + 1;
        return f.of(new ResidualWrite("w", product, shift, before, f.tables().range(shift),
                shift > ResidualWrite.UNIQUE_SHIFT ? Optional.of(quotients(f, bound, shift)) : Optional.empty()));
    }

    private static Table quotients(OperationFixture f, int bound, int shift) {
        return f.tables().quotients("quotients", -bound, 2L * bound + 1, M31.P >> shift);
    }

    /// What a model does not allow a layer to add is no statement that can be proved.
    @Test
    void aQuotientOutsideItsTableStopsTheEvaluation() {
        OperationFixture f = new OperationFixture("", 20);
        Width width = Width.of(16);
        Column before = f.input("x", width, "channel", (t, _) -> t);
        Column input = f.input("o", width, "k", (t, c) -> c == 0 && t == 7 ? 2000 : 0);
        MatrixProduct product = f.product("w", input, width, width, 3, 1000, 0);
        f.of(new ResidualWrite("w", product, 5, before, f.tables().range(5), Optional.of(quotients(f, 15, 5))));
        try (TrialGraph trial = f.trial()) {
            assertThatThrownBy(() -> trial.evaluate().close()).isInstanceOf(DomainException.class)
                    .hasMessageContaining("w, position 7: ").hasMessageContaining("the model allows -15 to 16");
        }
    }

    /// Several quotients are p / 2^s apart: only a table tells them from each other.
    @Test
    void aWideShiftNeedsATable() {
        OperationFixture f = new OperationFixture("", 20);
        Width width = Width.of(16);
        Column before = f.input("x", width, "channel", (_, _) -> 0);
        MatrixProduct product = f.product("w", before, width, width, 3, 1, 1);
        assertThatThrownBy(() -> new ResidualWrite("w", product, 4, before, f.tables().range(4), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("without a table");
    }
}
