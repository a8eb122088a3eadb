package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadBasisTest {
    private static final long SEED = 4;

    /// Scores change by a constant per query only, so softmax does not; ranges become equal and centred.
    @ParameterizedTest
    @ValueSource(ints = {1, 12, 16, 64})
    void scoresAreKeptUpToAConstantPerQuery(int dh) {
        Random random = new Random(SEED);
        int rows = 200;
        int stride = 2 * dh;
        float[] q = new float[rows * stride];
        float[] k = new float[rows * stride];
        for (int i = 0; i < q.length; i++) {
            int c = i % stride;
            // Channels of very different size, and keys with a large constant part.
            q[i] = (float) (random.nextGaussian() * Math.exp(c % 7 - 3));
            k[i] = (float) (random.nextGaussian() * Math.exp(3 - c % 5) + 20);
        }
        HeadBasis basis = HeadBasis.of(columns(q, rows, stride, dh), columns(k, rows, stride, dh), dh);
        for (int i = 0; i < 10; i++) {
            double shift = score(q, k, i, 0, dh, stride) - transformed(basis, q, k, i, 0, dh, stride);
            for (int j = 1; j < 10; j++) {
                double difference = score(q, k, i, j, dh, stride) - transformed(basis, q, k, i, j, dh, stride);
                assertThat(difference).as("seed %d, row %d", SEED, i).isCloseTo(shift, within(1e-3));
            }
        }
        for (int c = 0; c < dh; c++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < rows; j++) {
                double value = map(basis.keyMap(), k, j, c, dh, stride) - basis.keyOffset()[c];
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            assertThat(high).isCloseTo(-low, within(1e-6 * high)).isCloseTo(basis.keyRange()[c], within(1e-6 * high));
            assertThat(basis.queryRange()[c] / basis.keyRange()[c]).as("balanced channel %d", c)
                    .isBetween(0.05, 1.0);
        }
    }

    private static double score(float[] q, float[] k, int i, int j, int dh, int stride) {
        double sum = 0;
        for (int c = dh; c < 2 * dh; c++) {
            sum += (double) q[i * stride + c] * k[j * stride + c];
        }
        return sum / Math.sqrt(dh);
    }

    private static double transformed(HeadBasis basis, float[] q, float[] k, int i, int j, int dh, int stride) {
        double sum = 0;
        for (int c = 0; c < dh; c++) {
            sum += map(basis.queryMap(), q, i, c, dh, stride)
                    * (map(basis.keyMap(), k, j, c, dh, stride) - basis.keyOffset()[c]);
        }
        return sum;
    }

    private static double map(double[] map, float[] x, int row, int channel, int dh, int stride) {
        double sum = 0;
        for (int c = 0; c < dh; c++) {
            sum += map[channel * dh + c] * x[row * stride + dh + c];
        }
        return sum;
    }

    private static float[] columns(float[] x, int rows, int stride, int dh) {
        float[] part = new float[rows * dh];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(x, r * stride + dh, part, r * dh, dh);
        }
        return part;
    }
}
