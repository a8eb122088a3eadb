package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;

/// The leaves of a tree, made on demand. They are numbered strip after strip ([Strips]): leaf i of a strip is leaf
/// `i mod 2^runBits` of a run of unit `i / 2^runBits`. Where only units that exist are numbered, a strip ends with the
/// last of them; else it has leaves of all units, neutral ones where there is none.
final class LeafLayer {
    private static final int CHUNK = 1 << SplitEq.CHUNK_BITS;

    private final TreeLayout layout;
    private final LeafSource source;
    private final boolean unit;
    private final LinearUnits linear;
    /// Numbers of the units that are numbered, in order; null for all from 0 on.
    private final int[] units;
    private final Strips strips;
    private final FieldKernels kernels;
    private final Host host;

    /// @param source of the leaves by place, those that are present
    /// @param unit whether the numerators of present leaves are one
    /// @param whole whether leaves of units that do not exist are numbered too
    LeafLayer(TreeLayout layout, LeafSource source, boolean unit, boolean whole, Host host) {
        if (layout.leaves() % Memory.BLOCK != 0) {
            throw new IllegalArgumentException(layout.leaves() + " leaves, not a multiple of " + Memory.BLOCK);
        }
        long units = whole ? 1L << (layout.bits() - layout.unitBits()) : layout.units();
        this.layout = layout;
        this.source = source;
        this.unit = unit;
        this.linear = source.linear();
        this.units = null;
        this.strips = new Strips(layout.stripBits(), units << layout.runBits());
        this.kernels = host.field();
        this.host = host;
    }

    private LeafLayer(LeafLayer all, int[] units) {
        this.layout = all.layout;
        this.source = all.source;
        this.unit = all.unit;
        this.linear = LinearUnits.NONE;
        this.units = units;
        this.strips = new Strips(layout.stripBits(), (long) units.length << layout.runBits());
        this.kernels = all.kernels;
        this.host = all.host;
    }

    /// The same leaves, those of some units only.
    LeafLayer of(int[] units) {
        return new LeafLayer(this, units);
    }

    /// Units that need not be made leaf by leaf.
    LinearUnits linear() {
        return linear;
    }

    TreeLayout layout() {
        return layout;
    }

    Strips strips() {
        return strips;
    }

    /// Whether the numerators of present leaves are one.
    boolean unit() {
        return unit;
    }

    /// The place of a leaf.
    private long place(long leaf) {
        long strip = leaf / strips.width();
        long inside = leaf - strip * strips.width();
        long run = inside & (1L << layout.runBits()) - 1;
        long number = inside >>> layout.runBits();
        long u = units == null ? number : units[(int) number];
        return u << layout.unitBits() | strip << layout.runBits() | run;
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
            fill(first, count, p, q, QM31.ZERO);
        }

        /// Denominators of leaves `first .. first + count`, those of present leaves plus `shift`.
        void denominators(long first, long count, long q, QM31 shift) {
            fill(first, count, 0, q, shift);
        }

        /// Cuts the leaves into runs of one unit.
        private void fill(long first, long count, long p, long q, QM31 shift) {
            long size = 1L << layout.runBits();
            for (long at = 0; at < count; ) {
                long n = Math.min(size - (first + at & size - 1), count - at);
                long skip = at * Memory.EXT_BYTES;
                run(place(first + at), n, p == 0 ? 0 : p + skip, q + skip, shift);
                at += n;
            }
        }

        private void run(long place, long count, long p, long q, QM31 shift) {
            long present = Math.clamp(layout.leaves() - place, 0, count);
            if (present > 0) {
                filler.fill(place, present, unit ? 0 : p, q, shift);
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

        /// Nodes `first .. first + count` of the layer above the leaves, at most one chunk of one strip.
        void parents(long first, long count, long p, long q) {
            long second = first + strips.size() / 2;
            // Places grow within a strip, and those of the second child are above those of the first.
            if (unit && place(second + count - 1) < layout.leaves()) {
                denominators(first, count, q0, QM31.ZERO);
                denominators(second, count, q1, QM31.ZERO);
                kernels.addUnitFractions(p, q, q0, q1, count);
            } else {
                leaves(first, count, p0, q0);
                leaves(second, count, p1, q1);
                kernels.addFractions(p, q, p0, q0, p1, q1, count);
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

    /// All numerators and denominators, of units that do not exist too.
    FractionLayer layer() {
        FractionLayer layer = new FractionLayer(layout.bits(), new Strips(0, strips.size()), host);
        try (MemoryScope arena = host.scope()) {
            Reader[] readers = readers(arena);
            host.ranges(strips.size(), (part, from, to) -> {
                for (long i = from; i < to; i += CHUNK) {
                    readers[part].leaves(i, Math.min(CHUNK, to - i), layer.p() + i * Memory.EXT_BYTES,
                            layer.q() + i * Memory.EXT_BYTES);
                }
            });
        }
        return layer;
    }

    /// The layer two above the leaves, without storing the one between.
    FractionLayer grandparent() {
        Strips quarter = strips.half().half();
        FractionLayer result = new FractionLayer(layout.bits() - 2, quarter, host);
        try (MemoryScope arena = host.scope()) {
            Reader[] readers = readers(arena);
            long[][] buffers = new long[readers.length][4];
            for (long[] b : buffers) {
                for (int i = 0; i < b.length; i++) {
                    b[i] = arena.allocateExt(CHUNK);
                }
            }
            UnitSplit split = new UnitSplit(this, LinearUnits.Form::isDifference);
            quarter.forEach(host, CHUNK, (part, strip, from, n) -> {
                long[] b = buffers[part];
                for (long at = from; at < from + n; ) {
                    int u = (int) (at >>> layout.runBits());
                    LinearUnits.Unit unit = split.linear(u);
                    int count = unit != null ? 1 << layout.runBits() : plainCount(split, u, (int) (from + n - at));
                    long i = strip * quarter.width() + at;
                    long p = result.p() + i * Memory.EXT_BYTES;
                    long q = result.q() + i * Memory.EXT_BYTES;
                    if (unit != null) {
                        unit.form().terms().getFirst().values().quads(p, q, unit.tile(), unit.from() + strip * count,
                                count << quarter.bits(), unit.form().constant(), count, kernels);
                    } else {
                        readers[part].parents(i, count, b[0], b[1]);
                        readers[part].parents(i + quarter.size(), count, b[2], b[3]);
                        kernels.addFractions(p, q, b[0], b[1], b[2], b[3], count);
                    }
                    at += count;
                }
            });
        }
        return result;
    }

    /// Positions, at most `most`, of unit `u` and the plain units that follow it.
    private int plainCount(UnitSplit split, int u, int most) {
        int run = 1 << layout.runBits();
        int count = run;
        while (count < most && split.linear(u + count / run) == null) {
            count += run;
        }
        return count;
    }
}
