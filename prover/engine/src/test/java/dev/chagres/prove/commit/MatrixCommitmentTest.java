package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.field.CircleDomain;
import dev.chagres.field.M31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixCommitmentTest {
    private static final CommitmentParameters PARAMETERS = CommitmentParameters.of(7, 16, 2, 2);

    /// Every codeword value is the row polynomial at its domain point, every leaf the hash of its column.
    @Test
    void matchesTheDefinition() {
        try (OpeningFixture fixture = new OpeningFixture(PARAMETERS, 11)) {
            int rows = fixture.witnessLayout.rows();
            int n = 1 << PARAMETERS.codeBits(0);
            byte[][] nodes = new byte[2 * n][];
            for (int q = 0; q < n; q++) {
                int[] basis = CircleDomain.of(PARAMETERS.codeBits(0)).basis(q, 7);
                ByteBuffer column = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
                for (int row = 0; row < rows; row++) {
                    column.putInt(value(fixture, row, basis));
                }
                nodes[n + q] = MerkleProof.leaf(column.array());
            }
            for (int i = n - 1; i > 0; i--) {
                byte[] pair = Arrays.copyOf(nodes[2 * i], 2 * MerkleProof.NODE_BYTES);
                System.arraycopy(nodes[2 * i + 1], 0, pair, MerkleProof.NODE_BYTES,
                            MerkleProof.NODE_BYTES);
                nodes[i] = MerkleProof.node(pair);
            }
            assertThat(fixture.witness.root()).isEqualTo(nodes[1]);
        }
    }

    private static int value(OpeningFixture fixture, int row, int[] basis) {
        int sum = 0;
        for (var p : fixture.witnessLayout.row(row)) {
            for (long i = 0; i < p.count(); i++) {
                long element = ((long) p.tile() << p.column().shape().lowBits()) + p.from() + i;
                int term = M31.embed(fixture.data.get(p.column()).get(element));
                long slot = (p.address() & 127) + i;
                for (int v = 0; v < basis.length; v++) {
                    term = (slot >>> v & 1) == 1 ? M31.mul(term, basis[v]) : term;
                }
                sum = M31.add(sum, term);
            }
        }
        return sum;
    }

    @Test
    void storedAndMappedAgain(@TempDir Path folder) throws IOException {
        try (OpeningFixture fixture = new OpeningFixture(PARAMETERS, 12);
                FileChannel file = FileChannel.open(folder.resolve("key"), StandardOpenOption.CREATE,
                        StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long bytes = fixture.witness.writeTo(file, 128);
            assertThat(bytes).isEqualTo(MatrixCommitment.storedBytes(PARAMETERS));
            assertThat(file.size()).isEqualTo(128 + bytes);
            byte[] proof = fixture.prove(1);
            try (Arena arena = Arena.ofShared();
                    MatrixCommitment mapped = MatrixCommitment.open(PARAMETERS, fixture.witnessLayout, fixture.source(),
                            TestHosts.of(1), file.map(FileChannel.MapMode.READ_ONLY, 128, bytes, arena))) {
                assertThat(mapped.root()).isEqualTo(fixture.witness.root());
                assertThat(fixture.prove(mapped, fixture.source(), fixture.claims, 1, true)).isEqualTo(proof);
            }
        }
    }

    /// More rows than one chunk of the hash, so that the tree of chunks of every column takes part.
    @Test
    void manyRowsAreHashedAsTheDefinitionSays() {
        CommitmentParameters narrow = CommitmentParameters.of(6, 16, 2, 2);
        for (int tiles : new int[] {255, 256, 257, 513, 770}) {
            Column column = new Column("rows", Shape.of(Axis.low("x", 6), Axis.high("t", tiles)), Column.Tree.WITNESS);
            MatrixLayout layout = MatrixLayout.of(List.of(column), 6);
            TileSource source = new TileSource() {
                @Override
                public int bits(Column c) {
                    return 32;
                }

                @Override
                public long ints(Column c, int tile, long from, long count, long scratch) {
                    for (long i = 0; i < count; i++) {
                        Memory.setInt(scratch, i, (int) ((tile * 7919L + (from + i) * 104729L) % M31.P));
                    }
                    return scratch;
                }
            };
            try (MatrixCommitment one = MatrixCommitment.commit(narrow, layout, source, TestHosts.of(1));
                    MatrixCommitment two = MatrixCommitment.commit(narrow, layout, source, TestHosts.of(2))) {
                int n = 1 << narrow.codeBits(0);
                int[] all = IntStream.range(0, n).toArray();
                int[][] columns = two.codeword().hasher().columns(all);
                byte[][] nodes = new byte[2 * n][];
                for (int q = 0; q < n; q++) {
                    ByteBuffer bytes = ByteBuffer.allocate(4 * tiles).order(ByteOrder.LITTLE_ENDIAN);
                    for (int word : columns[q]) {
                        bytes.putInt(word);
                    }
                    nodes[n + q] = MerkleProof.leaf(bytes.array());
                }
                for (int i = n - 1; i > 0; i--) {
                    byte[] pair = Arrays.copyOf(nodes[2 * i], 2 * MerkleProof.NODE_BYTES);
                    System.arraycopy(nodes[2 * i + 1], 0, pair, MerkleProof.NODE_BYTES,
                            MerkleProof.NODE_BYTES);
                    nodes[i] = MerkleProof.node(pair);
                }
                assertThat(one.root()).as("%d rows", tiles).isEqualTo(nodes[1]).isEqualTo(two.root());
            }
        }
    }
}
