package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Graph;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Machines that own tensors: a graph that is compiled at each of them, which evaluates what it owns from the streams;
/// tasks, what they share, and results travel as bytes. The coordinator has no tensors.
final class SitesAsBytes implements TaskRunner, AutoCloseable {
    private final List<Witness> witnesses = new ArrayList<>();
    private final List<TaskSite> sites = new ArrayList<>();
    private final Set<String> kinds = new TreeSet<>();
    private byte[] counts;
    private byte[] batch;

    /// @param trial the key commitment that every machine has
    SitesAsBytes(TrialGraph trial, int count) {
        byte[] streams = streams(trial);
        for (int i = 0; i < count; i++) {
            SmallGraph there = SmallGraph.compile();
            Witness witness = new Witness(there.graph(), there::key,
                    SpillStore.unbounded(TestHosts.of(1).memory()));
            witnesses.add(witness);
            try {
                sites.add(new TaskSite(TestHosts.of(1), there.graph(), TrialGraph.PARAMETERS, trial.commitment(),
                        witness, MemoryPlan.unlimited(1), new GraphProver.Rows(0, there.rows(), there.tokens()),
                        read(streams)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static byte[] streams(TrialGraph trial) {
        Graph graph = trial.graph();
        try (Witness witness = new Witness(graph, trial::key, SpillStore.unbounded(TestHosts.of(1).memory()));
                IntegerRun run = new IntegerRun(graph, witness, trial.tokens(), TestHosts.of(1))) {
            run.rows(0, trial.rows());
            byte[] streams = bytes(out -> Streams.write(out, graph, witness));
            assertThat(streams).hasSize((int) Streams.bytes(graph));
            return streams;
        }
    }

    /// Names of the kinds of tasks that were run.
    Set<String> kinds() {
        return kinds;
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static DataInputStream read(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    @Override
    public int sites() {
        return sites.size();
    }

    @Override
    public <R> R run(ProofTask<R> task, TaskContext here) {
        assertThat(task.reads(here)).as("tensors that %s reads at the coordinator", task).isEmpty();
        return task.run(here);
    }

    @Override
    public synchronized <R> List<R> run(int site, List<? extends ProofTask<R>> tasks, TaskContext here) {
        TaskSite there = sites.get(site);
        TaskSite.Common common = common(there);
        byte[] job = bytes(out -> TaskSite.write(out, tasks, here));
        try {
            for (ProofTask<R> task : tasks) {
                kinds.add(TaskCodec.name(task));
                byte[] sent = bytes(out -> TaskCodec.write(out, task, here));
                ProofTask<?> received = TaskCodec.readTask(read(sent), there.context(), common::batch);
                assertThat(bytes(out -> TaskCodec.write(out, received, there.context())))
                        .as("%s, read and written", task).isEqualTo(sent);
            }
            DataInputStream answer = read(bytes(out -> there.run(read(job), out, common)));
            List<R> results = new ArrayList<>();
            for (ProofTask<R> task : tasks) {
                results.add(TaskCodec.readResult(answer, task, here));
            }
            assertThat(answer.available()).as("bytes left of the results of %s", tasks).isZero();
            return results;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TaskSite.Common common(TaskSite there) {
        return new TaskSite.Common() {
            @Override
            public TableCounts counts() throws IOException {
                return TableCounts.read(read(counts), there.context().graph().tables());
            }

            @Override
            public ClaimBatch batch() throws IOException {
                return ClaimBatch.read(read(batch), there.context());
            }
        };
    }

    @Override
    public void counted(TableCounts all, TaskContext here) {
        counts = bytes(out -> all.write(out, here.graph().tables()));
    }

    @Override
    public void batched(ClaimBatch claims, TaskContext here) {
        batch = bytes(out -> claims.write(out, here));
    }

    @Override
    public void close() {
        sites.forEach(TaskSite::close);
        witnesses.forEach(Witness::close);
    }
}
