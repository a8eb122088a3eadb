package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceTreeKernels;
import dev.chagres.ffm.TreeChildren;
import dev.chagres.ffm.TreeProgram;
import dev.chagres.ffm.TreeShape;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.TreeLayout;

/// The layers of a tree that are stored, all in one region: from the leaves up where these are few, else from the layer
/// above them up. Absent nodes are not stored: of each strip, or of a whole layer, the first nodes are.
final class DeviceLayers {
    private final TreeLayout layout;
    /// Stored nodes of a strip.
    private final long width;
    /// The lowest stored layer has 2^last nodes.
    private final int last;
    private final DeviceBuffer nodes;

    /// @param nodes [#bytes(TreeLayout)]
    DeviceLayers(TreeLayout layout, DeviceBuffer nodes) {
        this.layout = layout;
        this.width = layout.units() << layout.runBits();
        this.last = last(layout);
        this.nodes = nodes;
    }

    private static int last(TreeLayout layout) {
        return layout.stripBits() == 0 ? layout.bits() : layout.bits() - 1;
    }

    /// Bytes of all stored layers; what is left of unstored leaves, once bound, has no more.
    static long bytes(TreeLayout layout) {
        return 2 * elements(layout, last(layout) + 1) * Memory.EXT_BYTES;
    }

    /// Elements of the layers of fewer than 2^m nodes, each in whole blocks.
    private static long elements(TreeLayout layout, int m) {
        long sum = 0;
        for (int i = 0; i < m; i++) {
            sum += Memory.padded(size(layout, i));
        }
        return sum;
    }

    /// Stored nodes of the layer of 2^m nodes.
    private static long size(TreeLayout layout, int m) {
        long width = layout.units() << layout.runBits();
        int strips = m - layout.bits() + layout.stripBits();
        return strips > 0 ? width << strips : Math.min(width, 1L << m);
    }

    /// Whether the layer of 2^m nodes is stored.
    boolean stored(int m) {
        return m <= last;
    }

    /// Makes all layers.
    void build(TreeProgram program, DeviceTreeKernels kernels) {
        if (last == layout.bits()) {
            kernels.leaves(program, p(last), q(last));
        } else {
            kernels.leafParents(program, p(last), q(last));
        }
        for (int m = last; m > 0; m--) {
            kernels.parents(p(m - 1), q(m - 1), p(m), q(m), upper(m), size(layout, m));
        }
    }

    /// What is between the two nodes of the layer of 2^m nodes that are added.
    private long upper(int m) {
        return m > layout.bits() - layout.stripBits() ? size(layout, m) / 2 : 1L << m - 1;
    }

    DeviceBuffer p(int m) {
        return nodes.slice(elements(layout, m) * Memory.EXT_BYTES, Memory.extBytes(size(layout, m)));
    }

    DeviceBuffer q(int m) {
        return nodes.slice((elements(layout, last + 1) + elements(layout, m)) * Memory.EXT_BYTES,
                Memory.extBytes(size(layout, m)));
    }

    /// The children of the nodes of the layer of 2^m nodes.
    TreeChildren children(int m) {
        int strips = m + 1 - layout.bits() + layout.stripBits();
        long size = size(layout, m + 1);
        long half = 1L << m;
        TreeShape shape = strips > 0 ? new TreeShape(width, width, m, strips - 1)
                : new TreeShape(Math.min(size, half), Math.max(0, size - half), m, 0);
        return new TreeChildren(p(m + 1), q(m + 1), upper(m + 1), shape);
    }
}
