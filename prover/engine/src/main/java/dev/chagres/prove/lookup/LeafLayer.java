package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// The leaves of a tree, made on demand: a prefix of present leaves, then neutral fractions 0/1.
final class LeafLayer {
    private static final long CHUNK = 1 << SplitEq.CHUNK_BITS;

    private final int bits;
    private final long leaves;
    private final LeafSource source;
    private final boolean unit;
    private final FieldKernels kernels;
    private final Host host;

    /// @param bits depth of the tree, at least 5
    /// @param leaves number of present leaves, a multiple of 16
    /// @param unit whether the numerators of present leaves are one
    LeafLayer(int bits, long leaves, LeafSource source, boolean unit, Host host) {
        if (leaves % Memory.BLOCK != 0 || leaves > 1L << bits) {
            throw new IllegalArgumentException(leaves + " leaves in a tree of depth " + bits);
        }
        this.bits = bits;
        this.leaves = leaves;
        this.source = source;
        this.unit = unit;
        this.kernels = host.field();
        this.host = host;
    }

    int bits() {
        return bits;
    }

    /// Present leaves in the upper half.
    long upper() {
        return Math.max(0, leaves - (1L << (bits - 1)));
    }

    /// Whether all numerators of the lower half are one.
    boolean unit() {
        return unit && leaves >= 1L << (bits - 1);
    }

    /// Reads for one thread.
    final class Reader {
        private final LeafFiller filler;
        private final long p0;
        private final long q0;
        private final long p1;
        private final long q1;

        /// @param arena owns scratch memory
        Reader(MemoryScope arena) {
            filler = source.filler(arena);
            p0 = arena.allocateExt(CHUNK);
            q0 = arena.allocateExt(CHUNK);
            p1 = arena.allocateExt(CHUNK);
            q1 = arena.allocateExt(CHUNK);
        }

        /// Leaves `first .. first + count`.
        void leaves(long first, long count, long p, long q) {
            long present = Math.clamp(leaves - first, 0, count);
            if (present > 0) {
                filler.fill(first, present, unit ? 0 : p, q, QM31.ZERO);
                if (unit) {
                    kernels.fillExt(p, QM31.ONE, present);
                }
            }
            if (present < count) {
                long skip = present * Memory.EXT_BYTES;
                kernels.fillExt(q + skip, QM31.ONE, count - present);
                kernels.fillExt(p + skip, QM31.ZERO, count - present);
            }
        }

        /// Denominators of leaves `first .. first + count`, those of present leaves plus `shift`.
        void denominators(long first, long count, long q, QM31 shift) {
            long present = Math.clamp(leaves - first, 0, count);
            if (present > 0) {
                filler.fill(first, present, 0, q, shift);
            }
            if (present < count) {
                kernels.fillExt(q + present * Memory.EXT_BYTES, QM31.ONE, count - present);
            }
        }

        /// Nodes `first .. first + count` of the layer above the leaves, count at most one chunk.
        void parents(long first, long count, long p, long q) {
            // Where the upper leaf is absent, the sum is the lower leaf.
            long pairs = Math.clamp(upper() - first, 0, count);
            if (pairs < count) {
                long skip = pairs * Memory.EXT_BYTES;
                leaves(first + pairs, count - pairs, p + skip, q + skip);
            }
            if (pairs == 0) {
                return;
            }
            long half = 1L << (bits - 1);
            if (unit()) {
                denominators(first, pairs, q0, QM31.ZERO);
                denominators(first + half, pairs, q1, QM31.ZERO);
                kernels.addUnitFractions(p, q, q0, q1, pairs);
            } else {
                leaves(first, pairs, p0, q0);
                leaves(first + half, pairs, p1, q1);
                kernels.addFractions(p, q, p0, q0, p1, q1, pairs);
            }
        }
    }

    /// One reader for each thread.
    Reader[] readers(MemoryScope arena) {
        Reader[] readers = new Reader[host.threads()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = new Reader(arena);
        }
        return readers;
    }

    /// All numerators and denominators.
    FractionLayer layer() {
        FractionLayer layer = new FractionLayer(bits, host);
        try (MemoryScope arena = host.scope()) {
            Reader[] readers = readers(arena);
            host.ranges(1L << bits, (part, from, to) -> {
                for (long i = from; i < to; i += CHUNK) {
                    readers[part].leaves(i, Math.min(CHUNK, to - i), layer.p() + i * Memory.EXT_BYTES,
                            layer.q() + i * Memory.EXT_BYTES);
                }
            });
        }
        return layer;
    }

    /// The layer two above the leaves, without storing the one between; bits is at least 6.
    FractionLayer grandparent() {
        FractionLayer result = new FractionLayer(bits - 2, host);
        long quarter = 1L << (bits - 2);
        try (MemoryScope arena = host.scope()) {
            Reader[] readers = readers(arena);
            long[][] buffers = new long[readers.length][4];
            for (long[] b : buffers) {
                for (int i = 0; i < b.length; i++) {
                    b[i] = arena.allocateExt(CHUNK);
                }
            }
            host.ranges(quarter, (part, from, to) -> {
                long[] b = buffers[part];
                for (long i = from; i < to; i += CHUNK) {
                    long n = Math.min(CHUNK, to - i);
                    readers[part].parents(i, n, b[0], b[1]);
                    readers[part].parents(i + quarter, n, b[2], b[3]);
                    kernels.addFractions(result.p() + i * Memory.EXT_BYTES, result.q() + i * Memory.EXT_BYTES,
                            b[0], b[1], b[2], b[3], n);
                }
            });
        }
        return result;
    }
}
