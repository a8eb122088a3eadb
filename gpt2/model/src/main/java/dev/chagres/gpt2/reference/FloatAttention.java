package dev.chagres.gpt2.reference;

import java.util.stream.IntStream;

/// Causal softmax attention of one layer: rows `start .. start + rows - 1` attend to all positions up to their own.
final class FloatAttention {
    private static final long PARALLEL = 1L << 20;

    private final int heads;
    private final int keyHeads;
    private final int headWidth;

    /// @param keyHeads a divisor of `heads`: head h reads keys and values of head `floor(h keyHeads / heads)`
    FloatAttention(int heads, int keyHeads, int headWidth) {
        this.heads = heads;
        this.keyHeads = keyHeads;
        this.headWidth = headWidth;
    }

    /// Logits, weights and mix of one head.
    ///
    /// @param logits `[rows][start + rows]`, minus infinity above the diagonal
    /// @param weights same shape, 0 above the diagonal
    record Head(double[] logits, double[] weights) {}

    /// Computes all heads.
    ///
    /// @param queries `[rows][heads dh]`
    /// @param keys `[start + rows][keyHeads dh]` or longer
    /// @param values as `keys`
    /// @param mix `[rows][heads dh]`, zeros, set
    Head[] apply(double[] queries, double[] keys, double[] values, int start, int rows, double[] mix) {
        IntStream range = IntStream.range(0, heads);
        if ((long) rows * (start + rows) * heads * headWidth >= PARALLEL) {
            range = range.parallel();
        }
        return range.mapToObj(h -> head(h, queries, keys, values, start, rows, mix)).toArray(Head[]::new);
    }

    private Head head(int h, double[] queries, double[] keys, double[] values, int start, int rows, double[] mix) {
        int columns = start + rows;
        int width = heads * headWidth;
        int keyWidth = keyHeads * headWidth;
        int keyAt = h * keyHeads / heads * headWidth;
        double scale = Math.sqrt(headWidth);
        double[] logits = new double[rows * columns];
        double[] weights = new double[rows * columns];
        for (int t = 0; t < rows; t++) {
            int q = t * width + h * headWidth;
            int row = t * columns;
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j <= start + t; j++) {
                int k = j * keyWidth + keyAt;
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
                int v = j * keyWidth + keyAt;
                for (int c = 0; c < headWidth; c++) {
                    mix[q + c] += weight * values[v + c];
                }
            }
        }
        return new Head(logits, weights);
    }
}
