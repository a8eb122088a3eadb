package dev.chagres.ffm;

import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;

/// [IntegerKernels] of host memory on a device, each call by itself.
final class StagedIntegerKernels implements IntegerKernels {
    private final Staging staging;
    private final DeviceIntegerKernels kernels;

    StagedIntegerKernels(Staging staging) {
        this.staging = staging;
        kernels = staging.kernels().integer();
    }

    @Override
    public void matmul(long acc, long accStride, long w, long wStride, long x, long xStride, int rows, int depth,
            int width) {
        staging.run(c -> {
            DeviceBuffer dAcc = c.panelUpdate(acc, rows, accStride, width);
            DeviceInts dW = c.intRows(w, Short.SIZE, rows, wStride, depth);
            DeviceBuffer dX = c.panel(x, depth, xStride, width);
            return () -> kernels.matmul(dAcc, accStride, dW, wStride, dX, xStride, rows, depth, width);
        });
    }

    @Override
    public void matvec(long acc, long w, long wStride, long x, int rows, int depth) {
        staging.run(c -> {
            DeviceBuffer dAcc = c.update(acc, Memory.baseBytes(rows));
            DeviceInts dW = c.intRows(w, Short.SIZE, rows, wStride, depth);
            DeviceBuffer dX = c.base(x, depth);
            return () -> kernels.matvec(dAcc, dW, wStride, dX, rows, depth);
        });
    }

    @Override
    public void shiftRound(long dst, long rem, long x, int s, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dX = c.base(x, n);
            if (rem == 0) {
                return () -> kernels.shiftRound(dDst, dX, s, n);
            }
            DeviceBuffer dRem = c.baseOut(rem, n);
            return () -> kernels.shiftRound(dDst, dRem, dX, s, n);
        });
    }

    /// Entries up to the largest index: Java's kernels are not told how many there are.
    private static long size(long x, int base, long n) {
        long size = 0;
        for (long i = 0; i < n; i++) {
            size = Math.max(size, (long) Memory.getInt(x, i) - base + 1);
        }
        return size;
    }

    @Override
    public void lookup(long dst, long table, int base, long x, long n) {
        long size = size(x, base, n);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dTable = c.in(table, Integer.BYTES * size);
            DeviceBuffer dX = c.base(x, n);
            return () -> kernels.lookup(dDst, dTable, base, size, dX, n);
        });
    }

    @Override
    public void histogram(long count, int base, long x, long n) {
        long size = size(x, base, n);
        staging.run(c -> {
            DeviceBuffer dCount = c.update(count, Integer.BYTES * size);
            DeviceBuffer dX = c.base(x, n);
            return () -> kernels.histogram(dCount, base, size, dX, n);
        });
    }

    @Override
    public int max(long x, long n) {
        return staging.get(c -> {
            DeviceBuffer dX = c.base(x, n);
            return () -> kernels.max(dX, n);
        });
    }
}
