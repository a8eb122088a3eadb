package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import java.nio.file.Path;

/// How a proof uses memory: how many bytes the witness may occupy in each phase, how many bytes tasks may, and how many
/// sections are proved at a time. The proof does not depend on it.
///
/// @param whileEvaluating bytes of the witness in memory while it is evaluated
/// @param whileProving bytes of the witness in memory afterwards
/// @param taskBytes bytes of all tasks that run at the same time
/// @param sectionsAtOnce sections proved at the same time
/// @param sparesKey whether pages of the mapped key go back to the system soon after they have been read
/// @param spillFolder where the rest of the witness goes; null when nothing is spilled
public record MemoryPlan(long whileEvaluating, long whileProving, long taskBytes, int sectionsAtOnce,
        boolean sparesKey, Path spillFolder) {
    /// What a process may use.
    ///
    /// @param bytes of memory in all
    /// @param fixed bytes of it that the proof cannot change: the virtual machine
    /// @param key bytes of the mapped key
    /// @param sparedKey bytes of it that are in memory while its pages are spared
    /// @param spillFolder for what does not fit
    public record Limit(long bytes, long fixed, long key, long sparedKey, Path spillFolder) {
        /// Bytes that are left for tensors and tasks.
        public long free(boolean sparesKey) {
            return Math.max(0, bytes - fixed - (sparesKey ? sparedKey : key));
        }
    }

    /// Keeps everything in memory.
    ///
    /// @param threads also the number of sections proved at the same time
    public static MemoryPlan unlimited(int threads) {
        return new MemoryPlan(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, threads, false, null);
    }

    /// The plan for a graph under a limit: as many sections at a time as there are threads if that fits, else fewer;
    /// the key is spared, and then tensors are spilled, where that is needed.
    ///
    /// @throws IllegalArgumentException saying how much memory is needed, if the limit is too low
    public static MemoryPlan of(Graph graph, CommitmentParameters parameters, Host host, Limit limit) {
        return of(graph, parameters, host, limit, host.threads());
    }

    /// The same for at most so many sections at a time.
    public static MemoryPlan of(Graph graph, CommitmentParameters parameters, Host host, Limit limit, int most) {
        int threads = host.threads();
        long witness;
        long section = 0;
        try (Witness sizes = new Witness(graph, _ -> null, SpillStore.unbounded(host.memory()))) {
            witness = sizes.bytes();
            long tables = sizes.sectionBytes(graph.sections().size());
            for (int i = 0; i < graph.sections().size(); i++) {
                section = Math.max(section, sizes.sectionBytes(i) + sizes.inputBytes(i) + tables);
            }
        }
        long free = limit.free(true);
        long needed = Long.MAX_VALUE;
        for (int lanes = most; lanes >= 1; lanes--) {
            TaskNeeds needs = new TaskNeeds(graph, parameters, threads, lanes);
            long proving = needs.whileProving();
            long evaluating = needs.whileEvaluating();
            // Sections are evaluated one at a time, while no other task runs.
            long least = Math.max(proving + lanes * section, evaluating + section);
            long tasks = Math.max(proving, evaluating);
            needed = Math.min(needed, Math.min(least, witness + tasks));
            if (free >= witness + tasks) {
                boolean spares = limit.free(false) < witness + tasks;
                return new MemoryPlan(Long.MAX_VALUE, Long.MAX_VALUE, tasks, lanes, spares, null);
            }
            if (free >= least) {
                return new MemoryPlan(free - evaluating, free - proving, tasks, lanes, true, limit.spillFolder);
            }
        }
        long all = needed + limit.fixed + limit.sparedKey;
        throw new IllegalArgumentException("this sequence needs at least " + mebibytes(all)
                + " of memory, " + mebibytes(limit.bytes) + " are allowed; raise --memory or shorten the sequence");
    }

    /// Bytes of tensors and tasks of a proof that keeps everything in memory, on a machine with so many threads.
    public static long whole(Graph graph, CommitmentParameters parameters, int threads, Host host) {
        TaskNeeds needs = new TaskNeeds(graph, parameters, threads, threads);
        try (Witness sizes = new Witness(graph, _ -> null, SpillStore.unbounded(host.memory()))) {
            return sizes.bytes() + Math.max(needs.whileProving(), needs.whileEvaluating());
        }
    }

    private static String mebibytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
    }
}
