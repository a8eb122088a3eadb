package dev.chagres.semantics;

/// A closed interval of integers, `-2^60 <= lo <= hi <= 2^60`.
public record Interval(long lo, long hi) {
    /// Far beyond every proved interval, far from overflow.
    private static final long LIMIT = 1L << 60;

    public Interval {
        if (lo > hi || lo < -LIMIT || hi > LIMIT) {
            throw new IllegalArgumentException("[" + lo + ", " + hi + "] is no interval of the integer program");
        }
    }

    /// `[-bound, bound]`.
    public static Interval symmetric(long bound) {
        return new Interval(-bound, bound);
    }

    public boolean contains(long value) {
        return lo <= value && value <= hi;
    }

    public boolean contains(Interval other) {
        return lo <= other.lo && other.hi <= hi;
    }

    /// The smallest interval that holds both.
    public Interval union(Interval other) {
        return new Interval(Math.min(lo, other.lo), Math.max(hi, other.hi));
    }

    /// The interval of `rsh(v, s)` for v in this interval; rsh is monotone, so this is exact.
    public Interval shifted(int s) {
        return new Interval(IntegerSemantics.rsh(lo, s), IntegerSemantics.rsh(hi, s));
    }

    /// The smallest interval that holds every product of a value of this and one of the other interval.
    public Interval times(Interval other) {
        long a = lo * other.lo;
        long b = lo * other.hi;
        long c = hi * other.lo;
        long d = hi * other.hi;
        return new Interval(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
    }

    /// The largest magnitude.
    public long magnitude() {
        return Math.max(Math.abs(lo), Math.abs(hi));
    }

    /// Number of integers inside.
    public long count() {
        return hi - lo + 1;
    }

    @Override
    public String toString() {
        return "[" + lo + ", " + hi + "]";
    }
}
