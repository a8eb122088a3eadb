package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.commit.CommitmentParameters.Level;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpeningSizeTest {
    /// The mean over all draws of three of eight positions, every proof counted.
    @Test
    void expectationsAreThoseOfAllDraws() {
        int depth = 3;
        int distinct = 0;
        int siblings = 0;
        for (int draw = 0; draw < 512; draw++) {
            int[] positions = {draw & 7, draw >> 3 & 7, draw >> 6};
            int[] different = Arrays.stream(positions).sorted().distinct().toArray();
            distinct += different.length;
            siblings += MerkleProof.siblings(depth, different).length;
        }
        assertThat(OpeningSize.distinct(depth, 3)).isCloseTo(distinct / 512.0, within(1e-12));
        assertThat(OpeningSize.siblings(depth, 3)).isCloseTo(siblings / 512.0, within(1e-12));
        assertThat(OpeningSize.siblings(20, 1)).isEqualTo(20);
        assertThat(OpeningSize.distinct(20, 1)).isCloseTo(1, within(1e-9));
    }

    /// One query a level: nothing is random but the positions. Level 0: 3 + 2 words, two paths of 8. Level 1: 4 * 4
    /// words, a path of 6, a root. Two nonces of draws, one before each of two lane folds. 7 slot and 3 row variables,
    /// two lane folds, F(r), 2^5 values in clear.
    @Test
    void everyByteIsCounted() {
        CommitmentParameters p = new CommitmentParameters(7, 1, 1, 0, 0, List.of(new Level(2, 1, 1, 0, 5)), 0, 100);
        int expected = 4 * (3 + 2 + 16) + 32 * (8 + 8 + 6 + 1) + 8 * (2 + 2) + 32 * (7 + 3 + 2) + 16 + 16 * 32;
        assertThat(new OpeningSize(32, 32).bytes(p, 3, 2)).isCloseTo(expected, within(1e-6));
    }
}
