package dev.chagres.ffm.kernel;

import static dev.chagres.ffm.kernel.ThreadScratch.address;
import static dev.chagres.ffm.kernel.ThreadScratch.elements;
import static dev.chagres.ffm.kernel.ThreadScratch.high;
import static dev.chagres.ffm.kernel.ThreadScratch.low;
import static dev.chagres.ffm.kernel.ThreadScratch.put;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;

/// [FieldKernels] of the library.
final class NativeFieldKernels implements FieldKernels {
    private final int set;

    /// @param set number of the instruction set
    NativeFieldKernels(int set) {
        this.set = set;
    }

    @Override
    public void addBase(long dst, long a, long b, long n) {
        ChagresKernels.chk_add_base(set, dst, a, b, n);
    }

    @Override
    public void subBase(long dst, long a, long b, long n) {
        ChagresKernels.chk_sub_base(set, dst, a, b, n);
    }

    @Override
    public void mulBase(long dst, long a, long b, long n) {
        ChagresKernels.chk_mul_base(set, dst, a, b, n);
    }

    @Override
    public void mulAddBase(long dst, long a, long b, long c, long n) {
        ChagresKernels.chk_mul_add_base(set, dst, a, b, c, n);
    }

    @Override
    public void embedInt32(long dst, long src, long n) {
        ChagresKernels.chk_embed_ints(set, dst, src, 32, n);
    }

    @Override
    public void embedInt16(long dst, long src, long n) {
        ChagresKernels.chk_embed_ints(set, dst, src, 16, n);
    }

    @Override
    public void embedInt8(long dst, long src, long n) {
        ChagresKernels.chk_embed_ints(set, dst, src, 8, n);
    }

    @Override
    public void gatherInts(long dst, long table, long base, long size, long x, int bits, long n) {
        checkBits(bits);
        ChagresKernels.chk_gather_ints(set, dst, table, base, size, x, bits, n);
    }

    @Override
    public void extFromBase(long dst, long a, long n) {
        ChagresKernels.chk_ext_from_base(set, dst, a, n);
    }

    @Override
    public void addExt(long dst, long a, long b, long n) {
        ChagresKernels.chk_add_ext(set, dst, a, b, n);
    }

    @Override
    public void subExt(long dst, long a, long b, long n) {
        ChagresKernels.chk_sub_ext(set, dst, a, b, n);
    }

    @Override
    public void mulExt(long dst, long a, long b, long n) {
        ChagresKernels.chk_mul_ext(set, dst, a, b, n);
    }

    @Override
    public void mulExtByBase(long dst, long a, long b, long n) {
        ChagresKernels.chk_mul_ext_by_base(set, dst, a, b, n);
    }

    @Override
    public void scaleExt(long dst, long a, QM31 s, long n) {
        ChagresKernels.chk_scale_ext(set, dst, a, low(s), high(s), n);
    }

    @Override
    public void addScaledExt(long dst, long a, QM31 s, long n) {
        ChagresKernels.chk_add_scaled_ext(set, dst, a, low(s), high(s), n);
    }

    @Override
    public void addScaledBase(long dst, long a, QM31 s, long n) {
        ChagresKernels.chk_add_scaled_base(set, dst, a, low(s), high(s), n);
    }

    @Override
    public void addScaledInts(long dst, long a, int bits, QM31 s, long n) {
        checkBits(bits);
        ChagresKernels.chk_add_scaled_ints(set, dst, a, bits, low(s), high(s), n);
    }

    @Override
    public void fillExt(long dst, QM31 s, long n) {
        ChagresKernels.chk_fill_ext(set, dst, low(s), high(s), n);
    }

    @Override
    public void constantMinusBase(long dst, QM31 s, long a, long n) {
        ChagresKernels.chk_constant_minus_base(set, dst, low(s), high(s), a, n);
    }

    @Override
    public void foldExt(long dst, long lo, long hi, QM31 r, long n) {
        ChagresKernels.chk_fold_ext(set, dst, lo, hi, low(r), high(r), n);
    }

    @Override
    public void foldBase(long dst, long lo, long hi, QM31 r, long n) {
        ChagresKernels.chk_fold_base(set, dst, lo, hi, low(r), high(r), n);
    }

    @Override
    public QM31 sumExt(long a, long n) {
        long out = address();
        ChagresKernels.chk_sum_ext(set, out, a, n);
        return elements(out, 1)[0];
    }

    @Override
    public QM31 dotExt(long a, long b, long n) {
        long out = address();
        ChagresKernels.chk_dot_ext(set, out, a, b, n);
        return elements(out, 1)[0];
    }

    @Override
    public QM31 dotBase(long a, long b, long n) {
        long out = address();
        ChagresKernels.chk_dot_base(set, out, a, b, n);
        return elements(out, 1)[0];
    }

    @Override
    public QM31 dotInts(long a, int bits, long b, long n) {
        checkBits(bits);
        long out = address();
        ChagresKernels.chk_dot_ints(set, out, a, bits, b, n);
        return elements(out, 1)[0];
    }

    @Override
    public void combineRows(long dst, long src, long width, long stride, long w, long rows) {
        ChagresKernels.chk_combine_rows(set, dst, src, width, stride, w, rows);
    }

    @Override
    public void combineRowsInts(long dst, long src, int bits, long width, long stride, long w, long rows) {
        checkBits(bits);
        ChagresKernels.chk_combine_rows_ints(set, dst, src, bits, width, stride, w, rows);
    }

    @Override
    public void eqTable(long dst, QM31[] point, QM31 scale) {
        ChagresKernels.chk_eq_table(set, dst, put(point), point.length, low(scale), high(scale));
    }

    @Override
    public QM31[] roundProduct(long aLo, long aHi, long bLo, long bHi, long n) {
        long out = address();
        ChagresKernels.chk_round_product(set, out, aLo, aHi, bLo, bHi, n);
        return elements(out, 2);
    }

    @Override
    public QM31[] roundEqProduct(long e, long aLo, long aHi, long bLo, long bHi, long n) {
        long out = address();
        ChagresKernels.chk_round_eq_product(set, out, e, aLo, aHi, bLo, bHi, n);
        return elements(out, 2);
    }

    @Override
    public QM31[] roundFractions(long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi, long q0Lo, long q0Hi,
            long q1Lo, long q1Hi, QM31 lambda, long n) {
        long out = address();
        ChagresKernels.chk_round_fractions(set, out, e, p0Lo, p0Hi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi,
                low(lambda), high(lambda), n);
        return elements(out, 2);
    }

    @Override
    public QM31[] roundMerged(long e, long aLo, long aHi, long p1Lo, long p1Hi, long q0Lo, long q0Hi, long q1Lo,
            long q1Hi, long n) {
        long out = address();
        ChagresKernels.chk_round_merged(set, out, e, aLo, aHi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi, n);
        return elements(out, 2);
    }

    @Override
    public QM31[] roundEqProduct3(long e, long aLo, long aHi, long bLo, long bHi, long cLo, long cHi, long n) {
        long out = address();
        ChagresKernels.chk_round_eq_product3(set, out, e, aLo, aHi, bLo, bHi, cLo, cHi, n);
        return elements(out, 3);
    }

    @Override
    public QM31[] foldRoundProduct(long a, long b, long stride, QM31 r, long n) {
        long out = address();
        ChagresKernels.chk_fold_round_product(set, out, a, b, stride, low(r), high(r), n);
        return elements(out, 2);
    }

    @Override
    public QM31[] foldRoundEqProduct(long e, long a, long b, long stride, QM31 r, long n) {
        long out = address();
        ChagresKernels.chk_fold_round_eq_product(set, out, e, a, b, stride, low(r), high(r), n);
        return elements(out, 2);
    }

    @Override
    public QM31[] foldRoundMerged(long e, long a, long p1, long q0, long q1, long stride, QM31 r, long n) {
        long out = address();
        ChagresKernels.chk_fold_round_merged(set, out, e, a, p1, q0, q1, stride, low(r), high(r), n);
        return elements(out, 2);
    }

    @Override
    public void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n) {
        ChagresKernels.chk_add_fractions(set, p, q, p0, q0, p1, q1, n);
    }

    @Override
    public void addUnitFractions(long p, long q, long q0, long q1, long n) {
        ChagresKernels.chk_add_unit_fractions(set, p, q, q0, q1, n);
    }

    @Override
    public void leafPair(long p, long q, long a0, long a1, int bits, QM31 c, long n) {
        checkBits(bits);
        ChagresKernels.chk_leaf_pair(set, p, q, a0, a1, bits, low(c), high(c), n);
    }

    @Override
    public void leafQuad(long p, long q, long a0, long a1, long a2, long a3, int bits, QM31 c, long n) {
        checkBits(bits);
        ChagresKernels.chk_leaf_quad(set, p, q, a0, a1, a2, a3, bits, low(c), high(c), n);
    }

    @Override
    public void extendGrid(long grid, long n) {
        ChagresKernels.chk_extend_grid(set, grid, n);
    }

    @Override
    public void addGridProducts(long sums, long e, long a, long b, long n) {
        ChagresKernels.chk_add_grid_products(set, sums, e, a, b, n);
    }

    @Override
    public void addGridCross(long sums, long e, long a, long b, long c, long d, long n) {
        ChagresKernels.chk_add_grid_cross(set, sums, e, a, b, c, d, n);
    }

    @Override
    public void addGridCorners(long sums, long e, long a, long b, long n) {
        ChagresKernels.chk_add_grid_corners(set, sums, e, a, b, n);
    }

    private static void checkBits(int bits) {
        if (bits != 8 && bits != 16 && bits != 32) {
            throw new IllegalArgumentException("integers of " + bits + " bits; 8, 16 and 32 are known");
        }
    }
}
