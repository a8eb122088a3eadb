package dev.chagres.kernel;

import dev.chagres.field.CircleDomain;

/// The shapes an [FftKernels] accepts.
public final class FftShape {
    private FftShape() {}

    /// @throws IllegalArgumentException unless 0 <= logK < logN <= 30
    public static void check(int logK, int logN) {
        if (logK < 0 || logK >= logN || logN > CircleDomain.MAX_LOG_SIZE) {
            throw new IllegalArgumentException(
                    "a circle code needs 0 <= logK < logN <= 30, not logK " + logK + ", logN " + logN);
        }
    }

    /// @throws IllegalArgumentException unless positions are ascending and inside a codeword of 2^logN values
    public static void checkPositions(int[] positions, int logN) {
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] < 0 || positions[i] >> logN != 0 || i > 0 && positions[i] <= positions[i - 1]) {
                throw new IllegalArgumentException("position " + positions[i] + " after " + i + " others is not"
                        + " ascending, or outside a codeword of 2^" + logN);
            }
        }
    }
}
