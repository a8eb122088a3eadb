package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceTreeKernels;
import dev.chagres.ffm.TreeChildren;
import dev.chagres.ffm.TreeShape;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import java.lang.foreign.MemorySegment;

/// A tree of fractions in memory of a device.
///
/// In a tree of several units the leaves are never stored: they are made when the tree is built, and twice more when
/// their layer is proved. Layers are bound in place, so each is asked for once; those that are stored go when the
/// leaves are proved, whose children, once bound, take half of their memory.
final class DeviceTree implements FractionTree {
    /// Elements of the values of a layer.
    private static final int VALUES = 4 << LayerRounds.SCALAR_BITS;

    private final TreeLayout layout;
    private final DeviceWork work;
    private DeviceLeaves leaves;
    /// Layers, then, for the layer of unstored leaves, what is left of them.
    private DeviceBuffer nodes;
    private DeviceLayers layers;
    /// Tables of equality and values of the layer that is proved.
    private DeviceBuffer eq;
    private DeviceBuffer values;
    private QM31[] root;

    private DeviceTree(TreeLayout layout, DeviceWork work) {
        this.layout = layout;
        this.work = work;
    }

    /// Builds the tree of a program.
    ///
    /// @throws IllegalArgumentException if a tensor of it is not in memory of the host
    /// @throws dev.chagres.ffm.DeviceException if the device has no memory for it, or fails
    static DeviceTree of(LeafProgram program, DeviceSite site) {
        DeviceTree tree = new DeviceTree(program.layout(), site.work());
        try {
            tree.build(program, site.tensors());
            return tree;
        } catch (RuntimeException | Error e) {
            try (tree) {
                throw e;
            }
        }
    }

    /// Most bytes of a tree and its rounds.
    static long bytes(LeafProgram program) {
        TreeLayout layout = program.layout();
        return DeviceLeaves.bytes(program) + Device.regionBytes(DeviceTreeKernels.eqBytes(layout.bits() - 1))
                + Device.regionBytes(Memory.extBytes(VALUES)) + Device.regionBytes(DeviceLayers.bytes(layout));
    }

    private void build(LeafProgram program, DeviceTensors tensors) {
        leaves = DeviceLeaves.of(program, tensors, work);
        eq = work.allocate(DeviceTreeKernels.eqBytes(layout.bits() - 1));
        values = work.allocate(Memory.extBytes(VALUES));
        nodes = work.allocate(DeviceLayers.bytes(layout));
        layers = new DeviceLayers(layout, nodes);
        layers.build(leaves.program(), kernels());
        QM31[] p = read(layers.p(0), 1);
        QM31[] q = read(layers.q(0), 1);
        root = new QM31[] {p[0], q[0]};
    }

    DeviceTreeKernels kernels() {
        return work.kernels().tree();
    }

    DeviceBuffer eq() {
        return eq;
    }

    DeviceBuffer values() {
        return values;
    }

    /// The first `n` elements of an ext array; waits.
    QM31[] read(DeviceBuffer array, int n) {
        MemorySegment results = work.results().asSlice(0, Memory.extBytes(n));
        work.stream().out(results, array);
        work.sync();
        QM31[] elements = new QM31[n];
        for (int i = 0; i < n; i++) {
            elements[i] = Memory.getExt(results.address(), i);
        }
        return elements;
    }

    @Override
    public int bits() {
        return layout.bits();
    }

    @Override
    public QM31[] root() {
        return root.clone();
    }

    @Override
    public LayerRounds layer(int m, QM31[] r, QM31 lambda) {
        if (layers.stored(m + 1)) {
            return new DeviceLayerRounds(this, layers.children(m), null, r, lambda);
        }
        TreeShape left = leaves.program().children().bound();
        long second = Memory.padded(left.size0());
        long elements = second + left.size1();
        work.release(nodes);
        nodes = null;
        work.sync();
        nodes = work.allocate(2 * Memory.extBytes(elements));
        TreeChildren bound = new TreeChildren(nodes.slice(0, Memory.extBytes(elements)),
                nodes.slice(Memory.extBytes(elements), Memory.extBytes(elements)), second, left);
        return new DeviceLayerRounds(this, bound, leaves.program(), r, lambda);
    }

    @Override
    public void close() {
        try (work) {
            if (leaves != null) {
                leaves.close();
            }
            for (DeviceBuffer buffer : new DeviceBuffer[] {eq, values, nodes}) {
                if (buffer != null) {
                    work.release(buffer);
                }
            }
        }
    }
}
