package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchedClaimsTest {
    private static final int K = 8;
    private static final int TILES = 5;

    private final SplittableRandom random = new SplittableRandom(4);

    private QM31[] elements(int n) {
        QM31[] result = new QM31[n];
        Arrays.setAll(result, i -> QM31.of(random.nextInt(1 << 30)).mul(new QM31(random.nextInt(1 << 30), 2, 3, 5)));
        return result;
    }

    private static AddressSpace space(Column column) {
        return new AddressSpace(MatrixLayout.of(List.of(column), K), MatrixLayout.of(List.of(), K));
    }

    /// Tiles that are padded, one row, and several rows long.
    @ParameterizedTest
    @ValueSource(ints = {5, 8, 10})
    void aClaimAboutOneTileIsOneWeight(int low) {
        Column column = new Column("c", Shape.of(Axis.low("x", low), Axis.high("t", TILES)), Column.Tree.WITNESS);
        AddressSpace space = space(column);
        QM31[] point = elements(low);
        QM31[] all = elements(TILES);
        QM31[] one = new QM31[TILES];
        Arrays.fill(one, QM31.ZERO);
        one[3] = QM31.ONE;
        QM31[] values = elements(3);
        QM31 gamma = elements(1)[0];
        BatchedClaims dense = BatchedClaims.of(space, List.of(new Claim(column, point, all, values[0]),
                new Claim(column, point, one, values[1]), new Claim(column, point, one, values[2])), gamma);
        BatchedClaims sparse = BatchedClaims.of(space, List.of(new Claim(column, point, all, values[0]),
                new Claim(column, TilePoint.ofTile(point, 3), values[1]),
                new Claim(column, TilePoint.ofTile(point, 3), values[2])), gamma);
        QM31[] at = elements(space.variables());
        assertThat(sparse.weightAt(at)).isEqualTo(dense.weightAt(at));
        assertThat(sparse.value()).isEqualTo(dense.value());
        int parts = 1 << Math.max(0, low - K);
        assertThat(sparse.terms()).extracting(t -> t.weights().length).containsExactly(TILES * parts, parts);
        for (int i = 0; i < TILES * parts; i++) {
            int piece = i;
            assertThat(sparse.terms().stream().map(t -> t.weight(piece)).reduce(QM31.ZERO, QM31::add))
                    .isEqualTo(dense.terms().getFirst().weight(piece));
        }
    }

    @Test
    void claimsOutsideTheColumnAreRefused() {
        Column column = new Column("c", Shape.of(Axis.low("x", 4), Axis.high("t", TILES)), Column.Tree.WITNESS);
        for (int tile : new int[] {-1, TILES, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new Claim(column, TilePoint.ofTile(elements(4), tile), QM31.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Claim(column, elements(4), elements(TILES - 1), QM31.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
