package dev.chagres.prove;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Section;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.store.TensorStore;
import dev.chagres.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// How a proof uses memory: how many bytes the witness may occupy in each phase and how many sections are proved at a time. The
/// proof does not depend on it.
///
/// @param whileEvaluating bytes of the witness in memory while it is evaluated
/// @param whileProving bytes of the witness in memory afterwards
/// @param sectionsAtOnce sections proved at the same time
/// @param spillFolder where the rest of the witness goes; null when nothing is spilled
public record MemoryPlan(long whileEvaluating, long whileProving, int sectionsAtOnce, Path spillFolder) {
    /// Working memory of one thread besides the fraction tree: sumcheck tables, leaves and codewords of one row.
    private static final long THREAD_BYTES = 96L << 20;
    /// Panels of one thread while the witness is evaluated.
    private static final long PANEL_BYTES = 24L << 20;
    /// Keys, values and tables in the form of an evaluation, and one block of logits.
    private static final long EVALUATION_BYTES = 80L << 20;

    /// What a process may use.
    ///
    /// @param bytes of memory in all
    /// @param fixed bytes of it that the proof cannot change: the virtual machine and the mapped key
    /// @param spillFolder for what does not fit
    public record Limit(long bytes, long fixed, Path spillFolder) {}

    /// Keeps everything in memory.
    ///
    /// @param threads also the number of sections proved at the same time
    public static MemoryPlan unlimited(int threads) {
        return new MemoryPlan(Long.MAX_VALUE, Long.MAX_VALUE, threads, null);
    }

    /// The plan for a graph under a limit: as many sections at a time as there are threads if that fits, else fewer.
    ///
    /// @throws IllegalArgumentException saying how much memory is needed, if the limit is too low
    public static MemoryPlan of(Graph graph, CommitmentParameters parameters, int threads, Limit limit) {
        long witness;
        long section = 0;
        try (Witness sizes = new Witness(graph, _ -> null, TensorStore.unbounded())) {
            witness = sizes.bytes();
            long tables = sizes.sectionBytes(graph.sections().size());
            for (int i = 0; i < graph.sections().size(); i++) {
                section = Math.max(section, sizes.sectionBytes(i) + (i > 0 ? sizes.sectionBytes(i - 1) : 0) + tables);
            }
        }
        long free = limit.bytes - limit.fixed;
        long tree = treeBytes(graph);
        long fixed = 2 * digests(parameters);
        long commit = commitBytes(graph, parameters, threads);
        long evaluation = EVALUATION_BYTES + threads * PANEL_BYTES;
        long needed = Long.MAX_VALUE;
        for (int atOnce = threads; atOnce >= 1; atOnce--) {
            long working = Math.max(atOnce * tree + threads * THREAD_BYTES, commit) + fixed;
            long least = Math.max(working + atOnce * section, witness + evaluation);
            needed = Math.min(needed, least);
            if (free >= witness + working) {
                return unlimited(threads).withSections(atOnce);
            }
            if (free >= least) {
                return new MemoryPlan(free - evaluation, free - working, atOnce, limit.spillFolder);
            }
        }
        throw new IllegalArgumentException("this sequence needs at least " + mebibytes(needed + limit.fixed)
                + " of memory, " + mebibytes(limit.bytes) + " are allowed; raise --memory or shorten the sequence");
    }

    private MemoryPlan withSections(int atOnce) {
        return new MemoryPlan(whileEvaluating, whileProving, atOnce, spillFolder);
    }

    private static String mebibytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
    }

    /// The largest fraction tree: 2^depth ext elements ([dev.chagres.prove.lookup.FractionTreeProver]).
    private static long treeBytes(Graph graph) {
        Function<Stream<Shape>, Integer> depth = shapes -> new TreeLayout(shapes.toList()).bits();
        int most = depth.apply(graph.tables().stream().map(Table::multiplicity).map(c -> c.shape()));
        for (Section s : graph.sections()) {
            List<Segment> segments = s.segments();
            most = Math.max(most, depth.apply(segments.stream().map(Segment::shape)));
        }
        return (long) Memory.EXT_BYTES << most;
    }

    /// Sixteen codewords, column states and their stack, and scratch rows.
    private static long commitBytes(Graph graph, CommitmentParameters parameters, int threads) {
        long values = graph.witnessColumns().stream().mapToLong(c -> c.shape().size()).sum();
        long chunks = (values >> parameters.k()) / 256 + 1;
        long stack = Long.SIZE - Long.numberOfLeadingZeros(chunks);
        long codeword = 4L << parameters.codeBits(0);
        long opening = (2L * Memory.EXT_BYTES << (parameters.k() + 11 - parameters.headBits())) + 64 * codeword;
        return Math.max(16 * codeword + (1 + stack) * digests(parameters) + threads * codeword, opening);
    }

    private static long digests(CommitmentParameters parameters) {
        return 32L << parameters.codeBits(0);
    }
}
