package dev.chagres.prove.run;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Section;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.stage.SizedTensor;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Memory of a device that the tasks of a proof take, phase by phase. Bytes of regions, without the room that a free
/// list needs beside them ([StageMemory#room]).
///
/// @param evaluation while rows are generated, or the witness is evaluated and its lookups are counted
/// @param commitment while a chunk of rows is hashed or the tree is made
/// @param sections for each section and, last, the tables, while it is proved
/// @param deferred after the join
/// @param opening while the passes are made over one range of rows
/// @param range each further range at the same time
/// @param ladder from the combined row to the end
public record DeviceNeeds(long evaluation, long commitment, List<Long> sections, long deferred, long opening,
        long range, long ladder) {
    public DeviceNeeds {
        sections = List.copyOf(sections);
    }

    /// What a proof takes. Walks through all of it without computing: about the time of a verification.
    public static DeviceNeeds of(Graph graph, CommitmentParameters parameters, StageMemory memory) {
        return new Walk(graph, parameters, memory).needs();
    }

    /// Most bytes at a time.
    ///
    /// @param lanes how many sections are proved at the same time, at least 1
    public long bytes(int lanes) {
        return phases(lanes).values().stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /// Bytes of each phase, by name, in their order.
    public Map<String, Long> phases(int lanes) {
        Map<String, Long> phases = new LinkedHashMap<>();
        phases.put("witness", evaluation);
        phases.put("commit", commitment);
        phases.put("prove", Math.max(deferred, sections.stream().sorted(Comparator.reverseOrder()).limit(lanes)
                .mapToLong(Long::longValue).sum()));
        phases.put("open", Math.max(opening + (lanes - 1) * range, ladder));
        return phases;
    }

    /// One walk through a proof.
    private static final class Walk {
        private final Graph graph;
        private final CommitmentParameters parameters;
        private final StageMemory memory;
        private final SizedTensors data;
        private final SplittableRandom random = new SplittableRandom(1);
        private final List<Claim> claims = new ArrayList<>();
        private final List<Long> sections = new ArrayList<>();
        private final List<List<Kept>> kept = new ArrayList<>();

        Walk(Graph graph, CommitmentParameters parameters, StageMemory memory) {
            this.graph = graph;
            this.parameters = parameters;
            this.memory = memory;
            this.data = new SizedTensors(graph);
        }

        DeviceNeeds needs() {
            MatrixLayout witness = MatrixLayout.of(graph.witnessColumns(), parameters.k());
            MatrixLayout key = MatrixLayout.of(graph.keyColumns(), parameters.k());
            StageMemory.Rows rows = rows(witness);
            long deferred;
            try {
                prove();
                deferred = join();
            } catch (Rejection e) {
                throw new IllegalStateException("a walk without values was rejected", e);
            }
            StageMemory.Passes passes =
                    memory.passes(new AddressSpace(witness, key), parameters.headBits(), List.copyOf(claims));
            // One result waits while the next pass runs.
            long range = passes.range() + passes.result();
            long ladder = memory.ladder(parameters, Math.max(rows.columns(), rows(key).columns()));
            return new DeviceNeeds(evaluation(), rows.hash(), sections, deferred,
                    passes.kept() + passes.joined() + range + passes.result(), range, ladder);
        }

        /// The evaluation is open while the lookups of its sections are counted. A generation comes before it.
        private long evaluation() {
            long most = memory.generation(graph);
            long counters = memory.counting(graph.tables());
            for (int i = 0; i < graph.sections().size(); i++) {
                long counts = memory.counts(graph.sections().get(i).segments(), data);
                most = Math.max(most, counters + Math.max(memory.section(graph, i, data), counts));
            }
            return memory.evaluation(graph, data) + most;
        }

        private StageMemory.Rows rows(MatrixLayout layout) {
            int logN = parameters.codeBits(0);
            return memory.rows(layout, logN, (int) Math.min(parameters.queries(), 1L << logN));
        }

        private void prove() throws Rejection {
            LookupChallenges challenges = new SizingParty(memory, data, claims, random).lookupChallenges();
            for (Section section : graph.sections()) {
                SizingParty party = new SizingParty(memory, data, claims, random);
                kept.add(SectionReduction.lookups(party, section, challenges).kept());
                sections.add(party.bytes());
            }
            SizingParty party = new SizingParty(memory, data, claims, random);
            SectionReduction.tables(party, graph.tables(), challenges);
            sections.add(party.bytes());
        }

        /// The stage after the join, whose columns come as integers of 32 bits.
        private long join() throws Rejection {
            Map<Column, SizedTensor> left = new IdentityHashMap<>();
            for (Section section : graph.sections()) {
                Deferral.columns(section).forEach(c ->
                        left.put(c, SizedTensor.stored(c.shape().size(), Integer.SIZE)));
            }
            TensorData columns = TensorData.of(left::get, data::of);
            SizingParty party = new SizingParty(memory, columns, claims, random);
            DeferredReduction.reduce(party, graph, kept);
            return party.bytes();
        }
    }
}
