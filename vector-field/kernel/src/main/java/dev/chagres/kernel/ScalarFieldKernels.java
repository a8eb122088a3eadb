package dev.chagres.kernel;

import static dev.chagres.kernel.Memory.getExt;
import static dev.chagres.kernel.Memory.getInt;
import static dev.chagres.kernel.Memory.setExt;
import static dev.chagres.kernel.Memory.setInt;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import java.lang.foreign.ValueLayout;

/// The reference form of [FieldKernels]: one element at a time, in the arithmetic of [M31] and [QM31].
///
/// It never reads or writes padding.
public final class ScalarFieldKernels implements FieldKernels {
    @Override
    public void addBase(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.add(getInt(a, i), getInt(b, i)));
        }
    }

    @Override
    public void subBase(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.sub(getInt(a, i), getInt(b, i)));
        }
    }

    @Override
    public void mulBase(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.mul(getInt(a, i), getInt(b, i)));
        }
    }

    @Override
    public void mulAddBase(long dst, long a, long b, long c, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.add(M31.mul(getInt(a, i), getInt(b, i)), getInt(c, i)));
        }
    }

    @Override
    public void embedInt32(long dst, long src, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.embed(getInt(src, i)));
        }
    }

    @Override
    public void embedInt16(long dst, long src, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.embed(Memory.ALL.get(ValueLayout.JAVA_SHORT, src + 2 * i)));
        }
    }

    @Override
    public void embedInt8(long dst, long src, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, M31.embed(Memory.ALL.get(ValueLayout.JAVA_BYTE, src + i)));
        }
    }

    @Override
    public void gatherInts(long dst, long table, long base, long size, long x, int bits, long n) {
        if (bits == 32) {
            for (long i = 0; i < n; i++) {
                long at = getInt(x, i) - base;
                setInt(dst, i, at >= 0 && at < size ? getInt(table, at) : 0);
            }
        } else {
            for (long i = 0; i < n; i++) {
                long at = integer(x, bits, i) - base;
                setInt(dst, i, at >= 0 && at < size ? getInt(table, at) : 0);
            }
        }
    }

    /// The residue of element `i` of an array of ints.
    private static int embedded(long a, int bits, long i) {
        return M31.embed(integer(a, bits, i));
    }

    private static int integer(long a, int bits, long i) {
        return switch (bits) {
            case 8 -> Memory.ALL.get(ValueLayout.JAVA_BYTE, a + i);
            case 16 -> Memory.ALL.get(ValueLayout.JAVA_SHORT, a + 2 * i);
            case 32 -> getInt(a, i);
            default -> throw new IllegalArgumentException("integers of " + bits + " bits; 8, 16 and 32 are known");
        };
    }

    @Override
    public void extFromBase(long dst, long a, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, QM31.of(getInt(a, i)));
        }
    }

    @Override
    public void addExt(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(a, i).add(getExt(b, i)));
        }
    }

    @Override
    public void subExt(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(a, i).sub(getExt(b, i)));
        }
    }

    @Override
    public void mulExt(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(a, i).mul(getExt(b, i)));
        }
    }

    @Override
    public void mulExtByBase(long dst, long a, long b, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(a, i).mul(getInt(b, i)));
        }
    }

    @Override
    public void scaleExt(long dst, long a, QM31 s, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(a, i).mul(s));
        }
    }

    @Override
    public void addScaledExt(long dst, long a, QM31 s, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(dst, i).add(getExt(a, i).mul(s)));
        }
    }

    @Override
    public void addScaledBase(long dst, long a, QM31 s, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(dst, i).add(s.mul(getInt(a, i))));
        }
    }

    @Override
    public void addScaledInts(long dst, long a, int bits, QM31 s, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, getExt(dst, i).add(s.mul(embedded(a, bits, i))));
        }
    }

    @Override
    public void fillExt(long dst, QM31 s, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, s);
        }
    }

    @Override
    public void constantMinusBase(long dst, QM31 s, long a, long n) {
        for (long i = 0; i < n; i++) {
            setExt(dst, i, s.sub(QM31.of(getInt(a, i))));
        }
    }

    @Override
    public void foldExt(long dst, long lo, long hi, QM31 r, long n) {
        for (long i = 0; i < n; i++) {
            QM31 low = getExt(lo, i);
            setExt(dst, i, low.add(getExt(hi, i).sub(low).mul(r)));
        }
    }

    @Override
    public void foldBase(long dst, long lo, long hi, QM31 r, long n) {
        for (long i = 0; i < n; i++) {
            int low = getInt(lo, i);
            setExt(dst, i, r.mul(M31.sub(getInt(hi, i), low)).add(QM31.of(low)));
        }
    }

    @Override
    public QM31 sumExt(long a, long n) {
        QM31 sum = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            sum = sum.add(getExt(a, i));
        }
        return sum;
    }

    @Override
    public QM31 dotExt(long a, long b, long n) {
        QM31 sum = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            sum = sum.add(getExt(a, i).mul(getExt(b, i)));
        }
        return sum;
    }

    @Override
    public QM31 dotBase(long a, long b, long n) {
        QM31 sum = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            sum = sum.add(getExt(b, i).mul(getInt(a, i)));
        }
        return sum;
    }

    @Override
    public QM31 dotInts(long a, int bits, long b, long n) {
        QM31 sum = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            sum = sum.add(getExt(b, i).mul(embedded(a, bits, i)));
        }
        return sum;
    }

    @Override
    public void combineRowsInts(long dst, long src, int bits, long width, long stride, long w, long rows) {
        for (long r = 0; r < rows; r++) {
            addScaledInts(dst, src + r * stride * (bits / 8), bits, getExt(w, r), width);
        }
    }

    @Override
    public void combineRows(long dst, long src, long width, long stride, long w, long rows) {
        for (long r = 0; r < rows; r++) {
            addScaledBase(dst, src + 4 * r * stride, getExt(w, r), width);
        }
    }

    @Override
    public void eqTable(long dst, QM31[] point, QM31 scale) {
        setExt(dst, 0, scale);
        for (int v = 0; v < point.length; v++) {
            long half = 1L << v;
            for (long x = 0; x < half; x++) {
                QM31 value = getExt(dst, x);
                QM31 high = value.mul(point[v]);
                setExt(dst, x, value.sub(high));
                setExt(dst, x + half, high);
            }
        }
    }

    @Override
    public QM31[] roundProduct(long aLo, long aHi, long bLo, long bHi, long n) {
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            QM31 a = getExt(aLo, i);
            QM31 b = getExt(bLo, i);
            QM31 da = getExt(aHi, i).sub(a);
            QM31 db = getExt(bHi, i).sub(b);
            at0 = at0.add(a.mul(b));
            lead = lead.add(da.mul(db));
        }
        return new QM31[] {at0, lead};
    }

    @Override
    public QM31[] roundEqProduct(long e, long aLo, long aHi, long bLo, long bHi, long n) {
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            QM31 weight = getExt(e, i);
            QM31 a = getExt(aLo, i);
            QM31 b = getExt(bLo, i);
            QM31 da = getExt(aHi, i).sub(a);
            QM31 db = getExt(bHi, i).sub(b);
            at0 = at0.add(weight.mul(a.mul(b)));
            lead = lead.add(weight.mul(da.mul(db)));
        }
        return new QM31[] {at0, lead};
    }

    @Override
    public QM31[] roundFractions(long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, QM31 lambda, long n) {
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (long i = 0; i < n; i++) {
            QM31 weight = getExt(e, i);
            QM31 p0 = getExt(p0Lo, i);
            QM31 p1 = getExt(p1Lo, i);
            QM31 q0 = getExt(q0Lo, i);
            QM31 q1 = getExt(q1Lo, i);
            QM31 dp0 = getExt(p0Hi, i).sub(p0);
            QM31 dp1 = getExt(p1Hi, i).sub(p1);
            QM31 dq0 = getExt(q0Hi, i).sub(q0);
            QM31 dq1 = getExt(q1Hi, i).sub(q1);
            at0 = at0.add(weight.mul(fractionSum(p0, p1, q0, q1, lambda)));
            lead = lead.add(weight.mul(fractionSum(dp0, dp1, dq0, dq1, lambda)));
        }
        return new QM31[] {at0, lead};
    }

    /// `p0 q1 + p1 q0 + lambda q0 q1`
    private static QM31 fractionSum(QM31 p0, QM31 p1, QM31 q0, QM31 q1, QM31 lambda) {
        return p0.mul(q1).add(p1.mul(q0)).add(lambda.mul(q0.mul(q1)));
    }

    @Override
    public QM31[] roundMerged(long e, long aLo, long aHi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, long n) {
        return roundFractions(e, aLo, aHi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi, QM31.ZERO, n);
    }

    @Override
    public QM31[] roundEqProduct3(long e, long aLo, long aHi, long bLo, long bHi, long cLo, long cHi, long n) {
        int[] points = {0, 2, 3};
        QM31[] sums = {QM31.ZERO, QM31.ZERO, QM31.ZERO};
        for (long i = 0; i < n; i++) {
            for (int k = 0; k < points.length; k++) {
                QM31 term = getExt(e, i).mul(line(aLo, aHi, i, points[k])).mul(line(bLo, bHi, i, points[k]));
                sums[k] = sums[k].add(term.mul(line(cLo, cHi, i, points[k])));
            }
        }
        return sums;
    }

    /// `lo + x (hi - lo)` of element `i`.
    private static QM31 line(long lo, long hi, long i, int x) {
        QM31 low = getExt(lo, i);
        return low.add(getExt(hi, i).sub(low).mul(x));
    }

    @Override
    public QM31[] foldRoundProduct(long a, long b, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        foldQuarters(a, quarter, r, n);
        foldQuarters(b, quarter, r, n);
        return roundProduct(a, a + quarter, b, b + quarter, n);
    }

    @Override
    public QM31[] foldRoundEqProduct(long e, long a, long b, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        foldQuarters(a, quarter, r, n);
        foldQuarters(b, quarter, r, n);
        return roundEqProduct(e, a, a + quarter, b, b + quarter, n);
    }

    @Override
    public QM31[] foldRoundMerged(long e, long a, long p1, long q0, long q1, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        foldQuarters(a, quarter, r, n);
        foldQuarters(p1, quarter, r, n);
        foldQuarters(q0, quarter, r, n);
        foldQuarters(q1, quarter, r, n);
        return roundMerged(e, a, a + quarter, p1, p1 + quarter, q0, q0 + quarter, q1, q1 + quarter, n);
    }

    private void foldQuarters(long x, long quarter, QM31 r, long n) {
        foldExt(x, x, x + 2 * quarter, r, n);
        foldExt(x + quarter, x + quarter, x + 3 * quarter, r, n);
    }

    @Override
    public void leafPair(long p, long q, long a0, long a1, int bits, QM31 c, long n) {
        for (long i = 0; i < n; i++) {
            QM31 q0 = c.sub(QM31.of(embedded(a0, bits, i)));
            QM31 q1 = c.sub(QM31.of(embedded(a1, bits, i)));
            setExt(p, i, q0.add(q1));
            setExt(q, i, q0.mul(q1));
        }
    }

    @Override
    public void leafQuad(long p, long q, long a0, long a1, long a2, long a3, int bits, QM31 c, long n) {
        for (long i = 0; i < n; i++) {
            QM31 q0 = c.sub(QM31.of(embedded(a0, bits, i)));
            QM31 q1 = c.sub(QM31.of(embedded(a1, bits, i)));
            QM31 q2 = c.sub(QM31.of(embedded(a2, bits, i)));
            QM31 q3 = c.sub(QM31.of(embedded(a3, bits, i)));
            QM31 left = q0.mul(q1);
            QM31 right = q2.mul(q3);
            setExt(p, i, q0.add(q1).mul(right).add(q2.add(q3).mul(left)));
            setExt(q, i, left.mul(right));
        }
    }

    @Override
    public void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n) {
        for (long i = 0; i < n; i++) {
            QM31 d0 = getExt(q0, i);
            QM31 d1 = getExt(q1, i);
            setExt(p, i, getExt(p0, i).mul(d1).add(getExt(p1, i).mul(d0)));
            setExt(q, i, d0.mul(d1));
        }
    }

    @Override
    public void addUnitFractions(long p, long q, long q0, long q1, long n) {
        for (long i = 0; i < n; i++) {
            QM31 d0 = getExt(q0, i);
            QM31 d1 = getExt(q1, i);
            setExt(p, i, d0.add(d1));
            setExt(q, i, d0.mul(d1));
        }
    }

    @Override
    public void extendGrid(long grid, long n) {
        long count = Memory.padded(n);
        for (int weight = 1; weight <= 9; weight *= 3) {
            for (int v = 0; v < GRID_ROWS; v++) {
                // Lower digits may be 2 already, upper ones are not yet.
                if (v / weight % 3 == 2 && isCorner(v / (3 * weight))) {
                    subBase(row(grid, v), row(grid, v - weight), row(grid, v - 2 * weight), count);
                }
            }
        }
    }

    private static boolean isCorner(int v) {
        return v % 3 < 2 && v / 3 % 3 < 2 && v / 9 < 2;
    }

    private static long row(long grid, int v) {
        return grid + v * Memory.baseBytes(GRID_ROW);
    }

    @Override
    public void addGridProducts(long sums, long e, long a, long b, long n) {
        for (int v = 0; v < GRID_ROWS; v++) {
            for (long i = 0; i < n; i++) {
                int product = M31.mul(getInt(row(a, v), i), getInt(row(b, v), i));
                addTo(sums, v, i, getExt(e, i).mul(product));
            }
        }
    }

    @Override
    public void addGridCross(long sums, long e, long a, long b, long c, long d, long n) {
        for (int v = 0; v < GRID_ROWS; v++) {
            for (long i = 0; i < n; i++) {
                int left = M31.mul(getInt(row(a, v), i), getInt(row(b, v), i));
                int right = M31.mul(getInt(row(c, v), i), getInt(row(d, v), i));
                addTo(sums, v, i, getExt(e, i).mul(M31.add(left, right)));
            }
        }
    }

    @Override
    public void addGridCorners(long sums, long e, long a, long b, long n) {
        for (int corner = 0; corner < 8; corner++) {
            int v = FieldKernels.cornerRow(corner);
            for (long i = 0; i < n; i++) {
                addTo(sums, corner, i, getExt(e, i).mul(M31.add(getInt(row(a, v), i), getInt(row(b, v), i))));
            }
        }
    }

    private static void addTo(long sums, int block, long i, QM31 term) {
        long at = (long) block * Memory.BLOCK + i % Memory.BLOCK;
        setExt(sums, at, getExt(sums, at).add(term));
    }
}
