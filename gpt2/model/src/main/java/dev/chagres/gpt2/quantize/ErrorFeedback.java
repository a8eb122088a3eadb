package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLinear;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Rounding of weight rows that hands every weight's rounding error to the weights not yet rounded, so that the error
/// of the products with calibrated inputs is small rather than that of the weights (Frantar et al., "GPTQ: Accurate
/// Post-Training Quantization for Generative Pre-trained Transformers", 2023, algorithm 1; written as successive
/// rounding in the Cholesky basis of the second moments, which is the same).
///
/// With moments `H = L L^T` the squared error of a row e over calibration is `|L^T e|^2`, and component p of `L^T e`
/// holds only `e_p, e_p+1, ..`: from the last to the first weight, each is rounded to where its component is least.
/// Order and arithmetic are fixed; threads work on different rows. Immutable.
final class ErrorFeedback {
    /// Added to the diagonal, as a part of its mean: directions that calibration did not reach keep plain rounding. A few
    /// thousand rows say little about the smaller moments of wide inputs; from 0.1 to 1 all is the same, less is worse.
    private static final double DAMPING = 0.2;

    /// Rows of the factor that are subtracted together.
    private static final int PANEL = 32;

    /// Matrix rows that are rounded together.
    private static final int ROWS = 8;

    private final SecondMoments moments;
    /// Per block, channels by rising moment: the largest is rounded first.
    private final int[][] order;
    /// Per block, L in that order, row-major.
    private final double[][] factors;

    /// @param moments of the inputs, counted in their integer units
    ErrorFeedback(SecondMoments moments) {
        this.moments = moments;
        order = new int[moments.blocks()][];
        factors = new double[moments.blocks()][];
        for (int b = 0; b < order.length; b++) {
            int n = moments.size(b);
            double[] h = moments.block(b);
            order[b] = IntStream.range(0, n).boxed()
                    .sorted(Comparator.comparingDouble((Integer c) -> h[c * n + c]).thenComparing(c -> c))
                    .mapToInt(Integer::intValue).toArray();
            factors[b] = factor(h, n, order[b]);
        }
    }

    private static double[] factor(double[] h, int n, int[] order) {
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += h[i * n + i];
        }
        double damping = Math.max(DAMPING * trace / n, 1e-30);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i * n + j] = h[order[i] * n + order[j]];
            }
            a[i * n + i] += damping;
        }
        upperCholesky(a, n);
        return DenseMath.transpose(a, n);
    }

    /// Replaces the upper triangle by U with `U^T U = a`; every entry is reduced in the order of the rows of U.
    static void upperCholesky(double[] a, int n) {
        for (int from = 0; from < n; from += PANEL) {
            int first = from;
            int to = Math.min(n, from + PANEL);
            for (int k = from; k < to; k++) {
                reduce(a, n, k, first, k);
                double pivot = Math.sqrt(a[k * n + k]);
                if (!(pivot > 0)) {
                    throw new ArithmeticException("second moments are not positive definite");
                }
                for (int j = k; j < n; j++) {
                    a[k * n + j] /= pivot;
                }
            }
            IntStream.range(to, n).parallel().forEach(i -> reduce(a, n, i, first, to));
        }
    }

    /// Row i less its parts along rows `from .. to - 1` of U.
    private static void reduce(double[] a, int n, int i, int from, int to) {
        int k = from;
        for (; k + 4 <= to; k += 4) {
            subtract4(a, n, i, k);
        }
        for (; k < to; k++) {
            double f = a[k * n + i];
            for (int j = i; j < n; j++) {
                a[i * n + j] -= f * a[k * n + j];
            }
        }
    }

    private static void subtract4(double[] a, int n, int i, int k) {
        int k0 = k * n;
        int k1 = k0 + n;
        int k2 = k1 + n;
        int k3 = k2 + n;
        double f0 = a[k0 + i];
        double f1 = a[k1 + i];
        double f2 = a[k2 + i];
        double f3 = a[k3 + i];
        int at = i * n;
        for (int j = i; j < n; j++) {
            a[at + j] = a[at + j] - f0 * a[k0 + j] - f1 * a[k1 + j] - f2 * a[k2 + j] - f3 * a[k3 + j];
        }
    }

    /// Rounds `count` rows `[count][inputs]` in place to integers of at most 15 bits and a sign.
    void round(double[] rows, int count) {
        IntStream.range(0, (count + ROWS - 1) / ROWS).parallel().forEach(group -> {
            int from = group * ROWS;
            roundGroup(rows, from, Math.min(ROWS, count - from));
        });
    }

    private void roundGroup(double[] rows, int from, int count) {
        for (int b = 0; b < factors.length; b++) {
            int n = moments.size(b);
            double[][] carried = new double[count][n];
            for (int p = n - 1; p >= 0; p--) {
                int channel = moments.from(b) + order[b][p];
                double pivot = factors[b][p * n + p];
                for (int r = 0; r < count; r++) {
                    int at = (from + r) * moments.channels() + channel;
                    double weight = rows[at];
                    double rounded = Math.clamp(Math.rint(weight + carried[r][p] / pivot),
                            -IntegerLinear.MAX_WEIGHT, IntegerLinear.MAX_WEIGHT);
                    rows[at] = rounded;
                    carry(carried[r], factors[b], p * n, p, weight - rounded);
                }
            }
        }
    }

    private static void carry(double[] carried, double[] factor, int at, int count, double error) {
        for (int j = 0; j < count; j++) {
            carried[j] += factor[at + j] * error;
        }
    }
}
