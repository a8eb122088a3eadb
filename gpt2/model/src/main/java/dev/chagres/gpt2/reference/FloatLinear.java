package dev.chagres.gpt2.reference;

import dev.chagres.gpt2.weights.DenseMatrix;
import java.util.stream.IntStream;

/// Matrix products in double precision with float weights. Every output is `((b + x_0 w_0) + x_1 w_1) + ...` in
/// index order; blocking and threads change only which outputs are computed when.
final class FloatLinear {
    /// Output columns per block: one block row of sums stays in the first-level cache.
    private static final int COLUMNS = 256;

    /// Input channels per panel of converted weights: 64 x 256 doubles are 128 KiB.
    private static final int DEPTH = 64;

    /// Multiplications below which starting threads costs more than it saves.
    private static final long PARALLEL = 1L << 22;

    private FloatLinear() {}

    /// `y_o = bias_o + sum_i weights[o][i] x_i` for each row.
    ///
    /// @param x `[rows][inputs]`
    /// @return `[rows][outputs]`
    static double[] multiply(double[] x, int rows, DenseMatrix matrix) {
        double[] y = new double[Math.multiplyExact(rows, matrix.outputs())];
        multiply(x, rows, matrix.inputs(), matrix.weights(), matrix.outputs(), matrix.bias(), 0, y,
                matrix.outputs(), 0);
        return y;
    }

    /// The same for some rows of a matrix.
    ///
    /// @param x `[rows][in]`
    /// @param h `[out][in]`
    /// @param bias `[out]`, read from `biasFrom`
    /// @param y `[rows][stride]`, columns `to .. to + out - 1` are set
    static void multiply(
            double[] x, int rows, int in, float[] h, int out, float[] bias, int biasFrom, double[] y,
            int stride, int to) {
        blocks(out, (long) rows * in * out).forEach(block -> {
            int from = block * COLUMNS;
            int width = Math.min(COLUMNS, out - from);
            for (int t = 0; t < rows; t++) {
                for (int o = 0; o < width; o++) {
                    y[t * stride + to + from + o] = bias[biasFrom + from + o];
                }
            }
            if (rows == 1) {
                multiplyRow(x, in, h, from, width, y, to + from);
                return;
            }
            double[] panel = new double[DEPTH * COLUMNS];
            for (int start = 0; start < in; start += DEPTH) {
                int depth = Math.min(DEPTH, in - start);
                for (int o = 0; o < width; o++) {
                    int row = (from + o) * in + start;
                    for (int i = 0; i < depth; i++) {
                        panel[i * COLUMNS + o] = h[row + i];
                    }
                }
                accumulate(x, rows, in, start, panel, depth, y, stride, to + from, width);
            }
        });
    }

    /// One row of `x` uses each weight once, so the panel would not pay. Four dot products at a time, each in index
    /// order, to hide the latency of the additions.
    private static void multiplyRow(double[] x, int in, float[] h, int from, int width, double[] y, int to) {
        int o = 0;
        for (; o + 4 <= width; o += 4) {
            int h0 = (from + o) * in;
            int h1 = h0 + in;
            int h2 = h1 + in;
            int h3 = h2 + in;
            double y0 = y[to + o];
            double y1 = y[to + o + 1];
            double y2 = y[to + o + 2];
            double y3 = y[to + o + 3];
            for (int i = 0; i < in; i++) {
                y0 += x[i] * h[h0 + i];
                y1 += x[i] * h[h1 + i];
                y2 += x[i] * h[h2 + i];
                y3 += x[i] * h[h3 + i];
            }
            y[to + o] = y0;
            y[to + o + 1] = y1;
            y[to + o + 2] = y2;
            y[to + o + 3] = y3;
        }
        for (; o < width; o++) {
            int row = (from + o) * in;
            for (int i = 0; i < in; i++) {
                y[to + o] += x[i] * h[row + i];
            }
        }
    }

    private static IntStream blocks(int out, long work) {
        IntStream blocks = IntStream.range(0, (out + COLUMNS - 1) / COLUMNS);
        return work >= PARALLEL ? blocks.parallel() : blocks;
    }

    /// Adds `depth` input channels, four at a time, to `width` sums of each row.
    private static void accumulate(
            double[] x, int rows, int in, int start, double[] panel, int depth, double[] y, int stride, int from,
            int width) {
        for (int t = 0; t < rows; t++) {
            int xRow = t * in + start;
            int yRow = t * stride + from;
            int i = 0;
            for (; i + 4 <= depth; i += 4) {
                addFour(y, yRow, x[xRow + i], x[xRow + i + 1], x[xRow + i + 2], x[xRow + i + 3], panel,
                        i * COLUMNS, width);
            }
            for (; i < depth; i++) {
                double x0 = x[xRow + i];
                for (int o = 0; o < width; o++) {
                    y[yRow + o] += x0 * panel[i * COLUMNS + o];
                }
            }
        }
    }

    private static void addFour(
            double[] y, int yRow, double x0, double x1, double x2, double x3, double[] panel, int p, int width) {
        for (int o = 0; o < width; o++) {
            y[yRow + o] = (((y[yRow + o] + x0 * panel[p + o]) + x1 * panel[p + COLUMNS + o])
                    + x2 * panel[p + 2 * COLUMNS + o]) + x3 * panel[p + 3 * COLUMNS + o];
        }
    }
}
