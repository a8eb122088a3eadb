package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// [FieldKernels] on the buffers of a device: same meaning, same order of arguments. Calls return at once unless they
/// say that they wait. Arrays take whole blocks of sixteen elements.
public final class DeviceFieldKernels {
    private static final long GRID = (long) FieldKernels.GRID_ROWS * FieldKernels.GRID_ROW;
    private static final int CORNERS = 8;

    private final Operands operands;

    DeviceFieldKernels(Operands operands) {
        this.operands = operands;
    }

    /// `dst[i] = a[i] + b[i]`, base arrays
    public void addBase(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_add_base(operands.stream(), operands.base(dst, n), operands.base(a, n),
                operands.base(b, n), n));
    }

    /// `dst[i] = a[i] - b[i]`
    public void subBase(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_sub_base(operands.stream(), operands.base(dst, n), operands.base(a, n),
                operands.base(b, n), n));
    }

    /// `dst[i] = a[i] b[i]`
    public void mulBase(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_mul_base(operands.stream(), operands.base(dst, n), operands.base(a, n),
                operands.base(b, n), n));
    }

    /// `dst[i] = a[i] b[i] + c[i]`
    public void mulAddBase(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, long n) {
        operands.launched(ChagresCuda.chg_mul_add_base(operands.stream(), operands.base(dst, n), operands.base(a, n),
                operands.base(b, n), operands.base(c, n), n));
    }

    /// `dst[i]` = the residue of `src[i]`
    public void embedInts(DeviceBuffer dst, DeviceInts src, long n) {
        operands.launched(ChagresCuda.chg_embed_ints(operands.stream(), operands.base(dst, n), operands.ints(src, n),
                src.bits(), n));
    }

    /// `dst[i] = table[x[i] - base]`, 0 where that index is not in [0, size)
    public void gatherInts(DeviceBuffer dst, DeviceBuffer table, long base, long size, DeviceInts x, long n) {
        operands.launched(ChagresCuda.chg_gather_ints(operands.stream(), operands.base(dst, n),
                operands.bytes(table, size * Integer.BYTES), base, size, operands.ints(x, n), x.bits(), n));
    }

    /// `dst[i] = a[i]`, base to ext
    public void extFromBase(DeviceBuffer dst, DeviceBuffer a, long n) {
        operands.launched(ChagresCuda.chg_ext_from_base(operands.stream(), operands.ext(dst, n), operands.base(a, n), n));
    }

    /// `dst[i] = a[i] + b[i]`, ext arrays
    public void addExt(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_add_ext(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.ext(b, n), n));
    }

    /// `dst[i] = a[i] - b[i]`
    public void subExt(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_sub_ext(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.ext(b, n), n));
    }

    /// `dst[i] = a[i] b[i]`
    public void mulExt(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_mul_ext(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.ext(b, n), n));
    }

    /// `dst[i] = a[i] b[i]`, `b` a base array
    public void mulExtByBase(DeviceBuffer dst, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_mul_ext_by_base(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.base(b, n), n));
    }

    /// `dst[i] = s a[i]`
    public void scaleExt(DeviceBuffer dst, DeviceBuffer a, QM31 s, long n) {
        operands.launched(ChagresCuda.chg_scale_ext(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.element(s), n));
    }

    /// `dst[i] = dst[i] + s a[i]`, `a` ext
    public void addScaledExt(DeviceBuffer dst, DeviceBuffer a, QM31 s, long n) {
        operands.launched(ChagresCuda.chg_add_scaled_ext(operands.stream(), operands.ext(dst, n), operands.ext(a, n),
                operands.element(s), n));
    }

    /// `dst[i] = dst[i] + s a[i]`, `a` base
    public void addScaledBase(DeviceBuffer dst, DeviceBuffer a, QM31 s, long n) {
        operands.launched(ChagresCuda.chg_add_scaled_base(operands.stream(), operands.ext(dst, n), operands.base(a, n),
                operands.element(s), n));
    }

    /// `dst[i] = dst[i] + s a[i]`, `a` ints
    public void addScaledInts(DeviceBuffer dst, DeviceInts a, QM31 s, long n) {
        operands.launched(ChagresCuda.chg_add_scaled_ints(operands.stream(), operands.ext(dst, n), operands.ints(a, n),
                a.bits(), operands.element(s), n));
    }

    /// `dst[i] = s`
    public void fillExt(DeviceBuffer dst, QM31 s, long n) {
        operands.launched(ChagresCuda.chg_fill_ext(operands.stream(), operands.ext(dst, n), operands.element(s), n));
    }

    /// `dst[i] = s - a[i]`, `a` base
    public void constantMinusBase(DeviceBuffer dst, QM31 s, DeviceBuffer a, long n) {
        operands.launched(ChagresCuda.chg_constant_minus_base(operands.stream(), operands.ext(dst, n), operands.element(s),
                operands.base(a, n), n));
    }

    /// `dst[i] = lo[i] + r (hi[i] - lo[i])`, ext
    public void foldExt(DeviceBuffer dst, DeviceBuffer lo, DeviceBuffer hi, QM31 r, long n) {
        operands.launched(ChagresCuda.chg_fold_ext(operands.stream(), operands.ext(dst, n), operands.ext(lo, n),
                operands.ext(hi, n), operands.element(r), n));
    }

    /// The same from base arrays.
    public void foldBase(DeviceBuffer dst, DeviceBuffer lo, DeviceBuffer hi, QM31 r, long n) {
        operands.launched(ChagresCuda.chg_fold_base(operands.stream(), operands.ext(dst, n), operands.base(lo, n),
                operands.base(hi, n), operands.element(r), n));
    }

    /// Sum of `a[i]`; waits.
    public QM31 sumExt(DeviceBuffer a, long n) {
        operands.waited(ChagresCuda.chg_sum_ext(operands.waiting(), operands.ext(a, n), n, operands.result()));
        return operands.resultElements(1)[0];
    }

    /// Sum of `a[i] b[i]`, both ext; waits.
    public QM31 dotExt(DeviceBuffer a, DeviceBuffer b, long n) {
        operands.waited(ChagresCuda.chg_dot_ext(operands.waiting(), operands.ext(a, n), operands.ext(b, n), n,
                operands.result()));
        return operands.resultElements(1)[0];
    }

    /// Sum of `a[i] b[i]`, `a` base, `b` ext; waits.
    public QM31 dotBase(DeviceBuffer a, DeviceBuffer b, long n) {
        operands.waited(ChagresCuda.chg_dot_base(operands.waiting(), operands.base(a, n), operands.ext(b, n), n,
                operands.result()));
        return operands.resultElements(1)[0];
    }

    /// Sum of `a[i] b[i]`, `a` ints, `b` ext; waits.
    public QM31 dotInts(DeviceInts a, DeviceBuffer b, long n) {
        operands.waited(ChagresCuda.chg_dot_ints(operands.waiting(), operands.ints(a, n), a.bits(), operands.ext(b, n), n,
                operands.result()));
        return operands.resultElements(1)[0];
    }

    /// `dst[y] += sum_r w[r] src[r * stride + y]`, `src` base, `stride` a multiple of 16
    public void combineRows(DeviceBuffer dst, DeviceBuffer src, long width, long stride, DeviceBuffer w, long rows) {
        operands.launched(ChagresCuda.chg_combine_rows(operands.stream(), operands.ext(dst, width),
                operands.panel(src, rows, stride, width), width, stride, operands.ext(w, rows), rows));
    }

    /// The same with `src` ints.
    public void combineRowsInts(DeviceBuffer dst, DeviceInts src, long width, long stride, DeviceBuffer w, long rows) {
        operands.launched(ChagresCuda.chg_combine_rows_ints(operands.stream(), operands.ext(dst, width),
                operands.intRows(src, rows, stride, width), src.bits(), width, stride, operands.ext(w, rows), rows));
    }

    /// `scale` times the table of `eq(point, x)`, variable i is bit i of x.
    ///
    /// @param point at most 32 variables
    public void eqTable(DeviceBuffer dst, QM31[] point, QM31 scale) {
        if (point.length > ChagresCuda.CHG_MAX_VARIABLES()) {
            throw new IllegalArgumentException("a point of " + point.length + " variables");
        }
        operands.launched(ChagresCuda.chg_eq_table(operands.stream(), operands.ext(dst, 1L << point.length),
                operands.elements(1, point), point.length, operands.element(scale)));
    }

    /// `sum_i a(X)[i] b(X)[i]` on halves: the value at 0 and the coefficient of X^2; waits.
    public QM31[] roundProduct(DeviceBuffer aLo, DeviceBuffer aHi, DeviceBuffer bLo, DeviceBuffer bHi, long n) {
        operands.waited(ChagresCuda.chg_round_product(operands.waiting(), operands.ext(aLo, n), operands.ext(aHi, n),
                operands.ext(bLo, n), operands.ext(bHi, n), n, operands.result()));
        return operands.resultElements(2);
    }

    /// The same, weighted with `e`; waits.
    public QM31[] roundEqProduct(DeviceBuffer e, DeviceBuffer aLo, DeviceBuffer aHi, DeviceBuffer bLo,
            DeviceBuffer bHi, long n) {
        operands.waited(ChagresCuda.chg_round_eq_product(operands.waiting(), operands.ext(e, n), operands.ext(aLo, n),
                operands.ext(aHi, n), operands.ext(bLo, n), operands.ext(bHi, n), n, operands.result()));
        return operands.resultElements(2);
    }

    /// `sum_i e[i] (p0 q1 + p1 q0 + lambda q0 q1)(X)[i]`; waits.
    ///
    /// @param halves lower and upper half of p0, p1, q0, q1
    public QM31[] roundFractions(DeviceBuffer e, DeviceBuffer[] halves, QM31 lambda, long n) {
        operands.waited(ChagresCuda.chg_round_fractions(operands.waiting(), operands.ext(e, n), operands.ext(halves[0], n),
                operands.ext(halves[1], n), operands.ext(halves[2], n), operands.ext(halves[3], n),
                operands.ext(halves[4], n), operands.ext(halves[5], n), operands.ext(halves[6], n),
                operands.ext(halves[7], n), operands.element(lambda), n, operands.result()));
        return operands.resultElements(2);
    }

    /// `sum_i e[i] (a q1 + p1 q0)(X)[i]`; waits.
    ///
    /// @param halves lower and upper half of a, p1, q0, q1
    public QM31[] roundMerged(DeviceBuffer e, DeviceBuffer[] halves, long n) {
        operands.waited(ChagresCuda.chg_round_merged(operands.waiting(), operands.ext(e, n), operands.ext(halves[0], n),
                operands.ext(halves[1], n), operands.ext(halves[2], n), operands.ext(halves[3], n),
                operands.ext(halves[4], n), operands.ext(halves[5], n), operands.ext(halves[6], n),
                operands.ext(halves[7], n), n, operands.result()));
        return operands.resultElements(2);
    }

    /// `sum_i e[i] a(X)[i] b(X)[i] c(X)[i]` at 0, 2 and 3; waits.
    ///
    /// @param halves lower and upper half of a, b, c
    public QM31[] roundEqProduct3(DeviceBuffer e, DeviceBuffer[] halves, long n) {
        operands.waited(ChagresCuda.chg_round_eq_triple(operands.waiting(), operands.ext(e, n), operands.ext(halves[0], n),
                operands.ext(halves[1], n), operands.ext(halves[2], n), operands.ext(halves[3], n),
                operands.ext(halves[4], n), operands.ext(halves[5], n), n, operands.result()));
        return operands.resultElements(3);
    }

    /// [#foldExt] on quarters of both arrays, then [#roundProduct]; waits.
    public QM31[] foldRoundProduct(DeviceBuffer a, DeviceBuffer b, long stride, QM31 r, long n) {
        operands.waited(ChagresCuda.chg_fold_round_product(operands.waiting(), operands.quarters(a, stride, n),
                operands.quarters(b, stride, n), stride, operands.element(r), n, operands.result()));
        return operands.resultElements(2);
    }

    /// [#foldExt] on quarters of a and b, then [#roundEqProduct]; waits.
    public QM31[] foldRoundEqProduct(DeviceBuffer e, DeviceBuffer a, DeviceBuffer b, long stride, QM31 r, long n) {
        operands.waited(ChagresCuda.chg_fold_round_eq_product(operands.waiting(), operands.ext(e, n),
                operands.quarters(a, stride, n), operands.quarters(b, stride, n), stride, operands.element(r), n,
                operands.result()));
        return operands.resultElements(2);
    }

    /// [#foldExt] on quarters of all but e, then [#roundMerged]; waits.
    public QM31[] foldRoundMerged(DeviceBuffer e, DeviceBuffer a, DeviceBuffer p1, DeviceBuffer q0, DeviceBuffer q1,
            long stride, QM31 r, long n) {
        operands.waited(ChagresCuda.chg_fold_round_merged(operands.waiting(), operands.ext(e, n),
                operands.quarters(a, stride, n), operands.quarters(p1, stride, n), operands.quarters(q0, stride, n),
                operands.quarters(q1, stride, n), stride, operands.element(r), n, operands.result()));
        return operands.resultElements(2);
    }

    /// `p[i]/q[i] = p0[i]/q0[i] + p1[i]/q1[i]`; nothing overlaps.
    public void addFractions(DeviceBuffer p, DeviceBuffer q, DeviceBuffer p0, DeviceBuffer q0, DeviceBuffer p1,
            DeviceBuffer q1, long n) {
        operands.launched(ChagresCuda.chg_add_fractions(operands.stream(), operands.ext(p, n), operands.ext(q, n),
                operands.ext(p0, n), operands.ext(q0, n), operands.ext(p1, n), operands.ext(q1, n), n));
    }

    /// The same with numerators one.
    public void addUnitFractions(DeviceBuffer p, DeviceBuffer q, DeviceBuffer q0, DeviceBuffer q1, long n) {
        operands.launched(ChagresCuda.chg_add_unit_fractions(operands.stream(), operands.ext(p, n), operands.ext(q, n),
                operands.ext(q0, n), operands.ext(q1, n), n));
    }

    /// Sum of the fractions `1 / (c - a0[i])` and `1 / (c - a1[i])` of ints of one width.
    public void leafPair(DeviceBuffer p, DeviceBuffer q, DeviceInts a0, DeviceInts a1, QM31 c, long n) {
        operands.sameWidth(a0, a1);
        operands.launched(ChagresCuda.chg_leaf_pair(operands.stream(), operands.ext(p, n), operands.ext(q, n),
                operands.ints(a0, n), operands.ints(a1, n), a0.bits(), operands.element(c), n));
    }

    /// Sum of four such fractions.
    public void leafQuad(DeviceBuffer p, DeviceBuffer q, DeviceInts a0, DeviceInts a1, DeviceInts a2, DeviceInts a3,
            QM31 c, long n) {
        operands.sameWidth(a0, a1, a2, a3);
        operands.launched(ChagresCuda.chg_leaf_quad(operands.stream(), operands.ext(p, n), operands.ext(q, n),
                operands.ints(a0, n), operands.ints(a1, n), operands.ints(a2, n), operands.ints(a3, n), a0.bits(),
                operands.element(c), n));
    }

    /// Fills the rows of a grid with a digit 2 from its corners; layout as in [FieldKernels].
    public void extendGrid(DeviceBuffer grid, long n) {
        operands.launched(ChagresCuda.chg_extend_grid(operands.stream(), operands.base(grid, GRID), n));
    }

    /// For each row `sums += sum_i e[i] a[i] b[i]`.
    public void addGridProducts(DeviceBuffer sums, DeviceBuffer e, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_add_grid_products(operands.stream(),
                operands.ext(sums, FieldKernels.GRID_ROWS * Memory.BLOCK), operands.ext(e, n), operands.base(a, GRID),
                operands.base(b, GRID), n));
    }

    /// For each row `sums += sum_i e[i] (a[i] b[i] + c[i] d[i])`.
    public void addGridCross(DeviceBuffer sums, DeviceBuffer e, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c,
            DeviceBuffer d, long n) {
        operands.launched(ChagresCuda.chg_add_grid_cross(operands.stream(),
                operands.ext(sums, FieldKernels.GRID_ROWS * Memory.BLOCK), operands.ext(e, n), operands.base(a, GRID),
                operands.base(b, GRID), operands.base(c, GRID), operands.base(d, GRID), n));
    }

    /// For each corner `sums += sum_i e[i] (a[i] + b[i])`.
    public void addGridCorners(DeviceBuffer sums, DeviceBuffer e, DeviceBuffer a, DeviceBuffer b, long n) {
        operands.launched(ChagresCuda.chg_add_grid_corners(operands.stream(), operands.ext(sums, CORNERS * Memory.BLOCK),
                operands.ext(e, n), operands.base(a, GRID), operands.base(b, GRID), n));
    }
}
