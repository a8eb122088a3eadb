package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chagres.commit.CommitmentParameters.Level;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitmentParametersTest {
    @Test
    void standardLadder() {
        CommitmentParameters p = CommitmentParameters.forKey(20);
        assertThat(p).isEqualTo(new CommitmentParameters(20, 1, 188, 22, 0,
                List.of(new Level(4, 4, 86, 22), new Level(4, 4, 86, 22), new Level(3, 4, 86, 22)), 16, 100));
        assertThat(p.clearBits()).isEqualTo(9);
        assertThat(List.of(p.codeBits(0), p.codeBits(1), p.codeBits(2), p.codeBits(3))).containsExactly(21, 20, 16, 13);
    }

    /// Folds over words of 2^21 and 2^20 are worth less than 103 and 104 bits: 7 and 6 bits of work make 110.
    @Test
    void aHigherTargetNeedsMoreQueriesAndWorkBeforeFolds() {
        CommitmentParameters p = CommitmentParameters.of(20, 110, 22, 18);
        assertThat(p).isEqualTo(new CommitmentParameters(20, 1, 213, 22, 8, List.of(new Level(4, 4, 97, 22, 7),
                new Level(4, 4, 97, 22, 3), new Level(3, 4, 97, 22, 0)), 18, 110));
        SecurityAccount account = SecurityAccount.ofOpening(p, 10, 1000);
        assertThat(account.level()).isEqualTo(110);
        assertThat(CommitmentParameters.fromBytes(p.toBytes())).isEqualTo(p);
    }

    @Test
    void everySizeReachesItsTarget() {
        for (int k = 6; k <= 24; k++) {
            for (int target : new int[] {16, 60, 100, 110, 112}) {
                CommitmentParameters p = CommitmentParameters.of(k, target, Math.min(22, target), 16);
                assertThat(SecurityAccount.ofOpening(p, 10, 1).level()).as("k %d, %d bits", k, target)
                        .isGreaterThanOrEqualTo(target);
                assertThat(CommitmentParameters.fromBytes(p.toBytes())).isEqualTo(p);
            }
        }
    }

    @Test
    void otherBytesAreRefused() {
        byte[] bytes = CommitmentParameters.forKey(12).toBytes();
        for (int n = 0; n < bytes.length; n++) {
            byte[] cut = Arrays.copyOf(bytes, n);
            assertThatThrownBy(() -> CommitmentParameters.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> CommitmentParameters.fromBytes(Arrays.copyOf(bytes, bytes.length + 4)))
                .isInstanceOf(IllegalArgumentException.class);
        for (int i = 3; i < bytes.length; i += 4) {
            byte[] bad = bytes.clone();
            bad[i] ^= (byte) 0x80;
            Throwable thrown = catchThrowable(() -> CommitmentParameters.fromBytes(bad));
            assertThat(thrown).as("word %d made negative", i / 4).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
