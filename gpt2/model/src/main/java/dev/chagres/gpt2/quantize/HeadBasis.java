package dev.chagres.gpt2.quantize;

/// The basis in which one attention head is quantised: `q' = Q q`, `k' = K k - offset` with
/// `Q^T K = I / sqrt(dh)`, so that `q' . k'` is the scaled score up to a term that is constant over positions.
///
/// Q and K balance the second moments of q against k (both become the same diagonal matrix) and then mix the
/// channels by a flat orthogonal matrix; `offset` centres each channel of k' on its range.
///
/// @param queryMap   Q, `[dh][dh]`
/// @param keyMap     K, `[dh][dh]`
/// @param keyOffset  `[dh]`
/// @param queryRange largest calibrated |q'|, `[dh]`
/// @param keyRange   largest calibrated |k'|, `[dh]`
record HeadBasis(double[] queryMap, double[] keyMap, double[] keyOffset, double[] queryRange, double[] keyRange) {
    /// Part of the mean variance that is added to every direction, so that directions which calibration did not
    /// reach are not blown up.
    private static final double RIDGE = 1e-3;

    /// From the calibrated rows of q and k, `[rows][dh]` each; queries of several heads that read these keys follow
    /// each other.
    static HeadBasis of(float[] q, float[] k, int dh) {
        int rows = k.length / dh;
        double[] zero = new double[dh];
        double[] kMean = new double[dh];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < dh; c++) {
                kMean[c] += k[r * dh + c] / (double) rows;
            }
        }
        double[] lower = DenseMath.cholesky(moments(q, dh, zero), dh);
        double[] upper = DenseMath.transpose(lower, dh);
        double[] keyMoments = moments(k, dh, kMean);
        double[] balanced = DenseMath.product(upper, DenseMath.product(keyMoments, lower, dh), dh);
        // Rows of `vectors` are eigenvectors: U^T. A = L^-T U Lambda^(1/4), Q = A^T, K = A^-1.
        double[] vectors = DenseMath.jacobi(balanced, dh);
        double[] queryMap = DenseMath.product(vectors, DenseMath.invertLower(lower, dh), dh);
        double[] keyMap = DenseMath.product(vectors, upper, dh);
        for (int i = 0; i < dh; i++) {
            double quarter = Math.sqrt(Math.sqrt(balanced[i * dh + i]));
            for (int j = 0; j < dh; j++) {
                queryMap[i * dh + j] *= quarter / Math.sqrt(dh);
                keyMap[i * dh + j] /= quarter;
            }
        }
        double[] mixing = DenseMath.mixing(dh);
        queryMap = DenseMath.product(mixing, queryMap, dh);
        keyMap = DenseMath.product(mixing, keyMap, dh);
        double[][] queryExtremes = extremes(q, dh, queryMap);
        double[][] keyExtremes = extremes(k, dh, keyMap);
        double[] offset = new double[dh];
        double[] queryRange = new double[dh];
        double[] keyRange = new double[dh];
        for (int c = 0; c < dh; c++) {
            queryRange[c] = Math.max(-queryExtremes[0][c], queryExtremes[1][c]);
            offset[c] = (keyExtremes[0][c] + keyExtremes[1][c]) / 2;
            keyRange[c] = (keyExtremes[1][c] - keyExtremes[0][c]) / 2;
        }
        return new HeadBasis(queryMap, keyMap, offset, queryRange, keyRange);
    }

    private static double[] moments(float[] x, int n, double[] mean) {
        int rows = x.length / n;
        double[] m = new double[n * n];
        double[] row = new double[n];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < n; c++) {
                row[c] = x[r * n + c] - mean[c];
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    m[i * n + j] += row[i] * row[j];
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += m[i * n + i];
        }
        double ridge = Math.max(RIDGE * trace / n, 1e-12);
        for (int i = 0; i < n; i++) {
            m[i * n + i] += ridge;
        }
        return m;
    }

    private static double[][] extremes(float[] x, int n, double[] map) {
        int rows = x.length / n;
        double[][] e = new double[2][n];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < n; i++) {
                double s = 0;
                for (int j = 0; j < n; j++) {
                    s += map[i * n + j] * x[r * n + j];
                }
                e[0][i] = r == 0 ? s : Math.min(e[0][i], s);
                e[1][i] = r == 0 ? s : Math.max(e[1][i], s);
            }
        }
        return e;
    }
}
