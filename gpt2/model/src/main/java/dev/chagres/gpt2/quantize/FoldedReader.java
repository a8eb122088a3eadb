package dev.chagres.gpt2.quantize;

/// A matrix that reads a normalised row, with the norm's gain and shift and the basis of the stream folded in:
/// output j is `sum_c w_jc n_c + b_j`, `w_j = basis(gain * W[:, j])`, `b_j = bias_j + shift . W[:, j]`.
final class FoldedReader {
    private final float[] weights;
    private final float[] bias;
    private final float[] gain;
    private final float[] shift;
    private final StreamBasis stream;
    private final int inputs;

    /// @param weights `[inputs][outputs]`, as GPT-2 stores it
    FoldedReader(float[] weights, float[] bias, float[] gain, float[] shift, StreamBasis stream) {
        this.weights = weights;
        this.bias = bias;
        this.gain = gain;
        this.shift = shift;
        this.stream = stream;
        this.inputs = gain.length;
    }

    /// Outputs `from .. from + count - 1` as rows `[count][inputs]`, and their biases.
    void columns(int from, int count, double[] rows, double[] biases) {
        int outputs = bias.length;
        for (int j = 0; j < count; j++) {
            biases[j] = bias[from + j];
        }
        for (int c = 0; c < inputs; c++) {
            for (int j = 0; j < count; j++) {
                double w = weights[c * outputs + from + j];
                rows[j * inputs + c] = gain[c] * w;
                biases[j] += shift[c] * w;
            }
        }
        for (int j = 0; j < count; j++) {
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
