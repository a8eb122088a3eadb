package dev.chagres.kernel.simd;

import dev.chagres.kernel.PanelKernels;
import dev.chagres.kernel.ScalarPanelKernels;

/// [PanelKernels] on vectors. Table look-ups are scalar: the Vector API gathers from arrays only, not from memory
/// segments.
public final class VectorPanelKernels implements PanelKernels {
    private final PanelKernels scalar = new ScalarPanelKernels();

    @Override
    public void copy(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        for (int r = 0; r < rows; r++) {
            PanelLoops.copy(dst + 4 * r * dstStride, src + 4 * r * srcStride, 4L * width);
        }
    }

    @Override
    public void widen(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        for (int r = 0; r < rows; r++) {
            PanelLoops.widen(dst + 4 * r * dstStride, src + 2 * r * srcStride, 4L * width);
        }
    }

    @Override
    public boolean narrow(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        boolean fits = true;
        for (int r = 0; r < rows; r++) {
            fits &= PanelLoops.narrow(dst + 2 * r * dstStride, src + 4 * r * srcStride, 4L * width);
        }
        return fits;
    }

    @Override
    public void add(long dst, long x, long y, long n) {
        PanelLoops.add(dst, x, y, dev.chagres.kernel.Memory.baseBytes(n));
    }

    @Override
    public void multiply(long dst, long x, long y, long n) {
        PanelLoops.multiply(dst, x, y, dev.chagres.kernel.Memory.baseBytes(n));
    }

    @Override
    public void rotate(long x, long y, long cos, long sin, long n) {
        PanelLoops.rotate(x, y, cos, sin, dev.chagres.kernel.Memory.baseBytes(n));
    }

    @Override
    public void subtractFrom(long x, long stride, long offset, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.subtractFrom(x + 4L * t, 4 * stride, offset + 4L * t, rows);
        }
    }

    @Override
    public void max(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.max(dst + 4L * t, x + 4L * t, 4 * stride, rows);
        }
    }

    @Override
    public void sum(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.sum(dst + 4L * t, x + 4L * t, 4 * stride, rows);
        }
    }

    @Override
    public void magnitude(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.magnitude(dst + 4L * t, x + 4L * t, 4 * stride, rows);
        }
    }

    @Override
    public void mantissas(long m, long pair, long x, long stride, long exponent, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.mantissas(m + 4L * t, pair + 4L * t, x + 4L * t, 4 * stride, exponent + 4L * t, rows);
        }
    }

    @Override
    public void neighbourProducts(long dst, long m, long stride, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.neighbourProducts(dst + 4L * t, m + 4L * t, 4 * stride, rows);
        }
    }

    @Override
    public void firstOutside(long dst, long x, long stride, int low, int high, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.firstOutside(dst + 4L * t, x + 4L * t, 4 * stride, low, high, rows);
        }
    }

    @Override
    public void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows, int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.scaleRound(n + 4L * t, rem + 4L * t, m + 4L * t, 4 * stride, factor + 4L * t, s, rows);
        }
    }

    @Override
    public boolean lookup(long dst, long table, long base, long size, long x, long n) {
        return scalar.lookup(dst, table, base, size, x, n);
    }

    @Override
    public void neighbours(long before, long at, long x, long stride, long offset, long table, int limit, int rows,
            int width) {
        scalar.neighbours(before, at, x, stride, offset, table, limit, rows, width);
    }

    @Override
    public long neighbourSums(long x, long stride, int offset, long table, int limit, int rows) {
        return scalar.neighbourSums(x, stride, offset, table, limit, rows);
    }

    @Override
    public void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows,
            int width) {
        for (int t = 0; t < width; t += Lanes.COUNT) {
            PanelLoops.exponentialSums(dst + 4L * t, x + 4L * t, 4 * stride, offset + 4L * t, rate, one, rows);
        }
    }
}
