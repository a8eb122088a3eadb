package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.task.Scheduler;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import dev.chagres.prove.witness.Witness;
import dev.chagres.verify.PublicInput;
import java.util.Optional;

/// Proves one run of a graph: commit to the witness, prove every section in its own fork, open everything once
/// (docs/protocol.md). The bytes depend on the witness and the key alone: not on threads, memory, or where the tasks
/// ran.
public final class GraphProver {
    private final Host host;
    private final Graph graph;
    private final CommitmentParameters parameters;
    private final MatrixCommitment key;
    private final MemoryPlan plan;
    private final ProverOptions options;
    private final Progress progress;
    private final TaskRunner runner;

    /// @param key commitment of the key columns
    /// @param options [ProverOptions#CHECKED] unless a dishonest prover is being tested
    public GraphProver(Host host, Graph graph, CommitmentParameters parameters, MatrixCommitment key,
            ProverOptions options, Progress progress) {
        this(host, graph, parameters, key, MemoryPlan.unlimited(host.threads()), options, progress, TaskRunner.LOCAL);
    }

    /// @param plan how the witness and the tasks share the memory
    /// @param progress called from any thread, one call at a time
    /// @param runner where the tasks run
    public GraphProver(Host host, Graph graph, CommitmentParameters parameters, MatrixCommitment key, MemoryPlan plan,
            ProverOptions options, Progress progress, TaskRunner runner) {
        this.host = host;
        this.graph = graph;
        this.parameters = parameters;
        this.key = key;
        this.plan = plan;
        this.options = options;
        this.progress = new OneAtATime(progress);
        this.runner = runner;
    }

    /// Rows that have to be evaluated before they can be proved.
    ///
    /// @param from the first one
    /// @param to number of rows, padded ones included
    /// @param tokens token ids by row; rows past them carry token 0
    public record Rows(int from, int to, int[] tokens) {}

    /// Proves a complete witness, multiplicities included.
    ///
    /// @return the proof stream
    /// @throws IllegalStateException if the witness is not one of the graph
    public byte[] prove(PublicInput input, Witness witness) {
        return prove(input, witness, Optional.empty());
    }

    /// Evaluates what a witness lacks, counts its lookups, and proves it.
    ///
    /// @param witness rows before `rows.from` of every tensor; multiplicities 0
    /// @throws IllegalStateException if the run is not one of the graph
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public byte[] prove(PublicInput input, Witness witness, Rows rows) {
        return prove(input, witness, Optional.of(rows));
    }

    private byte[] prove(PublicInput input, Witness witness, Optional<Rows> rows) {
        TaskGraph tasks = new TaskGraph();
        try (TaskContext site = new TaskContext(host, graph, parameters, key, witness, options, progress::step)) {
            ProofTasks proof = new ProofTasks(tasks, site, plan, runner, progress);
            Node<byte[]> stream = proof.prove(input, rows);
            return new Scheduler(host.team(), plan.sectionsAtOnce(), plan.taskBytes()).run(tasks, stream);
        }
    }

    /// Passes on one call at a time.
    private static final class OneAtATime implements Progress {
        private final Progress next;

        OneAtATime(Progress next) {
            this.next = next;
        }

        @Override
        public synchronized void phase(String name, long steps) {
            next.phase(name, steps);
        }

        @Override
        public synchronized void step() {
            next.step();
        }

        @Override
        public synchronized void within(String what, long done, long parts) {
            next.within(what, done, parts);
        }

        @Override
        public synchronized void end() {
            next.end();
        }
    }
}
