package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.DenseMatrix;
import java.util.stream.IntStream;

/// Small dense linear algebra for calibration; all matrices row-major.
final class DenseMath {
    private static final int ROW_BLOCK = 8;

    private DenseMath() {}

    /// An affine map of x `[rows][inputs]`, summed in double precision, parallel over rows.
    static float[] multiply(float[] x, int rows, DenseMatrix matrix) {
        int inputs = matrix.inputs();
        int outputs = matrix.outputs();
        float[] w = DenseMatrix.transpose(matrix.weights(), outputs, inputs);
        float[] bias = matrix.bias();
        float[] y = new float[Math.multiplyExact(rows, outputs)];
        IntStream.range(0, (rows + ROW_BLOCK - 1) / ROW_BLOCK).parallel().forEach(block -> {
            int first = block * ROW_BLOCK;
            int count = Math.min(ROW_BLOCK, rows - first);
            double[] sums = new double[count * outputs];
            int k = 0;
            for (; k + 4 <= inputs; k += 4) {
                for (int r = 0; r < count; r++) {
                    accumulate4(sums, r * outputs, x, (first + r) * inputs + k, w, k * outputs, outputs);
                }
            }
            for (; k < inputs; k++) {
                for (int r = 0; r < count; r++) {
                    double a = x[(first + r) * inputs + k];
                    for (int j = 0; j < outputs; j++) {
                        sums[r * outputs + j] += a * w[k * outputs + j];
                    }
                }
            }
            for (int r = 0; r < count; r++) {
                for (int j = 0; j < outputs; j++) {
                    y[(first + r) * outputs + j] = (float) (sums[r * outputs + j] + bias[j]);
                }
            }
        });
        return y;
    }

    /// Four rows of w at once: one load and store of a sum for four products. Sums and w are of two types, so that the
    /// compiler knows them apart and makes vectors of the loop.
    private static void accumulate4(double[] sums, int to, float[] x, int xAt, float[] w, int wAt, int outputs) {
        double a0 = x[xAt];
        double a1 = x[xAt + 1];
        double a2 = x[xAt + 2];
        double a3 = x[xAt + 3];
        int w1 = wAt + outputs;
        int w2 = w1 + outputs;
        int w3 = w2 + outputs;
        for (int j = 0; j < outputs; j++) {
            sums[to + j] = sums[to + j] + a0 * w[wAt + j] + a1 * w[w1 + j] + a2 * w[w2 + j] + a3 * w[w3 + j];
        }
    }

    /// `a b` for n x n matrices.
    static double[] product(double[] a, double[] b, int n) {
        double[] c = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double f = a[i * n + k];
                for (int j = 0; j < n; j++) {
                    c[i * n + j] += f * b[k * n + j];
                }
            }
        }
        return c;
    }

    static double[] transpose(double[] a, int n) {
        double[] t = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                t[j * n + i] = a[i * n + j];
            }
        }
        return t;
    }

    /// Lower Cholesky factor of a positive definite matrix.
    static double[] cholesky(double[] a, int n) {
        double[] l = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double s = a[i * n + j];
                for (int k = 0; k < j; k++) {
                    s -= l[i * n + k] * l[j * n + k];
                }
                if (i == j) {
                    if (!(s > 0)) {
                        throw new ArithmeticException("matrix is not positive definite");
                    }
                    l[i * n + i] = Math.sqrt(s);
                } else {
                    l[i * n + j] = s / l[j * n + j];
                }
            }
        }
        return l;
    }

    /// Inverse of a lower triangular matrix.
    static double[] invertLower(double[] l, int n) {
        double[] inverse = new double[n * n];
        for (int j = 0; j < n; j++) {
            inverse[j * n + j] = 1 / l[j * n + j];
            for (int i = j + 1; i < n; i++) {
                double s = 0;
                for (int k = j; k < i; k++) {
                    s -= l[i * n + k] * inverse[k * n + j];
                }
                inverse[i * n + j] = s / l[i * n + i];
            }
        }
        return inverse;
    }

    /// Eigenvectors of a symmetric matrix by cyclic Jacobi rotations; `a` becomes diagonal (its eigenvalues).
    ///
    /// @return the eigenvectors as rows
    static double[] jacobi(double[] a, int n) {
        double[] v = new double[n * n];
        for (int i = 0; i < n; i++) {
            v[i * n + i] = 1;
        }
        for (int sweep = 0; sweep < 30; sweep++) {
            double off = 0;
            double diagonal = 0;
            for (int i = 0; i < n; i++) {
                diagonal += a[i * n + i] * a[i * n + i];
                for (int j = 0; j < i; j++) {
                    off += a[i * n + j] * a[i * n + j];
                }
            }
            if (off <= 1e-24 * diagonal) {
                break;
            }
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(a, v, n, p, q);
                }
            }
        }
        return v;
    }

    private static void rotate(double[] a, double[] v, int n, int p, int q) {
        double apq = a[p * n + q];
        if (apq == 0) {
            return;
        }
        double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (int k = 0; k < n; k++) {
            double x = a[k * n + p];
            double y = a[k * n + q];
            a[k * n + p] = c * x - s * y;
            a[k * n + q] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
            double x = a[p * n + k];
            double y = a[q * n + k];
            a[p * n + k] = c * x - s * y;
            a[q * n + k] = s * x + c * y;
            x = v[p * n + k];
            y = v[q * n + k];
            v[p * n + k] = c * x - s * y;
            v[q * n + k] = s * x + c * y;
        }
    }

    /// A symmetric orthogonal matrix with entries of about equal size: Hadamard for a power of two, else the
    /// Hartley matrix `(cos + sin)(2 pi i j / n) / sqrt(n)`.
    static double[] mixing(int n) {
        double[] m = new double[n * n];
        double scale = 1 / Math.sqrt(n);
        boolean hadamard = Integer.bitCount(n) == 1;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double angle = 2 * Math.PI * ((long) i * j % n) / n;
                m[i * n + j] = scale
                        * (hadamard
                                ? 1 - 2 * (Integer.bitCount(i & j) & 1)
                                : StrictMath.cos(angle) + StrictMath.sin(angle));
            }
        }
        return m;
    }
}
