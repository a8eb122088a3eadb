package dev.chagres.gpt2.cluster;

import dev.chagres.cli.BatchLine;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.CommandException;
import dev.chagres.graph.Graph;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.MemoryLimit;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.statement.TokenSequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What an executor may use, and which lines fit it. Only the heap is Spark's; tensors and the mapped key lie outside
/// it, in what Spark calls overhead.
///
/// @param bytes   of an executor in all
/// @param heap    bytes of it for its heap
/// @param limited whether executors keep to it, which they do where `--memory` says so, else it is what the longest line needs,
///     and for parts of one proof
/// @param fits    lines that fit, longest first
record ExecutorMemory(long bytes, long heap, boolean limited, List<BatchLine> fits) {
    /// The heap of an executor, if a proof on several does not need more.
    static final long HEAP_BYTES = 512L << 20;
    /// The virtual machine besides its heap.
    private static final long MACHINE_BYTES = 256L << 20;

    /// Refuses the lines that do not fit.
    ///
    /// @param threads of an executor
    static ExecutorMemory of(Cluster.Request request, int threads, Cluster.Results results) {
        List<BatchLine> lines = new ArrayList<>(request.lines());
        lines.sort(Comparator.comparingInt(BatchLine::rows).reversed().thenComparingInt(BatchLine::number));
        long fixed = HEAP_BYTES + MACHINE_BYTES;
        if (request.memory() == null) {
            BatchLine longest = lines.getFirst();
            VerifyingKey vk = request.verifyingKey();
            long need = MemoryPlan.whole(vk.spec().compile(sequence(longest, vk)).graph(), vk.parameters(), threads,
                    request.engine().host());
            return new ExecutorMemory(fixed + request.key().bytes() + need, HEAP_BYTES, false, List.copyOf(lines));
        }
        long bytes = MemoryLimit.parse(request.memory());
        MemoryPlan.Limit limit = new MemoryPlan.Limit(bytes, fixed, request.key().bytes(), request.key().sparedBytes(),
                request.spill());
        List<BatchLine> fits = new ArrayList<>();
        int fitting = 0; // rows that are known to fit: every shorter sequence does as well
        for (BatchLine line : lines) {
            String refusal = line.rows() <= fitting ? null : refusal(line, request, limit);
            if (refusal == null) {
                fitting = Math.max(fitting, line.rows());
                fits.add(line);
            } else {
                results.failed(line, refusal);
            }
        }
        return new ExecutorMemory(bytes, HEAP_BYTES, true, List.copyOf(fits));
    }

    /// For a part of one proof. Executors keep to it, because one that is left alone with more spills what is too much.
    ///
    /// @param sites executors that share the proof, at least 1
    /// @throws CommandException if `--memory` does not hold a part
    static ExecutorMemory of(Cluster.ProofRequest request, SparkSettings settings, int sites) {
        ProvingKey key = request.key();
        VerifyingKey vk = key.verifyingKey();
        Graph graph = graph(request);
        long heap = settings.heap() > 0 ? settings.heap()
                : Math.max(HEAP_BYTES, heapWith(MemoryPlan.heapOfSite(graph, vk.parameters())));
        if (request.memory() == null) {
            long need = MemoryPlan.wholeSite(graph, vk.parameters(), request.engine().host(), sites,
                    settings.threads());
            return new ExecutorMemory(heap + MACHINE_BYTES + key.bytes() + need, heap, true, List.of());
        }
        ExecutorMemory memory = new ExecutorMemory(MemoryLimit.parse(request.memory()), heap, true, List.of());
        memory.checkPart(request, graph, settings, sites);
        return memory;
    }

    /// The heap to ask for where jobs and answers take so much of it. Large arrays lie in the old generation, which is two
    /// thirds of the heap of the parallel collector, each in one piece; Spark keeps copies of an answer until it is sent.
    static long heapWith(long bytes) {
        return 2 * bytes;
    }

    /// Checks that a part fits when fewer executors have come than this memory was reckoned for: what they have been given
    /// does not grow, and what is too much is spilled.
    ///
    /// @throws CommandException if it does not
    void checkPart(Cluster.ProofRequest request, SparkSettings settings, int sites) {
        checkPart(request, graph(request), settings, sites);
    }

    private void checkPart(Cluster.ProofRequest request, Graph graph, SparkSettings settings, int sites) {
        ProvingKey key = request.key();
        try {
            MemoryPlan.ofSite(graph, key.verifyingKey().parameters(), request.engine().host(),
                    new MemoryPlan.Limit(bytes, heap + MACHINE_BYTES, key.bytes(), key.sparedBytes(), request.spill()),
                    sites, settings.threads());
        } catch (IllegalArgumentException e) {
            throw new CommandException("an executor cannot hold its part: " + e.getMessage(), e);
        }
    }

    private static Graph graph(Cluster.ProofRequest request) {
        VerifyingKey vk = request.key().verifyingKey();
        return vk.spec().compile(TokenSequence.ofLength(request.prompt(), request.generate(),
                vk.spec().limits().anyId())).graph();
    }

    /// @return null if the line fits
    private static String refusal(BatchLine line, Cluster.Request request, MemoryPlan.Limit limit) {
        VerifyingKey vk = request.verifyingKey();
        try {
            MemoryPlan.of(vk.spec().compile(sequence(line, vk)).graph(), vk.parameters(), request.engine().host(), limit);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private static TokenSequence sequence(BatchLine line, VerifyingKey vk) {
        return TokenSequence.ofLength(line.prompt(), line.generate(), vk.spec().limits().anyId());
    }

    /// What Spark calls overhead, in mebibytes.
    long overheadMebibytes() {
        return Math.max(0, bytes - heap + (1 << 20) - 1) >> 20;
    }
}
