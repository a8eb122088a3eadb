package dev.chagres.kernel;

import dev.chagres.field.QM31;

/// Arithmetic on base and ext arrays (layouts: see the package). All field elements are canonical on input
/// and output. `dst` may equal a source address; other overlaps are not allowed.
///
/// Kernels on "ints" read signed integers stored in 8, 16 or 32 bits: `bits` says which, and any other value is an
/// [IllegalArgumentException]. Values of 32 bits are above -p and below p. Addresses of ints need the alignment of one
/// integer only; as everywhere, reading may go to the end of a block of sixteen.
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

    /// `dst[i]` = the residue of the signed 32-bit integer `src[i]`, for |src\[i\]| < p.
    void embedInt32(long dst, long src, long n);

    /// `dst[i]` = the residue of the signed 16-bit integer `src[i]` (2 bytes each).
    void embedInt16(long dst, long src, long n);

    /// `dst[i]` = the residue of the signed 8-bit integer `src[i]` (one byte each).
    void embedInt8(long dst, long src, long n);

    /// `dst[i]` = the residue of `src[i]`, ints.
    default void embedInts(long dst, long src, int bits, long n) {
        switch (bits) {
            case 8 -> embedInt8(dst, src, n);
            case 16 -> embedInt16(dst, src, n);
            case 32 -> embedInt32(dst, src, n);
            default -> throw new IllegalArgumentException("integers of " + bits + " bits; 8, 16 and 32 are known");
        }
    }

    /// `dst[i] = table[x[i] - base]`, 0 where that index is not in [0, size); `x` ints, `table` and `dst` 32-bit
    /// integers. `dst` may equal `x` when those are 32 bits wide.
    ///
    /// @param size entries of the table, below 2^31
    void gatherInts(long dst, long table, long base, long size, long x, int bits, long n);

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

    /// `dst[i] = dst[i] + s a[i]`, `a` ints, `dst` ext
    void addScaledInts(long dst, long a, int bits, QM31 s, long n);

    /// `dst[i] = s`
    void fillExt(long dst, QM31 s, long n);

    /// `dst[i] = s - a[i]`, `a` a base array: only coordinate 0 depends on i. No overlap.
    void constantMinusBase(long dst, QM31 s, long a, long n);

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

    /// Sum of `a[i] b[i]`, `a` ints, `b` ext.
    QM31 dotInts(long a, int bits, long b, long n);

    /// Row combination: `dst[y] += sum_r w[r] src[r * stride + y]` for y < width, r < rows.
    /// `src` is base (stride in elements, a multiple of 16), `w` and `dst` are ext arrays. The inner sum is
    /// accumulated without reduction, so that the cost is four unreduced multiply-adds per source element.
    void combineRows(long dst, long src, long width, long stride, long w, long rows);

    /// The same with `src` ints, `stride` in elements. Narrow integers need no reduction in the inner sum.
    void combineRowsInts(long dst, long src, int bits, long width, long stride, long w, long rows);

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

    /// `sum_i e[i] (a q1 + p1 q0)(X)[i]`: [#roundFractions] with a = p0 + lambda q0 in place of p0 and lambda.
    QM31[] roundMerged(long e, long aLo, long aHi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, long n);

    /// `sum_i e[i] a(X)[i] b(X)[i] c(X)[i]`, cubic in X: returns its values at 0, 2 and 3.
    QM31[] roundEqProduct3(long e, long aLo, long aHi, long bLo, long bHi, long cLo, long cHi, long n);

    // --- the fold of one challenge and the next round in one pass ----------------------------------------
    //
    // An array x of these kernels is made of four quarters, `stride` elements apart (a multiple of 16), of which
    // the first n elements each take part. First the top variable is bound at r: quarter 0 becomes
    // x0 + r (x2 - x0), quarter 1 x1 + r (x3 - x1). Then the round is taken on quarters 0 and 1 as low and high
    // half. A call on all elements is the same as calls on parts of them whose results are added.

    /// [#foldExt] on both arrays, then [#roundProduct].
    QM31[] foldRoundProduct(long a, long b, long stride, QM31 r, long n);

    /// [#foldExt] on a and b, then [#roundEqProduct].
    QM31[] foldRoundEqProduct(long e, long a, long b, long stride, QM31 r, long n);

    /// [#foldExt] on all four arrays but e, then [#roundMerged].
    QM31[] foldRoundMerged(long e, long a, long p1, long q0, long q1, long stride, QM31 r, long n);

    // --- fraction trees -----------------------------------------------------------------------------

    /// Sum of fractions: `p[i]/q[i] = p0[i]/q0[i] + p1[i]/q1[i]`, that is p = p0 q1 + p1 q0, q = q0 q1.
    /// No overlap between destinations and sources.
    void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n);

    /// The same with numerators one: p = q0 + q1, q = q0 q1.
    void addUnitFractions(long p, long q, long q0, long q1, long n);

    /// Sum of the fractions 1 / (c - a0\[i\]) and 1 / (c - a1\[i\]) of ints: p = 2c - s and q = c^2 - c s + t with
    /// s = a0 + a1 and t = a0 a1, which takes five base products instead of an ext one.
    void leafPair(long p, long q, long a0, long a1, int bits, QM31 c, long n);

    /// Sum of the four fractions 1 / (c - aj\[i\]) of ints: with the elementary symmetric sums e1..e4 of a0..a3,
    /// q = c^4 - e1 c^3 + e2 c^2 - e3 c + e4 and p = dq/dc = 4 c^3 - 3 e1 c^2 + 2 e2 c - e3.
    void leafQuad(long p, long q, long a0, long a1, long a2, long a3, int bits, QM31 c, long n);

    // --- functions of three variables on the grid {0, 1, inf}^3 --------------------------------------------
    //
    // The value of a multilinear function at inf is its coefficient: the value at 1 minus the value at 0. A grid is a
    // base array of 27 rows of [#GRID_ROW] elements, one function for each of the first n elements; the value at
    // (v2, v1, v0), inf written as the digit 2, is in row 9 v2 + 3 v1 + v0. Corners are the rows without a digit 2, in
    // this order. `sums` are ext arrays with a block of sixteen elements for each row or corner, and what a kernel adds
    // to a block it spreads over the block's elements as it likes: their sum counts.

    /// Elements of a row of a grid, at least n.
    int GRID_ROW = 256;

    /// Rows of a grid.
    int GRID_ROWS = 27;

    /// Numbers of the rows of corners.
    static int cornerRow(int corner) {
        return 9 * (corner >> 2) + 3 * (corner >> 1 & 1) + (corner & 1);
    }

    /// Fills the rows with a digit 2 from the corners, for whole blocks of elements.
    void extendGrid(long grid, long n);

    /// For each of the 27 rows `sums += sum_i e[i] a[i] b[i]`, `e` ext.
    void addGridProducts(long sums, long e, long a, long b, long n);

    /// For each of the 27 rows `sums += sum_i e[i] (a[i] b[i] + c[i] d[i])`, `e` ext.
    void addGridCross(long sums, long e, long a, long b, long c, long d, long n);

    /// For each of the 8 corners `sums += sum_i e[i] (a[i] + b[i])`, `e` ext.
    void addGridCorners(long sums, long e, long a, long b, long n);
}
