package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpeningLengthTest {
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

    @Test
    void fewerPositionsCanBeLonger() {
        // Without words all leaves take no siblings, 8 of 16 take 8.
        assertThat(OpeningLength.columns(0, 4, 100)).isEqualTo(26 * 8);
        assertThat(OpeningLength.columns(0, 4, 1)).isEqualTo(26 * 4);
        // 3 words at each of 16 leaves against 8 leaves with 8 siblings
        assertThat(OpeningLength.columns(3, 4, 100)).isEqualTo((31 * 3 * 8 + 7) / 8 + 26 * 8);
        assertThat(OpeningLength.columns(100, 4, 100)).isEqualTo(31 * 100 * 16 / 8);
    }
}
