package dev.chagres.gpt2.reference;

import java.util.stream.IntStream;

/// Causal softmax attention of one layer: rows `start .. start + rows - 1` attend to all positions up to their own.
final class FloatAttention {
    private static final long PARALLEL = 1L << 20;

    private final int heads;
    private final int width;
    private final int headWidth;

    FloatAttention(int heads, int width) {
        this.heads = heads;
        this.width = width;
        this.headWidth = width / heads;
    }

    /// Logits, weights and mix of one head.
    ///
    /// @param logits `[rows][start + rows]`, minus infinity above the diagonal
    /// @param weights same shape, 0 above the diagonal
    record Head(double[] logits, double[] weights) {}

    /// Computes all heads.
    ///
    /// @param queries `[rows][d]`
    /// @param keys `[start + rows][d]` or longer
    /// @param values as `keys`
    /// @param mix `[rows][d]`, set
    Head[] apply(double[] queries, double[] keys, double[] values, int start, int rows, double[] mix) {
        IntStream range = IntStream.range(0, heads);
        if ((long) rows * (start + rows) * width >= PARALLEL) {
            range = range.parallel();
        }
        return range.mapToObj(h -> head(h, queries, keys, values, start, rows, mix)).toArray(Head[]::new);
    }

    private Head head(int h, double[] queries, double[] keys, double[] values, int start, int rows, double[] mix) {
        int columns = start + rows;
        double scale = Math.sqrt(headWidth);
        double[] logits = new double[rows * columns];
        double[] weights = new double[rows * columns];
        for (int t = 0; t < rows; t++) {
            int q = t * width + h * headWidth;
            int row = t * columns;
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j <= start + t; j++) {
                int k = j * width + h * headWidth;
                double dot = 0;
                for (int c = 0; c < headWidth; c++) {
                    dot += queries[q + c] * keys[k + c];
                }
                logits[row + j] = dot / scale;
                largest = Math.max(largest, logits[row + j]);
            }
            for (int j = start + t + 1; j < columns; j++) {
                logits[row + j] = Double.NEGATIVE_INFINITY;
            }
            double sum = 0;
            for (int j = 0; j <= start + t; j++) {
                weights[row + j] = StrictMath.exp(logits[row + j] - largest);
                sum += weights[row + j];
            }
            for (int j = 0; j <= start + t; j++) {
                weights[row + j] /= sum;
                double weight = weights[row + j];
                int v = j * width + h * headWidth;
                for (int c = 0; c < headWidth; c++) {
                    mix[q + c] += weight * values[v + c];
                }
            }
        }
        return new Head(logits, weights);
    }
}
