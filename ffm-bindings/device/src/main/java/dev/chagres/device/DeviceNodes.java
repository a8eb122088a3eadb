package dev.chagres.device;

import dev.chagres.commit.MerkleProof;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.prove.commit.MerkleTree;
import dev.chagres.transcript.HashContexts;
import java.util.ArrayList;
import java.util.List;

/// The inner nodes of a Merkle tree, made on a device from the leaves; those that the tree keeps come back.
final class DeviceNodes {
    private static final int BYTES = MerkleProof.NODE_BYTES;

    private DeviceNodes() {}

    /// Bytes of the device that a tree takes.
    ///
    /// @param depth log2 of the leaves
    static long bytes(int depth) {
        long bytes = 0;
        for (int layer = 0; layer <= depth; layer++) {
            bytes += Device.regionBytes((long) BYTES << layer);
        }
        return bytes;
    }

    /// @param tree whose leaves are there
    static void build(DeviceSite site, MerkleTree tree) {
        try (DeviceWork work = site.work(); DeviceRegions regions = new DeviceRegions(work)) {
            DeviceBuffer below = regions.copy(tree.leaves(), (long) BYTES << tree.depth());
            List<DeviceBuffer> layers = new ArrayList<>();
            for (int layer = tree.depth() - 1; layer >= 0; layer--) {
                DeviceBuffer nodes = regions.bytes((long) BYTES << layer);
                work.kernels().hash().hashPairs(HashContexts.NODE, nodes, below, 1L << layer, BYTES);
                layers.addFirst(nodes);
                below = nodes;
            }
            for (int layer = 0; layer <= tree.kept(); layer++) {
                work.stream().out(DeviceRegions.host(tree.node(1L << layer), (long) BYTES << layer),
                        layers.get(layer));
            }
        }
    }
}
