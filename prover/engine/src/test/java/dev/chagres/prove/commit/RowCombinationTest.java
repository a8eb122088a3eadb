package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// [RowCombination] against the sum that it stands for.
class RowCombinationTest {
    private static final int[] WIDTHS = {8, 16, 32};
    /// A pool gives whole regions of 2 MiB: one for the result, one for all smaller blocks.
    private static final long REGIONS = 4L << 20;

    private final SplittableRandom random = new SplittableRandom(31);
    private final Map<Column, HostTensor> data = new IdentityHashMap<>();
    private final Arena arena = Arena.ofShared();

    /// Rows shorter and longer than a block; tiles of one value, below and above 2^8, of several rows; more rows than a
    /// range has; a column of zeros.
    @ParameterizedTest(name = "rows of 2^{0}, {1} threads")
    @CsvSource({"6, 1", "8, 2", "11, 1", "12, 2", "13, 1", "14, 1", "14, 2", "14, 3"})
    void isTheWeightedSumOfAllRows(int k, int threads) {
        List<Column> witness = List.of(column("one", Column.Tree.WITNESS, 0, 5), column("few", Column.Tree.WITNESS, 3, 9),
                column("row", Column.Tree.WITNESS, k, 70), column("zeros", Column.Tree.WITNESS, k, 2),
                column("half", Column.Tree.WITNESS, k - 1, 3));
        List<Column> key = List.of(column("many", Column.Tree.KEY, 7, 11), column("large", Column.Tree.KEY, k + 2, 2),
                column("last", Column.Tree.KEY, 1, 1));
        for (long i = 0; i < data.get(witness.get(3)).size(); i++) {
            data.get(witness.get(3)).set(i, 0);
        }
        AddressSpace space = new AddressSpace(MatrixLayout.of(witness, k), MatrixLayout.of(key, k));
        QM31[] point = elements(space.rowBits());
        Host host = TestHosts.of(threads);
        RowRanges ranges = new RowRanges(space);
        QM31[] sum = new QM31[1 << k];
        Arrays.fill(sum, QM31.ZERO);
        try (LocalPasses passes = new LocalPasses(host, space, new TensorSource(data::get), Math.min(8, k))) {
            assertThat(ranges.count()).isGreaterThan(1);
            for (int range = 0; range < ranges.count(); range++) {
                long used = host.memory().used();
                host.memory().resetPeak();
                try (Buffer part = passes.combine(range, point).toHost()) {
                    assertThat(host.memory().peak() - used)
                            .isLessThanOrEqualTo(ranges.bytes(threads, Math.min(8, k)) + REGIONS);
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] = sum[i].add(Memory.getExt(part.address(), i));
                    }
                }
            }
        }
        assertThat(sum).isEqualTo(expected(space, Eq.table(point)));
    }

    private QM31[] expected(AddressSpace space, QM31[] eq) {
        QM31[] sum = new QM31[1 << space.k()];
        Arrays.fill(sum, QM31.ZERO);
        List<Piece> all = new ArrayList<>();
        new RowRanges(space).pieces().forEach(all::addAll);
        for (Piece piece : all) {
            HostTensor values = data.get(piece.column());
            int slot = (int) piece.address() & sum.length - 1;
            QM31 weight = eq[(int) (piece.address() >>> space.k())];
            long first = ((long) piece.tile() << piece.column().shape().lowBits()) + piece.from();
            for (int i = 0; i < piece.count(); i++) {
                sum[slot + i] = sum[slot + i].add(weight.mul(M31.embed(values.get(first + i))));
            }
        }
        return sum;
    }

    private Column column(String name, Column.Tree tree, int low, int tiles) {
        Column column = new Column(name, Shape.of(Axis.low("x", low), Axis.high("t", tiles)), tree);
        int width = WIDTHS[data.size() % WIDTHS.length];
        HostTensor values = new HostTensor(arena.allocate(column.shape().size() * (width / 8), 64), width);
        long limit = Math.min(1L << width - 1, M31.P);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, (int) random.nextLong(1 - limit, limit));
        }
        data.put(column, values);
        return column;
    }

    private QM31[] elements(int n) {
        QM31[] elements = new QM31[n];
        Arrays.setAll(elements, i -> new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P),
                random.nextInt(M31.P)));
        return elements;
    }
}
