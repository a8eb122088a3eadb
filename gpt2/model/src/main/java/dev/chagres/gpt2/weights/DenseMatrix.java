package dev.chagres.gpt2.weights;

import java.util.Objects;

/// An affine map on the heap: `y_o = bias_o + sum_i weights[o][i] x_i`.
///
/// @param weights row-major `[outputs][inputs]`
/// @param bias `[outputs]`, zeros if the model has none
/// @param outputs rows
/// @param inputs columns
public record DenseMatrix(float[] weights, float[] bias, int outputs, int inputs) {
    public DenseMatrix {
        Objects.checkFromIndexSize(0, Math.multiplyExact(outputs, inputs), weights.length);
        Objects.checkFromIndexSize(0, outputs, bias.length);
    }

    /// `[rows][columns]` as `[columns][rows]`.
    public static float[] transpose(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[c * rows + r] = matrix[r * columns + c];
            }
        }
        return result;
    }
}
