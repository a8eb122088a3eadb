package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.Host;

/// Stored children with the numerators merged: a = p0 + lambda q0, so that a round is `sum eq (a q1 + p1 q0)`. Bound in
/// place.
///
/// @param a ext array, like the others of all positions that are left
record MergedChildren(long a, long p1, long q0, long q1, Host host) {
    /// The round on a chunk of arrays of twice as many elements as `eq`, without binding.
    QM31[] chunkRound(SplitEq eq, long from, int n) {
        long lo = from * Memory.EXT_BYTES;
        long hi = lo + eq.size() * Memory.EXT_BYTES;
        return host.field().roundMerged(eq.table(), a + lo, a + hi, p1 + lo, p1 + hi, q0 + lo, q0 + hi, q1 + lo,
                q1 + hi, n);
    }

    /// The round without binding.
    QM31[] round(SplitEq eq) {
        return eq.sum(host, (_, from, n) -> chunkRound(eq, from, n));
    }

    /// Binds the top variable to `r`, then the round of the next one.
    QM31[] next(QM31 r, SplitEq eq) {
        return eq.sum(host, (_, from, n) -> {
            long at = from * Memory.EXT_BYTES;
            return host.field().foldRoundMerged(eq.table(), a + at, p1 + at, q0 + at, q1 + at, eq.size(), r, n);
        });
    }

    /// [ChunkedRounds#whole(QM31, long, long)].
    void whole(QM31 r, long width, long size, QM31 lambda) {
        host.ranges(width, (_, from, to) -> {
            for (long x : new long[] {a, p1, q0, q1}) {
                long lo = x + from * Memory.EXT_BYTES;
                host.field().foldExt(lo, lo, lo + width * Memory.EXT_BYTES, r, to - from);
            }
        });
        neutral(width, size, lambda);
    }

    /// Neutral fractions at positions width .. size.
    void neutral(long width, long size, QM31 lambda) {
        long end = width * Memory.EXT_BYTES;
        host.field().fillExt(a + end, lambda, size - width);
        host.field().fillExt(p1 + end, QM31.ZERO, size - width);
        host.field().fillExt(q0 + end, QM31.ONE, size - width);
        host.field().fillExt(q1 + end, QM31.ONE, size - width);
    }

    /// Binds the top variable to `r` for `n` positions from `low` on, whose other values are `half` further on, and
    /// writes them to positions `at ..` of `to`.
    void foldInto(MergedChildren to, long at, long low, long half, QM31 r, int n) {
        long[] from = {a, p1, q0, q1};
        long[] dst = {to.a, to.p1, to.q0, to.q1};
        for (int k = 0; k < from.length; k++) {
            long lo = from[k] + low * Memory.EXT_BYTES;
            host.field().foldExt(dst[k] + at * Memory.EXT_BYTES, lo, lo + half * Memory.EXT_BYTES, r, n);
        }
    }

    /// Binds the last variable to `r`; half of the values are left.
    void last(QM31 r, long half) {
        for (long x : new long[] {a, p1, q0, q1}) {
            host.field().foldExt(x, x, x + half * Memory.EXT_BYTES, r, half);
        }
    }

    /// The first 2^variables values of p0, p1, q0, q1.
    QM31[][] values(int variables, QM31 lambda) {
        QM31[][] result = new QM31[4][1 << variables];
        for (int i = 0; i < 1 << variables; i++) {
            QM31 q = Memory.getExt(q0, i);
            result[0][i] = Memory.getExt(a, i).sub(lambda.mul(q));
            result[1][i] = Memory.getExt(p1, i);
            result[2][i] = q;
            result[3][i] = Memory.getExt(q1, i);
        }
        return result;
    }
}
