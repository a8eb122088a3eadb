package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.lookup.MultiplicityCounter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The multiplicities of the prover against those counted one tuple at a time.
class LookupsTest {
    @TempDir
    private static Path folder;

    @Test
    void multiplicitiesAreCountsOfTuples() throws IOException {
        try (CheatingProver prover = new CheatingProver(folder, "2x3x24x36x200", 71, 120, 20);
                CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            new MultiplicityCounter(r.witness::of, r.witness::of, TestHosts.of(1))
                    .count(r.graph.sections().stream().flatMap(s -> s.segments().stream()).toList());
            Map<Table, byte[]> counted = new LinkedHashMap<>();
            for (Table t : r.graph.tables()) {
                counted.put(t, bytes(HostTensor.of(r.witness.of(t.multiplicity()))));
            }
            assertThat(Lookups.count(r.graph, r.witness)).isEmpty();
            counted.forEach((t, expected) -> assertThat(bytes(HostTensor.of(r.witness.of(t.multiplicity()))))
                    .as("%s", t)
                    .isEqualTo(expected));
        }
    }

    private static byte[] bytes(HostTensor t) {
        return t.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }
}
