package dev.chagres.prove.run;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.commit.HeadGroups;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// A machine that runs tasks of one proof: the graph, the key and the tensors, and what follows from them. Owns what it
/// makes, but not the witness and the key. Safe for use by several threads, except for evaluation and for counting,
/// which are one task at a time.
public final class TaskContext implements AutoCloseable {
    private final Host host;
    private final Graph graph;
    private final CommitmentParameters parameters;
    private final MatrixCommitment key;
    private final Witness witness;
    private final ProverOptions options;
    private final Runnable step;
    private final MatrixLayout layout;
    private final AddressSpace space;
    private final RowHasher hasher;
    private final OpeningPasses passes;
    private final List<Set<Integer>> sectionsOfRanges = new ArrayList<>();
    private SectionEvaluation evaluation;
    private LookupCounting counting;

    /// @param host what the tasks run on
    /// @param key commitment of the key columns
    /// @param witness the tensors, as far as they are here
    /// @param step called with the progress of long tasks
    public TaskContext(Host host, Graph graph, CommitmentParameters parameters, MatrixCommitment key, Witness witness,
            ProverOptions options, Runnable step) {
        this.host = host;
        this.graph = graph;
        this.parameters = parameters;
        this.witness = witness;
        this.options = options;
        this.step = step;
        this.layout = MatrixLayout.of(graph.witnessColumns(), parameters.k());
        this.key = key.view(MatrixLayout.of(graph.keyColumns(), parameters.k()));
        this.space = new AddressSpace(layout, this.key.layout());
        this.hasher = MatrixCommitment.hasher(parameters, layout, witness.source(host.field()), host);
        this.passes = stages().passes(space, witness.source(host.field()), parameters.headBits());
        RowRanges ranges = new RowRanges(space);
        for (int i = 0; i < ranges.count(); i++) {
            sectionsOfRanges.add(new TreeSet<>());
        }
        layout.pieces().forEach(piece ->
                sectionsOfRanges.get(ranges.of(piece.address())).add(witness.section(piece.column())));
    }

    Host host() {
        return host;
    }

    /// Where the tasks compute.
    Stages stages() {
        return host.stages();
    }

    /// What is proved.
    public Graph graph() {
        return graph;
    }

    CommitmentParameters parameters() {
        return parameters;
    }

    MatrixCommitment key() {
        return key;
    }

    Witness witness() {
        return witness;
    }

    ProverOptions options() {
        return options;
    }

    Runnable step() {
        return step;
    }

    /// Layout of the witness matrix.
    MatrixLayout layout() {
        return layout;
    }

    /// The columns of a tree, in commitment order.
    List<Column> columns(Column.Tree tree) {
        return tree == Column.Tree.WITNESS ? layout.columns() : key.layout().columns();
    }

    /// Rows of both matrices.
    AddressSpace space() {
        return space;
    }

    RowHasher hasher() {
        return hasher;
    }

    OpeningPasses passes() {
        return passes;
    }

    /// Sections with tensors in a range of rows.
    Set<Integer> sectionsOfRange(int range) {
        return sectionsOfRanges.get(range);
    }

    /// The evaluation of a sequence, which keeps its memory for the next section.
    SectionEvaluation evaluation(int[] tokens) {
        if (evaluation == null) {
            evaluation = stages().evaluation(graph, witness, tokens);
        }
        return evaluation;
    }

    /// Frees the memory of the evaluation.
    void endEvaluation() {
        if (evaluation != null) {
            evaluation.close();
            evaluation = null;
        }
    }

    /// The count of the lookups, which keeps its counters for the next section.
    LookupCounting counting() {
        if (counting == null) {
            counting = stages().counting(graph, witness);
        }
        return counting;
    }

    /// Makes what was counted the multiplicities.
    void endCounting() {
        counting().finish();
        closeCounting();
    }

    private void closeCounting() {
        if (counting != null) {
            counting.close();
            counting = null;
        }
    }

    /// Bytes of the sums that the first pass makes ([HeadGroups]).
    long sumBytes(ClaimBatch batch) {
        BatchedClaims batched = BatchedClaims.of(space, batch.claims(), batch.gamma());
        return (long) HeadGroups.of(batched, parameters.headBits()).size() * Memory.EXT_BYTES << parameters.headBits();
    }

    /// The sum of what a pass makes of some ranges.
    PassResult sum(List<Integer> ranges, IntFunction<PassResult> pass) {
        PassResult sum = pass.apply(ranges.getFirst());
        if (ranges.size() > 1) {
            OpeningArrays arrays = stages().opening(space, parameters.headBits());
            for (int range : ranges.subList(1, ranges.size())) {
                try (PassResult before = sum; PassResult part = pass.apply(range)) {
                    sum = arrays.add(before, part);
                }
            }
        }
        return sum;
    }

    @Override
    public void close() {
        try {
            endEvaluation();
        } finally {
            try {
                closeCounting();
            } finally {
                passes.close();
                witness.endEpochs();
            }
        }
    }
}
