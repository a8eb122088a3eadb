package dev.chagres.commit;

import dev.chagres.hash.Blake3;
import dev.chagres.transcript.HashContexts;
import java.util.Arrays;

/// Pruned Merkle multiproofs over a binary tree of 2^depth leaves. Leaves and inner nodes are the first 224 bits of
/// BLAKE3, of a column and of two nodes, each under a context of its own ([HashContexts]): 112 bits against collisions,
/// which is what the security account counts, and 224 against a second column for a node that is public.
///
/// Nodes are numbered as in a heap: the root is 1, the children of i are 2i and 2i + 1, leaf q is 2^depth + q. A
/// proof for a set of leaves is the digests of the siblings that cannot be computed, level by level from the leaves
/// up, left to right inside a level.
public final class MerkleProof {
    /// Bytes of a node, the root included.
    public static final int NODE_BYTES = 28;

    private MerkleProof() {}

    /// The leaf of a column.
    ///
    /// @param column its words, little-endian
    public static byte[] leaf(byte[] column) {
        byte[] leaf = new byte[NODE_BYTES];
        new Blake3(HashContexts.LEAF).update(column, 0, column.length).finish(leaf, 0, NODE_BYTES);
        return leaf;
    }

    /// The node above two.
    ///
    /// @param pair left node, right node
    public static byte[] node(byte[] pair) {
        byte[] node = new byte[NODE_BYTES];
        new Blake3(HashContexts.NODE).update(pair, 0, pair.length).finish(node, 0, NODE_BYTES);
        return node;
    }

    /// Heap numbers of the siblings in a proof, in their order.
    ///
    /// @param depth at most 30
    /// @param positions leaves, ascending and distinct
    public static int[] siblings(int depth, int[] positions) {
        int[] nodes = heap(depth, positions);
        int[] result = new int[positions.length * depth];
        int found = 0;
        int count = nodes.length;
        for (int level = 0; level < depth; level++) {
            int parents = 0;
            for (int i = 0; i < count; i++) {
                if (i + 1 < count && nodes[i + 1] == (nodes[i] ^ 1)) {
                    nodes[parents++] = nodes[i++] >>> 1;
                } else {
                    result[found++] = nodes[i] ^ 1;
                    nodes[parents++] = nodes[i] >>> 1;
                }
            }
            count = parents;
        }
        return Arrays.copyOf(result, found);
    }

    /// The root that the leaves and the proof lead to.
    ///
    /// @param depth at most 30
    /// @param positions leaves, ascending and distinct, at least one
    /// @param leaves one node per position
    /// @param siblings the digests numbered by [#siblings(int, int[])], one after another
    public static byte[] root(int depth, int[] positions, byte[][] leaves, byte[] siblings) {
        int[] nodes = heap(depth, positions);
        byte[][] digests = leaves.clone();
        byte[] pair = new byte[2 * NODE_BYTES];
        int used = 0;
        int count = nodes.length;
        for (int level = 0; level < depth; level++) {
            int parents = 0;
            for (int i = 0; i < count; i++) {
                int node = nodes[i];
                int side = (node & 1) * NODE_BYTES;
                System.arraycopy(digests[i], 0, pair, side, NODE_BYTES);
                if (i + 1 < count && nodes[i + 1] == (node ^ 1)) {
                    i++;
                    System.arraycopy(digests[i], 0, pair, NODE_BYTES - side, NODE_BYTES);
                } else {
                    System.arraycopy(siblings, used, pair, NODE_BYTES - side, NODE_BYTES);
                    used += NODE_BYTES;
                }
                nodes[parents] = node >>> 1;
                digests[parents++] = node(pair);
            }
            count = parents;
        }
        return digests[0];
    }

    private static int[] heap(int depth, int[] positions) {
        int[] nodes = new int[positions.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = (1 << depth) + positions[i];
        }
        return nodes;
    }
}
