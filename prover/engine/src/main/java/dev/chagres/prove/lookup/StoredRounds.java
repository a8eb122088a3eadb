package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.Host;

/// Rounds on stored numerators and denominators, which are overwritten.
final class StoredRounds implements MergedRounds {
    private final FieldKernels kernels;
    private final Host host;
    private final QM31 lambda;
    private final MergedChildren children;
    private boolean merged;

    /// @param layer the children, 2^(m+1) nodes for a layer of m variables
    StoredRounds(FractionLayer layer, QM31 lambda, Host host) {
        this.kernels = host.field();
        this.host = host;
        this.lambda = lambda;
        long half = layer.strips().size() / 2 * Memory.EXT_BYTES;
        // Addresses of the upper halves are used by kernels only where a half has whole blocks.
        this.children = new MergedChildren(layer.p(), layer.p() + half, layer.q(), layer.q() + half, host);
        this.small = layer.bits() <= 4 ? layer : null;
    }

    /// The layer when a child has less than one block.
    private final FractionLayer small;

    @Override
    public QM31[] first(SplitEq eq) {
        merged = true;
        return eq.sum(host, (_, from, n) -> {
            long lo = from * Memory.EXT_BYTES;
            long hi = lo + eq.size() * Memory.EXT_BYTES;
            kernels.addScaledExt(children.a() + lo, children.q0() + lo, lambda, n);
            kernels.addScaledExt(children.a() + hi, children.q0() + hi, lambda, n);
            return children.chunkRound(eq, from, n);
        });
    }

    @Override
    public QM31[] next(QM31 r, SplitEq eq) {
        return children.next(r, eq);
    }

    @Override
    public QM31[][] values(int variables) {
        if (small == null) {
            return children.values(variables, merged ? lambda : QM31.ZERO);
        }
        int half = 1 << variables;
        QM31[][] result = new QM31[4][half];
        for (int i = 0; i < half; i++) {
            result[0][i] = Memory.getExt(small.p(), i);
            result[1][i] = Memory.getExt(small.p(), half + i);
            result[2][i] = Memory.getExt(small.q(), i);
            result[3][i] = Memory.getExt(small.q(), half + i);
        }
        return result;
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
