package dev.chagres.ffm;

import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.HashShape;
import dev.chagres.kernel.Memory;

/// [HashKernels] of host memory on a device, each call by itself.
final class StagedHashKernels implements HashKernels {
    private final Staging staging;
    private final DeviceHashKernels kernels;

    StagedHashKernels(Staging staging) {
        this.staging = staging;
        kernels = staging.kernels().hash();
    }

    @Override
    public void hashColumns(Blake3Mode mode, long dst, long src, long blockStride, long rows, long from, long to) {
        HashShape.checkColumns(rows, from, to);
        long blocks = Memory.padded(rows) / Memory.BLOCK;
        staging.run(c -> {
            DeviceBuffer dDst = c.out(dst, 32 * (to - from));
            DeviceBuffer dSrc = c.in(src, blocks == 0 || from == to ? 0 : (blocks - 1) * blockStride + 64 * to);
            return () -> kernels.hashColumns(mode, dDst, dSrc, blockStride, rows, from, to);
        });
    }

    @Override
    public void hashPairs(Blake3Mode mode, long dst, long src, long n, int bytes) {
        HashShape.checkColumns(0, 0, n);
        HashShape.checkDigest(bytes);
        staging.run(c -> {
            DeviceBuffer dDst = c.out(dst, n * bytes);
            DeviceBuffer dSrc = c.in(src, 2 * n * bytes);
            return () -> kernels.hashPairs(mode, dDst, dSrc, n, bytes);
        });
    }

    @Override
    public void initColumns(Blake3Mode mode, long state, long n) {
        HashShape.checkState(n);
        staging.run(c -> {
            DeviceBuffer dState = c.out(state, 32 * n);
            return () -> kernels.initColumns(mode, dState, n);
        });
    }

    @Override
    public void absorbColumns(Blake3Mode mode, long state, long src, long rowStride, int rows, long n, long chunk,
            int flags) {
        HashShape.checkState(n);
        HashShape.checkBlock(rows);
        staging.run(c -> {
            DeviceBuffer dState = c.update(state, 32 * n);
            DeviceBuffer dSrc = c.in(src, (rows - 1) * rowStride + 4 * n);
            return () -> kernels.absorbColumns(mode, dState, dSrc, rowStride, rows, n, chunk, flags);
        });
    }

    @Override
    public void mergeColumns(Blake3Mode mode, long left, long right, long n, int flags) {
        HashShape.checkState(n);
        staging.run(c -> {
            DeviceBuffer dLeft = c.in(left, 32 * n);
            DeviceBuffer dRight = c.update(right, 32 * n);
            return () -> kernels.mergeColumns(mode, dLeft, dRight, n, flags);
        });
    }

    @Override
    public void storeColumns(long dst, long state, long n, int bytes) {
        HashShape.checkState(n);
        HashShape.checkDigest(bytes);
        staging.run(c -> {
            DeviceBuffer dDst = c.out(dst, n * bytes);
            DeviceBuffer dState = c.in(state, 32 * n);
            return () -> kernels.storeColumns(dDst, dState, n, bytes);
        });
    }

    @Override
    public void loadColumns(long state, long src, long n) {
        HashShape.checkState(n);
        staging.run(c -> {
            DeviceBuffer dState = c.out(state, 32 * n);
            DeviceBuffer dSrc = c.in(src, 32 * n);
            return () -> kernels.loadColumns(dState, dSrc, n);
        });
    }

    @Override
    public long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags) {
        return kernels.leastNonce(head, bits, first, count, start, flags);
    }
}
