package dev.chagres.semantics;

/// Exact integer square roots of `long` values.
public final class IntegerRoot {
    /// The double root of a value below this is off by at most one, and its square does not overflow.
    private static final long LIMIT = 1L << 62;

    private IntegerRoot() {}

    /// `floor(sqrt(x))`, 0 <= x < 2^62.
    ///
    /// @throws ArithmeticException if x is outside this range
    public static long floor(long x) {
        if (x < 0 || x >= LIMIT) {
            throw new ArithmeticException("the root of " + x + ", which is not in 0..2^62 - 1");
        }
        long r = (long) StrictMath.sqrt((double) x);
        while (r * r > x) {
            r--;
        }
        while ((r + 1) * (r + 1) <= x) {
            r++;
        }
        return r;
    }

    /// `ceil(sqrt(x))`, 0 <= x < 2^62.
    ///
    /// @throws ArithmeticException if x is outside this range
    public static long ceil(long x) {
        long r = floor(x);
        return r * r == x ? r : r + 1;
    }
}
