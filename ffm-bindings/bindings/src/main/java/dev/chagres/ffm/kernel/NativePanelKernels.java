package dev.chagres.ffm.kernel;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import dev.chagres.kernel.PanelKernels;

/// [PanelKernels] of the library.
final class NativePanelKernels implements PanelKernels {
    private final int set;

    /// @param set number of the instruction set
    NativePanelKernels(int set) {
        this.set = set;
    }

    @Override
    public void copy(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        ChagresKernels.chk_panel_copy(set, dst, dstStride, src, srcStride, rows, width);
    }

    @Override
    public void widen(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        ChagresKernels.chk_panel_widen(set, dst, dstStride, src, srcStride, rows, width);
    }

    @Override
    public void add(long dst, long x, long y, long n) {
        ChagresKernels.chk_panel_add(set, dst, x, y, n);
    }

    @Override
    public void multiply(long dst, long x, long y, long n) {
        ChagresKernels.chk_panel_multiply(set, dst, x, y, n);
    }

    @Override
    public void rotate(long x, long y, long cos, long sin, long n) {
        ChagresKernels.chk_panel_rotate(set, x, y, cos, sin, n);
    }

    @Override
    public void subtractFrom(long x, long stride, long offset, int rows, int width) {
        ChagresKernels.chk_panel_subtract_from(set, x, stride, offset, rows, width);
    }

    @Override
    public void max(long dst, long x, long stride, int rows, int width) {
        ChagresKernels.chk_panel_max(set, dst, x, stride, rows, width);
    }

    @Override
    public void sum(long dst, long x, long stride, int rows, int width) {
        ChagresKernels.chk_panel_sum(set, dst, x, stride, rows, width);
    }

    @Override
    public void magnitude(long dst, long x, long stride, int rows, int width) {
        ChagresKernels.chk_panel_magnitude(set, dst, x, stride, rows, width);
    }

    @Override
    public void mantissas(long m, long pair, long x, long stride, long exponent, int rows, int width) {
        ChagresKernels.chk_panel_mantissas(set, m, pair, x, stride, exponent, rows, width);
    }

    @Override
    public void neighbourProducts(long dst, long m, long stride, int rows, int width) {
        ChagresKernels.chk_panel_neighbour_products(set, dst, m, stride, rows, width);
    }

    @Override
    public void firstOutside(long dst, long x, long stride, int low, int high, int rows, int width) {
        ChagresKernels.chk_panel_first_outside(set, dst, x, stride, low, high, rows, width);
    }

    @Override
    public void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows, int width) {
        ChagresKernels.chk_panel_scale_round(set, n, rem, m, stride, factor, s, rows, width);
    }

    @Override
    public void neighbours(long before, long at, long x, long stride, long offset, long table, int limit,
            int rows, int width) {
        ChagresKernels.chk_panel_neighbours(set, before, at, x, stride, offset, table, limit, rows, width);
    }

    @Override
    public boolean narrow(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        return ChagresKernels.chk_panel_narrow(set, dst, dstStride, src, srcStride, rows, width) != 0;
    }

    @Override
    public boolean lookup(long dst, long table, long base, long size, long x, long n) {
        return ChagresKernels.chk_panel_lookup(set, dst, table, base, size, x, n) != 0;
    }

    @Override
    public long neighbourSums(long x, long stride, int offset, long table, int limit, int rows) {
        return ChagresKernels.chk_panel_neighbour_sums(set, x, stride, offset, table, limit, rows);
    }

    @Override
    public void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows,
            int width) {
        ChagresKernels.chk_panel_exponential_sums(set, dst, x, stride, offset, rate, one, rows, width);
    }
}
