package dev.chagres.graph.op;

import dev.chagres.field.M31;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.tensor.Column;
import java.util.stream.Stream;

/// Projections with padded channels and heads.
final class ProjectionTest extends OperationLaws {
    private static final int INPUT = 40;
    private static final int WEIGHT = 9;
    private static final int BIAS = 300;
    private static final int CLAMP = 127;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                projection("one short block", 5, Width.of(20), Width.of(10), 1),
                projection("one whole block", 128, Width.of(16), Width.of(16), 4),
                projection("two blocks, three groups", 150, Width.of(45), Width.heads(3, 5), 5),
                projection("three blocks, the last one of one row", 257, Width.of(10), Width.heads(2, 3), 16),
                plain("plain, one short block, padded halves", 9, Width.of(20), Width.heads(3, 6), 2),
                plain("plain, two blocks", 150, Width.of(33), Width.heads(1, 10), 5));
    }

    private static OperationFixture plain(String what, int rows, Width in, Width out, int shift) {
        OperationFixture f = new OperationFixture(what, rows);
        Column input = f.input("n", in, "k",
                (t, c) -> OperationFixture.isReal(in, c) ? OperationFixture.random(1, t, c, INPUT) : 0);
        f.reads(input, 0, 0);
        f.reads(input, f.rows().padded() - 1, in.size() - 1);
        MatrixProduct product = f.product("p", input, in, out, 2, WEIGHT, BIAS);
        int bits = 33 - Integer.numberOfLeadingZeros(in.size() * INPUT * WEIGHT + BIAS >> shift);
        return f.of(Projection.plain("p", f.rows(), product, "channel", shift, f.tables().range(shift),
                f.tables().range(bits), bits));
    }

    static OperationFixture projection(String what, int rows, Width in, Width out, int shift) {
        OperationFixture f = new OperationFixture(what, rows);
        Column input = f.input("n", in, "k",
                (t, c) -> OperationFixture.isReal(in, c) ? OperationFixture.random(1, t, c, INPUT) : 0);
        f.reads(input, 0, 0);
        f.reads(input, f.rows().padded() - 1, in.size() - 1);
        MatrixProduct product = f.product("p", input, in, out, 2, WEIGHT, BIAS);
        int bound = (in.size() * INPUT * WEIGHT + BIAS >> shift) + 1;
        Table clamp = f.filled(f.tables().function("clamp", -bound, 2L * bound + 1, M31.P >> shift),
                i -> (int) Math.clamp(i - bound, -CLAMP, CLAMP));
        return f.of(new Projection("p", f.rows(), product, "j", shift, f.tables().range(shift), clamp));
    }
}
