package dev.chagres.prove.lookup;

import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// The 2^bits nodes of one layer: numerators and denominators as ext arrays. Node i of the layer above is the sum of
/// nodes i and i + 2^(bits - 1).
final class FractionLayer implements AutoCloseable {
    private static final long CHUNK = 1 << SplitEq.CHUNK_BITS;

    private final MemoryScope scope;
    private final int bits;
    private final long p;
    private final long q;

    /// A layer with arbitrary content.
    FractionLayer(int bits, Host host) {
        this.bits = bits;
        this.scope = host.scope();
        this.p = scope.allocateExtRaw(1L << bits);
        this.q = scope.allocateExtRaw(1L << bits);
    }

    int bits() {
        return bits;
    }

    long p() {
        return p;
    }

    long q() {
        return q;
    }

    /// The layer above; this one has at least one bit.
    FractionLayer parent(Host host) {
        FractionLayer parent = new FractionLayer(bits - 1, host);
        long half = 1L << (bits - 1);
        if (half >= Memory.BLOCK) {
            host.ranges(half, (_, from, to) -> {
                for (long i = from; i < to; i += CHUNK) {
                    long lo = i * Memory.EXT_BYTES;
                    long hi = (i + half) * Memory.EXT_BYTES;
                    host.field().addFractions(
                            parent.p + lo, parent.q + lo, p + lo, q + lo, p + hi, q + hi, Math.min(CHUNK, to - i));
                }
            });
        } else {
            for (long i = 0; i < half; i++) {
                var q0 = Memory.getExt(q, i);
                var q1 = Memory.getExt(q, i + half);
                Memory.setExt(parent.p, i,
                        Memory.getExt(p, i).mul(q1).add(Memory.getExt(p, i + half).mul(q0)));
                Memory.setExt(parent.q, i, q0.mul(q1));
            }
        }
        return parent;
    }

    @Override
    public void close() {
        scope.close();
    }
}
