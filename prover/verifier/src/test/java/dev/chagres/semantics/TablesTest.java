package dev.chagres.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;

class TablesTest {
    @Test
    void reciprocalRootsAreRounded() {
        for (int width : new int[] {48, 128, 768, 1600}) {
            int[] table = TableDefinitions.rsqrt(width, 20);
            assertThat(table).hasSize(49152);
            for (int mant = 1 << 14; mant < 1 << 16; mant += 97) {
                int expected = BigDecimal.valueOf(width)
                        .divide(BigDecimal.valueOf(mant), new MathContext(60))
                        .sqrt(new MathContext(40))
                        .multiply(BigDecimal.valueOf(1 << 20))
                        .setScale(0, RoundingMode.HALF_UP)
                        .intValueExact();
                assertThat(table[mant - (1 << 14)]).as("width %d mant %d", width, mant).isEqualTo(expected);
            }
        }
        assertThat(TableDefinitions.rsqrt(768, 20)[0]).as("17 is the largest shift at width 768").isLessThan(1 << 18);
        assertThat(TableDefinitions.rsqrt(768, 21)[0]).isGreaterThanOrEqualTo(1 << 18);
    }

    @Test
    void epsilonCarriesTheChannelCount() {
        // 1e-5 * 768 * 4^13 = 515396.08; plus 192, over 16.
        assertThat(TableDefinitions.eps(768, 13, 1e-5)[0]).isEqualTo(32224);
        assertThat(TableDefinitions.eps(768, 13, 1e-5)[15]).as("only d / 64 is left").isEqualTo(12);
        assertThatThrownBy(() -> TableDefinitions.eps(768, 26, 1e-5)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void epsilonHasAFloorForTheSmallestExponent() {
        int[] eps = TableDefinitions.eps(768, 6, 1e-6);
        assertThat(eps[0]).isEqualTo(1 << 14);
        assertThat(eps[1]).isEqualTo(12);
        assertThat(TableDefinitions.eps(2048, 13, 1e-5)[15]).as("only d / 256 is left").isEqualTo(8);
    }

    @Test
    void expTableEndsAtItsFirstZero() {
        int[] exp = TableDefinitions.exp(20, 7.3e-4, 1 << 20);
        assertThat(exp[1]).isEqualTo(1 << 20);
        assertThat(exp[exp.length - 1]).isZero();
        assertThat(exp[exp.length - 2]).isPositive();
        assertThat((double) exp.length).as("support is about 14.6 / us").isBetween(14.5 / 7.3e-4, 14.7 / 7.3e-4);
        for (int i = 1; i < exp.length; i++) {
            assertThat(exp[i]).isLessThanOrEqualTo(exp[i - 1]);
        }
        assertThatThrownBy(() -> TableDefinitions.exp(20, 1e-6, 1 << 20)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void expBitsFollowTheContext() {
        assertThat(TableDefinitions.expBits(1)).isEqualTo(20);
        assertThat(TableDefinitions.expBits(1024)).isEqualTo(20);
        assertThat(TableDefinitions.expBits(1025)).isEqualTo(19);
        assertThat(TableDefinitions.expBits(4096)).isEqualTo(18);
    }

    @Test
    void integerRoots() {
        for (long r : new long[] {0, 1, 2, 1000, (1L << 30) + 7, (1L << 31) - 1}) {
            assertThat(IntegerRoot.floor(r * r)).isEqualTo(r);
            assertThat(IntegerRoot.ceil(r * r)).isEqualTo(r);
            assertThat(IntegerRoot.ceil(r * r + 1)).isEqualTo(r + 1);
            if (r > 0) {
                assertThat(IntegerRoot.floor(r * r - 1)).isEqualTo(r - 1);
            }
        }
        for (long x : new long[] {-1, Long.MIN_VALUE, 1L << 62, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> IntegerRoot.floor(x)).isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("the root of " + x);
            assertThatThrownBy(() -> IntegerRoot.ceil(x)).isInstanceOf(ArithmeticException.class);
        }
    }
}
