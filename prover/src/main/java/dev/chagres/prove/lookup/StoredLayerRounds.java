package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// Rounds on stored numerators and denominators, which are overwritten.
final class StoredLayerRounds implements LayerRounds {
    private static final long CHUNK = 1024;

    private final FractionLayer layer;
    private final long[] children;
    private final QM31 lambda;
    private final FieldKernels kernels;

    /// @param layer the children, 2^(m+1) nodes for a layer of m variables
    StoredLayerRounds(FractionLayer layer, QM31 lambda, FieldKernels kernels) {
        this.layer = layer;
        // Used only where a child has whole blocks.
        long half = (1L << (layer.bits() - 1)) * Memory.EXT_BYTES;
        this.children = new long[] {layer.p(), layer.p() + half, layer.q(), layer.q() + half};
        this.lambda = lambda;
        this.kernels = kernels;
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
            QM31[] g = kernels.roundFractions(eq + lo, children[0] + lo, children[0] + hi, children[1] + lo,
                    children[1] + hi, children[2] + lo, children[2] + hi, children[3] + lo, children[3] + hi,
                    lambda, chunk);
            at0 = at0.add(g[0]);
            lead = lead.add(g[1]);
        }
        return new QM31[] {at0, lead};
    }

    @Override
    public void fold(int variable, QM31 r) {
        long half = 1L << variable;
        long chunk = Math.min(half, CHUNK);
        for (long child : children) {
            for (long i = 0; i < half; i += chunk) {
                long lo = child + i * Memory.EXT_BYTES;
                kernels.foldExt(lo, lo, lo + half * Memory.EXT_BYTES, r, chunk);
            }
        }
    }

    @Override
    public QM31[][] values(int variables) {
        QM31[][] result = new QM31[4][1 << variables];
        long half = 1L << (layer.bits() - 1);
        for (int i = 0; i < 1 << variables; i++) {
            result[0][i] = Memory.getExt(layer.p(), i);
            result[1][i] = Memory.getExt(layer.p(), half + i);
            result[2][i] = Memory.getExt(layer.q(), i);
            result[3][i] = Memory.getExt(layer.q(), half + i);
        }
        return result;
    }
}
