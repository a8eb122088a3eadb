package dev.chagres.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TreeLayoutTest {
    private static Shape shape(int low, int tiles) {
        return Shape.of(Axis.low("x", low), Axis.high("t", tiles));
    }

    /// One unit and less, units that are a power of two and one more, tiles of 2^2 to 2^17 values, partial last units.
    static Stream<List<Shape>> layouts() {
        return Stream.of(
                List.of(),
                List.of(shape(2, 3)),
                List.of(shape(4, 1), shape(5, 3), shape(4, 2)),
                List.of(shape(12, 2)),
                List.of(shape(13, 1)),
                List.of(shape(13, 1), shape(4, 1)),
                List.of(shape(12, 3)),
                List.of(shape(4, 700), shape(13, 2), shape(14, 1)),
                List.of(shape(13, 4)),
                List.of(shape(13, 4), shape(2, 1)),
                List.of(shape(15, 1), shape(17, 1), shape(13, 3), shape(7, 5), shape(11, 2)),
                List.of(shape(16, 2), shape(12, 1), shape(10, 3)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void noLeafIsUsedTwiceAndUnitsFollowTheirDefinition(List<Shape> shapes) {
        TreeLayout layout = new TreeLayout(shapes);
        BitSet used = new BitSet();
        int n = layout.bits();
        for (int s = 0; s < shapes.size(); s++) {
            for (int t = 0; t < shapes.get(s).tileCount(); t++) {
                long first = layout.place(s, t);
                assertThat(first & (1L << shapes.get(s).lowBits()) - 1).isZero();
                for (long i = 0; i < 1L << shapes.get(s).lowBits(); i++) {
                    long y = first + i & (1 << 13) - 1;
                    long u = first + i >> 13;
                    long leaf = n <= 13 ? first + i : (y >> 8) << n - 5 | u << 8 | y & 255;
                    assertThat(layout.leaf(first + i)).isEqualTo(leaf);
                    assertThat(used.get((int) leaf)).isFalse();
                    used.set((int) leaf);
                }
            }
        }
        assertThat(used.cardinality()).isEqualTo(layout.leaves()).isLessThanOrEqualTo(1 << n);
        assertThat(used.length()).isLessThanOrEqualTo(1 << n);
        assertThat(layout.units()).isEqualTo(layout.leaves() + (1L << layout.unitBits()) - 1 >> layout.unitBits());
    }

    /// The sum over tensors of their values at the leaf point, for random values, is the extension of the leaves.
    @ParameterizedTest
    @MethodSource("layouts")
    void aLeafPointSplitsIntoPointsOfTensors(List<Shape> shapes) {
        TreeLayout layout = new TreeLayout(shapes);
        Random random = new Random(shapes.size());
        QM31[] leaves = new QM31[1 << layout.bits()];
        Arrays.fill(leaves, QM31.ZERO);
        QM31[] point = new QM31[layout.bits()];
        Arrays.setAll(point, i -> element(random));
        QM31 sum = QM31.ZERO;
        for (int s = 0; s < shapes.size(); s++) {
            TilePoint at = layout.at(point).of(s);
            assertThat(at.weights()).hasSize(shapes.get(s).tileCount());
            for (int t = 0; t < at.weights().length; t++) {
                QM31[] tile = new QM31[1 << shapes.get(s).lowBits()];
                for (int i = 0; i < tile.length; i++) {
                    tile[i] = QM31.of(random.nextInt(1 << 20));
                    leaves[(int) layout.leaf(layout.place(s, t) + i)] = tile[i];
                }
                sum = sum.add(at.weights()[t].mul(Eq.evaluate(tile, at.low())));
            }
        }
        assertThat(sum).isEqualTo(Eq.evaluate(leaves, point));
    }

    @Test
    void tensorsOfOneTileSizeShareTheirLowPoint() {
        TreeLayout layout = new TreeLayout(List.of(shape(10, 3), shape(14, 2), shape(10, 20)));
        QM31[] point = new QM31[layout.bits()];
        Arrays.setAll(point, i -> new QM31(i, 1, 2, 3));
        LeafPoint leaf = layout.at(point);
        assertThat(leaf.of(0).low()).isEqualTo(leaf.of(2).low());
        assertThat(layout.place(1, 0)).isZero();
        assertThat(layout.place(0, 0)).isEqualTo(2 << 14);
    }

    private static QM31 element(Random random) {
        return new QM31(random.nextInt(Integer.MAX_VALUE), random.nextInt(Integer.MAX_VALUE),
                random.nextInt(Integer.MAX_VALUE), random.nextInt(Integer.MAX_VALUE));
    }
}
