package dev.chagres.graph.op;

/// The rounding shift (docs/semantics.md, section 1): `rsh(x, s) = floor((x + 2^(s-1)) / 2^s)` for s > 0, x for s = 0.
final class Rounding {
    private Rounding() {}

    /// 2^(s-1), or 0 for s = 0.
    static int half(int s) {
        return s == 0 ? 0 : 1 << (s - 1);
    }

    static int rsh(int x, int s) {
        return (x + half(s)) >> s;
    }

    static long rsh(long x, int s) {
        return (x + half(s)) >> s;
    }

    /// x + 2^(s-1) - q 2^s, in [0, 2^s) exactly when q = rsh(x, s).
    static int remainder(int x, int q, int s) {
        return x + half(s) - (q << s);
    }
}
