package dev.chagres.field;

/// An element of QM31 = CM31\[u\]/(u^2 - 2 - i), where CM31 = M31\[i\]/(i^2 + 1).
///
/// The value is `(c0 + c1 i) + (c2 + c3 i) u`, each coordinate a canonical [M31] element. The field has
/// p^4, about 2^124, elements; all challenges live here.
///
/// @param c0 coordinate of 1
/// @param c1 coordinate of i
/// @param c2 coordinate of u
/// @param c3 coordinate of iu
public record QM31(int c0, int c1, int c2, int c3) {
    /// Number of bytes of one serialised element.
    public static final int BYTES = 16;

    public static final QM31 ZERO = new QM31(0, 0, 0, 0);
    public static final QM31 ONE = new QM31(1, 0, 0, 0);

    /// The image of a canonical base-field element.
    public static QM31 of(int base) {
        return new QM31(base, 0, 0, 0);
    }

    /// The image of any signed integer.
    public static QM31 embed(long v) {
        return of(M31.embed(v));
    }

    /// Coordinate `k` in 0..3.
    public int coordinate(int k) {
        return switch (k) {
            case 0 -> c0;
            case 1 -> c1;
            case 2 -> c2;
            case 3 -> c3;
            default -> throw new IndexOutOfBoundsException("coordinate " + k + " of QM31");
        };
    }

    public boolean isZero() {
        return (c0 | c1 | c2 | c3) == 0;
    }

    public QM31 add(QM31 b) {
        return new QM31(M31.add(c0, b.c0), M31.add(c1, b.c1), M31.add(c2, b.c2), M31.add(c3, b.c3));
    }

    public QM31 sub(QM31 b) {
        return new QM31(M31.sub(c0, b.c0), M31.sub(c1, b.c1), M31.sub(c2, b.c2), M31.sub(c3, b.c3));
    }

    public QM31 neg() {
        return new QM31(M31.neg(c0), M31.neg(c1), M31.neg(c2), M31.neg(c3));
    }

    /// Product with a canonical base-field element.
    public QM31 mul(int base) {
        return new QM31(M31.mul(c0, base), M31.mul(c1, base), M31.mul(c2, base), M31.mul(c3, base));
    }

    public QM31 mul(QM31 b) {
        // (A + B u)(C + D u) = AC + BD (2 + i) + (AD + BC) u with A = c0 + c1 i, B = c2 + c3 i, ...
        // Every sum below is of at most four products below 2^62, kept non-negative by negating an
        // operand rather than a product, so it fits an unsigned 64-bit word.
        long a0 = c0;
        long a1 = c1;
        long a2 = c2;
        long a3 = c3;
        long b0 = b.c0;
        long b1 = b.c1;
        long b2 = b.c2;
        long b3 = b.c3;
        long n1 = M31.neg(c1);
        long n3 = M31.neg(c3);
        // B (2 + i) = (2 b2 - b3) + (b2 + 2 b3) i
        long s = M31.sub(M31.add(b.c2, b.c2), b.c3);
        long t = M31.add(M31.add(b.c3, b.c3), b.c2);
        return new QM31(
                reduceUnsigned(a0 * b0 + n1 * b1 + a2 * s + n3 * t),
                reduceUnsigned(a0 * b1 + a1 * b0 + a2 * t + a3 * s),
                reduceUnsigned(a0 * b2 + n1 * b3 + a2 * b0 + n3 * b1),
                reduceUnsigned(a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0));
    }

    private static int reduceUnsigned(long x) {
        return M31.reduce(halfReduced(x));
    }

    /// `sum_i a[from + i] * b[i]`, reduced once.
    ///
    /// @param from first element of `a` that counts
    /// @param b canonical base-field elements, fewer than 2^31
    public static QM31 dot(QM31[] a, int from, int[] b) {
        // Half-reduced products are below 2^32.
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        for (int i = 0; i < b.length; i++) {
            QM31 x = a[from + i];
            s0 += halfReduced((long) x.c0 * b[i]);
            s1 += halfReduced((long) x.c1 * b[i]);
            s2 += halfReduced((long) x.c2 * b[i]);
            s3 += halfReduced((long) x.c3 * b[i]);
        }
        return new QM31(M31.reduce(s0), M31.reduce(s1), M31.reduce(s2), M31.reduce(s3));
    }

    private static long halfReduced(long product) {
        return (product & M31.P) + (product >>> 31);
    }

    /// Sum of any number of elements.
    public static QM31 sum(QM31... values) {
        QM31 sum = ZERO;
        for (QM31 v : values) {
            sum = sum.add(v);
        }
        return sum;
    }

    // Written out, as those that a record is given are linked at run time, which costs a cold verifier milliseconds.
    @Override
    public boolean equals(Object other) {
        return other instanceof QM31 b && ((c0 ^ b.c0) | (c1 ^ b.c1) | (c2 ^ b.c2) | (c3 ^ b.c3)) == 0;
    }

    @Override
    public int hashCode() {
        return ((c0 * 31 + c1) * 31 + c2) * 31 + c3;
    }

    public QM31 square() {
        return mul(this);
    }

    /// `this^e` for `e >= 0`.
    public QM31 pow(long e) {
        QM31 result = ONE;
        QM31 base = this;
        for (long k = e; k > 0; k >>= 1) {
            if ((k & 1) == 1) {
                result = result.mul(base);
            }
            base = base.square();
        }
        return result;
    }

    /// `1 / this`.
    ///
    /// @throws ArithmeticException if this is zero
    public QM31 inv() {
        // 1/(A + B u) = (A - B u)/(A^2 - (2 + i) B^2), then once more in CM31.
        int aRe = M31.sub(M31.mul(c0, c0), M31.mul(c1, c1));
        int aIm = M31.mul(2, M31.mul(c0, c1));
        int bRe = M31.sub(M31.mul(c2, c2), M31.mul(c3, c3));
        int bIm = M31.mul(2, M31.mul(c2, c3));
        int nRe = M31.sub(aRe, M31.sub(M31.mul(2, bRe), bIm));
        int nIm = M31.sub(aIm, M31.add(bRe, M31.mul(2, bIm)));
        int norm = M31.add(M31.mul(nRe, nRe), M31.mul(nIm, nIm));
        int k = M31.inv(norm);
        QM31 conjugate = new QM31(c0, c1, M31.neg(c2), M31.neg(c3));
        return conjugate.mul(new QM31(M31.mul(nRe, k), M31.mul(M31.neg(nIm), k), 0, 0));
    }

    @Override
    public String toString() {
        return "(" + c0 + " + " + c1 + "i) + (" + c2 + " + " + c3 + "i)u";
    }
}
