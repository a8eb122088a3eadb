package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Operation;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Columns that are not stored have the values that evaluation would have stored.
class DerivedColumnsTest {
    @Test
    void haveTheValuesThatAreStoredElsewhere() {
        try (TrialGraph trial = SmallGraph.compile().trial(); Witness stored = trial.evaluate();
                Witness derived = trial.evaluateNarrow(2, 3)) {
            List<Column> columns = trial.graph().operations().stream().map(Operation::derived)
                    .flatMap(List::stream).toList();
            assertThat(columns).hasSize(2);
            for (Column column : columns) {
                IntTensor expected = stored.of(column);
                IntTensor actual = derived.of(column);
                assertThat(expected).isInstanceOf(HostTensor.class);
                assertThat(actual).isInstanceOf(DerivedTensor.class);
                for (long i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i)).as("%s, element %d", column, i).isEqualTo(expected.get(i));
                }
                sourceHas(derived, column, expected);
            }
        }
    }

    private static void sourceHas(Witness witness, Column column, IntTensor expected) {
        TileSource source = witness.source(TestHosts.of(1).field());
        assertThat(source.bits(column)).isEqualTo(32);
        long size = 1L << column.shape().lowBits();
        try (MemoryScope scope = TestHosts.of(1).scope()) {
            long scratch = scope.allocateBase(size);
            for (int t = 0; t < column.shape().tileCount(); t++) {
                long values = source.ints(column, t, 0, size, scratch);
                for (long i = 0; i < size; i++) {
                    assertThat(Memory.getInt(values, i)).isEqualTo(expected.get(t * size + i));
                }
            }
        }
    }
}
