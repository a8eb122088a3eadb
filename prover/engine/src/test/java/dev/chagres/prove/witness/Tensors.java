package dev.chagres.prove.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/// All tensors of a witness by name.
public final class Tensors {
    private Tensors() {}

    public static Map<String, HostTensor> of(Graph graph, Witness witness) {
        Map<String, HostTensor> result = new LinkedHashMap<>();
        graph.witnessColumns().forEach(c -> result.put(c.name(), stored(witness.of(c))));
        for (Operation o : graph.operations()) {
            for (Lookup s : o.segments()) {
                for (TupleComponent c : s.components()) {
                    if (c instanceof TupleComponent.Proved p) {
                        result.put(p.virtual().name(), witness.of(p.virtual()));
                    }
                }
            }
        }
        return result;
    }

    /// The tensor, or a copy of one that is derived.
    private static HostTensor stored(IntTensor tensor) {
        if (tensor instanceof HostTensor here) {
            return here;
        }
        HostTensor copy = new HostTensor(
                Arena.ofAuto().allocate(tensor.size() * tensor.width() / 8, Memory.ALIGNMENT), tensor.width());
        for (long i = 0; i < tensor.size(); i++) {
            copy.set(i, tensor.get(i));
        }
        return copy;
    }

    public static void assertEqual(Map<String, HostTensor> actual, Map<String, HostTensor> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> assertThat(actual.get(name).data().mismatch(tensor.data()))
                .as("first different byte of %s", name).isEqualTo(-1));
    }
}
