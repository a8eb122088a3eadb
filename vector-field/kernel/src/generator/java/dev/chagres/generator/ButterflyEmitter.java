package dev.chagres.generator;

import dev.chagres.generator.Emitter.Pair;

/// Butterflies of the circle FFT and of its transpose, on top of [Emitter].
///
/// All values are canonical. A twiddle t < p enters doubled, in a 64-bit lane: the product 2 t v is below 2^63, its upper
/// word is the part of t v above bit 31 and its lower word twice the rest. The sum of both parts is below 2p, and
/// `min(s, s - p)` in unsigned order reduces it; the same minimum reduces sums, and `min(d, d + p)` differences. One
/// butterfly on two vectors is two vpmuludq and 16 cheap instructions.
final class ButterflyEmitter {
    /// Splats of [KernelGenerator#splats(Emitter, String...)] that a butterfly uses.
    static final String[] SPLATS = {"P", "LOW", "HIGH", "EVEN", "ODD"};

    private final Emitter out;
    private final boolean transposed;

    ButterflyEmitter(Emitter out, boolean transposed) {
        this.out = out;
        this.transposed = transposed;
    }

    /// The two vectors after a butterfly.
    record Both(String first, String second) {}

    /// (u, v) to (u + t v, u - t v), or transposed to (u + v, t (u - v)).
    ///
    /// @param t doubled twiddles, see [Emitter#splitDoubled(String)]
    Both apply(String u, String v, Pair t) {
        if (transposed) {
            return new Both(out.add(u, v), times(out.sub(u, v), t));
        }
        String product = times(v, t);
        return new Both(out.add(u, product), out.sub(u, product));
    }

    private String times(String v, Pair t) {
        return out.reduceDoubled(out.times(out.split(v), t));
    }

    /// The doubled twiddle at the address `place` in every lane.
    Pair splat(String place) {
        String t = out.longs("LongVector.broadcast(L, 2L * Memory.getInt(" + place + ", 0)).and(LOW)");
        return new Pair(t, t);
    }
}
