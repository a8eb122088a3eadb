package dev.chagres.prove.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.field.M31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.graph.op.Attention;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.graph.op.Projection;
import dev.chagres.graph.op.ResidualWrite;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Counts of graphs small enough to count by hand.
class WorkTest {
    private static final RowBlocks ROWS = RowBlocks.of(20);

    private static Column key(String name, Shape shape) {
        return new Column(name, shape, Column.Tree.KEY);
    }

    private static MatrixProduct product(String name, Column input, Width in, Width out, List<Column> keys) {
        Column weight = key(name + ".weight", MatrixProduct.weightShape(in, out));
        Column bias = key(name + ".bias", MatrixProduct.biasShape(out));
        keys.addAll(List.of(weight, bias));
        return new MatrixProduct(input, weight, bias, in, out);
    }

    /// 32 rows (20 and padding); 48 channels to 64, a table of 256 entries, and back to 48, shifts of 8 and 3.
    @Test
    void aProjectionAndAResidualWrite() {
        Width narrow = Width.of(48);
        Width wide = Width.of(64);
        List<Column> keys = new ArrayList<>();
        Column stream = new Column("x", MatrixProduct.activation(ROWS, narrow, "channel"), Column.Tree.KEY);
        keys.add(stream);
        LookupTables tables = new LookupTables();
        Projection up = new Projection("up", ROWS, product("up", stream, narrow, wide, keys), "hidden", 8,
                tables.range(8), tables.function("f", -128, 256, M31.P >> 8));
        ResidualWrite down =
                new ResidualWrite("down", product("down", up.out(), wide, narrow, keys), 3, stream, tables.range(3), Optional.empty());
        keys.addAll(tables.keyColumns());
        Work work = Work.of(new Graph(keys, List.of(new Section("all", List.of(up, down))), tables.all()));

        assertThat(work.multiplyAdds()).isEqualTo(2 * 32 * 48 * 64);
        assertThat(work.lookups()).as("remainder and pair of every hidden value, remainder of every write")
                .isEqualTo(2 * 32 * 64 + 32 * 48);
        long tiles = 256 + 16 + 256;
        assertThat(work.tableEntries()).as("two ranges, the smaller in a whole tile, and f").isEqualTo(tiles);
        assertThat(work.committed()).as("u and f(u), the stream, multiplicities")
                .isEqualTo(2 * 32 * 64 + 32 * 48 + tiles);
        assertThat(work.keyElements()).as("stream, weights, biases, f")
                .isEqualTo(32 * 48 + 2 * 48 * 64 + 64 + 48 + 256);
        assertThat(work.products()).isZero();
    }

    /// 3 blocks of 128 rows, 6 causal pairs of blocks, 2 heads of 16 channels.
    @Test
    void anAttention() {
        RowBlocks rows = RowBlocks.of(300);
        Width heads = Width.heads(2, 16);
        List<Column> keys = new ArrayList<>();
        for (String name : List.of("q", "k", "v")) {
            keys.add(key(name, MatrixProduct.activation(rows, heads, "channel")));
        }
        LookupTables tables = new LookupTables();
        Attention attention = new Attention("a", rows, heads, heads, keys.get(0), keys.get(1), keys.get(2),
                new Attention.Softmax(tables.exponential("exp", 1 << 15, 1 << 15, new int[101]), 1 << 20, 100, 1 << 15, 1 << 15, 17, 14), tables);
        Work work = Work.of(new Graph(tables.keyColumns(), List.of(new Section("a", List.of(attention))),
                tables.all()));
        assertThat(work.multiplyAdds()).as("scores and weighted sums").isEqualTo(2L * 6 * 128 * 128 * 2 * 16);
        assertThat(work.lookups()).as("scores; four limbs of a row and head; remainder and output of a channel")
                .isEqualTo(6L * 128 * 128 * 2 + 4 * 384 * 2 + 2 * 384 * 32);
    }

    @Test
    void pricesAreThoseOfTheProtocol() {
        LeastTime floor = new LeastTime(new Work(1000, 500, 300, 200, 7, 11));
        assertThat(floor.multiplications("prove")).isEqualTo(79 * 1500 + 36 * 11);
        assertThat(floor.multiplications("commit")).isEqualTo(20 * 300);
        assertThat(floor.fieldMultiplyAdds("open")).isEqualTo(14 * 500);
        assertThat(floor.fieldMultiplyAdds("prove")).isEqualTo(4 * 200);
        assertThat(floor.multiplications("verify")).isZero();
        assertThat(floor.seconds("verify", 1)).isZero();
        assertThat(floor.seconds("generate", 1)).isEqualTo(7 / LeastTime.MULTIPLY_ADD_RATE);
        assertThat(floor.seconds("commit", 2))
                .isCloseTo((6000 / LeastTime.MULTIPLICATION_RATE + 2400 / LeastTime.HASH_RATE) / 2, within(1e-12));
        assertThat(floor.seconds("prove", 4)).isCloseTo(floor.seconds("prove", 1) / 4, within(1e-12));
    }
}
