package dev.chagres.gpt2.quantize;

/// The basis of the residual stream: mean-centring followed, if it pays, by one Householder reflection
/// `I - 2 w w^T` that sends the direction of the largest activations to a flat vector of +-1/sqrt(d).
/// RMSNorm commutes with it, so it is applied to everything that reads or writes the stream.
final class StreamBasis {
    /// The reflection is used when it lowers the calibrated peak at least by this factor.
    private static final double WORTH = 2;

    private final double[] w;
    private final double peak;

    private StreamBasis(double[] w, double peak) {
        this.w = w;
        this.peak = peak;
    }

    /// From calibrated rows of the stream, `stages` arrays of `[rows][d]`.
    static StreamBasis of(float[][] stages, int d) {
        StreamBasis plain = new StreamBasis(null, 0);
        double[] row = new double[d];
        double[] largest = null;
        double peak = 0;
        for (float[] stage : stages) {
            for (int at = 0; at < stage.length; at += d) {
                plain.load(stage, at, row);
                double max = max(row);
                if (max > peak) {
                    peak = max;
                    largest = row.clone();
                }
            }
        }
        if (largest == null) {
            return plain;
        }
        StreamBasis reflected = new StreamBasis(direction(largest), 0);
        double reflectedPeak = 0;
        for (float[] stage : stages) {
            for (int at = 0; at < stage.length; at += d) {
                reflected.load(stage, at, row);
                reflectedPeak = Math.max(reflectedPeak, max(row));
            }
        }
        return reflectedPeak * WORTH < peak
                ? new StreamBasis(reflected.w, reflectedPeak)
                : new StreamBasis(null, peak);
    }

    /// `w` such that the reflection sends `x / |x|` to a vector of +-1/sqrt(d) with pseudo-random signs.
    private static double[] direction(double[] x) {
        int d = x.length;
        double norm = 0;
        for (double v : x) {
            norm += v * v;
        }
        norm = Math.sqrt(norm);
        double[] w = new double[d];
        double dot = 0;
        for (int c = 0; c < d; c++) {
            // Sign: the top bit of a Weyl sequence multiplied out (splitmix64's finaliser).
            long z = (c + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            w[c] = (z < 0 ? -1 : 1) / Math.sqrt(d);
            dot += w[c] * x[c] / norm;
        }
        double sign = dot > 0 ? -1 : 1;
        double length = 0;
        for (int c = 0; c < d; c++) {
            w[c] = x[c] / norm - sign * w[c];
            length += w[c] * w[c];
        }
        length = Math.sqrt(length);
        for (int c = 0; c < d; c++) {
            w[c] /= length;
        }
        return w;
    }

    private void load(float[] from, int at, double[] row) {
        for (int c = 0; c < row.length; c++) {
            row[c] = from[at + c];
        }
        apply(row, 0, row.length);
    }

    private static double max(double[] row) {
        double max = 0;
        for (double v : row) {
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    /// Whether a reflection is part of the basis.
    boolean reflected() {
        return w != null;
    }

    /// Largest calibrated |x| in this basis.
    double peak() {
        return peak;
    }

    /// Centres and reflects `row[at .. at + d)`.
    void apply(double[] row, int at, int d) {
        double mean = 0;
        for (int c = 0; c < d; c++) {
            mean += row[at + c];
        }
        mean /= d;
        double dot = 0;
        for (int c = 0; c < d; c++) {
            row[at + c] -= mean;
            if (w != null) {
                dot += w[c] * row[at + c];
            }
        }
        if (w != null) {
            for (int c = 0; c < d; c++) {
                row[at + c] -= 2 * dot * w[c];
            }
        }
    }
}
