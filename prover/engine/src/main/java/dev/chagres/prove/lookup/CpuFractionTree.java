package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import java.util.Arrays;

/// A tree in memory of the host.
///
/// Leaves and the layer above them are never stored: they are made when the tree is built, and twice more when their
/// layer is proved. A layer is freed as soon as the one below it is asked for. For a tree of depth N, peak memory is
/// about 2^N ext elements (16 bytes each): the layers from N - 2 up, or the bound children of the two lowest.
public final class CpuFractionTree implements FractionTree {
    /// From this depth on the lower layers are made on demand.
    private static final int ON_DEMAND_BITS = 10;

    private final LeafLayer leaves;
    private final Host host;
    /// Stored layers by their number of variables.
    private final FractionLayer[] layers;

    private CpuFractionTree(LeafLayer leaves, Host host) {
        this.leaves = leaves;
        this.host = host;
        this.layers = new FractionLayer[leaves.bits() + 1];
    }

    /// Builds the tree of a program.
    ///
    /// @throws IllegalArgumentException if a tensor of it is not in memory of the host
    public static CpuFractionTree of(LeafProgram program, Host host) {
        return switch (program) {
            case LeafProgram.Lookups l -> of(l.layout(), new SegmentLeaves(l, host.field()), true, host);
            case LeafProgram.Tables t -> of(t.layout(), new TableLeaves(t, host.field()), false, host);
        };
    }

    /// @param layout which leaves are present
    /// @param source the present leaves
    /// @param unit whether all their numerators are one; fillers are then asked for denominators only
    static CpuFractionTree of(TreeLayout layout, LeafSource source, boolean unit, Host host) {
        return of(layout, source, unit, host, layout.bits() >= ON_DEMAND_BITS);
    }

    /// @param onDemand whether the lower layers are made on demand; needs depth 8 or more
    static CpuFractionTree of(TreeLayout layout, LeafSource source, boolean unit, Host host, boolean onDemand) {
        LeafLayer leaves = new LeafLayer(layout.bits(), layout.leaves(), source, unit, host);
        CpuFractionTree tree = new CpuFractionTree(leaves, host);
        try {
            tree.build(onDemand);
            return tree;
        } catch (RuntimeException | Error e) {
            tree.close();
            throw e;
        }
    }

    private void build(boolean onDemand) {
        int bits = leaves.bits();
        int last = onDemand ? bits - 2 : bits;
        layers[last] = onDemand ? leaves.grandparent() : leaves.layer();
        for (int m = last; m > 0; m--) {
            layers[m - 1] = layers[m].parent(host);
        }
    }

    @Override
    public int bits() {
        return leaves.bits();
    }

    @Override
    public QM31[] root() {
        return new QM31[] {Memory.getExt(layers[0].p(), 0), Memory.getExt(layers[0].q(), 0)};
    }

    @Override
    public LayerRounds layer(int m, QM31[] r, QM31 lambda) {
        if (layers[m] != null) {
            layers[m].close();
        }
        MemoryScope scope = host.scope();
        try {
            return new CpuLayerRounds(rounds(m, r, lambda, scope), r, host, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private ChunkedRounds rounds(int m, QM31[] r, QM31 lambda, MemoryScope scope) {
        if (layers[m + 1] != null) {
            return new StoredRounds(layers[m + 1], lambda, host);
        }
        LeafLayer.Reader[] readers = leaves.readers(scope);
        boolean lowest = m + 1 == leaves.bits();
        if (lowest && leaves.unit() && !lambda.isZero()) {
            return new UnitRounds(readers, leaves.upper(), r, lambda, host, scope);
        }
        NodeRounds.Nodes[] nodes = new NodeRounds.Nodes[readers.length];
        Arrays.setAll(nodes, i -> lowest ? readers[i]::leaves : readers[i]::parents);
        return new NodeRounds(nodes, lambda, host, scope);
    }

    @Override
    public void close() {
        for (FractionLayer l : layers) {
            if (l != null) {
                l.close();
            }
        }
    }
}
