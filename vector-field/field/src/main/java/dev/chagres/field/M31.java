package dev.chagres.field;

/// Scalar arithmetic in the Mersenne prime field of order p = 2^31 - 1.
///
/// An element is an `int` in [0, p): the canonical form. Every method takes canonical arguments and
/// returns a canonical result; [#reduce(long)], [#embed(long)] and [#isCanonical(int)] are the only
/// doors from other integers.
public final class M31 {
    /// The field order, 2^31 - 1.
    public static final int P = 0x7fffffff;

    /// Number of bytes of one serialised element (little-endian, canonical).
    public static final int BYTES = 4;

    private M31() {}

    /// Whether `a`, read as a bit pattern, is a canonical element.
    public static boolean isCanonical(int a) {
        return a >= 0 && a != P;
    }

    /// The residue of a non-negative `x`, for any `x` in [0, 2^63).
    public static int reduce(long x) {
        long once = (x & P) + (x >>> 31);
        long twice = (once & P) + (once >>> 31);
        return lift((int) (twice - P)); // twice is at most 2^31, reached for x near 2^63
    }

    /// The residue of a signed integer of any size.
    public static int embed(long v) {
        long r = v % P;
        return (int) (r < 0 ? r + P : r);
    }

    /// The representative of `a` in (-p/2, p/2).
    public static int centred(int a) {
        return a > P / 2 ? a - P : a;
    }

    /// `a + b`.
    public static int add(int a, int b) {
        return lift(a + (b - P));
    }

    /// `a - b`.
    public static int sub(int a, int b) {
        return lift(a - b);
    }

    /// `-a`.
    public static int neg(int a) {
        return lift(-a);
    }

    /// `a * b`.
    public static int mul(int a, int b) {
        long t = (long) a * b; // below 2^62
        return lift((int) (t & P) + ((int) (t >>> 31) - P));
    }

    /// The residue of an integer from -p to p - 1, without a branch.
    private static int lift(int d) {
        return d + (d >> 31 & P);
    }

    /// `a^e` for `e >= 0`, with `0^0 = 1`.
    public static int pow(int a, long e) {
        int result = 1;
        int base = a;
        for (long k = e; k > 0; k >>= 1) {
            if ((k & 1) == 1) {
                result = mul(result, base);
            }
            base = mul(base, base);
        }
        return result;
    }

    /// `1 / a`.
    ///
    /// @throws ArithmeticException if `a` is zero
    public static int inv(int a) {
        if (a == 0) {
            throw new ArithmeticException("zero has no inverse in M31");
        }
        return pow(a, P - 2L);
    }
}
