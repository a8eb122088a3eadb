package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NarrowTest {
    @Test
    void nothingWraps() {
        assertThat(Narrow.round(32767.4)).isEqualTo((short) 32767);
        assertThat(Narrow.round(-32767.4)).isEqualTo((short) -32767);
        for (double beyond : new double[] {32767.6, -32768, 65536, Double.NaN, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> Narrow.round(beyond)).isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("beyond 32767");
        }
    }
}
