package dev.chagres.ffm;

import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FftShape;
import dev.chagres.kernel.Memory;

/// [FftKernels] of host memory on a device, each call by itself.
final class StagedFftKernels implements FftKernels {
    private final Staging staging;
    private final DeviceFftKernels kernels;

    StagedFftKernels(Staging staging) {
        this.staging = staging;
        kernels = staging.kernels().fft();
    }

    @Override
    public void encode(long dst, long src, int logK, int logN, long rows) {
        FftShape.check(logK, logN);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, rows << logN);
            DeviceBuffer dSrc = c.base(src, rows << logK);
            return () -> kernels.encode(dDst, dSrc, logK, logN, rows, staging.twiddles());
        });
    }

    @Override
    public void encodeAt(long dst, long src, int logK, int logN, int[] positions) {
        FftShape.check(logK, logN);
        FftShape.checkPositions(positions, logN);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, 1L << logN);
            DeviceBuffer dSrc = c.base(src, 1L << logK);
            return () -> kernels.encodeAt(dDst, dSrc, logK, logN, positions, staging.twiddles());
        });
    }

    @Override
    public void encodeTransposed(long dst, long src, int logK, int logN) {
        FftShape.check(logK, logN);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, 1L << logK);
            DeviceBuffer dSrc = c.update(src, Memory.baseBytes(1L << logN));
            return () -> kernels.encodeTransposed(dDst, dSrc, logK, logN, staging.twiddles());
        });
    }
}
