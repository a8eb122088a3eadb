package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpeningLengthTest {
    private static final int K = 6;

    /// Against all sets of leaves of a tree.
    @Test
    void noSetOfLeavesHasMoreSiblings() {
        int depth = 4;
        long[] most = new long[17];
        for (int mask = 1; mask < 1 << 16; mask++) {
            int set = mask;
            int[] positions = IntStream.range(0, 16).filter(q -> (set >> q & 1) == 1).toArray();
            most[positions.length] =
                    Math.max(most[positions.length], MerkleProof.siblings(depth, positions).length);
        }
        for (int m = 1; m <= 16; m++) {
            assertThat(OpeningLength.siblings(m, depth)).as("%d leaves", m).isEqualTo(most[m]);
        }
    }

    /// A nonce for every fold with work before it: rows of level 0, lanes of the later levels.
    @Test
    void workBeforeFoldsTakesNonces() {
        MatrixLayout witness = layout(5, Column.Tree.WITNESS);
        MatrixLayout key = layout(3, Column.Tree.KEY);
        assertThat(longest(2, 0, witness, key) - longest(0, 0, witness, key)).as("8 rows").isEqualTo(3 * 8);
        assertThat(longest(0, 1, witness, key) - longest(0, 0, witness, key)).as("2^2 lanes").isEqualTo(2 * 8);
    }

    private static MatrixLayout layout(int rows, Column.Tree tree) {
        return MatrixLayout.of(List.of(new Column("c", Shape.of(Axis.low("x", K), Axis.high("t", rows)), tree)), K);
    }

    private static long longest(int rowWork, int laneWork, MatrixLayout witness, MatrixLayout key) {
        return OpeningLength.longest(new CommitmentParameters(K, 1, 20, 3, rowWork,
                List.of(new CommitmentParameters.Level(2, 2, 10, 3, laneWork)), 1, 16),
                new AddressSpace(witness, key));
    }

    @Test
    void fewerPositionsCanBeLonger() {
        // Without words all leaves take no siblings, 8 of 16 take 8.
        assertThat(OpeningLength.columns(0, 4, 100)).isEqualTo(MerkleProof.NODE_BYTES * 8);
        assertThat(OpeningLength.columns(0, 4, 1)).isEqualTo(MerkleProof.NODE_BYTES * 4);
        // 3 words at each of 16 leaves against 8 leaves with 8 siblings
        assertThat(OpeningLength.columns(3, 4, 100)).isEqualTo((31 * 3 * 8 + 7) / 8 + MerkleProof.NODE_BYTES * 8);
        assertThat(OpeningLength.columns(100, 4, 100)).isEqualTo(31 * 100 * 16 / 8);
    }
}
