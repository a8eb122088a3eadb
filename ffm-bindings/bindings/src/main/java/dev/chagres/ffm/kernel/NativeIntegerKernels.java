package dev.chagres.ffm.kernel;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import dev.chagres.kernel.IntegerKernels;

/// [IntegerKernels] of the library.
final class NativeIntegerKernels implements IntegerKernels {
    private final int set;

    /// @param set number of the instruction set
    NativeIntegerKernels(int set) {
        this.set = set;
    }

    @Override
    public void matmul(long acc, long accStride, long w, long wStride, long x, long xStride, int rows, int depth, int width) {
        ChagresKernels.chk_matmul(set, acc, accStride, w, wStride, x, xStride, rows, depth, width);
    }

    @Override
    public void matvec(long acc, long w, long wStride, long x, int rows, int depth) {
        ChagresKernels.chk_matvec(set, acc, w, wStride, x, rows, depth);
    }

    @Override
    public void shiftRound(long dst, long rem, long x, int s, long n) {
        ChagresKernels.chk_shift_round(set, dst, rem, x, s, n);
    }

    @Override
    public void lookup(long dst, long table, int base, long x, long n) {
        ChagresKernels.chk_lookup(set, dst, table, base, x, n);
    }

    @Override
    public void histogram(long count, int base, long x, long n) {
        ChagresKernels.chk_histogram(set, count, base, x, n);
    }

    @Override
    public int max(long x, long n) {
        return (int) ChagresKernels.chk_max(set, x, n);
    }
}
