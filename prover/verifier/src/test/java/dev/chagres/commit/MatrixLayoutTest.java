package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MatrixLayoutTest {
    private static Column column(String name, int low, int tiles) {
        return new Column(name, Shape.of(Axis.low("x", low), Axis.high("t", tiles)), Column.Tree.WITNESS);
    }

    @Test
    void piecesNeitherOverlapNorCrossRows() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int k = random.nextInt(6, 13);
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                columns.add(column("c" + i, random.nextInt(0, k + 3), random.nextInt(1, 6)));
            }
            MatrixLayout layout = MatrixLayout.of(columns, k);
            BitSet used = new BitSet();
            long room = 0;
            for (MatrixLayout.Piece p : layout.pieces()) {
                int from = (int) p.address();
                int size = 1 << p.bits();
                assertThat(from % size).as("alignment, seed %d", seed).isZero();
                assertThat(used.get(from, from + size).isEmpty()).as("overlap, seed %d", seed).isTrue();
                assertThat(p.address()).isEqualTo(layout.address(p.column(), p.index()));
                used.set(from, from + size);
                room += size;
            }
            assertThat(used.length()).isLessThanOrEqualTo(layout.rows() << k);
            // Aligned powers of two waste less than the last row and the room of holes below one piece each size.
            assertThat((long) layout.rows() << k).as("rows, seed %d", seed).isLessThan(room + (2L << k));
            for (Column c : columns) {
                long covered = layout.pieces().stream().filter(p -> p.column() == c)
                        .mapToLong(MatrixLayout.Piece::count).sum();
                assertThat(covered).isEqualTo(c.shape().size());
            }
        }
    }

    @Test
    void isAFunctionOfColumnsAndRowLength() {
        List<Column> columns = List.of(column("a", 9, 3), column("b", 4, 5), column("c", 12, 2));
        MatrixLayout one = MatrixLayout.of(columns, 10);
        MatrixLayout two = MatrixLayout.of(columns, 10);
        assertThat(two.pieces()).isEqualTo(one.pieces());
    }

    /// Worked out by hand for k = 10: a takes 512 + 512 | 512; b takes 256 in the hole of 512, twice; c two rows.
    @Test
    void smallestHoleLowestAddress() {
        Column a = column("a", 9, 3);
        Column b = column("b", 4, 2);
        Column c = column("c", 11, 1);
        Column d = column("d", 8, 1);
        MatrixLayout layout = MatrixLayout.of(List.of(a, b, c, d), 10);
        assertThat(List.of(layout.address(a, 0), layout.address(a, 1), layout.address(a, 2)))
                .containsExactly(0L, 512L, 1024L);
        assertThat(List.of(layout.address(b, 0), layout.address(b, 1))).containsExactly(1536L, 1792L);
        assertThat(List.of(layout.address(c, 0), layout.address(c, 1))).containsExactly(2048L, 3072L);
        assertThat(layout.address(d, 0)).isEqualTo(4096L);
        assertThat(layout.rows()).isEqualTo(5);
        assertThat(layout.pieceBits(b)).isEqualTo(8);
    }

    @Test
    void emptyListIsOneRow() {
        assertThat(MatrixLayout.of(List.of(), 8).rows()).isEqualTo(1);
    }

    @Test
    void aColumnTwiceIsRefused() {
        Column a = column("a", 9, 3);
        assertThatThrownBy(() -> MatrixLayout.of(List.of(a, a), 10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void columnsOfTheWrongTreeAreRefused() {
        MatrixLayout witness = MatrixLayout.of(List.of(column("a", 9, 3)), 10);
        MatrixLayout empty = MatrixLayout.of(List.of(), 10);
        assertThat(new AddressSpace(witness, empty).rows()).isEqualTo(3);
        assertThatThrownBy(() -> new AddressSpace(empty, witness)).isInstanceOf(IllegalArgumentException.class);
    }
}
