package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.MerkleProof;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The prover keeps some layers of a tree only; what it sends must lead to the root all the same.
class MerkleTreeTest {
    @Test
    void proofsLeadToTheRootWhateverIsKept() {
        SplittableRandom random = new SplittableRandom(3);
        for (int depth : new int[] {1, 2, 3, 4, 5, 6, 9, 13}) {
            byte[][] leaves = new byte[1 << depth][MerkleProof.NODE_BYTES];
            for (byte[] leaf : leaves) {
                random.nextBytes(leaf);
            }
            byte[][] roots = new byte[3][];
            for (int threads = 1; threads <= 2; threads++) {
                Host host = TestHosts.of(threads);
                try (MemoryScope scope = host.scope()) {
                    MerkleTree tree = new MerkleTree(scope.segment(MerkleTree.bytes(depth)), depth);
                    for (int q = 0; q < leaves.length; q++) {
                        for (int i = 0; i < leaves[q].length; i++) {
                            Memory.ALL.set(ValueLayout.JAVA_BYTE,
                                    tree.leaves() + (long) q * MerkleProof.NODE_BYTES + i, leaves[q][i]);
                        }
                    }
                    tree.build(host);
                    roots[threads] = tree.root();
                    for (int count : new int[] {1, 2, Math.min(50, leaves.length)}) {
                        int[] positions = random.ints(count, 0, leaves.length).sorted().distinct().toArray();
                        byte[][] opened = Arrays.stream(positions).mapToObj(q -> leaves[q]).toArray(byte[][]::new);
                        assertThat(MerkleProof.root(depth, positions, opened, tree.proof(positions, host)))
                                .as("depth %d, positions %s", depth, Arrays.toString(positions)).isEqualTo(tree.root());
                    }
                }
            }
            assertThat(roots[1]).isEqualTo(roots[2]);
        }
    }

    /// An eighth more than the leaves.
    @Test
    void littleMoreThanTheLeaves() {
        assertThat(MerkleTree.bytes(20)).isEqualTo(MerkleProof.NODE_BYTES * 9L << 17);
    }
}
