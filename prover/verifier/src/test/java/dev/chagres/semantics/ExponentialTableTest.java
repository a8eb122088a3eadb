package dev.chagres.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// EXP and Rmax from two numbers, and which numbers have none.
class ExponentialTableTest {
    @Test
    void itIsTheTableOfTheDefinition() {
        ExponentialTable table = new ExponentialTable(13, 0.01);
        int[] values = table.values();
        assertThat(values).isEqualTo(TableDefinitions.exp(13, 0.01, 1 << 20));
        assertThat(table.first()).isEqualTo((int) Math.floor(8192 * StrictMath.exp(0.01) + 0.5));
        assertThat(values[table.support() + 1]).isZero();
        assertThat(values[table.support()]).isPositive();
        assertThat(table.largestSum()).isEqualTo(TableDefinitions.rMax(13, 0.01));
        assertThat(table.outputShift()).isEqualTo(10);
        assertThat(table).isEqualTo(new ExponentialTable(13, 0.01)).isNotEqualTo(new ExponentialTable(14, 0.01))
                .isNotEqualTo(new ExponentialTable(13, Math.nextUp(0.01)))
                .hasSameHashCodeAs(new ExponentialTable(13, 0.01));
    }

    /// Bits out of range, units that are none, a support above 2^20, entries that would not fit, an Rmax above 2^21, a
    /// unit so fine that Rmax is not below EXP\[-1\].
    @ParameterizedTest
    @CsvSource({"3, 0.01", "21, 0.01", "13, 0", "13, -0.01", "13, NaN", "13, Infinity", "13, 4.9E-324", "13, 1e-6",
        "20, 1e-9", "10, 9.70406051783952", "4, 19.5", "20, 3", "20, 1.4", "4, 0.001"})
    void numbersWithoutATableAreRefused(int bits, double unit) {
        assertThatThrownBy(() -> new ExponentialTable(bits, unit)).isInstanceOf(IllegalArgumentException.class);
    }
}
