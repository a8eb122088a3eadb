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
        CommitmentParameters p = CommitmentParameters.forKey(19);
        assertThat(p).isEqualTo(new CommitmentParameters(19, 1, 193, 20,
                List.of(new Level(5, 2, 118, 20), new Level(4, 3, 97, 20), new Level(4, 4, 88, 20)), 16, 100));
        assertThat(p.clearBits()).isEqualTo(6);
        assertThat(List.of(p.codeBits(0), p.codeBits(1), p.codeBits(2), p.codeBits(3))).containsExactly(20, 16, 13, 10);
    }

    @Test
    void everySizeEndsWithSmallClearValues() {
        for (int k = 6; k <= 24; k++) {
            CommitmentParameters p = CommitmentParameters.forKey(k);
            assertThat(p.clearBits()).as("k %d", k).isEqualTo(6);
            assertThat(CommitmentParameters.fromBytes(p.toBytes())).isEqualTo(p);
        }
        assertThat(CommitmentParameters.forKey(6).levels()).isEmpty();
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
