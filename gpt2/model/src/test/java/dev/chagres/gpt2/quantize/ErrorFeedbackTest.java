package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorFeedbackTest {
    private static final long SEED = 12;

    /// The factor times its transpose is the matrix, over panels that are not full.
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 32, 33, 71})
    void choleskyFactor(int n) {
        double[] h = moments(rows(3 * n, n), 3 * n, n).block(0);
        double[] u = h.clone();
        ErrorFeedback.upperCholesky(u, n);
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                double sum = 0;
                for (int k = 0; k <= i; k++) {
                    sum += u[k * n + i] * u[k * n + j];
                }
                assertThat(sum).isCloseTo(h[i * n + j], within(1e-9 * h[i * n + i] + 1e-9));
            }
        }
    }

    /// Inputs that lie near a few directions: products with them keep several bits more than with plain rounding.
    @Test
    void productsWithCalibratedInputsAreKept() {
        int n = 96;
        int count = 400;
        float[] x = rows(count, n);
        ErrorFeedback feedback = new ErrorFeedback(moments(x, count, n));
        double[] weights = new Random(SEED).doubles(10L * n, -40, 40).toArray();
        double[] rounded = weights.clone();
        feedback.round(rounded, 10);
        double[] plain = new double[weights.length];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = Math.rint(weights[i]);
            assertThat(rounded[i]).isEqualTo(Math.rint(rounded[i]));
        }
        assertThat(error(x, count, n, weights, rounded)).isLessThan(error(x, count, n, weights, plain) / 4);
    }

    /// Rows that point to one massive direction: the product with it is exact but for the last weight's rounding.
    @Test
    void aMassiveDirectionIsKept() {
        int n = 64;
        float[] x = new float[300 * n];
        Random random = new Random(SEED);
        for (int r = 0; r < 300; r++) {
            for (int c = 0; c < n; c++) {
                x[r * n + c] = (float) (random.nextGaussian() + (r < 3 ? 1000 : 0));
            }
        }
        double[] weights = new double[n];
        Arrays.fill(weights, 3.4);
        double[] rounded = weights.clone();
        new ErrorFeedback(moments(x, 300, n)).round(rounded, 1);
        double sum = 0;
        for (double w : rounded) {
            sum += w - 3.4;
        }
        assertThat(Math.abs(sum)).as("plain rounding is off by 0.4 in every weight, 25.6 in all").isLessThan(1.5);
    }

    /// Rows that are one batch or many, and channels in several blocks: nothing changes but the speed.
    @Test
    void batchesAndBlocksAreIndependent() {
        int n = SecondMoments.BLOCK + 40;
        float[] x = rows(20, n);
        SecondMoments moments = moments(x, 20, n);
        assertThat(moments.blocks()).isEqualTo(2);
        assertThat(moments.size(0) + moments.size(1)).isEqualTo(n);
        ErrorFeedback feedback = new ErrorFeedback(moments);
        double[] weights = new Random(SEED).doubles(11L * n, -40, 40).toArray();
        double[] together = weights.clone();
        feedback.round(together, 11);
        for (int r = 0; r < 11; r++) {
            double[] alone = Arrays.copyOfRange(weights, r * n, (r + 1) * n);
            feedback.round(alone, 1);
            assertThat(alone).isEqualTo(Arrays.copyOfRange(together, r * n, (r + 1) * n));
        }
    }

    @Test
    void inputsThatAreZeroAreRoundedPlainly() {
        double[] weights = {0.4, -0.6, 70000, -70000};
        new ErrorFeedback(new SecondMoments(4)).round(weights, 1);
        assertThat(weights).containsExactly(0, -1, 32767, -32767);
    }

    private static SecondMoments moments(float[] x, int rows, int n) {
        SecondMoments moments = new SecondMoments(n);
        moments.add(x, rows);
        return moments;
    }

    /// Rows near a subspace of a sixth of the channels.
    private static float[] rows(int count, int n) {
        Random random = new Random(SEED);
        int directions = Math.max(1, n / 6);
        double[] basis = random.doubles((long) directions * n, -1, 1).toArray();
        float[] x = new float[count * n];
        for (int r = 0; r < count; r++) {
            for (int k = 0; k < directions; k++) {
                double f = random.nextGaussian();
                for (int c = 0; c < n; c++) {
                    x[r * n + c] += (float) (f * basis[k * n + c]);
                }
            }
            for (int c = 0; c < n; c++) {
                x[r * n + c] += (float) (0.05 * random.nextGaussian());
            }
        }
        return x;
    }

    private static double error(float[] x, int rows, int n, double[] exact, double[] rounded) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < exact.length / n; o++) {
                double e = 0;
                for (int c = 0; c < n; c++) {
                    e += x[r * n + c] * (exact[o * n + c] - rounded[o * n + c]);
                }
                sum += e * e;
            }
        }
        return sum;
    }
}
