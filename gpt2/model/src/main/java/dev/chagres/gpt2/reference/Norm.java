package dev.chagres.gpt2.reference;

import dev.chagres.gpt2.weights.NormKind;

/// Normalisation of each row, see [NormKind]. The variance is without Bessel's correction.
final class Norm {
    private Norm() {}

    /// @param x `[rows][gain.length]`
    /// @param shift `[gain.length]`, not read for an RMS norm
    static double[] apply(NormKind kind, double[] x, int rows, float[] gain, float[] shift, double epsilon) {
        double[] y = new double[rows * gain.length];
        for (int t = 0; t < rows; t++) {
            switch (kind) {
                case LAYER -> layer(x, t * gain.length, gain, shift, epsilon, y);
                case RMS -> rms(x, t * gain.length, gain, epsilon, y);
            }
        }
        return y;
    }

    private static void layer(double[] x, int row, float[] gain, float[] shift, double epsilon, double[] y) {
        int d = gain.length;
        double sum = 0;
        for (int c = 0; c < d; c++) {
            sum += x[row + c];
        }
        double mean = sum / d;
        double squares = 0;
        for (int c = 0; c < d; c++) {
            double centred = x[row + c] - mean;
            squares += centred * centred;
        }
        double deviation = Math.sqrt(squares / d + epsilon);
        for (int c = 0; c < d; c++) {
            y[row + c] = (x[row + c] - mean) / deviation * gain[c] + shift[c];
        }
    }

    private static void rms(double[] x, int row, float[] gain, double epsilon, double[] y) {
        int d = gain.length;
        double squares = 0;
        for (int c = 0; c < d; c++) {
            squares += x[row + c] * x[row + c];
        }
        double root = Math.sqrt(squares / d + epsilon);
        for (int c = 0; c < d; c++) {
            y[row + c] = x[row + c] / root * gain[c];
        }
    }
}
