package dev.chagres.kernel;

/// Exact integer arithmetic on panels, the working memory of the inference engine.
///
/// A panel is an array of 32-bit signed integers `[row][lane]`: `rows` rows of `width` lanes, `width` a multiple of 16,
/// element (r, t) at `address + 4 (r * stride + t)`. A lane array is one such row. Strides are in elements; several
/// panels of one call share a stride unless they have their own. Results that are not said to wrap fit 32 bits.
public interface PanelKernels {
    /// `dst[r][t] = src[r][t]`.
    void copy(long dst, long dstStride, long src, long srcStride, int rows, int width);

    /// `dst[r][t] = src[r][t]`, `src` holding 16-bit signed integers.
    void widen(long dst, long dstStride, long src, long srcStride, int rows, int width);

    /// `dst[r][t] = src[r][t]`, `dst` holding 16-bit signed integers.
    ///
    /// @return whether every value fits; if not, those that do not are cut off
    boolean narrow(long dst, long dstStride, long src, long srcStride, int rows, int width);

    /// `dst[i] = x[i] + y[i]` modulo 2^32, for i < n.
    void add(long dst, long x, long y, long n);

    /// `dst[i] = x[i] * y[i]` modulo 2^32, for i < n.
    void multiply(long dst, long x, long y, long n);

    /// `(x[i], y[i]) = (x[i] cos[i] - y[i] sin[i], y[i] cos[i] + x[i] sin[i])` modulo 2^32, for i < n.
    void rotate(long x, long y, long cos, long sin, long n);

    /// `x[r][t] = offset[t] - x[r][t]` modulo 2^32, `offset` a lane array.
    void subtractFrom(long x, long stride, long offset, int rows, int width);

    /// `dst[t] = max_r x[r][t]`, rows > 0.
    void max(long dst, long x, long stride, int rows, int width);

    /// `dst[t] = sum_r x[r][t]` modulo 2^32.
    void sum(long dst, long x, long stride, int rows, int width);

    /// Bitwise or over r of `x[r][t] >= 0 ? x[r][t] : ~x[r][t]`: its bit length is that of the lane's largest
    /// magnitude.
    void magnitude(long dst, long x, long stride, int rows, int width);

    /// `m[r][t] = x[r][t] >> e` and `pair[r][t] = 2^e + x[r][t] - m[r][t] 2^e` with `e = exponent[t]` in [0, 30].
    void mantissas(long m, long pair, long x, long stride, long exponent, int rows, int width);

    /// `dst[t] = sum_r m[r][t] (m[r][t] + 1)`.
    void neighbourProducts(long dst, long m, long stride, int rows, int width);

    /// `dst[t]` = the least r with `x[r][t]` outside [low, high); `rows` when there is none.
    void firstOutside(long dst, long x, long stride, int low, int high, int rows, int width);

    /// With `p = (2 m[r][t] + 1) factor[t]` and `s` in 1..30: `n[r][t] = floor((p + 2^(s-1)) / 2^s)` and
    /// `rem[r][t] = p + 2^(s-1) - n[r][t] 2^s`. `n` may equal `m`.
    void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows, int width);

    /// `dst[i] = table[x[i] - base]`, for i < n, if every index is in [0, size).
    ///
    /// @param size entries of the table, below 2^31
    /// @return whether it was; if not, `dst` is undefined
    boolean lookup(long dst, long table, long base, long size, long x, long n);

    /// A falling table at two neighbouring entries: with `d = offset[t] - x[r][t]` modulo 2^32, an unsigned number,
    /// `x[r][t]` becomes d, `before[r][t] = table[min(d, limit)]` and `at[r][t] = table[min(d, limit) + 1]`.
    ///
    /// @param limit the table has `limit + 2` entries
    void neighbours(long before, long at, long x, long stride, long offset, long table, int limit, int rows, int width);

    /// Sums of the entries that [#neighbours] reads, for lane 0 alone: the sum of `before` in the low 32 bits, that of
    /// `at` in the high ones. Both are below 2^32. `x` stays.
    long neighbourSums(long x, long stride, int offset, long table, int limit, int rows);

    /// About `sum_r round(one exp(-rate d))` with `d = offset[t] - x[r][t]`, every term and the sum below 2^31: single
    /// precision, so terms may be off by some units and results differ between implementations.
    ///
    /// @param one at most 2^22
    void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows, int width);
}
