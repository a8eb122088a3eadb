package dev.chagres.prove.commit;

import dev.chagres.commit.MerkleProof;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.HashContexts;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A complete binary tree of 2^depth leaves in one region: the leaves, then the nodes of the layers from the root to
/// `kept` by heap number, entry 0 unused. The layers between are half of all nodes and are not kept: an opening
/// asks for a few of their nodes, each made again from at most 16 leaves ([MerkleProof]). Nodes have 28 bytes and lie
/// without gaps: rounding them up to 32 would cost 9 MB of memory a tree at 2^21 leaves, and of the key file, and
/// save 2 ns a node: the kernel that hashes pairs reads them where they lie.
///
/// @param region [#bytes(int)] bytes at a multiple of 64
/// @param depth at least 1
public record MerkleTree(MemorySegment region, int depth) {
    private static final int NODE_BYTES = MerkleProof.NODE_BYTES;
    /// Layers between the leaves and the lowest kept layer, and one.
    private static final int STEP = 4;
    /// Nodes of the lowest kept layer that are made at a time, from leaves that stay in the cache.
    private static final int BLOCK = 64;

    public MerkleTree {
        if (region.byteSize() != bytes(depth) || region.address() % Memory.ALIGNMENT != 0) {
            throw new IllegalArgumentException("region of " + region.byteSize() + " bytes at " + region.address());
        }
    }

    /// Bytes of the region of a tree, a multiple of 64: little more than the leaves.
    public static long bytes(int depth) {
        long bytes = ((long) NODE_BYTES << depth) + (2L * NODE_BYTES << kept(depth));
        return (bytes + Memory.ALIGNMENT - 1) & -Memory.ALIGNMENT;
    }

    /// The lowest layer whose nodes are kept.
    private static int kept(int depth) {
        return Math.max(0, depth - STEP);
    }

    /// The lowest layer whose nodes are kept, the root's being 0.
    public int kept() {
        return kept(depth);
    }

    /// Address of leaf 0.
    public long leaves() {
        return region.address();
    }

    private long leaf(long number) {
        return leaves() + number * NODE_BYTES;
    }

    /// Address of a node of a kept layer; those of a layer lie one after another.
    public long node(long heapNumber) {
        return leaf(1L << depth) + heapNumber * NODE_BYTES;
    }

    /// Computes the inner nodes from the leaves.
    void build(Host host) {
        int kept = kept(depth);
        host.ranges(1L << kept, (part, from, to) -> {
            try (MemoryScope scope = host.scope()) {
                Scratch scratch = new Scratch(host, scope, BLOCK << depth - kept);
                for (long at = from; at < to; at += BLOCK) {
                    long count = Math.min(BLOCK, to - at);
                    scratch.climb(leaf(at << depth - kept), count, depth - kept, node((1L << kept) + at));
                }
            }
        });
        HashKernels hash = host.kernels().hash();
        for (int layer = kept - 1; layer >= 0; layer--) {
            long nodes = 1L << layer;
            host.ranges(nodes, (part, from, to) ->
                    hash.hashPairs(HashContexts.NODE, node(nodes + from),
                            node(2 * (nodes + from)), to - from, NODE_BYTES));
        }
    }

    /// Hashes leaves up to nodes some layers above them.
    private record Scratch(HashKernels hash, long even, long odd) {
        /// @param leaves most leaves at a time
        Scratch(Host host, MemoryScope scope, long leaves) {
            this(host.kernels().hash(), scope.allocateRaw(leaves / 2 * NODE_BYTES),
                    scope.allocateRaw(leaves / 2 * NODE_BYTES));
        }

        /// @param src count 2^layers leaves
        /// @param layers at least 1
        /// @param dst of `count` nodes
        void climb(long src, long count, int layers, long dst) {
            long from = src;
            for (int layer = layers - 1; layer >= 0; layer--) {
                long to = layer == 0 ? dst : (layer & 1) == 0 ? even : odd;
                hash.hashPairs(HashContexts.NODE, to, from, count << layer, NODE_BYTES);
                from = to;
            }
        }
    }

    byte[] root() {
        return digest(node(1));
    }

    private static byte[] digest(long address) {
        byte[] digest = new byte[NODE_BYTES];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, address, digest, 0, digest.length);
        return digest;
    }

    /// The pruned proof of several leaves, as the verifier reads it.
    ///
    /// @param positions ascending and distinct
    byte[] proof(int[] positions, Host host) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryScope scope = host.scope()) {
            Scratch scratch = new Scratch(host, scope, 1L << STEP);
            long made = scope.allocateRaw(NODE_BYTES);
            for (int sibling : MerkleProof.siblings(depth, positions)) {
                int layer = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(sibling);
                int below = depth - layer;
                if (layer <= kept(depth)) {
                    out.writeBytes(digest(node(sibling)));
                } else if (below == 0) {
                    out.writeBytes(digest(leaf(sibling - (1L << depth))));
                } else {
                    scratch.climb(leaf((sibling - (1L << layer)) << below), 1, below, made);
                    out.writeBytes(digest(made));
                }
            }
        }
        return out.toByteArray();
    }
}
