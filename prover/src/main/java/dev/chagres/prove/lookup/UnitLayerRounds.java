package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// Rounds of the leaf layer when the numerators of present leaves are one: p0 = 1, and p1 is one on a prefix and zero after.
///
/// With mu = 1 / lambda,
/// `q1 + p1 q0 + lambda q0 q1 = lambda (q0 + mu)(q1 + mu p1) - mu p1`,
/// so a round is one equality-weighted product of the shifted denominators. p1 stays a step function while variables are
/// bound, so its sum against eq is a prefix sum of eq, which has a closed form.
final class UnitLayerRounds implements LayerRounds {
    private static final long CHUNK = 1024;

    private final FieldKernels kernels;
    private final QM31 lambda;
    private final QM31 mu;
    private final QM31[] r;
    private final long q0;
    private final long q1;
    /// p1 is `before` at positions below `step` and `after` from there on.
    private QM31 before = QM31.ONE;
    private QM31 after = QM31.ZERO;
    private long step;

    /// @param r point of the layer, one coordinate for each variable
    /// @param lambda not zero
    /// @param arena owns the denominators
    UnitLayerRounds(LeafLayer leaves, QM31[] r, QM31 lambda, FieldKernels kernels, Arena arena) {
        this.kernels = kernels;
        this.lambda = lambda;
        this.mu = lambda.inv();
        this.r = r;
        this.step = leaves.upper();
        long half = 1L << (leaves.bits() - 1);
        this.q0 = Memory.allocateExt(arena, 2 * half);
        this.q1 = q0 + half * Memory.EXT_BYTES;
        long chunk = Math.min(CHUNK, half);
        long shift = Memory.allocateExt(arena, chunk);
        kernels.fillExt(shift, mu, chunk);
        for (long i = 0; i < half; i += chunk) {
            long lo = q0 + i * Memory.EXT_BYTES;
            long hi = q1 + i * Memory.EXT_BYTES;
            leaves.fill(i, chunk, 0, lo);
            kernels.addExt(lo, lo, shift, chunk);
            leaves.fill(half + i, chunk, 0, hi);
            long present = Math.clamp(step - i, 0, chunk);
            if (present > 0) {
                kernels.addExt(hi, hi, shift, present);
            }
        }
    }

    @Override
    public QM31[] round(int variable, long eq) {
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        long half = 1L << variable;
        long chunk = Math.min(half, CHUNK);
        for (long i = 0; i < half; i += chunk) {
            long lo = i * Memory.EXT_BYTES;
            long hi = (i + half) * Memory.EXT_BYTES;
            QM31[] g = kernels.roundEqProduct(eq + lo, q0 + lo, q0 + hi, q1 + lo, q1 + hi, chunk);
            at0 = at0.add(g[0]);
            lead = lead.add(g[1]);
        }
        // sum_x eq[x] p1(0, x); the sum of all eq[x] is one.
        QM31 numerators = after.add(before.sub(after).mul(prefix(variable, Math.min(step, half))));
        return new QM31[] {lambda.mul(at0).sub(mu.mul(numerators)), lambda.mul(lead)};
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

    @Override
    public void fold(int variable, QM31 challenge) {
        long half = 1L << variable;
        long chunk = Math.min(half, CHUNK);
        for (long q : new long[] {q0, q1}) {
            for (long i = 0; i < half; i += chunk) {
                long lo = q + i * Memory.EXT_BYTES;
                kernels.foldExt(lo, lo, lo + half * Memory.EXT_BYTES, challenge, chunk);
            }
        }
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
