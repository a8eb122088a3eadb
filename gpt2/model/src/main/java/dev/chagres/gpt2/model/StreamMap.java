package dev.chagres.gpt2.model;

import java.util.List;

/// How integers of the residual stream stand for the float model's, for information: a row x of the float model is
/// centred if the model's norms do so, then reflected by `I - 2 w w^T` for every w in turn, and rounded in units of
/// 2^-f. The map is orthogonal on centred rows, so lengths of differences mean the same on both sides.
///
/// @param centred     whether the mean of a row is taken off first
/// @param reflections unit vectors `[d]`, in the order in which they are applied
public record StreamMap(boolean centred, List<double[]> reflections) {
    public StreamMap {
        reflections = List.copyOf(reflections);
    }

    /// Maps `row[at .. at + d)`.
    public void apply(double[] row, int at, int d) {
        if (centred) {
            double mean = 0;
            for (int c = 0; c < d; c++) {
                mean += row[at + c];
            }
            mean /= d;
            for (int c = 0; c < d; c++) {
                row[at + c] -= mean;
            }
        }
        for (double[] w : reflections) {
            double dot = 0;
            for (int c = 0; c < d; c++) {
                dot += w[c] * row[at + c];
            }
            for (int c = 0; c < d; c++) {
                row[at + c] -= 2 * dot * w[c];
            }
        }
    }
}
