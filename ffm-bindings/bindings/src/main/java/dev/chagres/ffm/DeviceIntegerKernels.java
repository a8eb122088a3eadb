package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// [dev.chagres.kernel.IntegerKernels] on the buffers of a device; tables have a size, and what is outside of them is 0
/// and counts nowhere. Calls return at once unless they say that they wait.
public final class DeviceIntegerKernels {
    private final Operands operands;

    DeviceIntegerKernels(Operands operands) {
        this.operands = operands;
    }

    /// `acc[j * accStride + t] += sum_k w[j * wStride + k] x[k * xStride + t]`, `w` of 16 bits
    public void matmul(DeviceBuffer acc, long accStride, DeviceInts w, long wStride, DeviceBuffer x, long xStride,
            int rows, int depth, int width) {
        operands.launched(ChagresCuda.chg_matmul(operands.stream(), operands.panel(acc, rows, accStride, width), accStride,
                operands.intRows(w, Short.SIZE, rows, wStride, depth), wStride,
                operands.panel(x, depth, xStride, width), xStride, rows, depth, width));
    }

    /// `acc[j] += sum_k w[j * wStride + k] x[k]`, `w` of 16 bits
    public void matvec(DeviceBuffer acc, DeviceInts w, long wStride, DeviceBuffer x, int rows, int depth) {
        operands.launched(ChagresCuda.chg_matvec(operands.stream(), operands.base(acc, rows),
                operands.intRows(w, Short.SIZE, rows, wStride, depth), wStride, operands.base(x, depth), rows, depth));
    }

    /// `dst[i] = floor((x[i] + 2^(s-1)) / 2^s)` for s > 0, `x[i]` for s = 0.
    public void shiftRound(DeviceBuffer dst, DeviceBuffer x, int s, long n) {
        operands.launched(ChagresCuda.chg_shift_round(operands.stream(), operands.base(dst, n), 0, operands.base(x, n), s,
                n));
    }

    /// The same, and `rem[i]` is what is left.
    public void shiftRound(DeviceBuffer dst, DeviceBuffer rem, DeviceBuffer x, int s, long n) {
        operands.launched(ChagresCuda.chg_shift_round(operands.stream(), operands.base(dst, n), operands.base(rem, n),
                operands.base(x, n), s, n));
    }

    /// `dst[i] = table[x[i] - base]`, 0 where that index is not in [0, size)
    public void lookup(DeviceBuffer dst, DeviceBuffer table, int base, long size, DeviceBuffer x, long n) {
        operands.launched(ChagresCuda.chg_lookup(operands.stream(), operands.base(dst, n),
                operands.bytes(table, size * Integer.BYTES), base, size, operands.base(x, n), n));
    }

    /// `count[x[i] - base] += 1` where that index is in [0, size)
    public void histogram(DeviceBuffer count, int base, long size, DeviceBuffer x, long n) {
        operands.launched(ChagresCuda.chg_histogram(operands.stream(), operands.bytes(count, size * Integer.BYTES), base,
                size, operands.base(x, n), n));
    }

    /// The largest of `x[0 .. n)`, n > 0; waits.
    public int max(DeviceBuffer x, long n) {
        operands.waited(ChagresCuda.chg_max(operands.waiting(), operands.base(x, n), n, operands.result()));
        return operands.resultInt();
    }
}
