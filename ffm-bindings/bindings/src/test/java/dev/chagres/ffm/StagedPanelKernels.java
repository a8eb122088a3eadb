package dev.chagres.ffm;

import dev.chagres.kernel.PanelKernels;
import dev.chagres.kernel.ScalarPanelKernels;

/// [PanelKernels] of host memory on a device, each call by itself.
final class StagedPanelKernels implements PanelKernels {
    private final Staging staging;
    private final DevicePanelKernels kernels;
    /// For what devices have no kernel for: rows are evaluated on the host.
    private final PanelKernels host = new ScalarPanelKernels();

    StagedPanelKernels(Staging staging) {
        this.staging = staging;
        kernels = staging.kernels().panel();
    }

    @Override
    public void copy(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.panelUpdate(dst, rows, dstStride, width);
            DeviceBuffer dSrc = c.panel(src, rows, srcStride, width);
            return () -> kernels.copy(dDst, dstStride, dSrc, srcStride, rows, width);
        });
    }

    @Override
    public void widen(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.panelUpdate(dst, rows, dstStride, width);
            DeviceInts dSrc = c.intRows(src, Short.SIZE, rows, srcStride, width);
            return () -> kernels.widen(dDst, dstStride, dSrc, srcStride, rows, width);
        });
    }

    @Override
    public boolean narrow(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        return staging.get(c -> {
            DeviceInts dDst = c.shortRowsUpdate(dst, rows, dstStride, width);
            DeviceBuffer dSrc = c.panel(src, rows, srcStride, width);
            return () -> kernels.narrow(dDst, dstStride, dSrc, srcStride, rows, width);
        });
    }

    @Override
    public void add(long dst, long x, long y, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dX = c.base(x, n);
            DeviceBuffer dY = c.base(y, n);
            return () -> kernels.add(dDst, dX, dY, n);
        });
    }

    @Override
    public void multiply(long dst, long x, long y, long n) {
        host.multiply(dst, x, y, n);
    }

    @Override
    public void rotate(long x, long y, long cos, long sin, long n) {
        host.rotate(x, y, cos, sin, n);
    }

    @Override
    public void subtractFrom(long x, long stride, long offset, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dX = c.panelUpdate(x, rows, stride, width);
            DeviceBuffer dOffset = c.base(offset, width);
            return () -> kernels.subtractFrom(dX, stride, dOffset, rows, width);
        });
    }

    @Override
    public void max(long dst, long x, long stride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            return () -> kernels.max(dDst, dX, stride, rows, width);
        });
    }

    @Override
    public void sum(long dst, long x, long stride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            return () -> kernels.sum(dDst, dX, stride, rows, width);
        });
    }

    @Override
    public void magnitude(long dst, long x, long stride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            return () -> kernels.magnitude(dDst, dX, stride, rows, width);
        });
    }

    @Override
    public void neighbourProducts(long dst, long m, long stride, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dM = c.panel(m, rows, stride, width);
            return () -> kernels.neighbourProducts(dDst, dM, stride, rows, width);
        });
    }

    @Override
    public void mantissas(long m, long pair, long x, long stride, long exponent, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dM = c.panelUpdate(m, rows, stride, width);
            DeviceBuffer dPair = c.panelUpdate(pair, rows, stride, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            DeviceBuffer dExponent = c.base(exponent, width);
            return () -> kernels.mantissas(dM, dPair, dX, stride, dExponent, rows, width);
        });
    }

    @Override
    public void firstOutside(long dst, long x, long stride, int low, int high, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            return () -> kernels.firstOutside(dDst, dX, stride, low, high, rows, width);
        });
    }

    @Override
    public void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows, int width) {
        staging.run(c -> {
            DeviceBuffer dN = c.panelUpdate(n, rows, stride, width);
            DeviceBuffer dRem = c.panelUpdate(rem, rows, stride, width);
            DeviceBuffer dM = c.panel(m, rows, stride, width);
            DeviceBuffer dFactor = c.base(factor, width);
            return () -> kernels.scaleRound(dN, dRem, dM, stride, dFactor, s, rows, width);
        });
    }

    @Override
    public boolean lookup(long dst, long table, long base, long size, long x, long n) {
        return staging.get(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dTable = c.in(table, Integer.BYTES * size);
            DeviceBuffer dX = c.base(x, n);
            return () -> kernels.lookup(dDst, dTable, base, size, dX, n);
        });
    }

    @Override
    public void neighbours(long before, long at, long x, long stride, long offset, long table, int limit, int rows,
            int width) {
        staging.run(c -> {
            DeviceBuffer dBefore = c.panelUpdate(before, rows, stride, width);
            DeviceBuffer dAt = c.panelUpdate(at, rows, stride, width);
            DeviceBuffer dX = c.panelUpdate(x, rows, stride, width);
            DeviceBuffer dOffset = c.base(offset, width);
            DeviceBuffer dTable = c.in(table, Integer.BYTES * (limit + 2L));
            return () -> kernels.neighbours(dBefore, dAt, dX, stride, dOffset, dTable, limit, rows, width);
        });
    }

    @Override
    public long neighbourSums(long x, long stride, int offset, long table, int limit, int rows) {
        return staging.get(c -> {
            DeviceInts dX = c.intRows(x, Integer.SIZE, rows, stride, 1);
            DeviceBuffer dTable = c.in(table, Integer.BYTES * (limit + 2L));
            return () -> kernels.neighbourSums(dX, stride, offset, dTable, limit, rows);
        });
    }

    @Override
    public void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows,
            int width) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, width);
            DeviceBuffer dX = c.panel(x, rows, stride, width);
            DeviceBuffer dOffset = c.base(offset, width);
            return () -> kernels.exponentialSums(dDst, dX, stride, dOffset, rate, one, rows, width);
        });
    }
}
