package dev.chagres.gpt2.reference;

/// Layer normalisation of each row (Ba, Kiros and Hinton, 2016), variance without Bessel's correction.
final class LayerNorm {
    private LayerNorm() {}

    /// `gain (x - mean) / sqrt(variance + epsilon) + shift`.
    ///
    /// @param x `[rows][gain.length]`
    static double[] apply(double[] x, int rows, float[] gain, float[] shift, double epsilon) {
        int d = gain.length;
        double[] y = new double[rows * d];
        for (int t = 0; t < rows; t++) {
            int row = t * d;
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
        return y;
    }
}
