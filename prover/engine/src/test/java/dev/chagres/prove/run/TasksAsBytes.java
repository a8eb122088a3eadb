package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/// A machine of its own for every task: a graph that is compiled there, a fresh witness with the tensors that the
/// task names; tasks, tensors and results travel as bytes.
final class TasksAsBytes implements TaskRunner {
    private final TrialGraph trial;
    private final Witness mine;
    private final Set<String> kinds = new TreeSet<>();

    /// @param trial the key commitment that every machine has
    /// @param mine the coordinator's tensors
    TasksAsBytes(TrialGraph trial, Witness mine) {
        this.trial = trial;
        this.mine = mine;
    }

    /// Names of the kinds of tasks that were run.
    Set<String> kinds() {
        return kinds;
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writer writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        }
        return bytes.toByteArray();
    }

    private static DataInputStream read(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    @Override
    public synchronized <R> R run(ProofTask<R> task, TaskContext site) {
        kinds.add(task.getClass().getSimpleName());
        SmallGraph there = SmallGraph.compile();
        try (Witness theirs = new Witness(there.graph(), there::key, SpillStore.unbounded(site.host().memory()));
                TaskContext other = new TaskContext(site.host(), there.graph(), TrialGraph.PARAMETERS,
                        trial.commitment(), theirs, ProverOptions.CHECKED, () -> { })) {
            for (int section : task.reads(site)) {
                byte[] tensors = bytes(out -> SectionTensors.write(out, trial.graph(), mine, section));
                SectionTensors.read(read(tensors), there.graph(), theirs, section);
            }
            byte[] sent = bytes(out -> TaskCodec.write(out, task, site));
            ProofTask<?> received = TaskCodec.readTask(read(sent), other);
            assertThat(bytes(out -> TaskCodec.write(out, received, other))).as("%s, read and written", task)
                    .isEqualTo(sent);
            byte[] answer = answer(received, other);
            for (int section : task.writes()) {
                byte[] tensors = bytes(out -> SectionTensors.write(out, there.graph(), theirs, section));
                SectionTensors.read(read(tensors), trial.graph(), mine, section);
            }
            DataInputStream in = read(answer);
            R result = TaskCodec.readResult(in, task, site);
            assertThat(in.available()).as("bytes left of the result of %s", task).isZero();
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <R> byte[] answer(ProofTask<R> task, TaskContext site) throws IOException {
        R result = task.run(site);
        try {
            return bytes(out -> TaskCodec.writeResult(out, task, result, site));
        } finally {
            if (result instanceof Buffer buffer) {
                buffer.close();
            }
        }
    }
}
