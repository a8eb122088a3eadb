package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.M31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rows with and without values that are not zero.
class RowEncoderTest {
    private static final int K = 7;
    private static final int LOG_N = 8;
    private static final int N = 1 << LOG_N;

    private static int[] words(long address, int n) {
        int[] words = new int[n];
        for (int i = 0; i < n; i++) {
            words[i] = Memory.getInt(address, i);
        }
        return words;
    }

    /// The first element of a piece.
    private static long element(Piece p) {
        return ((long) p.tile() << p.column().shape().lowBits()) + p.from();
    }

    @Test
    void rowsOfZerosAndOthers() {
        Column column = new Column("x", Shape.of(Axis.low("x", 6), Axis.high("t", 8)), Column.Tree.WITNESS);
        MatrixLayout layout = MatrixLayout.of(List.of(column), K);
        HostTensor values = TestTensors.zero(column.shape(), 16);
        // The last value of row 1, the first of row 2, two of row 3; all others are zero.
        values.set(element(layout.row(1).getLast()) + 63, 5);
        values.set(element(layout.row(2).getFirst()), -7);
        values.set(element(layout.row(3).getFirst()) + 9, 1);
        values.set(element(layout.row(3).getLast()) + 10, 2);
        Backend kernels = TestHosts.of(1).kernels();
        RowEncoder encoder = RowEncoder.of(layout, new TensorSource(_ -> values), kernels, LOG_N);
        int[] positions = {0, 1, 17, 100, N - 1};
        try (MemoryScope scope = TestHosts.of(1).scope()) {
            long scratch = scope.allocateBase(1 << K);
            long codeword = scope.allocateBase(N);
            long expected = scope.allocateBase(N);
            long coefficients = scope.allocateBase(1 << K);
            for (int row = 0; row < layout.rows(); row++) {
                Memory.zero(coefficients, 4 << K);
                for (Piece p : layout.row(row)) {
                    for (int i = 0; i < p.count(); i++) {
                        Memory.setInt(coefficients, (p.address() & (1 << K) - 1) + i,
                                M31.embed(values.get(element(p) + i)));
                    }
                }
                kernels.fft().encode(expected, coefficients, K, LOG_N, 1);
                for (int i = 0; i < N; i++) {
                    Memory.setInt(codeword, i, -1);
                }
                encoder.encode(row, scratch, codeword);
                assertThat(words(codeword, N)).as("row %d", row).isEqualTo(words(expected, N));
                for (int i = 0; i < N; i++) {
                    Memory.setInt(codeword, i, -1);
                }
                encoder.encodeAt(row, scratch, codeword, positions);
                for (int p : positions) {
                    assertThat(Memory.getInt(codeword, p)).as("row %d, position %d", row, p)
                            .isEqualTo(Memory.getInt(expected, p));
                }
            }
            encoder.encode(0, scratch, codeword);
            assertThat(words(codeword, N)).isEqualTo(new int[N]);
            encoder.encode(3, scratch, codeword);
            assertThat(words(codeword, N)).isNotEqualTo(new int[N]);
        }
    }
}
