package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MerkleProof;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.Section;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.lookup.CpuFractionTree;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.task.Needs;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Memory that the tasks of a proof need besides the tensors of the witness.
///
/// @param threads in all
/// @param lanes how many sections are proved at the same time
record TaskNeeds(Graph graph, CommitmentParameters parameters, int threads, int lanes) {
    /// Working memory of a section besides the fraction tree: tables of sumchecks over folded tensors, and all of it in
    /// a section that has no large ones over whole tensors.
    private static final long FOLDED_BYTES = 64L << 20;
    private static final long SECTION_BYTES = 96L << 20;
    /// Of each thread that helps with it: buffers of chunks.
    private static final long THREAD_BYTES = 1L << 20;
    /// Of a column of the first level of the ladder: sixteen words, a state and its share of a tree.
    private static final long LADDER_COLUMN_BYTES = 16 * 4 + 32 + 9 * MerkleProof.NODE_BYTES / 8 + 1;
    /// Elements of a chunk of a sumcheck.
    private static final long DEFERRED_CHUNK = 1 << 10;
    /// Panels of one thread while the witness is evaluated.
    private static final long PANEL_BYTES = 24L << 20;
    /// Tables in the form of an evaluation, and one block of logits; with keys and values of a small model.
    private static final long STATE_BYTES = 40L << 20;
    private static final long EVALUATION_BYTES = 80L << 20;
    /// Everything on the heap that does not grow with a proof.
    private static final long HEAP_BYTES = 64L << 20;

    Needs evaluate() {
        long kept = graph.operations().stream().mapToLong(Operation::stateBytes).sum();
        return Needs.wide(Math.max(EVALUATION_BYTES, STATE_BYTES + kept) + threads * PANEL_BYTES);
    }

    Needs chunk(RowHasher hasher) {
        return Needs.wide(hasher.bytes(threads));
    }

    Needs tree() {
        return Needs.wide(MatrixCommitment.storedBytes(parameters));
    }

    /// @param section number of the section; the number of sections stands for the tables
    Needs section(int section) {
        return Needs.share(treeBytes(section) + Math.max(SECTION_BYTES, FOLDED_BYTES + wholeBytes(section))
                + threads * THREAD_BYTES);
    }

    /// Two tables over the largest whole tensor that a sumcheck of the section runs over.
    private long wholeBytes(int section) {
        if (section == graph.sections().size()) {
            return 0;
        }
        return graph.sections().get(section).operations().stream().filter(o -> o.products() > 0)
                .flatMap(o -> o.columns().stream()).mapToLong(c -> 2L * Memory.EXT_BYTES << variables(c.shape()))
                .max().orElse(0);
    }

    /// Variables of a tensor of a shape, high axes padded.
    private static int variables(Shape shape) {
        return shape.lowBits() + shape.highAxes().stream().mapToInt(Axis::bits).sum();
    }

    /// The stage after the join: of each column a table over its rows and two of a chunk, of each reduction two public
    /// ones, and the values themselves.
    Needs deferred() {
        long tables = 0;
        for (Section section : graph.sections()) {
            for (Reduction reduction : section.reductions()) {
                List<Column> columns = reduction.deferredColumns();
                long largest = columns.stream().mapToLong(c -> c.shape().size()).max().orElse(0);
                tables += columns.isEmpty() ? 0 : (columns.size() + 2) * table(largest);
            }
        }
        return Needs.share(tables);
    }

    private static long table(long rows) {
        long cube = Math.max(1L << (Long.SIZE - Long.numberOfLeadingZeros(rows - 1)), DEFERRED_CHUNK);
        return Memory.EXT_BYTES * (cube + 2 * DEFERRED_CHUNK);
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

    /// Sixteen codewords, column states and those that wait, and scratch rows; later the opening: F and W folded over
    /// the head, u, its weights and its coordinates, and the first level of the ladder with its tree.
    private long committing() {
        long waiting = Long.SIZE - Long.numberOfLeadingZeros(chunks());
        return Math.max(16 * codeword() + (1 + waiting) * digests() + threads * codeword(), opening());
    }

    private long opening() {
        long codeword = codeword();
        long rows = (values() >> parameters.k()) + (keyValues() >> parameters.k()) + 2;
        long opening = (2L * Memory.EXT_BYTES << parameters.k() + Axis.ceilLog2(rows) - parameters.headBits())
                + (3L * Memory.EXT_BYTES << parameters.k()) + 2L * threads * codeword;
        if (!parameters.levels().isEmpty()) {
            opening += LADDER_COLUMN_BYTES << parameters.codeBits(1);
        }
        return opening;
    }

    private long values() {
        return graph.witnessColumns().stream().mapToLong(c -> c.shape().size()).sum();
    }

    private long chunks() {
        return (values() >> parameters.k()) / RowHasher.CHUNK_ROWS + 1;
    }

    private long codeword() {
        return 4L << parameters.codeBits(0);
    }

    private long keyValues() {
        return graph.keyColumns().stream().mapToLong(c -> c.shape().size()).sum();
    }

    /// One digest a column.
    private long digests() {
        return 32L << parameters.codeBits(0);
    }

    /// Most bytes of tasks, the tree of the commitment included, after the witness is evaluated.
    long whileProving() {
        long most = Math.max(Math.max(proving(), deferred().bytes()), committing());
        return most + MatrixCommitment.storedBytes(parameters);
    }

    /// Most bytes of tasks of a coordinator whose sites own the tensors, the tree of the commitment included: column
    /// states of all chunks, each of which may wait for its neighbour and came as digests; what the sections have left;
    /// the opening.
    long whileCoordinating() {
        return Math.max(deferred().bytes(), Math.max(2 * chunks() * digests(), opening()))
                + MatrixCommitment.storedBytes(parameters);
    }

    /// Most bytes of tasks of a site: the sections that it proves, or a chunk of rows, or passes over ranges, or the
    /// opened columns of a range.
    ///
    /// @param sections their numbers; the number of sections stands for the tables
    long whileServing(Collection<Integer> sections, RowRanges ranges) {
        long proving = sections.stream().map(s -> section(s).bytes()).sorted(Comparator.reverseOrder()).limit(lanes)
                .mapToLong(Long::longValue).sum();
        long chunk = 16 * codeword() + digests() + threads * codeword();
        long passes = (lanes + 1) * pass(ranges).bytes(); // one of them are sums of ranges before
        return Math.max(Math.max(proving, chunk), Math.max(passes, 2L * threads * codeword()));
    }

    /// Bytes of the heap that a site takes: the shared streams, as they came and once more as who brings them keeps
    /// them; and the answer to a chunk, written, in its frame, in that of the transport, and as that is sent.
    long heapOfSite() {
        return HEAP_BYTES + 2 * Streams.bytes(graph) + 4 * digests();
    }

    /// Bytes of the heap that a coordinator takes: the streams, their frame and its copies; and the states of chunks that
    /// come at the same time, one from each site.
    long heapOfCoordinator(int sites) {
        return HEAP_BYTES + 4 * Streams.bytes(graph) + 3 * Math.min(sites, chunks()) * digests();
    }

    /// A pass over a range.
    Needs pass(RowRanges ranges) {
        return Needs.share(ranges.bytes(threads, parameters.headBits()));
    }

    /// Most bytes of tasks while the witness is evaluated.
    long whileEvaluating() {
        return evaluate().bytes();
    }
}
