package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;

/// The leaves of a tree, made on demand: a prefix of present leaves, then neutral fractions 0/1.
final class LeafLayer {
    private static final long CHUNK = 1024;

    private final int bits;
    private final long leaves;
    private final LeafFiller filler;
    private final boolean unit;
    private final FieldKernels kernels;

    /// @param bits depth of the tree, at least 5
    /// @param leaves number of present leaves, a multiple of 16
    /// @param unit whether the numerators of present leaves are one
    LeafLayer(int bits, long leaves, LeafFiller filler, boolean unit, FieldKernels kernels) {
        if (leaves % Memory.BLOCK != 0 || leaves > 1L << bits) {
            throw new IllegalArgumentException(leaves + " leaves in a tree of depth " + bits);
        }
        this.bits = bits;
        this.leaves = leaves;
        this.filler = filler;
        this.unit = unit;
        this.kernels = kernels;
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

    /// Leaves `first .. first + count`; p may be 0.
    void fill(long first, long count, long p, long q) {
        long present = Math.clamp(leaves - first, 0, count);
        if (present > 0) {
            filler.fill(first, present, unit ? 0 : p, q);
            if (unit && p != 0) {
                kernels.fillExt(p, QM31.ONE, present);
            }
        }
        if (present < count) {
            long skip = present * Memory.EXT_BYTES;
            kernels.fillExt(q + skip, QM31.ONE, count - present);
            if (p != 0) {
                kernels.fillExt(p + skip, QM31.ZERO, count - present);
            }
        }
    }

    /// All numerators and denominators.
    FractionLayer layer() {
        FractionLayer layer = new FractionLayer(bits);
        long chunk = Math.min(CHUNK, 1L << bits);
        for (long i = 0; i < 1L << bits; i += chunk) {
            fill(i, chunk, layer.p() + i * Memory.EXT_BYTES, layer.q() + i * Memory.EXT_BYTES);
        }
        return layer;
    }

    /// The layer above the leaves.
    FractionLayer parent() {
        FractionLayer parent = new FractionLayer(bits - 1);
        try (Parents parents = new Parents()) {
            long half = 1L << (bits - 1);
            long chunk = Math.min(CHUNK, half);
            for (long i = 0; i < half; i += chunk) {
                parents.fill(i, chunk, parent.p() + i * Memory.EXT_BYTES, parent.q() + i * Memory.EXT_BYTES);
            }
        }
        return parent;
    }

    /// The layer two above the leaves, without storing the one between; bits is at least 6.
    FractionLayer grandparent() {
        FractionLayer result = new FractionLayer(bits - 2);
        try (Parents parents = new Parents(); Arena arena = Arena.ofConfined()) {
            long quarter = 1L << (bits - 2);
            long chunk = Math.min(CHUNK, quarter);
            long p0 = Memory.allocateExt(arena, chunk);
            long q0 = Memory.allocateExt(arena, chunk);
            long p1 = Memory.allocateExt(arena, chunk);
            long q1 = Memory.allocateExt(arena, chunk);
            for (long i = 0; i < quarter; i += chunk) {
                parents.fill(i, chunk, p0, q0);
                parents.fill(i + quarter, chunk, p1, q1);
                kernels.addFractions(result.p() + i * Memory.EXT_BYTES, result.q() + i * Memory.EXT_BYTES,
                        p0, q0, p1, q1, chunk);
            }
        }
        return result;
    }

    /// Sums of pairs of leaves, chunk by chunk.
    private final class Parents implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final long p0 = Memory.allocateExt(arena, CHUNK);
        private final long q0 = Memory.allocateExt(arena, CHUNK);
        private final long p1 = Memory.allocateExt(arena, CHUNK);
        private final long q1 = Memory.allocateExt(arena, CHUNK);

        /// Nodes `first .. first + count` of the layer above the leaves, count at most CHUNK.
        void fill(long first, long count, long p, long q) {
            // Where the upper leaf is absent, the sum is the lower leaf.
            long pairs = Math.clamp(upper() - first, 0, count);
            if (pairs < count) {
                long skip = pairs * Memory.EXT_BYTES;
                LeafLayer.this.fill(first + pairs, count - pairs, p + skip, q + skip);
            }
            if (pairs == 0) {
                return;
            }
            long half = 1L << (bits - 1);
            if (unit()) {
                LeafLayer.this.fill(first, pairs, 0, q0);
                LeafLayer.this.fill(first + half, pairs, 0, q1);
                kernels.addUnitFractions(p, q, q0, q1, pairs);
            } else {
                LeafLayer.this.fill(first, pairs, p0, q0);
                LeafLayer.this.fill(first + half, pairs, p1, q1);
                kernels.addFractions(p, q, p0, q0, p1, q1, pairs);
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
