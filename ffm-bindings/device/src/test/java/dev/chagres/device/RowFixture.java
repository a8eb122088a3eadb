package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.store.Epoch;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Two matrices with columns of all widths: tiles of one value, of less and more than the least room of a piece, of
/// several rows, absent ones, and tiles of zeros.
final class RowFixture implements AutoCloseable {
    private static final int[] WIDTHS = {8, 16, 32};

    final AddressSpace space;
    /// Values where they are stored, or read to where they are wanted.
    final TileSource source;
    private final Random random;
    private final Arena arena = Arena.ofShared();
    private final Epoch epoch = new Epoch();
    private final Map<Column, HostTensor> data = new IdentityHashMap<>();

    /// @param k log2 of the row length
    /// @param tiles of the column with tiles of a row
    RowFixture(int k, int tiles, long seed) {
        random = new Random(seed);
        int half = Math.min(3, k / 2);
        List<Column> witness = List.of(
                column("row", Column.Tree.WITNESS, Shape.of(Axis.low("x", k), Axis.high("t", tiles))),
                column("one", Column.Tree.WITNESS, Shape.of(Axis.low("x", 0), Axis.high("t", 5))),
                column("few", Column.Tree.WITNESS, Shape.of(Axis.low("x", 3), Axis.high("t", 9))),
                column("causal", Column.Tree.WITNESS, Shape.causal("i", "j", Axis.low("a", half), Axis.low("b", half),
                        Axis.high("head", 2), Axis.high("i", 3), Axis.high("j", 3))),
                column("half", Column.Tree.WITNESS, Shape.of(Axis.low("x", k - 1), Axis.high("t", 3))),
                column("zeros", Column.Tree.WITNESS, Shape.of(Axis.low("x", k), Axis.high("t", 2))));
        List<Column> key = List.of(
                column("many", Column.Tree.KEY, Shape.of(Axis.low("x", 6), Axis.high("t", 11))),
                column("large", Column.Tree.KEY, Shape.of(Axis.low("x", k + 2), Axis.high("t", 2))),
                column("last", Column.Tree.KEY, Shape.of(Axis.low("x", 1))));
        data.get(witness.getLast()).data().fill((byte) 0);
        space = new AddressSpace(MatrixLayout.of(witness, k), MatrixLayout.of(key, k));
        source = new TileSource() {
            @Override
            public int bits(Column column) {
                return data.get(column).width();
            }

            @Override
            public Optional<IntTensor> whole(Column column) {
                HostTensor tensor = data.get(column);
                return tensor.epoch().isPresent() ? Optional.of(tensor) : Optional.empty();
            }

            @Override
            public long ints(Column column, int tile, long from, long count, long scratch) {
                HostTensor tensor = data.get(column);
                int size = tensor.width() / 8;
                long at = tensor.address() + (((long) tile << column.shape().lowBits()) + from) * size;
                if (tile % 2 == 0) {
                    return at;
                }
                Memory.copy(at, scratch, count * size);
                return scratch;
            }
        };
    }

    private Column column(String name, Column.Tree tree, Shape shape) {
        Column column = new Column(name, shape, tree);
        int width = WIDTHS[data.size() % WIDTHS.length];
        // Most of them may be copied as a whole.
        HostTensor values = new HostTensor(arena.allocate(shape.size() * (width / 8), 64), width,
                data.size() % 4 == 3 ? null : epoch, (long) data.size() << 32);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, width == 32 ? random.nextInt(1 - M31.P, M31.P) : random.nextInt() >> 32 - width);
        }
        // Some tiles are all zeros.
        long tile = 1L << shape.lowBits();
        for (int t = 0; t < shape.tileCount(); t++) {
            if (random.nextInt(4) == 0) {
                values.data().asSlice(t * tile * (width / 8), tile * (width / 8)).fill((byte) 0);
            }
        }
        data.put(column, values);
        return column;
    }

    QM31[] elements(int n) {
        return TestTensors.elements(random, n);
    }

    /// Claims about all columns but one: two at one point, one at another, one of a single tile.
    List<Claim> claims() {
        List<Claim> claims = new ArrayList<>();
        for (MatrixLayout layout : List.of(space.witness(), space.key())) {
            for (Column c : layout.columns()) {
                if (c.name().equals("few")) {
                    continue;
                }
                QM31[] low = elements(c.shape().lowBits());
                QM31[] sparse = elements(c.shape().tileCount());
                sparse[0] = QM31.ZERO;
                claims.add(new Claim(c, low, elements(c.shape().tileCount()), QM31.ONE));
                claims.add(new Claim(c, low, sparse, QM31.ONE));
                claims.add(new Claim(c, elements(low.length), elements(c.shape().tileCount()), QM31.ONE));
                claims.add(new Claim(c, TilePoint.ofTile(low, c.shape().tileCount() - 1), QM31.ONE));
            }
        }
        return claims;
    }

    @Override
    public void close() {
        epoch.end();
        arena.close();
    }
}
