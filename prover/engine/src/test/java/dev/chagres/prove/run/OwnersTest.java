package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Runs of neighbours are whole, in order, and about as long as each other.
final class OwnersTest {
    @Test
    void equalSectionsAreCutEvenly() {
        assertThat(Owners.neighbours(new long[] {5, 5, 5, 5, 5, 5}, 3)).containsExactly(0, 0, 1, 1, 2, 2);
        assertThat(Owners.neighbours(new long[] {5, 5, 5, 5}, 1)).containsExactly(0, 0, 0, 0);
        assertThat(Owners.neighbours(new long[] {5, 5, 5}, 3)).containsExactly(0, 1, 2);
    }

    @Test
    void someSitesOwnNothingWhereThereAreFewSections() {
        assertThat(Owners.neighbours(new long[] {5, 5}, 5)).containsExactly(1, 3);
    }

    @Test
    void sectionsWithoutWorkHaveAnOwner() {
        assertThat(Owners.neighbours(new long[] {0, 0, 0}, 4)).containsExactly(0, 0, 0);
        assertThat(Owners.neighbours(new long[] {7, 0}, 2)).containsExactly(1, 1);
    }

    @Test
    void noRunHasMoreThanItsShareAndTheLargestItem() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1000; i++) {
            long[] work = random.longs(1 + random.nextInt(20), 0, 100).toArray();
            int runs = 1 + random.nextInt(8);
            int[] run = Owners.neighbours(work, runs);
            long[] sums = new long[runs];
            for (int s = 0; s < run.length; s++) {
                assertThat(run[s]).isBetween(s == 0 ? 0 : run[s - 1], runs - 1);
                sums[run[s]] += work[s];
            }
            long all = Arrays.stream(work).sum();
            assertThat(Arrays.stream(sums).max().orElseThrow())
                    .isLessThanOrEqualTo(all / runs + Arrays.stream(work).max().orElseThrow() + 1);
        }
    }
}
