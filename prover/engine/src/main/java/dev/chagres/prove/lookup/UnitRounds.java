package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;

/// Rounds of the leaf layer when the numerators of present leaves are one. Leaves are made on demand: once for the first
/// round, once more when the top variable is bound.
///
/// With mu = 1 / lambda and s = q + mu p for both children,
/// `p0 q1 + p1 q0 + lambda q0 q1 = lambda s0 s1 - mu p0 p1`,
/// so a round is one equality-weighted product of shifted denominators and one of numerators, which are almost constant
/// ([StepNumerators]).
final class UnitRounds implements ChunkedRounds {
    private final FieldKernels kernels;
    private final Host host;
    private final MemoryScope arena;
    private final QM31 lambda;
    private final QM31 mu;
    private final StepNumerators numerators;
    private final Scratch[] scratch;
    /// Shifted denominators of both children.
    private long s0;
    private long s1;
    private boolean stored;

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

    /// @param layout of several units
    /// @param leaves one reader for each thread
    /// @param r point of the layer, one coordinate for each variable
    /// @param lambda not zero
    /// @param arena shared, owns scratch memory and the denominators
    UnitRounds(TreeLayout layout, LeafLayer.Reader[] leaves, QM31[] r, QM31 lambda, Host host, MemoryScope arena) {
        this.kernels = host.field();
        this.host = host;
        this.arena = arena;
        this.lambda = lambda;
        this.mu = lambda.inv();
        this.numerators = new StepNumerators(layout, r);
        this.scratch = new Scratch[leaves.length];
        for (int i = 0; i < leaves.length; i++) {
            scratch[i] = new Scratch(leaves[i]);
        }
    }

    @Override
    public QM31[] first(SplitEq eq) {
        return withNumerators(eq.sum(host, (worker, from, n) -> {
            Scratch s = scratch[worker];
            s.fill(from, n, eq.size());
            return kernels.roundEqProduct(eq.table(), s.s[0], s.s[1], s.s[2], s.s[3], n);
        }));
    }

    @Override
    public QM31[] next(QM31 challenge, SplitEq eq) {
        long half = eq.size();
        numerators.bind(challenge);
        if (stored) {
            return withNumerators(eq.sum(host, (_, from, n) -> {
                long at = from * Memory.EXT_BYTES;
                return kernels.foldRoundEqProduct(eq.table(), s0 + at, s1 + at, half, challenge, n);
            }));
        }
        stored = true;
        s0 = arena.allocateExtRaw(2 * half);
        s1 = arena.allocateExtRaw(2 * half);
        return withNumerators(eq.sum(host, (worker, from, n) -> {
            bind(worker, from, n, 2 * half, challenge);
            bind(worker, from + half, n, 2 * half, challenge);
            return chunkRound(eq, from, n);
        }));
    }

    private QM31[] chunkRound(SplitEq eq, long from, int n) {
        long lo = from * Memory.EXT_BYTES;
        long hi = lo + eq.size() * Memory.EXT_BYTES;
        return kernels.roundEqProduct(eq.table(), s0 + lo, s0 + hi, s1 + lo, s1 + hi, n);
    }

    /// Binds the top variable for the elements from .. from + n of the children.
    private void bind(int worker, long from, int n, long size, QM31 challenge) {
        Scratch s = scratch[worker];
        s.fill(from, n, size);
        long at = from * Memory.EXT_BYTES;
        kernels.foldExt(s0 + at, s.s[0], s.s[1], challenge, n);
        kernels.foldExt(s1 + at, s.s[2], s.s[3], challenge, n);
    }

    @Override
    public void whole(QM31 challenge, long width, long size) {
        numerators.bind(challenge);
        host.ranges(width, (_, from, to) -> {
            for (long s : new long[] {s0, s1}) {
                long lo = s + from * Memory.EXT_BYTES;
                kernels.foldExt(lo, lo, lo + width * Memory.EXT_BYTES, challenge, to - from);
            }
        });
        kernels.fillExt(s0 + width * Memory.EXT_BYTES, QM31.ONE, size - width);
        kernels.fillExt(s1 + width * Memory.EXT_BYTES, QM31.ONE, size - width);
    }

    @Override
    public QM31[] again(SplitEq eq) {
        return withNumerators(eq.sum(host, (_, from, n) -> chunkRound(eq, from, n)));
    }

    @Override
    public void last(QM31 challenge, long half) {
        numerators.bind(challenge);
        for (long s : new long[] {s0, s1}) {
            kernels.foldExt(s, s, s + half * Memory.EXT_BYTES, challenge, half);
        }
    }

    /// From the product of shifted denominators to the round.
    private QM31[] withNumerators(QM31[] product) {
        QM31[] p = numerators.round();
        return new QM31[] {lambda.mul(product[0]).sub(mu.mul(p[0])), lambda.mul(product[1]).sub(mu.mul(p[1]))};
    }

    @Override
    public QM31[][] values(int variables) {
        int n = 1 << variables;
        QM31[][] result = {numerators.p0(), numerators.p1(), new QM31[n], new QM31[n]};
        for (int i = 0; i < n; i++) {
            result[2][i] = Memory.getExt(s0, i).sub(mu.mul(result[0][i]));
            result[3][i] = Memory.getExt(s1, i).sub(mu.mul(result[1][i]));
        }
        return result;
    }
}
