package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// [dev.chagres.kernel.PanelKernels] on the buffers of a device. Calls return at once unless they say that they wait.
public final class DevicePanelKernels {
    private final Operands operands;

    DevicePanelKernels(Operands operands) {
        this.operands = operands;
    }

    /// `dst[r][t] = src[r][t]`
    public void copy(DeviceBuffer dst, long dstStride, DeviceBuffer src, long srcStride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_copy(operands.stream(), operands.panel(dst, rows, dstStride, width),
                dstStride, operands.panel(src, rows, srcStride, width), srcStride, rows, width));
    }

    /// `dst[r][t] = src[r][t]`, `src` of 16 bits
    public void widen(DeviceBuffer dst, long dstStride, DeviceInts src, long srcStride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_widen(operands.stream(), operands.panel(dst, rows, dstStride, width),
                dstStride, operands.intRows(src, Short.SIZE, rows, srcStride, width), srcStride, rows, width));
    }

    /// `dst[r][t] = src[r][t]`, `dst` of 16 bits; waits.
    ///
    /// @return whether every value fits; if not, those that do not are cut off
    public boolean narrow(DeviceInts dst, long dstStride, DeviceBuffer src, long srcStride, int rows, int width) {
        operands.waited(ChagresCuda.chg_panel_narrow(operands.waiting(),
                operands.intRows(dst, Short.SIZE, rows, dstStride, width), dstStride,
                operands.panel(src, rows, srcStride, width), srcStride, rows, width, operands.result()));
        return operands.resultInt() != 0;
    }

    /// `dst[i] = x[i] + y[i]` modulo 2^32
    public void add(DeviceBuffer dst, DeviceBuffer x, DeviceBuffer y, long n) {
        operands.launched(ChagresCuda.chg_panel_add(operands.stream(), operands.base(dst, n), operands.base(x, n),
                operands.base(y, n), n));
    }

    /// `x[r][t] = offset[t] - x[r][t]` modulo 2^32
    public void subtractFrom(DeviceBuffer x, long stride, DeviceBuffer offset, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_subtract_from(operands.stream(), operands.panel(x, rows, stride, width),
                stride, operands.base(offset, width), rows, width));
    }

    /// `dst[t] = max_r x[r][t]`, rows > 0
    public void max(DeviceBuffer dst, DeviceBuffer x, long stride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_max(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, rows, width));
    }

    /// `dst[t] = sum_r x[r][t]` modulo 2^32
    public void sum(DeviceBuffer dst, DeviceBuffer x, long stride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_sum(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, rows, width));
    }

    /// Bitwise or over r of `x[r][t] >= 0 ? x[r][t] : ~x[r][t]`.
    public void magnitude(DeviceBuffer dst, DeviceBuffer x, long stride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_magnitude(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, rows, width));
    }

    /// `dst[t] = sum_r x[r][t] (x[r][t] + 1)`
    public void neighbourProducts(DeviceBuffer dst, DeviceBuffer x, long stride, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_neighbour_products(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, rows, width));
    }

    /// `m[r][t] = x[r][t] >> e`, `pair[r][t] = 2^e + x[r][t] - m[r][t] 2^e`, `e = exponent[t]` in [0, 30]
    public void mantissas(DeviceBuffer m, DeviceBuffer pair, DeviceBuffer x, long stride, DeviceBuffer exponent,
            int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_mantissas(operands.stream(), operands.panel(m, rows, stride, width),
                operands.panel(pair, rows, stride, width), operands.panel(x, rows, stride, width), stride,
                operands.base(exponent, width), rows, width));
    }

    /// `dst[t]` = the least r with `x[r][t]` outside [low, high); `rows` when there is none.
    public void firstOutside(DeviceBuffer dst, DeviceBuffer x, long stride, int low, int high, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_first_outside(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, low, high, rows, width));
    }

    /// Rounded `(2 m[r][t] + 1) factor[t] / 2^s` and what is left, `s` in 1..30; `n` may be `m`.
    public void scaleRound(DeviceBuffer n, DeviceBuffer rem, DeviceBuffer m, long stride, DeviceBuffer factor, int s,
            int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_scale_round(operands.stream(), operands.panel(n, rows, stride, width),
                operands.panel(rem, rows, stride, width), operands.panel(m, rows, stride, width), stride,
                operands.base(factor, width), s, rows, width));
    }

    /// `dst[i] = table[x[i] - base]`; waits.
    ///
    /// @return whether every index is in [0, size); if not, `dst` is undefined
    public boolean lookup(DeviceBuffer dst, DeviceBuffer table, long base, long size, DeviceBuffer x, long n) {
        operands.waited(ChagresCuda.chg_panel_lookup(operands.waiting(), operands.base(dst, n),
                operands.bytes(table, size * Integer.BYTES), base, size, operands.base(x, n), n, operands.result()));
        return operands.resultInt() != 0;
    }

    /// With `d = offset[t] - x[r][t]`, unsigned: x becomes d, `before` and `at` are entry `min(d, limit)` and the next.
    ///
    /// @param table of `limit + 2` entries
    public void neighbours(DeviceBuffer before, DeviceBuffer at, DeviceBuffer x, long stride, DeviceBuffer offset,
            DeviceBuffer table, int limit, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_neighbours(operands.stream(), operands.panel(before, rows, stride, width),
                operands.panel(at, rows, stride, width), operands.panel(x, rows, stride, width), stride,
                operands.base(offset, width), operands.bytes(table, (limit + 2L) * Integer.BYTES), limit, rows, width));
    }

    /// Sums of the entries that [#neighbours] reads for one lane, in the low and the high 32 bits; waits.
    ///
    /// @param x the lane, of 32 bits
    public long neighbourSums(DeviceInts x, long stride, int offset, DeviceBuffer table, int limit, int rows) {
        operands.waited(ChagresCuda.chg_panel_neighbour_sums(operands.waiting(),
                operands.intRows(x, Integer.SIZE, rows, stride, 1), stride, offset,
                operands.bytes(table, (limit + 2L) * Integer.BYTES), limit, rows, operands.result()));
        return operands.resultLong();
    }

    /// About `sum_r round(one exp(-rate d))`, `d = offset[t] - x[r][t]`; results differ between implementations.
    public void exponentialSums(DeviceBuffer dst, DeviceBuffer x, long stride, DeviceBuffer offset, float rate,
            float one, int rows, int width) {
        operands.launched(ChagresCuda.chg_panel_exponential_sums(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, operands.base(offset, width), rate, one, rows, width));
    }
}
