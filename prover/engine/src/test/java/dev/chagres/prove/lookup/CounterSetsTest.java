package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterSetsTest {
    private static final int THREADS = 3;
    private static final int LARGE_BITS = 18;

    private final Table large = table(1, LARGE_BITS);
    private final Table small = table(2, 10);
    private final Shape shape = Shape.of(Axis.low("x", 16), Axis.high("t", 20));
    private final Column inLarge = new Column("large", shape, Column.Tree.WITNESS);
    private final Column inSmall = new Column("small", shape, Column.Tree.WITNESS);
    private final HostTensor largeValues = values(LARGE_BITS, 1);
    private final HostTensor smallValues = values(10, 2);

    private static Table table(int id, int bits) {
        return new Table(id, "table" + id, bits, new long[] {0}, List.of(new TablePolynomial.Index(0, bits)));
    }

    private HostTensor values(int bits, long seed) {
        Random random = new Random(seed);
        HostTensor tensor = TestTensors.zero(shape, 32);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextInt(1 << bits));
        }
        return tensor;
    }

    private TableCounts counted(CounterSets sets) {
        Map<Column, HostTensor> columns = Map.of(inLarge, largeValues, inSmall, smallValues,
                large.multiplicity(), TestTensors.zero(large.multiplicity().shape(), 32),
                small.multiplicity(), TestTensors.zero(small.multiplicity().shape(), 32));
        MultiplicityCounter counter = new MultiplicityCounter(columns::get, _ -> null, TestHosts.of(THREADS));
        List<Lookup> lookups = List.of(new Lookup("a", large, shape, List.of(TupleComponent.of(inLarge))),
                new Lookup("b", small, shape, List.of(TupleComponent.of(inSmall))));
        // Two sections, into the same counters.
        counter.count(lookups.subList(0, 1), sets);
        counter.count(lookups, sets);
        return sets.sum();
    }

    private static int[] expected(HostTensor values, int bits, int times) {
        int[] counts = new int[1 << bits];
        for (long i = 0; i < values.size(); i++) {
            counts[values.get(i)] += times;
        }
        return counts;
    }

    /// Threads take turns at the counters of a large table where there are fewer sets of them.
    @ParameterizedTest
    @CsvSource({"0, 1", "1048575, 1", "2097152, 2", "1000000000000, 3"})
    void countsDoNotDependOnTheRoom(long room, int sets) {
        CounterSets counters = new CounterSets(THREADS, List.of(large, small), room);
        assertThat(counters.sets()).isEqualTo(sets);
        TableCounts counts = counted(counters);
        assertThat(counts.of(large)).isEqualTo(expected(largeValues, LARGE_BITS, 2));
        assertThat(counts.of(small)).isEqualTo(expected(smallValues, 10, 1));
    }

    @Test
    void onlyLargeTablesTakeRoom() {
        assertThat(CounterSets.largeBytes(List.of(small))).isZero();
        assertThat(CounterSets.largeBytes(List.of(small, large))).isEqualTo(4L << LARGE_BITS);
        assertThat(new CounterSets(THREADS, List.of(small), 0).sets()).isEqualTo(THREADS);
    }
}
