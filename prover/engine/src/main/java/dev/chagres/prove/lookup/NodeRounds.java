package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import java.util.Arrays;

/// Rounds on children that are made on demand: once for the first round, once more when the top variable is bound. Only
/// the bound children are stored, half as many.
final class NodeRounds implements MergedRounds {
    /// Makes nodes of the layer of children.
    @FunctionalInterface
    interface Nodes {
        /// Writes nodes `first .. first + count`.
        void fill(long first, long count, long p, long q);
    }

    private final QM31 lambda;
    private final FieldKernels kernels;
    private final Host host;
    private final MemoryScope arena;
    private final Scratch[] scratch;
    private MergedChildren children;

    /// Buffers of one chunk of the four parts of the layer: low and high half of child 0, then of child 1.
    private final class Scratch {
        private final Nodes nodes;
        private final long[] p = new long[4];
        private final long[] q = new long[4];

        Scratch(Nodes nodes) {
            this.nodes = nodes;
            for (int i = 0; i < 4; i++) {
                p[i] = arena.allocateExt(1L << SplitEq.CHUNK_BITS);
                q[i] = arena.allocateExt(1L << SplitEq.CHUNK_BITS);
            }
        }

        /// Nodes from .. from + n of every part, a part having `size` nodes; p of child 0 is merged.
        void fill(long from, int n, long size) {
            for (int i = 0; i < 4; i++) {
                nodes.fill(i * size + from, n, p[i], q[i]);
            }
            kernels.addScaledExt(p[0], q[0], lambda, n);
            kernels.addScaledExt(p[1], q[1], lambda, n);
        }
    }

    /// @param nodes one maker of nodes for each thread
    /// @param arena shared, owns scratch memory and the bound children
    private NodeRounds(Nodes[] nodes, QM31 lambda, Host host, MemoryScope arena) {
        this.lambda = lambda;
        this.kernels = host.field();
        this.host = host;
        this.arena = arena;
        this.scratch = new Scratch[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            scratch[i] = new Scratch(nodes[i]);
        }
    }

    /// Rounds on the layer above the leaves.
    static NodeRounds parents(LeafLayer leaves, QM31 lambda, Host host, MemoryScope arena) {
        return new NodeRounds(Arrays.stream(leaves.readers(arena)).map(reader -> (Nodes) reader::parents)
                .toArray(Nodes[]::new), lambda, host, arena);
    }

    /// Rounds on the leaves.
    static NodeRounds leaves(LeafLayer leaves, QM31 lambda, Host host, MemoryScope arena) {
        return new NodeRounds(Arrays.stream(leaves.readers(arena)).map(reader -> (Nodes) reader::leaves)
                .toArray(Nodes[]::new), lambda, host, arena);
    }


    @Override
    public QM31[] first(SplitEq eq) {
        return eq.sum(host, (worker, from, n) -> {
            Scratch s = scratch[worker];
            s.fill(from, n, eq.size());
            return kernels.roundMerged(
                    eq.table(), s.p[0], s.p[1], s.p[2], s.p[3], s.q[0], s.q[1], s.q[2], s.q[3], n);
        });
    }

    @Override
    public QM31[] next(QM31 r, SplitEq eq) {
        if (children != null) {
            return children.next(r, eq);
        }
        long half = eq.size();
        children = new MergedChildren(allocate(2 * half), allocate(2 * half), allocate(2 * half),
                allocate(2 * half), host);
        return eq.sum(host, (worker, from, n) -> {
            bind(worker, from, n, 2 * half, r);
            bind(worker, from + half, n, 2 * half, r);
            return children.chunkRound(eq, from, n);
        });
    }

    private long allocate(long n) {
        return arena.allocateExtRaw(n);
    }

    /// Binds the top variable for the elements from .. from + n of the children.
    private void bind(int worker, long from, int n, long size, QM31 r) {
        Scratch s = scratch[worker];
        s.fill(from, n, size);
        long at = from * Memory.EXT_BYTES;
        kernels.foldExt(children.a() + at, s.p[0], s.p[1], r, n);
        kernels.foldExt(children.p1() + at, s.p[2], s.p[3], r, n);
        kernels.foldExt(children.q0() + at, s.q[0], s.q[1], r, n);
        kernels.foldExt(children.q1() + at, s.q[2], s.q[3], r, n);
    }

    @Override
    public MergedChildren children() {
        return children;
    }

    @Override
    public QM31 lambda() {
        return lambda;
    }
}
