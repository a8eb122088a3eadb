package dev.chagres.device;

import dev.chagres.ffm.TreeChildren;
import dev.chagres.ffm.TreeProgram;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.LayerRounds;
import java.util.Arrays;

/// The rounds of a layer on a device: one launch each, which binds a variable, weights and sums. Positions whose
/// children are absent contribute lambda and the weights that are left, which the launch accounts for.
final class DeviceLayerRounds implements LayerRounds {
    private final DeviceTree tree;
    private final QM31[] r;
    private final QM31 lambda;
    /// Where the children are made on demand, until their first binding; null when they are stored.
    private TreeProgram unstored;
    /// The children as they are stored, or as they will be after their first binding.
    private TreeChildren children;
    /// Variables of the equality tables.
    private int eqVariables;
    /// Of the last binding, which is done when values are asked for.
    private QM31 bind;

    /// @param tree owns the memory of the children
    /// @param unstored null when the children are stored
    /// @param r point of the layer
    DeviceLayerRounds(DeviceTree tree, TreeChildren children, TreeProgram unstored, QM31[] r, QM31 lambda) {
        this.tree = tree;
        this.children = children;
        this.unstored = unstored;
        this.r = r;
        this.lambda = lambda;
    }

    @Override
    public QM31[] first(int variable) {
        eqVariables = variable;
        tree.kernels().eq(tree.eq(), Arrays.copyOf(r, variable));
        return unstored == null ? tree.kernels().round(children, tree.eq(), eqVariables, lambda)
                : tree.kernels().leafRound(unstored, tree.eq(), eqVariables, lambda);
    }

    @Override
    public QM31[] next(int variable, QM31 challenge) {
        if (unstored != null) {
            QM31[] g = tree.kernels().leafFoldRound(unstored, children, tree.eq(), eqVariables, lambda, challenge);
            unstored = null;
            return g;
        }
        QM31[] g = tree.kernels().foldRound(children, tree.eq(), eqVariables, lambda, challenge);
        children = children.bound();
        return g;
    }

    @Override
    public void last(int variable, QM31 challenge) {
        bind = challenge;
    }

    @Override
    public QM31[][] values(int variables) {
        if (bind == null) {
            tree.kernels().values(tree.values(), children);
        } else {
            tree.kernels().boundValues(tree.values(), children, bind);
        }
        int block = 1 << SCALAR_BITS;
        QM31[] all = tree.read(tree.values(), 4 * block);
        QM31[][] values = new QM31[4][];
        Arrays.setAll(values, i -> Arrays.copyOfRange(all, i * block, i * block + (1 << variables)));
        return values;
    }

    /// The memory is the tree's.
    @Override
    public void close() {}
}
