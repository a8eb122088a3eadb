package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.transcript.PackedWords;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Opened columns of a small tree: what is accepted, and a lie for every check that only this check stops.
class OpenedColumnsTest {
    private static final int DEPTH = 3;
    /// As many words as two nodes have, so that a column may be a pair of nodes.
    private static final int ROWS = 13;
    private static final int[] POSITIONS = {2, 5, 6};

    private final SplittableRandom random = new SplittableRandom(31);
    private final int[][] columns = columns();

    private int[][] columns() {
        int[][] c = new int[1 << DEPTH][];
        Arrays.setAll(c, _ -> random.ints(ROWS, 0, M31.P).toArray());
        c[5][4] = 0;
        return c;
    }

    private static byte[] bytes(int[] column) {
        ByteBuffer b = ByteBuffer.allocate(4 * column.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asIntBuffer().put(column);
        return b.array();
    }

    private static byte[] pair(byte[] left, byte[] right) {
        byte[] pair = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, pair, left.length, right.length);
        return pair;
    }

    /// All nodes by heap number.
    private static byte[][] tree(int[][] columns) {
        int n = columns.length;
        byte[][] nodes = new byte[2 * n][];
        for (int i = 2 * n - 1; i > 0; i--) {
            nodes[i] = i < n ? MerkleProof.node(pair(nodes[2 * i], nodes[2 * i + 1]))
                    : MerkleProof.leaf(bytes(columns[i - n]));
        }
        return nodes;
    }

    private static byte[] words(int[][] columns) {
        return PackedWords.pack(Arrays.stream(POSITIONS).flatMap(q -> Arrays.stream(columns[q])).toArray());
    }

    private static byte[] siblings(byte[][] nodes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int node : MerkleProof.siblings(DEPTH, POSITIONS)) {
            out.writeBytes(nodes[node]);
        }
        return out.toByteArray();
    }

    private static int[][] read(byte[] root, byte[] stream) throws Rejection {
        VerifierChannel channel = new VerifierChannel(Transcript.start("columns"), stream);
        int[][] words = OpenedColumns.read(channel, root, ROWS, DEPTH, POSITIONS);
        channel.finish("the columns");
        return words;
    }

    private static void rejected(String check, byte[] root, byte[] stream) {
        assertThatThrownBy(() -> read(root, stream))
                .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo(check));
    }

    @Test
    void columnsUnderTheRootAreAccepted() throws Rejection {
        byte[][] nodes = tree(columns);
        assertThat(nodes[1]).hasSize(28);
        byte[] packed = words(columns);
        assertThat(packed).hasSize((31 * ROWS * POSITIONS.length + 7) / 8);
        assertThat(read(nodes[1], pair(packed, siblings(nodes))))
                .isEqualTo(new int[][] {columns[2], columns[5], columns[6]});
    }

    /// 39 words leave seven bits of the last byte.
    @Test
    void bitsAfterTheLastWordAreZeros() {
        byte[][] nodes = tree(columns);
        for (int bit = 1; bit < 8; bit++) {
            byte[] packed = words(columns);
            packed[packed.length - 1] |= (byte) (1 << bit);
            rejected("format/canonical", nodes[1], pair(packed, siblings(nodes)));
        }
    }

    /// A verifier that takes 31 ones for 0 accepts it.
    @Test
    void aZeroIsNotSentAsP() {
        byte[][] nodes = tree(columns);
        int[][] sent = columns.clone();
        sent[5] = sent[5].clone();
        sent[5][4] = M31.P;
        rejected("open/merkle", nodes[1], pair(words(sent), siblings(nodes)));
    }

    /// A verifier that does not look at words accepts it.
    @Test
    void aCommittedWordIsNotP() {
        int[][] committed = columns.clone();
        committed[6] = committed[6].clone();
        committed[6][ROWS - 1] = M31.P;
        byte[][] nodes = tree(committed);
        rejected("open/canonical", nodes[1], pair(words(committed), siblings(nodes)));
    }

    @Test
    void everyByteOfASiblingAndOfTheRootCounts() {
        byte[][] nodes = tree(columns);
        byte[] good = siblings(nodes);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 16;
            rejected("open/merkle", nodes[1], pair(words(columns), bad));
        }
        for (int i = 0; i < nodes[1].length; i++) {
            byte[] root = nodes[1].clone();
            root[i] ^= 1;
            rejected("open/merkle", root, pair(words(columns), good));
        }
    }

    /// The root is that of a tree one level deeper, and what is opened as columns are pairs of its leaves. A verifier
    /// that hashes leaves as it hashes nodes accepts it.
    @Test
    void nodesArePassedOffAsColumns() {
        int n = 2 << DEPTH;
        byte[][] deeper = new byte[2 * n][];
        int[][] pairs = new int[1 << DEPTH][];
        for (int q = 0; q < 1 << DEPTH; q++) {
            do {
                deeper[n + 2 * q] = MerkleProof.leaf(bytes(random.ints(ROWS, 0, M31.P).toArray()));
                deeper[n + 2 * q + 1] = MerkleProof.leaf(bytes(random.ints(ROWS, 0, M31.P).toArray()));
                pairs[q] = new int[ROWS];
                ByteBuffer.wrap(pair(deeper[n + 2 * q], deeper[n + 2 * q + 1])).order(ByteOrder.LITTLE_ENDIAN)
                        .asIntBuffer().get(pairs[q]);
            } while (!Arrays.stream(pairs[q]).allMatch(M31::isCanonical));
        }
        for (int i = n - 1; i > 0; i--) {
            deeper[i] = MerkleProof.node(pair(deeper[2 * i], deeper[2 * i + 1]));
        }
        rejected("open/merkle", deeper[1], pair(words(pairs), siblings(deeper)));
    }
}
