package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void forcedWidthWins() {
        assertThat(Lanes.chooseBits("128", 512)).isEqualTo(128);
        assertThat(Lanes.chooseBits(" 256 ", 512)).isEqualTo(256);
        assertThat(Lanes.chooseBits("512", 256)).isEqualTo(512);
    }

    @Test
    void preferredWidthIsHeldBetweenTheSupportedOnes() {
        assertThat(Lanes.chooseBits(null, 64)).isEqualTo(128);
        assertThat(Lanes.chooseBits(null, 256)).isEqualTo(256);
        assertThat(Lanes.chooseBits(null, 384)).isEqualTo(256);
        assertThat(Lanes.chooseBits(null, 2048)).isEqualTo(512);
    }

    @Test
    void otherWidthsAreRefused() {
        assertThatThrownBy(() -> Lanes.chooseBits("1024", 512))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chagres.vector.bits")
                .hasMessageContaining("128, 256 or 512");
    }

    /// The width executions of the build must reach the kernels.
    @Test
    void widthOfThisProcessFollowsTheProperty() {
        String forced = System.getProperty(Lanes.BITS_PROPERTY);
        assertThat(Lanes.I.vectorBitSize()).isEqualTo(Lanes.BITS);
        assertThat(Lanes.L.vectorBitSize()).isEqualTo(Lanes.BITS);
        assertThat(Lanes.S.length()).isEqualTo(Lanes.COUNT);
        if (forced != null) {
            assertThat(Lanes.BITS).isEqualTo(Integer.parseInt(forced));
        }
    }
}
