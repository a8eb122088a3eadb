package dev.chagres.gpt2.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Segment;
import dev.chagres.prove.Witness;
import dev.chagres.tensor.IntTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// All tensors of a witness by name.
final class Tensors {
    private Tensors() {}

    static Map<String, IntTensor> of(Graph graph, Witness witness) {
        Map<String, IntTensor> result = new LinkedHashMap<>();
        graph.witnessColumns().forEach(c -> result.put(c.name(), witness.of(c)));
        for (Operation o : graph.operations()) {
            for (Segment s : o.segments()) {
                for (Component c : s.components()) {
                    if (c instanceof Component.Proved p) {
                        result.put(p.virtual().name(), witness.of(p.virtual()));
                    }
                }
            }
        }
        return result;
    }

    static void assertEqual(Map<String, IntTensor> actual, Map<String, IntTensor> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> assertThat(actual.get(name).data().mismatch(tensor.data()))
                .as("first different byte of %s", name).isEqualTo(-1));
    }
}
