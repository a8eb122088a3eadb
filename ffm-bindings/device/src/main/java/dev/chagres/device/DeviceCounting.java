package dev.chagres.device;

import dev.chagres.graph.Graph;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.WitnessData;

/// Lookups counted on a device, where the counters stay from section to section and become the multiplicities.
final class DeviceCounting implements LookupCounting {
    private final Graph graph;
    private final WitnessData witness;
    private final DeviceSite site;
    private final DeviceCounts counts;
    private final TableCounters counters;
    /// Of lookups that the processor has counted; null if there are none.
    private TableCounts others;

    DeviceCounting(Graph graph, WitnessData witness, DeviceSite site, DeviceCounts counts) {
        this.graph = graph;
        this.witness = witness;
        this.site = site;
        this.counts = counts;
        this.counters = new TableCounters(site);
    }

    @Override
    public void section(int section) {
        try (WitnessData.Use _ = witness.use(section, false)) {
            counts.count(graph.sections().get(section).segments(), witness, counters)
                    .ifPresent(more -> others = others == null ? more : others.add(more));
        }
    }

    @Override
    public void finish() {
        try (WitnessData.Use use = witness.use(graph.sections().size(), true); DeviceWork work = site.work()) {
            if (others != null) {
                counters.addTo(others, work);
                others.addTo(witness::of);
                return;
            }
            use.settle();
            counters.handOver(witness, work);
        }
    }

    @Override
    public void close() {
        counters.close();
    }
}
