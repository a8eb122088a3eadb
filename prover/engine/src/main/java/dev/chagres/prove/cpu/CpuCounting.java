package dev.chagres.prove.cpu;

import dev.chagres.graph.Graph;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.WitnessData;

/// Lookups counted by stages whose counts are in memory of the host.
///
/// @param sum of the sections so far
record CpuCounting(Graph graph, WitnessData witness, Stages stages, TableCounts sum) implements LookupCounting {
    CpuCounting(Graph graph, WitnessData witness, Stages stages) {
        this(graph, witness, stages, new TableCounts());
    }

    @Override
    public void section(int section) {
        try (WitnessData.Use _ = witness.use(section, false)) {
            sum.add(stages.counts(graph.sections().get(section).segments(), witness));
        }
    }

    @Override
    public void finish() {
        try (WitnessData.Use _ = witness.use(graph.sections().size(), true)) {
            sum.addTo(witness::of);
        }
    }

    @Override
    public void close() {
        // memory of the heap
    }
}
