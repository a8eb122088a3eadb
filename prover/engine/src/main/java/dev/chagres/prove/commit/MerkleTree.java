package dev.chagres.prove.commit;

import dev.chagres.commit.MerkleProof;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.HashContexts;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A complete binary tree of 2^depth leaves in one region: 2^(depth + 1) nodes of 26 bytes by heap number, without
/// gaps, entry 0 unused, the leaves last ([MerkleProof]). Gaps that round a node up to 32 bytes would cost 24 MB of
/// memory a tree at 2^21 leaves, and of the key file, and save 2 ns a node, 4 ms in all: the kernel that hashes pairs
/// reads them where they lie.
///
/// @param region [#bytes(int)] bytes at a multiple of 64
record MerkleTree(MemorySegment region, int depth) {
    MerkleTree {
        if (region.byteSize() != bytes(depth) || region.address() % Memory.ALIGNMENT != 0) {
            throw new IllegalArgumentException("region of " + region.byteSize() + " bytes at " + region.address());
        }
    }

    /// Bytes of the region of a tree.
    static long bytes(int depth) {
        return 2L * MerkleProof.NODE_BYTES << depth;
    }

    private long node(long heapNumber) {
        return region.address() + heapNumber * MerkleProof.NODE_BYTES;
    }

    /// Address of the digest of leaf 0.
    long leaves() {
        return node(1L << depth);
    }

    /// Computes the inner nodes from the leaves.
    void build(Host host) {
        HashKernels hash = host.kernels().hash();
        for (int level = depth - 1; level >= 0; level--) {
            long nodes = 1L << level;
            host.ranges(nodes, (part, from, to) ->
                    hash.hashPairs(HashContexts.NODE, node(nodes + from),
                            node(2 * (nodes + from)), to - from, MerkleProof.NODE_BYTES));
        }
    }

    byte[] root() {
        return digest(1);
    }

    private byte[] digest(int heapNumber) {
        byte[] digest = new byte[MerkleProof.NODE_BYTES];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, node(heapNumber), digest, 0, digest.length);
        return digest;
    }

    /// The pruned proof of several leaves, as the verifier reads it.
    ///
    /// @param positions ascending and distinct
    byte[] proof(int[] positions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int sibling : MerkleProof.siblings(depth, positions)) {
            out.writeBytes(digest(sibling));
        }
        return out.toByteArray();
    }
}
