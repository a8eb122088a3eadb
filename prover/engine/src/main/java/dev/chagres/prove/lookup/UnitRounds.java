package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import java.util.Arrays;

/// Rounds of the leaf layer when the numerators of present leaves are one: p0 = 1, and p1 is one on a prefix and zero
/// after. Leaves are made on demand: once for the first round, once more when the top variable is bound.
///
/// With mu = 1 / lambda,
/// `q1 + p1 q0 + lambda q0 q1 = lambda (q0 + mu)(q1 + mu p1) - mu p1`,
/// so a round is one equality-weighted product of the shifted denominators. p1 stays a step function while variables
/// are bound, so its sum against eq is a prefix sum of eq, which has a closed form.
final class UnitRounds implements ChunkedRounds {
    private final FieldKernels kernels;
    private final Host host;
    private final MemoryScope arena;
    private final QM31 lambda;
    private final QM31 mu;
    private final QM31[] r;
    private final Scratch[] scratch;
    private long q0;
    private long q1;
    private boolean stored;
    /// p1 is `before` at positions below `step` and `after` from there on.
    private QM31 before = QM31.ONE;
    private QM31 after = QM31.ZERO;
    private long step;

    /// Buffers of one chunk: low and high half of child 0, then of child 1.
    private final class Scratch {
        private final LeafLayer.Reader leaves;
        private final long[] q = new long[4];

        Scratch(LeafLayer.Reader leaves) {
            this.leaves = leaves;
            for (int i = 0; i < 4; i++) {
                q[i] = arena.allocateExt(1L << SplitEq.CHUNK_BITS);
            }
        }

        /// Leaves from .. from + n of every part, a part having `size` leaves.
        void fill(long from, int n, long size) {
            for (int i = 0; i < 4; i++) {
                leaves.denominators(i * size + from, n, q[i], mu);
            }
        }
    }

    /// @param leaves one reader for each thread
    /// @param step present leaves in the upper half
    /// @param r point of the layer, one coordinate for each variable
    /// @param lambda not zero
    /// @param arena shared, owns scratch memory and the denominators
    UnitRounds(LeafLayer.Reader[] leaves, long step, QM31[] r, QM31 lambda, Host host,
            MemoryScope arena) {
        this.kernels = host.field();
        this.host = host;
        this.arena = arena;
        this.lambda = lambda;
        this.mu = lambda.inv();
        this.r = r;
        this.step = step;
        this.scratch = new Scratch[leaves.length];
        for (int i = 0; i < leaves.length; i++) {
            scratch[i] = new Scratch(leaves[i]);
        }
    }

    @Override
    public QM31[] first(int variable, SplitEq eq) {
        return withNumerators(variable, eq.sum(host, (worker, from, n) -> {
            Scratch s = scratch[worker];
            s.fill(from, n, 1L << variable);
            return kernels.roundEqProduct(eq.table(), s.q[0], s.q[1], s.q[2], s.q[3], n);
        }));
    }

    @Override
    public QM31[] next(int variable, QM31 challenge, SplitEq eq) {
        long half = 1L << variable;
        bindNumerators(variable + 1, challenge);
        if (stored) {
            return withNumerators(variable, eq.sum(host, (_, from, n) -> {
                long at = from * Memory.EXT_BYTES;
                return kernels.foldRoundEqProduct(eq.table(), q0 + at, q1 + at, half, challenge, n);
            }));
        }
        stored = true;
        q0 = arena.allocateExtRaw(2 * half);
        q1 = arena.allocateExtRaw(2 * half);
        return withNumerators(variable, eq.sum(host, (worker, from, n) -> {
            bind(worker, from, n, 2 * half, challenge);
            bind(worker, from + half, n, 2 * half, challenge);
            long lo = from * Memory.EXT_BYTES;
            long hi = lo + half * Memory.EXT_BYTES;
            return kernels.roundEqProduct(eq.table(), q0 + lo, q0 + hi, q1 + lo, q1 + hi, n);
        }));
    }

    /// Binds the top variable for the elements from .. from + n of the children.
    private void bind(int worker, long from, int n, long size, QM31 challenge) {
        Scratch s = scratch[worker];
        s.fill(from, n, size);
        long at = from * Memory.EXT_BYTES;
        kernels.foldExt(q0 + at, s.q[0], s.q[1], challenge, n);
        kernels.foldExt(q1 + at, s.q[2], s.q[3], challenge, n);
    }

    @Override
    public void last(int variable, QM31 challenge) {
        bindNumerators(variable, challenge);
        long half = 1L << variable;
        for (long q : new long[] {q0, q1}) {
            kernels.foldExt(q, q, q + half * Memory.EXT_BYTES, challenge, half);
        }
    }

    /// From the product of shifted denominators to the round.
    private QM31[] withNumerators(int variable, QM31[] product) {
        // sum_x eq[x] p1(0, x); the sum of all eq[x] is one.
        QM31 numerators = after.add(before.sub(after).mul(prefix(variable, Math.min(step, 1L << variable))));
        return new QM31[] {lambda.mul(product[0]).sub(mu.mul(numerators)), lambda.mul(product[1])};
    }

    /// Sum of eq((r_0 .. r_{variables - 1}), x) over x < end, end at most 2^variables.
    private QM31 prefix(int variables, long end) {
        if (end == 1L << variables) {
            return QM31.ONE;
        }
        QM31 sum = QM31.ZERO;
        QM31 path = QM31.ONE;
        for (int i = variables - 1; i >= 0; i--) {
            QM31 zero = path.mul(QM31.ONE.sub(r[i]));
            if ((end >>> i & 1) == 1) {
                sum = sum.add(zero);
                path = path.mul(r[i]);
            } else {
                path = zero;
            }
        }
        return sum;
    }

    private void bindNumerators(int variable, QM31 challenge) {
        long half = 1L << variable;
        QM31 mixed = before.add(challenge.mul(after.sub(before)));
        if (step >= half) {
            // Below: (before, before) up to step - half, then (before, after).
            step -= half;
            after = mixed;
        } else {
            // (before, after) up to step, then (after, after).
            before = mixed;
        }
    }

    @Override
    public QM31[][] values(int variables) {
        int n = 1 << variables;
        QM31[][] result = new QM31[4][n];
        Arrays.fill(result[0], QM31.ONE);
        for (int i = 0; i < n; i++) {
            QM31 p1 = i < step ? before : after;
            result[1][i] = p1;
            result[2][i] = Memory.getExt(q0, i).sub(mu);
            result[3][i] = Memory.getExt(q1, i).sub(mu.mul(p1));
        }
        return result;
    }
}
