package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// What the integer program does with panels of a device: tensors in and out, masks, tables, softmax offsets. `lanes` of
/// a row take part, any number; rows of panels start at multiples of [Device#ALIGNMENT]. Calls return at once.
///
/// `failed` are eight bytes that become 1 if a value does not fit, or a table lacks an entry; they stay as they are if
/// not.
public final class DeviceInferenceKernels {
    private final Operands operands;

    DeviceInferenceKernels(Operands operands) {
        this.operands = operands;
    }

    /// Elements from the first one to the last one of rows x lanes.
    private static long spread(int rows, int lanes, long rowStride, long laneStride) {
        return rows == 0 || lanes == 0 ? 0 : Math.addExact(1, Math.addExact(
                Math.multiplyExact(rows - 1, rowStride), Math.multiplyExact(lanes - 1, laneStride)));
    }

    /// `dst[r][t] = src[r * rowStride + t * laneStride]`
    public void load(DeviceBuffer dst, long dstStride, DeviceInts src, long rowStride, long laneStride, int rows,
            int lanes) {
        operands.launched(ChagresCuda.chg_panel_load(operands.stream(), operands.panel(dst, rows, dstStride, lanes),
                dstStride, operands.ints(src, spread(rows, lanes, rowStride, laneStride)), src.bits(), rowStride,
                laneStride, rows, lanes));
    }

    /// `dst[r * rowStride + t * laneStride] = src[r][t]`; what does not fit is cut off.
    public void store(DeviceInts dst, long rowStride, long laneStride, DeviceBuffer src, long srcStride, int rows,
            int lanes, DeviceBuffer failed) {
        operands.launched(ChagresCuda.chg_panel_store(operands.stream(),
                operands.ints(dst, spread(rows, lanes, rowStride, laneStride)), dst.bits(), rowStride, laneStride,
                operands.panel(src, rows, srcStride, lanes), srcStride, rows, lanes,
                operands.bytes(failed, Long.BYTES)));
    }

    /// `dst[i] = x[i] y[i]` modulo 2^32
    public void multiply(DeviceBuffer dst, DeviceBuffer x, DeviceBuffer y, long n) {
        operands.launched(ChagresCuda.chg_panel_multiply(operands.stream(), operands.base(dst, n), operands.base(x, n),
                operands.base(y, n), n));
    }

    /// `x = x cos - y sin, y = y cos + x sin` modulo 2^32
    public void rotate(DeviceBuffer x, DeviceBuffer y, DeviceBuffer cos, DeviceBuffer sin, long n) {
        operands.launched(ChagresCuda.chg_panel_rotate(operands.stream(), operands.base(x, n), operands.base(y, n),
                operands.base(cos, n), operands.base(sin, n), n));
    }

    /// `dst[r][t] = table[x[r][t] - base]`, 0 for what is not in the table; `dst` may be `x`.
    ///
    /// @param table of 32 bits
    public void table(DeviceBuffer dst, DeviceBuffer x, long stride, DeviceInts table, long base, long size, int rows,
            int lanes, DeviceBuffer failed) {
        operands.launched(ChagresCuda.chg_panel_table(operands.stream(), operands.panel(dst, rows, stride, lanes),
                operands.panel(x, rows, stride, lanes), stride, operands.intRows(table, Integer.SIZE, 1, 0, size), base,
                size, rows, lanes, operands.bytes(failed, Long.BYTES)));
    }

    /// `x[r][t] = value` for r > diagonal + t
    public void mask(DeviceBuffer x, long stride, int diagonal, int value, int rows, int lanes) {
        operands.launched(ChagresCuda.chg_panel_mask(operands.stream(), operands.panel(x, rows, stride, lanes), stride,
                diagonal, value, rows, lanes));
    }

    /// `dst[r][t] = x[r][t]` for r > diagonal + t
    public void copyAbove(DeviceBuffer dst, DeviceBuffer x, long stride, int diagonal, int rows, int lanes) {
        operands.launched(ChagresCuda.chg_panel_copy_above(operands.stream(), operands.panel(dst, rows, stride, lanes),
                operands.panel(x, rows, stride, lanes), stride, diagonal, rows, lanes));
    }

    /// `dst[t]` = the least r up to diagonal + t with `x[r][t]` outside [low, high); `rows` when there is none.
    public void firstOutsideBelow(DeviceBuffer dst, DeviceBuffer x, long stride, int low, int high, int diagonal,
            int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_first_outside_below(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, low, high, diagonal, rows, width));
    }

    /// `dst[t]` = the least L from `least[t]` to `least[t] + support` for which `sum_r f(L - x[r][t])` is at most `most`;
    /// the end of the range where no sum inside is.
    ///
    /// @param table f(-1), f(0), ..: `limit + 2` entries of 32 bits of a falling function, the last one for all that
    ///     follow
    public void offsets(DeviceBuffer dst, DeviceBuffer x, long stride, DeviceBuffer least, DeviceInts table, int limit,
            long most, int support, int rows, int lanes) {
        operands.launched(ChagresCuda.chg_panel_offsets(operands.stream(), operands.base(dst, lanes),
                operands.panel(x, rows, stride, lanes), stride, operands.base(least, lanes),
                operands.intRows(table, Integer.SIZE, 1, 0, limit + 2L), limit, most, support, rows, lanes));
    }
}
