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
}
