package dev.chagres.kernel;

import dev.chagres.field.QM31;

/// Arithmetic on base and ext arrays (layouts: see the package). All field elements are canonical on input
/// and output. `dst` may equal a source address; other overlaps are not allowed.
///
/// "Halves" kernels bind the top variable of a multilinear table: `lo` and `hi` address its two halves, each
/// of `n` elements, and `r` is the challenge.
public interface FieldKernels {
    // --- base arrays -------------------------------------------------------------------------------

    /// `dst[i] = a[i] + b[i]`
    void addBase(long dst, long a, long b, long n);

    /// `dst[i] = a[i] - b[i]`
    void subBase(long dst, long a, long b, long n);

    /// `dst[i] = a[i] b[i]`
    void mulBase(long dst, long a, long b, long n);

    /// `dst[i] = a[i] b[i] + c[i]`
    void mulAddBase(long dst, long a, long b, long c, long n);

    /// `dst[i]` = the residue of the signed 32-bit integer `src[i]`, for |src[i]| < p.
    void embedInt32(long dst, long src, long n);

    /// `dst[i]` = the residue of the signed 16-bit integer `src[i]` (2 bytes each).
    void embedInt16(long dst, long src, long n);

    // --- ext arrays --------------------------------------------------------------------------------

    /// `dst[i] = a[i]` (base to ext; `dst` and `a` do not overlap)
    void extFromBase(long dst, long a, long n);

    /// `dst[i] = a[i] + b[i]`
    void addExt(long dst, long a, long b, long n);

    /// `dst[i] = a[i] - b[i]`
    void subExt(long dst, long a, long b, long n);

    /// `dst[i] = a[i] b[i]`
    void mulExt(long dst, long a, long b, long n);

    /// `dst[i] = a[i] b[i]`, `b` a base array
    void mulExtByBase(long dst, long a, long b, long n);

    /// `dst[i] = s a[i]`
    void scaleExt(long dst, long a, QM31 s, long n);

    /// `dst[i] = dst[i] + s a[i]`
    void addScaledExt(long dst, long a, QM31 s, long n);

    /// `dst[i] = dst[i] + s a[i]`, `a` a base array, `dst` ext
    void addScaledBase(long dst, long a, QM31 s, long n);

    /// `dst[i] = s`
    void fillExt(long dst, QM31 s, long n);

    /// `dst[i] = lo[i] + r (hi[i] - lo[i])`; `dst` may equal `lo`.
    void foldExt(long dst, long lo, long hi, QM31 r, long n);

    /// `dst[i] = lo[i] + r (hi[i] - lo[i])`, `lo` and `hi` base, `dst` ext, no overlap.
    void foldBase(long dst, long lo, long hi, QM31 r, long n);

    /// Sum of `a[i]`.
    QM31 sumExt(long a, long n);

    /// Sum of `a[i] b[i]`, both ext.
    QM31 dotExt(long a, long b, long n);

    /// Sum of `a[i] b[i]`, `a` base, `b` ext.
    QM31 dotBase(long a, long b, long n);

    /// Row combination: `dst[y] += sum_r w[r] src[r * stride + y]` for y < width, r < rows.
    /// `src` is base (stride in elements, a multiple of 16), `w` and `dst` are ext arrays. The inner sum is
    /// accumulated without reduction, so that the cost is four unreduced multiply-adds per source element.
    void combineRows(long dst, long src, long width, long stride, long w, long rows);

    /// The table of `eq(point, x)` times `scale` for all x in {0,1}^n: `dst` has 2^n ext elements, variable i
    /// of the point is bit i of the index.
    void eqTable(long dst, QM31[] point, QM31 scale);

    // --- sumcheck rounds on halves; each returns {value at 0, coefficient of X^2} -----------------------

    /// `sum_i a(X)[i] b(X)[i]`
    QM31[] roundProduct(long aLo, long aHi, long bLo, long bHi, long n);

    /// `sum_i e[i] a(X)[i] b(X)[i]`, `e` does not depend on X
    QM31[] roundEqProduct(long e, long aLo, long aHi, long bLo, long bHi, long n);

    /// `sum_i e[i] (p0 q1 + p1 q0 + lambda q0 q1)(X)[i]`: one round of the fraction sumcheck of LogUp-GKR
    /// (Papini and Haboeck, eprint 2023/1284). With p0 replaced by p0 + lambda q0 and lambda by 0 the sum is the
    /// same, and costs three products a point instead of four.
    QM31[] roundFractions(long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, QM31 lambda, long n);

    // --- fraction trees -----------------------------------------------------------------------------

    /// Sum of fractions: `p[i]/q[i] = p0[i]/q0[i] + p1[i]/q1[i]`, that is p = p0 q1 + p1 q0, q = q0 q1.
    /// No overlap between destinations and sources.
    void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n);

    /// The same with numerators one: p = q0 + q1, q = q0 q1.
    void addUnitFractions(long p, long q, long q0, long q1, long n);
}
