package dev.chagres.prove.run;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.run.Owners.Part;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/// What one machine holds of a proof: all of it, what a coordinator without tensors does, or the largest part of a site.
///
/// @param making while the tensors are made, section after section
/// @param proving afterwards
/// @param lanes how many sections can be proved at the same time
record MachineNeeds(Phase making, Phase proving, int lanes) {
    /// A phase of a proof.
    ///
    /// @param tensors bytes of all tensors that are kept
    /// @param inUse most bytes of tensors that must be in memory, by the number of sections at a time
    /// @param tasks bytes of the tasks that run at the same time, by the number of sections at a time
    record Phase(long tensors, IntToLongFunction inUse, IntToLongFunction tasks) {
        private long whole(int lanes) {
            return tensors + tasks.applyAsLong(lanes);
        }

        private long least(int lanes) {
            return inUse.applyAsLong(lanes) + tasks.applyAsLong(lanes);
        }
    }

    /// Bytes of tensors and tasks where everything stays in memory.
    ///
    /// @param atOnce how many sections are proved at the same time
    long whole(int atOnce) {
        return Math.max(making.whole(atOnce), proving.whole(atOnce));
    }

    /// Bytes of tensors and tasks where all tensors are spilled that are not in use.
    long least(int atOnce) {
        return Math.max(making.least(atOnce), proving.least(atOnce));
    }

    /// Bytes of tasks in both phases.
    long tasks(int atOnce) {
        return Math.max(making.tasks.applyAsLong(atOnce), proving.tasks.applyAsLong(atOnce));
    }

    /// All of a proof.
    static MachineNeeds local(Graph graph, CommitmentParameters parameters, Host host, int threads) {
        try (Witness sizes = sizes(graph, host)) {
            long all = sizes.bytes();
            long section = 0;
            for (int i = 0; i < graph.sections().size(); i++) {
                section = Math.max(section, inUse(graph, sizes, i));
            }
            long one = section;
            IntToLongFunction evaluating = lanes -> needs(graph, parameters, threads, lanes).whileEvaluating();
            IntToLongFunction tasks = lanes -> needs(graph, parameters, threads, lanes).whileProving();
            // Sections are evaluated one at a time, while no other task runs.
            return new MachineNeeds(new Phase(all, _ -> Math.min(all, one), evaluating),
                    new Phase(all, lanes -> Math.min(all, lanes * one), tasks), threads);
        }
    }

    /// The coordinator of sites that own the tensors: it generates with one section of tensors at a time, keeps the
    /// streams and the logits, and has no tensors afterwards.
    static MachineNeeds coordinator(Graph graph, CommitmentParameters parameters, Host host, int threads) {
        try (Witness sizes = sizes(graph, host)) {
            int last = graph.sections().size() - 1;
            long streams = 0;
            long section = 0;
            long inUse = 0;
            for (int i = 0; i <= last; i++) {
                streams += sizes.outputBytes(i);
                section = Math.max(section, sizes.sectionBytes(i) - sizes.outputBytes(i));
                inUse = Math.max(inUse, inUse(graph, sizes, i));
            }
            long kept = streams + section + (last == 0 ? 0 : sizes.sectionBytes(last)) + sizes.sectionBytes(last + 1);
            long one = inUse;
            IntToLongFunction evaluating = lanes -> needs(graph, parameters, threads, lanes).whileEvaluating();
            IntToLongFunction tasks = lanes -> needs(graph, parameters, threads, lanes).whileCoordinating();
            return new MachineNeeds(new Phase(kept, _ -> one, evaluating), new Phase(0, _ -> 0, tasks), threads);
        }
    }

    /// Any one of several sites: the most that one of them holds, with the tensors of the sections that it proves. Those
    /// of others, which lie in the same chunks and ranges of rows, it spills.
    ///
    /// @param sites how many, at least 1
    static MachineNeeds site(Graph graph, CommitmentParameters parameters, Host host, int threads, int sites) {
        AddressSpace space = new AddressSpace(MatrixLayout.of(graph.witnessColumns(), parameters.k()),
                MatrixLayout.of(graph.keyColumns(), parameters.k()));
        RowRanges ranges = new RowRanges(space);
        long most = 0;
        long section = 0;
        List<List<Integer>> proved = new ArrayList<>();
        try (Witness sizes = sizes(graph, host)) {
            Owners owners = new Owners(graph, space, sizes, sites);
            long streams = 0; // a site reads all of them, whatever it owns
            for (int i = 0; i < graph.sections().size(); i++) {
                streams += sizes.outputBytes(i);
            }
            int tables = graph.sections().size();
            for (Part part : owners.sectionsAndTables()) {
                long own = part.items().stream().mapToLong(i -> sizes.sectionBytes(i) - sizes.outputBytes(i)).sum();
                long counts = part.items().contains(tables) ? 0 : sizes.sectionBytes(tables);
                most = Math.max(most, streams + own + counts);
            }
            for (int i = 0; i <= tables; i++) {
                section = Math.max(section, inUse(graph, sizes, i));
            }
            owners.sectionsAndTables().stream().map(Part::items).forEach(proved::add);
        }
        long one = section;
        IntToLongFunction tasks = lanes -> {
            TaskNeeds needs = needs(graph, parameters, threads, lanes);
            long serving = proved.stream().mapToLong(own -> needs.whileServing(own, ranges)).max().orElse(0);
            return Math.max(needs.whileEvaluating(), serving);
        };
        // Its store has one budget for both. It may have to prove any sections, where another site is lost.
        Phase both = new Phase(most, lanes -> lanes * one, tasks);
        int atOnce = proved.stream().mapToInt(List::size).max().orElseThrow();
        return new MachineNeeds(both, both, Math.min(threads, atOnce));
    }

    private static Witness sizes(Graph graph, Host host) {
        return new Witness(graph, _ -> null, SpillStore.unbounded(host.memory()));
    }

    private static TaskNeeds needs(Graph graph, CommitmentParameters parameters, int threads, int lanes) {
        return new TaskNeeds(graph, parameters, threads, lanes);
    }

    /// Tensors of a section in use: its own, what it reads of others, the tables.
    private static long inUse(Graph graph, Witness sizes, int section) {
        int tables = graph.sections().size();
        return section == tables ? sizes.sectionBytes(tables)
                : sizes.sectionBytes(section) + sizes.inputBytes(section) + sizes.sectionBytes(tables);
    }
}
