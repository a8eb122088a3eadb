package dev.chagres.prove.lookup;

import dev.chagres.graph.Graph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.WitnessData;

/// Lookups counted on the threads of the host, whose counters go on from section to section and are added once, at the
/// end.
public final class LookupCounters implements LookupCounting {
    private final Graph graph;
    private final WitnessData witness;
    private final MultiplicityCounter counter;
    private CounterSets counters;

    /// @param witness where the tensors and the multiplicities lie
    public LookupCounters(Graph graph, WitnessData witness, Host host) {
        this.graph = graph;
        this.witness = witness;
        this.counter = new MultiplicityCounter(witness::of, witness::of, host);
        this.counters = new CounterSets(host.threads(), graph.tables(), CounterSets.heapRoom());
    }

    @Override
    public void section(int section) {
        try (WitnessData.Use _ = witness.use(section, false)) {
            counter.count(graph.sections().get(section).segments(), counters);
        }
    }

    @Override
    public void finish() {
        try (WitnessData.Use _ = witness.use(graph.sections().size(), true)) {
            counters.sum().addTo(witness::of);
        }
    }

    @Override
    public void close() {
        counters = null;
    }
}
