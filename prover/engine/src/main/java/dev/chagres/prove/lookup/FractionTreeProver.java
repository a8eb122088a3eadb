package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;

/// Proves a tree of fractions to [FractionTreeVerifier] (Papini and Haboeck, eprint 2023/1284).
///
/// Leaves and the layer above them are never stored: they are made when the tree is built, and twice more when their layer is
/// proved. A layer is freed as soon as its sumcheck is done. For a tree of depth N, peak memory is about 2^N ext elements
/// (16 bytes each): the layers from N - 2 up, or the bound children of the two lowest.
public final class FractionTreeProver {
    /// From this depth on the lower layers are made on demand.
    private static final int ON_DEMAND_BITS = 10;

    private final ProverChannel channel;
    private final LeafLayer leaves;
    private final Host host;
    private final boolean onDemand;
    /// Stored layers by their number of variables.
    private final FractionLayer[] layers;

    private FractionTreeProver(
            ProverChannel channel, LeafLayer leaves, Host host, boolean onDemand) {
        this.channel = channel;
        this.leaves = leaves;
        this.host = host;
        this.onDemand = onDemand;
        this.layers = new FractionLayer[leaves.bits() + 1];
    }

    /// @param layout which leaves are present
    /// @param source the present leaves
    /// @param unitNumerators whether all their numerators are one; fillers are then asked for denominators only
    /// @return the root and the claim about the leaves, as the verifier derives them
    public static FractionTreeVerifier.Result prove(ProverChannel channel, TreeLayout layout, LeafSource source,
            boolean unitNumerators, Host host) {
        return prove(channel, layout, source, unitNumerators, host, layout.bits() >= ON_DEMAND_BITS);
    }

    /// @param onDemand whether the lower layers are made on demand; needs depth 8 or more
    static FractionTreeVerifier.Result prove(ProverChannel channel, TreeLayout layout, LeafSource source,
            boolean unitNumerators, Host host, boolean onDemand) {
        LeafLayer leaves = new LeafLayer(layout.bits(), layout.leaves(), source, unitNumerators, host);
        FractionTreeProver prover = new FractionTreeProver(channel, leaves, host, onDemand);
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
        int last = onDemand ? bits - 2 : bits;
        layers[last] = onDemand ? leaves.grandparent() : leaves.layer();
        for (int m = last; m > 0; m--) {
            layers[m - 1] = layers[m].parent(host);
        }
        QM31 rootP = Memory.getExt(layers[0].p(), 0);
        QM31 rootQ = Memory.getExt(layers[0].q(), 0);
        channel.send("tree/root", rootP, rootQ);
        QM31 p = rootP;
        QM31 q = rootQ;
        QM31[] r = new QM31[0];
        for (int m = 0; m < bits; m++) {
            if (layers[m] != null) {
                layers[m].close();
            }
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
        LayerProver prover = new LayerProver(channel, r, lambda, host);
        if (layers[m + 1] != null) {
            return prover.prove(new StoredRounds(layers[m + 1], lambda, host), next);
        }
        try (MemoryScope arena = host.scope()) {
            LeafLayer.Reader[] readers = leaves.readers(arena);
            boolean lowest = m + 1 == leaves.bits();
            if (lowest && leaves.unit() && !lambda.isZero()) {
                return prover.prove(new UnitRounds(readers, leaves.upper(), r, lambda, host, arena), next);
            }
            NodeRounds.Nodes[] nodes = new NodeRounds.Nodes[readers.length];
            Arrays.setAll(nodes, i -> lowest ? readers[i]::leaves : readers[i]::parents);
            return prover.prove(new NodeRounds(nodes, lambda, host, arena), next);
        }
    }
}
