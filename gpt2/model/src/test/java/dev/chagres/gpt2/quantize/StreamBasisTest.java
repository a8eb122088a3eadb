package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.StreamMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamBasisTest {
    private static final int D = 64;
    private static final int ROWS = 2000;
    private static final double HEADROOM = 4;

    /// Rows whose first channel is 20 times the others, and one that is large and even: it has the direction that the
    /// first channel is sent to, so that the reflection which makes the others even gathers it in one channel. One row
    /// of so many is no cost to them.
    ///
    /// @param massive magnitude of its entries
    private static float[][] stages(double massive) {
        Random random = new Random(5);
        float[] rows = new float[(ROWS + 1) * D];
        for (int i = 0; i < ROWS * D; i++) {
            rows[i] = (float) (i % D == 0 ? 20 + random.nextGaussian() : random.nextGaussian());
        }
        double[] even = StreamBasis.flat(D, List.of());
        for (int c = 0; c < D; c++) {
            rows[ROWS * D + c] = (float) (massive * Math.sqrt(D) * even[c]);
        }
        return new float[][] {rows};
    }

    private static double peak(List<double[]> reflections, float[] rows) {
        StreamMap map = new StreamMap(false, reflections);
        double peak = 0;
        for (int at = 0; at < rows.length; at += D) {
            double[] row = new double[D];
            for (int c = 0; c < D; c++) {
                row[c] = rows[at + c];
            }
            map.apply(row, 0, D);
            for (double v : row) {
                peak = Math.max(peak, Math.abs(v));
            }
        }
        return peak;
    }

    private static List<double[]> unguarded(float[][] stages) {
        return new EvenRows(new StreamMap(false, List.of()), D, List.of()).of(stages, _ -> true);
    }

    /// Without the guard the unit of the stream would lose bits to one row.
    @Test
    void evenRowsLeaveTheUnitAsFineAsItIs() {
        float[][] stages = stages(300);
        double plain = peak(List.of(), stages[0]);
        assertThat(ResidualUnit.byRange(peak(unguarded(stages), stages[0]) * HEADROOM))
                .isLessThan(ResidualUnit.byRange(plain * HEADROOM));
        StreamBasis basis = StreamBasis.of(stages, D, false, HEADROOM);
        assertThat(basis.peak()).isEqualTo(peak(basis.map().reflections(), stages[0]));
        assertThat(ResidualUnit.byRange(basis.peak() * HEADROOM)).isEqualTo(ResidualUnit.byRange(plain * HEADROOM));
    }

    /// A peak may grow inside the range that it has.
    @Test
    void evenRowsStayWhereTheRangeHasRoom() {
        float[][] stages = stages(0.1);
        List<double[]> free = unguarded(stages);
        assertThat(free).isNotEmpty();
        StreamBasis basis = StreamBasis.of(stages, D, false, HEADROOM);
        assertThat(basis.reflections()).isPositive();
        assertThat(basis.peak()).isLessThan(peak(List.of(), stages[0]) / 3);
    }
}
