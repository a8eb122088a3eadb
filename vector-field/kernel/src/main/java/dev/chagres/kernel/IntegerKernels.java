package dev.chagres.kernel;

/// Exact integer arithmetic of the inference engine: signed 32-bit results that never overflow because the
/// quantiser has proved every interval (docs/semantics.md, section 5).
public interface IntegerKernels {
    /// Tile product: `acc[j * accStride + t] += sum_k w[j * wStride + k] x[k * xStride + t]` for j < rows,
    /// k < depth, t < width. `w` holds 16-bit, `x` and `acc` 32-bit signed integers; strides in elements;
    /// `width` is a multiple of 16. Products and sums stay inside 32 bits.
    void matmul(long acc, long accStride, long w, long wStride, long x, long xStride, int rows, int depth, int width);

    /// Tile product with one column: `acc[j] += sum_k w[j * wStride + k] x[k]`, same types.
    void matvec(long acc, long w, long wStride, long x, int rows, int depth);

    /// `dst[i] = floor((x[i] + 2^(s-1)) / 2^s)` for s > 0, `x[i]` for s = 0 (round half up), and, when
    /// `rem` is not 0, `rem[i] = x[i] + 2^(s-1) - dst[i] 2^s` (0 for s = 0). `dst` may equal `x`.
    void shiftRound(long dst, long rem, long x, int s, long n);

    /// `dst[i] = table[x[i] - base]`; 32-bit entries; every index is inside the table.
    void lookup(long dst, long table, int base, long x, long n);

    /// `count[x[i] - base] += 1`.
    void histogram(long count, int base, long x, long n);

    /// The largest of `x[0 .. n)`, n > 0.
    int max(long x, long n);
}
