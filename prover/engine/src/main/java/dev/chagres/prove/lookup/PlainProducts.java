package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// Products of leaves of any kind. They are made on demand: once for the first round, once more when the top variable
/// is bound.
final class PlainProducts implements ShiftedProducts {
    private final FieldKernels kernels;
    private final Host host;
    private final MemoryScope arena;
    private final QM31 mu;
    private final Scratch[] scratch;
    private ShiftedChildren children;

    /// Buffers of one chunk: low and high half of child 0, then of child 1.
    private final class Scratch {
        private final LeafLayer.Reader leaves;
        private final long[] s = new long[4];

        Scratch(LeafLayer.Reader leaves) {
            this.leaves = leaves;
            for (int i = 0; i < 4; i++) {
                s[i] = arena.allocateExt(1L << SplitEq.CHUNK_BITS);
            }
        }

        /// Leaves from .. from + n of every part, a part having `size` leaves.
        void fill(long from, int n, long size) {
            for (int i = 0; i < 4; i++) {
                leaves.denominators(i * size + from, n, s[i], mu);
            }
        }
    }

    /// @param mu what is added to denominators of present leaves
    /// @param arena shared, owns scratch memory and the bound rows
    PlainProducts(LeafLayer leaves, QM31 mu, Host host, MemoryScope arena) {
        this.kernels = host.field();
        this.host = host;
        this.arena = arena;
        this.mu = mu;
        LeafLayer.Reader[] readers = leaves.readers(arena);
        this.scratch = new Scratch[readers.length];
        for (int i = 0; i < readers.length; i++) {
            scratch[i] = new Scratch(readers[i]);
        }
    }

    @Override
    public QM31[] first(SplitEq eq) {
        return eq.sum(host, (worker, from, n) -> {
            Scratch s = scratch[worker];
            s.fill(from, n, eq.size());
            return kernels.roundEqProduct(eq.table(), s.s[0], s.s[1], s.s[2], s.s[3], n);
        });
    }

    @Override
    public QM31[] next(QM31 r, SplitEq eq) {
        if (children != null) {
            return children.next(r, eq);
        }
        long half = eq.size();
        children = ShiftedChildren.allocate(2 * half, host, arena);
        return eq.sum(host, (worker, from, n) -> {
            bind(worker, from, n, 2 * half, r);
            bind(worker, from + half, n, 2 * half, r);
            return children.chunkRound(eq, from, n);
        });
    }

    /// Binds the top variable for the elements from .. from + n of the children.
    private void bind(int worker, long from, int n, long size, QM31 r) {
        Scratch s = scratch[worker];
        s.fill(from, n, size);
        long at = from * Memory.EXT_BYTES;
        kernels.foldExt(children.s0() + at, s.s[0], s.s[1], r, n);
        kernels.foldExt(children.s1() + at, s.s[2], s.s[3], r, n);
    }

    @Override
    public ShiftedChildren children() {
        return children;
    }
}
