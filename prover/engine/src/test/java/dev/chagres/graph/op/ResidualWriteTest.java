package dev.chagres.graph.op;

import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.tensor.Column;
import java.util.Optional;
import java.util.stream.Stream;

/// Residual writes with every shift they may have.
final class ResidualWriteTest extends OperationLaws {
    private static final int INPUT = 2047;
    private static final int STREAM = (1 << 26) - (1 << 21);

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                write("one short block, no shift", 3, Width.of(12), Width.of(16), 0),
                write("one block, padded heads", 100, Width.heads(3, 5), Width.of(45), 1),
                write("two blocks, three groups", 129, Width.of(33), Width.of(48), 2),
                write("three blocks, padded channels", 300, Width.of(10), Width.of(20), 3));
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
        MatrixProduct product = f.product("w", input, in, width, 3, 20, 1000);
        return f.of(new ResidualWrite("w", product, shift, before, f.tables().range(shift), Optional.empty()));
    }
}
