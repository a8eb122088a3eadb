package dev.chagres.kernel;

import dev.chagres.field.M31;

/// The reference circle FFT: radix 2, in place, one element at a time.
public final class ScalarFftKernels implements FftKernels {
    @Override
    public void encode(long dst, long src, int logK, int logN, long rows) {
        FftShape.check(logK, logN);
        long k = 1L << logK;
        long n = 1L << logN;
        for (long r = 0; r < rows; r++) {
            encodeRow(dst + 4 * n * r, src + 4 * k * r, logK, logN);
        }
    }

    /// Layers logN - 1 down to logK have zero upper coefficients: they copy the row. Then layer i maps the pair
    /// (a, b) of positions that differ in bit i to (a + t b, a - t b).
    private static void encodeRow(long dst, long src, int logK, int logN) {
        long copies = 1L << (logN - logK);
        for (long c = 0; c < copies; c++) {
            Memory.copy(src, dst + (c << logK) * 4, 4L << logK);
        }
        for (int i = logK - 1; i >= 0; i--) {
            long half = 1L << i;
            long blocks = 1L << (logN - 1 - i);
            for (long b = 0; b < blocks; b++) {
                int t = CircleTwiddles.twiddle(logN, i, b);
                long start = b << (i + 1);
                for (long j = start; j < start + half; j++) {
                    int u = Memory.getInt(dst, j);
                    int v = M31.mul(t, Memory.getInt(dst, j + half));
                    Memory.setInt(dst, j, M31.add(u, v));
                    Memory.setInt(dst, j + half, M31.sub(u, v));
                }
            }
        }
    }

    /// The transposed layers in the opposite order: (u, v) to (u + v, t (u - v)), then the sum of the copies.
    @Override
    public void encodeAt(long dst, long src, int logK, int logN, int[] positions) {
        FftShape.check(logK, logN);
        FftShape.checkPositions(positions, logN);
        encode(dst, src, logK, logN, 1);
    }

    @Override
    public void encodeTransposed(long dst, long src, int logK, int logN) {
        FftShape.check(logK, logN);
        for (int i = 0; i < logK; i++) {
            long half = 1L << i;
            long blocks = 1L << (logN - 1 - i);
            for (long b = 0; b < blocks; b++) {
                int t = CircleTwiddles.twiddle(logN, i, b);
                long start = b << (i + 1);
                for (long j = start; j < start + half; j++) {
                    int u = Memory.getInt(src, j);
                    int v = Memory.getInt(src, j + half);
                    Memory.setInt(src, j, M31.add(u, v));
                    Memory.setInt(src, j + half, M31.mul(t, M31.sub(u, v)));
                }
            }
        }
        long k = 1L << logK;
        long copies = 1L << (logN - logK);
        for (long j = 0; j < k; j++) {
            long sum = 0;
            for (long c = 0; c < copies; c++) {
                sum += Memory.getInt(src, (c << logK) + j);
            }
            Memory.setInt(dst, j, M31.reduce(sum));
        }
    }
}
