package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// Stored rows of shifted denominators, bound in place.
///
/// @param s0 ext array of all positions that are left
/// @param s1 the same for child 1
record ShiftedChildren(long s0, long s1, Host host) {
    /// Rows of `n` elements with arbitrary content.
    static ShiftedChildren allocate(long n, Host host, MemoryScope arena) {
        return new ShiftedChildren(arena.allocateExtRaw(n), arena.allocateExtRaw(n), host);
    }

    /// The round on a chunk of arrays of twice as many elements as `eq`, without binding.
    QM31[] chunkRound(SplitEq eq, long from, int n) {
        long lo = from * Memory.EXT_BYTES;
        long hi = lo + eq.size() * Memory.EXT_BYTES;
        return host.field().roundEqProduct(eq.table(), s0 + lo, s0 + hi, s1 + lo, s1 + hi, n);
    }

    /// The round without binding.
    QM31[] round(SplitEq eq) {
        return eq.sum(host, (_, from, n) -> chunkRound(eq, from, n));
    }

    /// Binds the top variable to `r`, then the round of the next one.
    QM31[] next(QM31 r, SplitEq eq) {
        return eq.sum(host, (_, from, n) -> {
            long at = from * Memory.EXT_BYTES;
            return host.field().foldRoundEqProduct(eq.table(), s0 + at, s1 + at, eq.size(), r, n);
        });
    }

    /// [ChunkedRounds#whole(QM31, long, long)]: a neutral fraction has s = 1.
    void whole(QM31 r, long width, long size) {
        host.ranges(width, (_, from, to) -> {
            for (long s : new long[] {s0, s1}) {
                long lo = s + from * Memory.EXT_BYTES;
                host.field().foldExt(lo, lo, lo + width * Memory.EXT_BYTES, r, to - from);
            }
        });
        host.field().fillExt(s0 + width * Memory.EXT_BYTES, QM31.ONE, size - width);
        host.field().fillExt(s1 + width * Memory.EXT_BYTES, QM31.ONE, size - width);
    }

    /// Binds the last variable to `r`; half of the values are left.
    void last(QM31 r, long half) {
        for (long s : new long[] {s0, s1}) {
            host.field().foldExt(s, s, s + half * Memory.EXT_BYTES, r, half);
        }
    }
}
