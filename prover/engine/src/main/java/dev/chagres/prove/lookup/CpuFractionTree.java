package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;

/// A tree in memory of the host.
///
/// In a tree of several units, leaves and the layer above them are never stored: they are made when the tree is built,
/// and twice more when their layer is proved; the two layers above them have nodes of units that exist only. A layer is
/// freed as soon as the one below it is asked for. See [#bytes(TreeLayout)].
public final class CpuFractionTree implements FractionTree {
    private final LeafLayer leaves;
    private final Host host;
    /// Stored layers by their number of variables.
    private final FractionLayer[] layers;

    private CpuFractionTree(LeafLayer leaves, Host host) {
        this.leaves = leaves;
        this.host = host;
        this.layers = new FractionLayer[leaves.layout().bits() + 1];
    }

    /// Builds the tree of a program.
    ///
    /// @throws IllegalArgumentException if a tensor of it is not in memory of the host
    public static FractionTree of(LeafProgram program, Host host) {
        return switch (program) {
            case LeafProgram.Lookups l -> of(l.layout(), new SegmentLeaves(l, host.field()), true, host);
            case LeafProgram.Tables t -> SparseTree.of(t, host).orElseGet(() -> stored(t, host));
        };
    }

    /// The tree of tables, whatever was looked up.
    static FractionTree stored(LeafProgram.Tables tables, Host host) {
        return of(tables.layout(), new TableLeaves(tables, host.field()), false, host);
    }

    /// Most bytes of a tree and its rounds: the stored layers, or the bound children of one of the two lowest layers.
    public static long bytes(TreeLayout layout) {
        long nodes = 2L * Memory.EXT_BYTES;
        if (layout.stripBits() == 0) {
            return 2 * nodes << layout.bits();
        }
        long lower = layout.units() << layout.unitBits();
        return nodes * (lower / 4 + lower / 8 + (1L << layout.bits() - 3));
    }

    /// @param layout which leaves are present
    /// @param source the present leaves
    /// @param unit whether all their numerators are one; fillers are then asked for denominators only
    static CpuFractionTree of(TreeLayout layout, LeafSource source, boolean unit, Host host) {
        return of(layout, source, unit, host, layout.stripBits() > 0);
    }

    /// @param onDemand whether the lower layers are made on demand; needs several units
    static CpuFractionTree of(TreeLayout layout, LeafSource source, boolean unit, Host host, boolean onDemand) {
        CpuFractionTree tree = new CpuFractionTree(new LeafLayer(layout, source, unit, !onDemand, host), host);
        try {
            tree.build(onDemand);
            return tree;
        } catch (RuntimeException | Error e) {
            tree.close();
            throw e;
        }
    }

    private void build(boolean onDemand) {
        int last = onDemand ? bits() - 2 : bits();
        layers[last] = onDemand ? leaves.grandparent() : leaves.layer();
        for (int m = last; m > 0; m--) {
            layers[m - 1] = layers[m].parent(host);
        }
    }

    @Override
    public int bits() {
        return leaves.layout().bits();
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
            return new CpuLayerRounds(rounds(m, r, lambda, scope), r, lambda, positions(m), host, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /// Stored positions of layer `m`.
    private Strips positions(int m) {
        Strips children = layers[m + 1] != null ? layers[m + 1].strips()
                : m + 1 == bits() ? leaves.strips() : leaves.strips().half();
        return children.bits() > 0 ? children.half() : new Strips(0, 1L << m);
    }

    private ChunkedRounds rounds(int m, QM31[] r, QM31 lambda, MemoryScope scope) {
        if (layers[m + 1] != null) {
            return new StoredRounds(layers[m + 1], lambda, host);
        }
        if (m + 2 == bits()) {
            return leaves.linear().hasTerms(1) ? new GridNodes(leaves, r, lambda, host, scope)
                    : NodeRounds.parents(leaves, lambda, host, scope);
        }
        return leaves.unit() && !lambda.isZero() ? new UnitRounds(leaves, r, lambda, host, scope)
                : NodeRounds.leaves(leaves, lambda, host, scope);
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
