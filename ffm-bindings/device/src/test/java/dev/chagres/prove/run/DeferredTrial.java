package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Section;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/// The stage after the join for a graph of which only the sizes are known: its columns, and what the sections have
/// kept, are random, and what is proved is false.
public final class DeferredTrial {
    private final Graph graph;
    private final List<List<Kept>> kept = new ArrayList<>();
    private final Map<Column, HostTensor> columns = new IdentityHashMap<>();

    /// @param memory for the walk through the sections
    public DeferredTrial(Graph graph, StageMemory memory, long seed) throws Rejection {
        this.graph = graph;
        SplittableRandom walk = new SplittableRandom(seed);
        SizedTensors sizes = new SizedTensors(graph);
        List<Claim> claims = new ArrayList<>();
        LookupChallenges challenges = new SizingParty(memory, sizes, claims, walk).lookupChallenges();
        Random random = new Random(seed);
        for (Section section : graph.sections()) {
            SizingParty party = new SizingParty(memory, sizes, claims, walk);
            kept.add(SectionReduction.lookups(party, section, challenges).kept());
            Deferral.columns(section).forEach(c ->
                    columns.put(c, TestTensors.random(c.shape(), Integer.SIZE, random)));
        }
    }

    /// What is sent, and the claims that are left.
    public record Sent(byte[] bytes, List<Claim> claims) {}

    public Sent prove(Stages stages) throws Rejection {
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        List<Claim> claims = new ArrayList<>();
        TensorData data = TensorData.of(columns::get, virtual -> {
            throw new IllegalArgumentException(virtual.name());
        });
        DeferredReduction.reduce(new ProverParty(channel, data, ProverOptions.UNCHECKED, claims, stages), graph, kept);
        return new Sent(channel.bytes(), claims);
    }
}
