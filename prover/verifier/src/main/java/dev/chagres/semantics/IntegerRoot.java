package dev.chagres.semantics;

/// Exact integer square roots of `long` values.
public final class IntegerRoot {
    private IntegerRoot() {}

    /// `floor(sqrt(x))`, 0 <= x < 2^62.
    public static long floor(long x) {
        long r = (long) StrictMath.sqrt((double) x);
        // The double root of a value below 2^62 is off by at most one.
        while (r * r > x) {
            r--;
        }
        while ((r + 1) * (r + 1) <= x) {
            r++;
        }
        return r;
    }

    /// `ceil(sqrt(x))`, 0 <= x < 2^62.
    public static long ceil(long x) {
        long r = floor(x);
        return r * r == x ? r : r + 1;
    }
}
