package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MerkleProofTest {
    @Test
    void everySetOfLeavesOfASmallTreeLeadsToTheRoot() {
        int depth = 4;
        byte[][] nodes = tree(depth, 5);
        for (int mask = 1; mask < 1 << 16; mask += 3) {
            int[] positions = positions(mask);
            assertThat(MerkleProof.root(depth, positions, leaves(nodes, 16, positions), proof(nodes, depth, positions)))
                    .as("mask %x", mask).isEqualTo(nodes[1]);
        }
        assertThat(MerkleProof.siblings(depth, positions(0xffff))).isEmpty();
        assertThat(MerkleProof.siblings(depth, new int[] {5})).containsExactly(20, 11, 4, 3);
    }

    @Test
    void everyDigestMatters() {
        byte[][] nodes = tree(4, 6);
        int[] positions = {1, 6, 7, 12};
        byte[] good = proof(nodes, 4, positions);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 4;
            assertThat(MerkleProof.root(4, positions, leaves(nodes, 16, positions), bad)).isNotEqualTo(nodes[1]);
        }
    }

    /// The test values of docs/protocol-opening.md, section 2.
    @Test
    void leavesAndNodesAreTheDocumentedOnes() {
        byte[] left = MerkleProof.leaf(new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0});
        byte[] right = MerkleProof.leaf(new byte[] {4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0});
        assertThat(HexFormat.of().formatHex(left)).isEqualTo("3cc87741380db5c78242e44160347c709559fdd2c196418d409dcc34");
        byte[] pair = Arrays.copyOf(left, 56);
        System.arraycopy(right, 0, pair, 28, 28);
        assertThat(HexFormat.of().formatHex(MerkleProof.node(pair)))
                .isEqualTo("b56c4dd0cb92fd29731a50da3114c277115884f4d53e406a83f55f6a");
        assertThat(MerkleProof.leaf(pair)).as("a column with the words of two nodes is no node")
                .isNotEqualTo(MerkleProof.node(pair));
    }

    private static int[] positions(int mask) {
        int[] all = new int[16];
        int n = 0;
        for (int i = 0; i < 16; i++) {
            if ((mask >> i & 1) == 1) {
                all[n++] = i;
            }
        }
        return Arrays.copyOf(all, n);
    }

    private static byte[][] leaves(byte[][] nodes, int n, int[] positions) {
        return Arrays.stream(positions).mapToObj(q -> nodes[n + q]).toArray(byte[][]::new);
    }

    private static byte[] proof(byte[][] nodes, int depth, int[] positions) {
        int[] siblings = MerkleProof.siblings(depth, positions);
        byte[] out = new byte[28 * siblings.length];
        for (int i = 0; i < siblings.length; i++) {
            System.arraycopy(nodes[siblings[i]], 0, out, 28 * i, 28);
        }
        return out;
    }

    private static byte[][] tree(int depth, long seed) {
        int n = 1 << depth;
        byte[][] nodes = new byte[2 * n][28];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = n; i < 2 * n; i++) {
            random.nextBytes(nodes[i]);
        }
        for (int i = n - 1; i > 0; i--) {
            byte[] pair = Arrays.copyOf(nodes[2 * i], 56);
            System.arraycopy(nodes[2 * i + 1], 0, pair, 28, 28);
            nodes[i] = MerkleProof.node(pair);
        }
        return nodes;
    }
}
