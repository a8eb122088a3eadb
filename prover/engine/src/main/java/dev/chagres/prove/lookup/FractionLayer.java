package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// The 2^bits nodes of one layer: numerators and denominators of the stored ones as ext arrays. A node of the layer
/// above is the sum of the nodes with its number and either value of the top bit.
final class FractionLayer implements AutoCloseable {
    private static final int CHUNK = 1 << SplitEq.CHUNK_BITS;

    private final MemoryScope scope;
    private final int bits;
    private final Strips strips;
    private final long p;
    private final long q;

    /// A layer with arbitrary content.
    FractionLayer(int bits, Strips strips, Host host) {
        this.bits = bits;
        this.strips = strips;
        this.scope = host.scope();
        this.p = scope.allocateExtRaw(strips.size());
        this.q = scope.allocateExtRaw(strips.size());
    }

    int bits() {
        return bits;
    }

    Strips strips() {
        return strips;
    }

    long p() {
        return p;
    }

    long q() {
        return q;
    }

    /// The layer above; this one has at least one bit. Where it has two strips, their neutral nodes are stored too.
    FractionLayer parent(Host host) {
        if (strips.bits() == 2) {
            return whole(host);
        }
        long half = strips.size() / 2;
        FractionLayer parent = new FractionLayer(bits - 1,
                strips.bits() > 0 ? strips.half() : new Strips(0, half), host);
        if (half >= Memory.BLOCK) {
            host.ranges(half, (_, from, to) -> add(parent, from, from, from + half, to - from, host.field()));
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

    /// From four strips to two with all their positions.
    private FractionLayer whole(Host host) {
        FractionLayer parent = new FractionLayer(bits - 1, new Strips(0, 1L << (bits - 1)), host);
        long width = strips.width();
        long all = 1L << (bits - 2);
        for (int strip = 0; strip < 2; strip++) {
            long at = strip * all;
            long child = strip * width;
            host.ranges(width, (_, from, to) -> add(parent, at + from, child + from, child + 2 * width + from,
                    to - from, host.field()));
            long end = (at + width) * Memory.EXT_BYTES;
            host.field().fillExt(parent.p + end, QM31.ZERO, all - width);
            host.field().fillExt(parent.q + end, QM31.ONE, all - width);
        }
        return parent;
    }

    /// Nodes `at .. at + n` of the layer above as the sums of nodes from `low` and from `high` on.
    private void add(FractionLayer parent, long at, long low, long high, long n, FieldKernels kernels) {
        for (long i = 0; i < n; i += CHUNK) {
            long to = (at + i) * Memory.EXT_BYTES;
            long lo = (low + i) * Memory.EXT_BYTES;
            long hi = (high + i) * Memory.EXT_BYTES;
            kernels.addFractions(
                    parent.p + to, parent.q + to, p + lo, q + lo, p + hi, q + hi, Math.min(CHUNK, n - i));
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
