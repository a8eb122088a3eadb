package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.DenseMatrix;

/// A matrix that reads a normalised row, with the norm's gain and shift and the basis of the stream folded in:
/// output j is `sum_c w_jc n_c + b_j`, `w_j = basis(gain * W[j])`, `b_j = bias_j + shift . W[j]`.
final class FoldedReader {
    private final DenseMatrix matrix;
    private final float[] gain;
    private final float[] shift;
    private final StreamBasis stream;

    FoldedReader(DenseMatrix matrix, float[] gain, float[] shift, StreamBasis stream) {
        this.matrix = matrix;
        this.gain = gain;
        this.shift = shift;
        this.stream = stream;
    }

    /// Outputs `from .. from + count - 1` as rows `[count][inputs]`, and their biases.
    void outputs(int from, int count, double[] rows, double[] biases) {
        int inputs = matrix.inputs();
        for (int j = 0; j < count; j++) {
            biases[j] = matrix.bias()[from + j];
            for (int c = 0; c < inputs; c++) {
                double w = matrix.weights()[(from + j) * inputs + c];
                rows[j * inputs + c] = gain[c] * w;
                biases[j] += shift[c] * w;
            }
            stream.apply(rows, j * inputs, inputs);
        }
    }

    /// Replaces n outputs by `map` times them: rows `[n][inputs]` and biases alike.
    static void mix(double[] map, int n, double[] rows, double[] biases) {
        int inputs = rows.length / n;
        double[] mixed = new double[rows.length];
        double[] mixedBias = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double f = map[i * n + j];
                mixedBias[i] += f * biases[j];
                for (int c = 0; c < inputs; c++) {
                    mixed[i * inputs + c] += f * rows[j * inputs + c];
                }
            }
        }
        System.arraycopy(mixed, 0, rows, 0, rows.length);
        System.arraycopy(mixedBias, 0, biases, 0, n);
    }
}
