package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.prove.host.Host;
import java.nio.file.Path;
import java.util.stream.IntStream;

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
        MachineNeeds needs = MachineNeeds.local(graph, parameters, host, threads);
        for (int lanes = most; lanes >= 1; lanes--) {
            if (limit.free(true) >= needs.whole(lanes)) {
                return kept(needs, lanes, limit);
            }
            if (limit.free(true) >= needs.least(lanes)) {
                return spilled(needs, lanes, limit);
            }
        }
        throw refusal("this sequence needs", needs, most, limit, "raise --memory or shorten the sequence");
    }

    /// The plan of a coordinator whose sites own the tensors: it has none of them, and generates.
    ///
    /// @throws IllegalArgumentException saying how much memory is needed, if the limit is too low
    public static MemoryPlan ofCoordinator(Graph graph, CommitmentParameters parameters, Host host, Limit limit) {
        int lanes = host.threads();
        MachineNeeds needs = MachineNeeds.coordinator(graph, parameters, host, lanes);
        if (limit.free(true) >= needs.whole(lanes)) {
            return kept(needs, lanes, limit);
        }
        if (limit.free(true) >= needs.least(lanes)) {
            return spilled(needs, lanes, limit);
        }
        throw refusal("the coordinator of this proof needs", needs, lanes, limit,
                "raise --memory or shorten the sequence");
    }

    /// The plan of one of several sites, whichever part of the proof it gets: as many sections at a time as there are
    /// threads if that fits, else fewer; the key is spared where that is needed. Tensors of sections that it does
    /// not prove are spilled: those that lie in the same chunks and ranges of rows, and those of a site that is lost.
    ///
    /// @param sites how many there are, at least 1
    /// @param threads of a site
    /// @throws IllegalArgumentException saying how much memory is needed, if the limit is too low
    public static MemoryPlan ofSite(
            Graph graph, CommitmentParameters parameters, Host host, Limit limit, int sites, int threads) {
        MachineNeeds needs = MachineNeeds.site(graph, parameters, host, threads, sites);
        for (int lanes = needs.lanes(); lanes >= 1; lanes--) {
            if (limit.free(true) >= needs.least(lanes)) {
                return spilled(needs, lanes, limit);
            }
        }
        throw refusal(sites == 1 ? "the one site of this proof needs"
                : "a site of " + sites + " of this proof needs", needs, needs.lanes(), limit,
                "raise --memory, take more sites, or shorten the sequence");
    }

    private static boolean spares(MachineNeeds needs, int lanes, Limit limit) {
        return limit.free(false) < Math.max(needs.whole(lanes), needs.least(lanes));
    }

    private static MemoryPlan kept(MachineNeeds needs, int lanes, Limit limit) {
        return new MemoryPlan(Long.MAX_VALUE, Long.MAX_VALUE, needs.tasks(lanes), lanes, spares(needs, lanes, limit),
                null);
    }

    private static MemoryPlan spilled(MachineNeeds needs, int lanes, Limit limit) {
        boolean spares = spares(needs, lanes, limit);
        long free = limit.free(spares);
        return new MemoryPlan(free - needs.making().tasks().applyAsLong(lanes),
                free - needs.proving().tasks().applyAsLong(lanes), needs.tasks(lanes), lanes, spares,
                limit.spillFolder);
    }

    private static IllegalArgumentException refusal(String who, MachineNeeds needs, int most, Limit limit, String cure) {
        long needed = IntStream.rangeClosed(1, most).mapToLong(needs::least).min().orElseThrow();
        return new IllegalArgumentException(who + " at least " + mebibytes(needed + limit.fixed + limit.sparedKey)
                + " of memory, " + mebibytes(limit.bytes) + " are allowed; " + cure);
    }

    /// Bytes of tensors and tasks of a proof that keeps everything in memory, on a machine with so many threads.
    public static long whole(Graph graph, CommitmentParameters parameters, int threads, Host host) {
        return MachineNeeds.local(graph, parameters, host, threads).whole(threads);
    }

    /// The same for the largest part of one of several sites, which keeps the tensors of its sections in memory.
    ///
    /// @param sites how many there are, at least 1
    /// @param threads of a site
    public static long wholeSite(
            Graph graph, CommitmentParameters parameters, Host host, int sites, int threads) {
        MachineNeeds needs = MachineNeeds.site(graph, parameters, host, threads, sites);
        return Math.max(needs.whole(needs.lanes()), needs.least(needs.lanes()));
    }

    /// Bytes of the heap that a site takes, for what it receives and answers.
    public static long heapOfSite(Graph graph, CommitmentParameters parameters) {
        return new TaskNeeds(graph, parameters, 1, 1).heapOfSite();
    }

    /// Refuses a heap that cannot hold what a site receives and answers.
    ///
    /// @param heap bytes that it may have
    /// @throws IllegalArgumentException in one line
    public static void checkHeapOfSite(Graph graph, CommitmentParameters parameters, long heap) {
        checkHeap("a site of this proof", heapOfSite(graph, parameters), heap);
    }

    /// Refuses a heap that cannot hold what the coordinator of some sites sends and receives.
    ///
    /// @param heap bytes that it may have
    /// @throws IllegalArgumentException in one line
    public static void checkHeapOfCoordinator(Graph graph, CommitmentParameters parameters, int sites, long heap) {
        checkHeap("the coordinator of this proof",
                new TaskNeeds(graph, parameters, 1, 1).heapOfCoordinator(sites), heap);
    }

    private static void checkHeap(String who, long needed, long heap) {
        if (heap < needed) {
            throw new IllegalArgumentException(who + " needs a heap of at least " + mebibytes(needed) + ", "
                    + mebibytes(heap) + " are allowed; raise it or shorten the sequence");
        }
    }

    private static String mebibytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
    }
}
