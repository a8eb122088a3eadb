package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.lookup.CpuFractionTree;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.task.Needs;
import dev.chagres.tensor.Shape;
import java.util.List;

/// Memory that the tasks of a proof need besides the tensors of the witness.
///
/// @param threads in all
/// @param lanes how many sections are proved at the same time
record TaskNeeds(Graph graph, CommitmentParameters parameters, int threads, int lanes) {
    /// Working memory of a section besides the fraction tree: sumcheck tables.
    private static final long SECTION_BYTES = 96L << 20;
    /// Of each thread that helps with it: buffers of chunks.
    private static final long THREAD_BYTES = 1L << 20;
    /// Panels of one thread while the witness is evaluated.
    private static final long PANEL_BYTES = 24L << 20;
    /// Keys, values and tables in the form of an evaluation, and one block of logits.
    private static final long EVALUATION_BYTES = 80L << 20;

    Needs evaluate() {
        return Needs.wide(EVALUATION_BYTES + threads * PANEL_BYTES);
    }

    Needs chunk(RowHasher hasher) {
        return Needs.wide(hasher.bytes(threads));
    }

    Needs tree() {
        return Needs.wide(MatrixCommitment.storedBytes(parameters));
    }

    /// @param section number of the section; the number of sections stands for the tables
    Needs section(int section) {
        return Needs.share(treeBytes(section) + SECTION_BYTES + threads * THREAD_BYTES);
    }

    /// The fraction tree of a section.
    private long treeBytes(int section) {
        List<Shape> shapes = section == graph.sections().size()
                ? graph.tables().stream().map(t -> t.multiplicity().shape()).toList()
                : graph.sections().get(section).segments().stream().map(Lookup::shape).toList();
        return CpuFractionTree.bytes(new TreeLayout(shapes));
    }

    /// All sections that are proved at the same time, the largest ones.
    private long proving() {
        long largest = 0;
        for (int i = 0; i <= graph.sections().size(); i++) {
            largest = Math.max(largest, section(i).bytes());
        }
        return lanes * largest;
    }

    /// Sixteen codewords, column states and those that wait, and scratch rows; later the opening and its ladder.
    private long committing() {
        long values = graph.witnessColumns().stream().mapToLong(c -> c.shape().size()).sum();
        long chunks = (values >> parameters.k()) / RowHasher.CHUNK_ROWS + 1;
        long waiting = Long.SIZE - Long.numberOfLeadingZeros(chunks);
        long codeword = 4L << parameters.codeBits(0);
        long opening = (2L * Memory.EXT_BYTES << (parameters.k() + 11 - parameters.headBits())) + 64 * codeword;
        return Math.max(16 * codeword + (1 + waiting) * digests() + threads * codeword, opening);
    }

    /// One digest a column.
    private long digests() {
        return 32L << parameters.codeBits(0);
    }

    /// Most bytes of tasks, the tree of the commitment included, after the witness is evaluated.
    long whileProving() {
        return Math.max(proving(), committing()) + 2 * digests();
    }

    /// Most bytes of tasks while the witness is evaluated.
    long whileEvaluating() {
        return evaluate().bytes();
    }
}
