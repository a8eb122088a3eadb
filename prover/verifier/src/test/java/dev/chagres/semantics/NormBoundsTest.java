package dev.chagres.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NormBoundsTest {
    private static final long SEED = 41;

    /// No row, however extreme, exceeds the proved bounds; the weight row that points along n comes close to them.
    @Test
    void boundsHoldOnExtremeRows() {
        Random random = new Random(SEED);
        for (int width : new int[] {1, 48, 257, 768, 1600}) {
            int shift = width <= 768 ? 17 : 16;
            int f = width == 1 ? 19 : 16;
            int[] rsqrt = TableDefinitions.rsqrt(width, TableDefinitions.rsqrtBits(width, shift, 6));
            int[] eps = TableDefinitions.eps(width, f, 1e-5);
            NormBounds bounds = NormBounds.of(width, shift, rsqrt, eps);
            double closest = 0;
            for (int i = 0; i < 300; i++) {
                long[] x = row(random, width, i);
                long[] n = normalise(x, shift, rsqrt, eps, bounds);
                long dot = 0;
                long magnitudes = 0;
                long squares = 0;
                for (int c = 0; c < width; c++) {
                    assertThat(Math.abs(n[c])).as("seed %d width %d row %d", SEED, width, i)
                            .isLessThanOrEqualTo(bounds.bound());
                    dot += n[c] * n[c];
                    magnitudes += Math.abs(n[c]);
                    squares += n[c] * n[c];
                }
                long bound = bounds.dotBound(magnitudes, squares);
                assertThat(dot).as("seed %d width %d row %d", SEED, width, i).isLessThanOrEqualTo(bound);
                closest = Math.max(closest, dot / (double) bound);
            }
            assertThat(closest).as("the bound is nearly reached at width %d", width).isGreaterThan(0.95);
        }
    }

    @Test
    void euclideanBoundIsAsTightAsStated() {
        for (int width : new int[] {128, 768}) {
            NormBounds bounds = NormBounds.of(width, 17, TableDefinitions.rsqrt(width, 20),
                    TableDefinitions.eps(width, 16, 1e-5));
            double root = Math.sqrt(width);
            assertThat(bounds.euclidean()).isLessThan(64 * root * (1 + 3e-4) + root / 2);
            assertThat(bounds.bound()).isLessThanOrEqualTo((long) (64 * root) + 1);
            assertThat(bounds.maxRho()).isLessThan(1 << 18);
            assertThat(bounds.maxProduct()).isLessThan(1 << 29);
        }
        NormBounds wide = NormBounds.of(1600, 16, TableDefinitions.rsqrt(1600, 18),
                TableDefinitions.eps(1600, 16, 1e-5));
        assertThat(wide.euclidean()).isLessThan(64 * 40 * (1 + 6e-4) + 20);
        assertThat(wide.bound()).isLessThanOrEqualTo(2561);
    }

    /// Sums of squares that the enumeration could not take the root of, at both group shifts, and just below.
    @Test
    void sumsOfSquaresBeyondTheirLimitAreRefused() {
        for (int width : new int[] {768, 1025, 2048, 4096}) {
            int[] rsqrt = TableDefinitions.rsqrt(width, TableDefinitions.rsqrtBits(width, 14, 6));
            int[] eps = new int[16];
            long squares = (long) width * (4192256 >> IntegerSemantics.groupShift(width));
            eps[0] = Math.toIntExact((1L << 29) - 1 - squares);
            assertThat(NormBounds.of(width, 14, rsqrt, eps).maxSquareSum()).isEqualTo((1L << 29) - 1);
            for (int e : new int[] {eps[0] + 1, Integer.MAX_VALUE}) {
                eps[3] = e;
                assertThatThrownBy(() -> NormBounds.of(width, 14, rsqrt, eps)).isInstanceOf(ArithmeticException.class)
                        .hasMessageContaining("the sum of squares of a row can reach");
            }
            eps[3] = -1;
            assertThatThrownBy(() -> NormBounds.of(width, 14, rsqrt, eps)).isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("an epsilon is -1");
        }
    }

    private static long[] row(Random random, int width, int i) {
        long[] x = new long[width];
        int magnitude = 1 + random.nextInt(26);
        for (int c = 0; c < width; c++) {
            x[c] = switch (i % 4) {
                case 0 -> random.nextLong(2L << magnitude) - (1L << magnitude);
                case 1 -> c == 0 ? (1L << 26) - 1 : 0;
                case 2 -> random.nextBoolean() ? (1L << magnitude) - 1 : -(1L << magnitude);
                default -> (long) (random.nextGaussian() * (1L << magnitude) / 6);
            };
            x[c] = Math.clamp(x[c], -(1L << 26), (1L << 26) - 1);
        }
        return x;
    }

    private static long[] normalise(long[] x, int shift, int[] rsqrt, int[] eps, NormBounds bounds) {
        int e = IntegerSemantics.rowExponent(x, 0, x.length);
        long sum = eps[e];
        for (int from = 0; from < x.length; from += 256) {
            long group = 0;
            for (int c = from; c < Math.min(x.length, from + 256); c++) {
                long m = x[c] >> e;
                group += m * (m + 1);
            }
            assertThat(group).isBetween(0L, 1L << 30);
            sum += group >> IntegerSemantics.groupShift(x.length);
        }
        assertThat(sum).isLessThanOrEqualTo(bounds.maxSquareSum());
        int k = IntegerSemantics.scaleExponent(sum);
        long rho = IntegerSemantics.rsh(rsqrt[IntegerSemantics.scaleMantissa(sum) - (1 << 14)], k);
        long[] n = new long[x.length];
        for (int c = 0; c < x.length; c++) {
            long product = (2 * (x[c] >> e) + 1) * rho;
            assertThat(Math.abs(product)).isLessThanOrEqualTo(bounds.maxProduct());
            n[c] = IntegerSemantics.rsh(product, shift);
        }
        return n;
    }
}
