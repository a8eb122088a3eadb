package dev.chagres.prove.run;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.task.Needs;
import dev.chagres.prove.task.Scheduler;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import dev.chagres.prove.witness.Witness;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/// A machine that owns tensors of one proof: it evaluates sections from the streams when a task reads them for the first
/// time, and keeps them until it is closed. Jobs of several threads run one after another.
public final class TaskSite implements AutoCloseable {
    private final TaskContext context;
    private final MemoryPlan plan;
    private final GraphProver.Rows rows;
    private final TaskNeeds needs;
    private final boolean[] there;
    /// Held by a job: a site that takes over the jobs of a lost one has the memory for one at a time.
    private final ReentrantLock serving = new ReentrantLock();

    /// What a task reads that all sites have, besides the streams.
    public interface Common {
        /// The counts of all lookups.
        TableCounts counts() throws IOException;

        /// What is opened.
        ClaimBatch batch() throws IOException;
    }

    /// @param key commitment of the key columns
    /// @param witness without values; the caller's
    /// @param plan how many sections are proved at a time, and in how much memory
    /// @param rows of the sequence, from the first one
    /// @param streams what [Streams#write] has written
    /// @throws IOException if there are too few of them
    public TaskSite(Host host, Graph graph, CommitmentParameters parameters, MatrixCommitment key, Witness witness,
            MemoryPlan plan, GraphProver.Rows rows, DataInput streams) throws IOException {
        this.plan = plan;
        this.rows = rows;
        this.there = new boolean[graph.sections().size() + 1];
        this.needs = new TaskNeeds(graph, parameters, host.threads(), plan.sectionsAtOnce());
        Streams.read(streams, graph, witness);
        this.context = new TaskContext(host, graph, parameters, key, witness, ProverOptions.CHECKED, () -> {});
    }

    /// The graph, the key and the tensors.
    public TaskContext context() {
        return context;
    }

    /// Reads tasks that [#write] has written, runs them, and writes their results.
    public void run(DataInput job, DataOutput answer, Common common) throws IOException {
        serving.lock();
        try {
            List<ProofTask<?>> tasks = new ArrayList<>();
            for (int n = job.readInt(); n > 0; n--) {
                tasks.add(TaskCodec.readTask(job, context, common::batch));
            }
            Set<Integer> read = new TreeSet<>();
            tasks.forEach(task -> read.addAll(task.reads(context)));
            make(read, common);
            write(answer, tasks);
        } finally {
            serving.unlock();
        }
    }

    /// Writes tasks of one kind for [#run].
    public static void write(DataOutput out, List<? extends ProofTask<?>> tasks, TaskContext here) throws IOException {
        out.writeInt(tasks.size());
        for (ProofTask<?> task : tasks) {
            TaskCodec.write(out, task, here);
        }
    }

    /// Makes the tensors that are not there.
    private void make(Set<Integer> sections, Common common) throws IOException {
        try {
            for (int section : sections) {
                if (there[section]) {
                    continue;
                }
                if (section == there.length - 1) {
                    try (Witness.Use _ = context.witness().use(section, true)) {
                        common.counts().addTo(context.witness()::of);
                    }
                } else {
                    context.evaluation(rows.tokens()).section(section, rows.from(), rows.to());
                }
                there[section] = true;
            }
        } finally {
            context.endEvaluation();
        }
    }

    private void write(DataOutput answer, List<ProofTask<?>> tasks) throws IOException {
        if (tasks.size() == 1) {
            write(answer, tasks.getFirst());
            return;
        }
        for (byte[] result : results(tasks)) {
            answer.write(result);
        }
    }

    private <R> void write(DataOutput answer, ProofTask<R> task) throws IOException {
        R result = task.run(context);
        try {
            TaskCodec.writeResult(answer, task, result, context);
        } finally {
            TaskCodec.close(result);
        }
    }

    /// The largest sections come last, and start first.
    private List<byte[]> results(List<ProofTask<?>> tasks) {
        TaskGraph graph = new TaskGraph();
        List<Node<byte[]>> nodes = new ArrayList<>();
        for (ProofTask<?> task : tasks.reversed()) {
            nodes.addFirst(graph.add(TaskCodec.name(task), needs(task), List.of(), _ -> result(task)));
        }
        Node<List<byte[]>> all = graph.add("results", Needs.LITTLE, nodes, in -> nodes.stream().map(in::of).toList());
        return new Scheduler(context.host().team(), plan.sectionsAtOnce(), plan.taskBytes()).run(graph, all);
    }

    private byte[] result(ProofTask<?> task) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, task);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
        return bytes.toByteArray();
    }

    private Needs needs(ProofTask<?> task) {
        return switch (task) {
            case SectionTask section -> needs.section(section.section());
            case CountTask _, ChunkTask _, ColumnsTask _, DeferredTask _ -> Needs.wide(0);
            case PassTask<?> _ -> needs.pass(new RowRanges(context.space()));
        };
    }

    @Override
    public void close() {
        context.close();
    }
}
