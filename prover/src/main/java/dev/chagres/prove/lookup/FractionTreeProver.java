package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.transcript.ProverChannel;
import java.lang.foreign.Arena;

/// Proves a tree of fractions to [FractionTreeVerifier] (Papini and Haboeck, eprint 2023/1284).
///
/// A layer is freed as soon as its sumcheck is done. For a tree of depth N, peak memory is about 2^N ext elements (16 bytes
/// each) times two, or times one when the layer above the leaves is made twice instead of kept.
public final class FractionTreeProver {
    /// From this depth on the layer above the leaves is made twice: it saves 256 MiB or more.
    private static final int REMAKE_BITS = 24;

    private final ProverChannel channel;
    private final LeafLayer leaves;
    private final FieldKernels kernels;
    private final boolean remake;
    /// Kept layers by their number of variables.
    private final FractionLayer[] layers;

    private FractionTreeProver(ProverChannel channel, LeafLayer leaves, FieldKernels kernels, boolean remake) {
        this.channel = channel;
        this.leaves = leaves;
        this.kernels = kernels;
        this.remake = remake;
        this.layers = new FractionLayer[leaves.bits()];
    }

    /// @param layout which leaves are present
    /// @param filler the present leaves
    /// @param unitNumerators whether all their numerators are one; the filler is then asked for denominators only
    /// @return the root and the claim about the leaves, as the verifier derives them
    public static FractionTreeVerifier.Result prove(ProverChannel channel, TreeLayout layout, LeafFiller filler,
            boolean unitNumerators, FieldKernels kernels) {
        return prove(channel, layout, filler, unitNumerators, kernels, layout.bits() >= REMAKE_BITS);
    }

    /// @param remake whether the layer above the leaves is made twice; needs depth 6 or more
    static FractionTreeVerifier.Result prove(ProverChannel channel, TreeLayout layout, LeafFiller filler,
            boolean unitNumerators, FieldKernels kernels, boolean remake) {
        LeafLayer leaves = new LeafLayer(layout.bits(), layout.leaves(), filler, unitNumerators, kernels);
        FractionTreeProver prover = new FractionTreeProver(channel, leaves, kernels, remake);
        try {
            return prover.run();
        } finally {
            prover.close();
        }
    }

    private void close() {
        for (FractionLayer l : layers) {
            if (l != null) {
                l.close();
            }
        }
    }

    private FractionTreeVerifier.Result run() {
        int bits = leaves.bits();
        int last = remake ? bits - 2 : bits - 1;
        layers[last] = remake ? leaves.grandparent() : leaves.parent();
        for (int m = last; m > 0; m--) {
            layers[m - 1] = layers[m].parent(kernels);
        }
        QM31 rootP = Memory.getExt(layers[0].p(), 0);
        QM31 rootQ = Memory.getExt(layers[0].q(), 0);
        channel.send("tree/root", rootP, rootQ);
        QM31 p = rootP;
        QM31 q = rootQ;
        QM31[] r = new QM31[0];
        for (int m = 0; m < bits; m++) {
            layers[m].close();
            QM31[] next = new QM31[m + 1];
            QM31 lambda = m == 0 ? QM31.ZERO : channel.challenge("tree/lambda");
            QM31[] child = proveLayer(m, r, lambda, next);
            channel.send("tree/children", child);
            QM31 mu = channel.challenge("tree/merge");
            next[m] = mu;
            p = child[0].add(mu.mul(child[1].sub(child[0])));
            q = child[2].add(mu.mul(child[3].sub(child[2])));
            r = next;
        }
        return new FractionTreeVerifier.Result(rootP, rootQ, r, p, q);
    }

    private QM31[] proveLayer(int m, QM31[] r, QM31 lambda, QM31[] next) {
        LayerProver prover = new LayerProver(channel, r, lambda, kernels);
        if (m + 1 < leaves.bits()) {
            if (layers[m + 1] == null) {
                layers[m + 1] = leaves.parent();
            }
            return prover.prove(new StoredLayerRounds(layers[m + 1], lambda, kernels), next);
        }
        if (leaves.unit() && !lambda.isZero()) {
            try (Arena arena = Arena.ofConfined()) {
                return prover.prove(new UnitLayerRounds(leaves, r, lambda, kernels, arena), next);
            }
        }
        try (FractionLayer layer = leaves.layer()) {
            return prover.prove(new StoredLayerRounds(layer, lambda, kernels), next);
        }
    }
}
