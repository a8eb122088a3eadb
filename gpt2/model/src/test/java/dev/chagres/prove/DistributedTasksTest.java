package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.graph.Graph;
import dev.chagres.model.Circuit;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.ProofTask;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.run.SectionTensors;
import dev.chagres.prove.run.TaskCodec;
import dev.chagres.prove.run.TaskContext;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks that share nothing with the coordinator but the key and bytes make the same proof.
final class DistributedTasksTest {
    @TempDir
    static Path folder;

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static DataInputStream sent(Writer writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        }
        return new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    }

    /// A machine for every task: a fresh witness that gets the tensors which the task names.
    private static final class Elsewhere implements TaskRunner {
        private final ProvingKey key;
        private final TokenSequence sequence;
        private final Graph graph;
        private final Witness mine;
        private final Set<String> kinds = new TreeSet<>();

        /// @param mine the coordinator's tensors
        Elsewhere(ProvingKey key, TokenSequence sequence, Graph graph, Witness mine) {
            this.key = key;
            this.sequence = sequence;
            this.graph = graph;
            this.mine = mine;
        }

        @Override
        public synchronized <R> R run(ProofTask<R> task, TaskContext site) {
            kinds.add(task.getClass().getSimpleName());
            Circuit compiled = key.verifyingKey().spec().compile(sequence);
            Graph there = compiled.graph();
            try (Witness theirs = new Witness(there, key.of(compiled), SpillStore.unbounded(TestHosts.of(1).memory()));
                    TaskContext other = new TaskContext(TestHosts.of(1), there, key.verifyingKey().parameters(),
                            key.commitment(TestHosts.of(1)), theirs, ProverOptions.CHECKED, () -> { })) {
                for (int section : task.reads(site)) {
                    SectionTensors.read(sent(out -> SectionTensors.write(out, graph, mine, section)), there,
                            theirs, section);
                }
                ProofTask<?> received = TaskCodec.readTask(sent(out -> TaskCodec.write(out, task, site)), other);
                DataInputStream result = answer(received, other);
                for (int section : task.writes()) {
                    SectionTensors.read(sent(out -> SectionTensors.write(out, there, theirs, section)), graph,
                            mine, section);
                }
                return TaskCodec.readResult(result, task, site);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static <R> DataInputStream answer(ProofTask<R> task, TaskContext site) throws IOException {
            R result = task.run(site);
            try {
                return sent(out -> TaskCodec.writeResult(out, task, result, site));
            } finally {
                if (result instanceof AutoCloseable closeable) {
                    close(closeable);
                }
            }
        }

        private static void close(AutoCloseable closeable) throws IOException {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void tasksElsewhereMakeTheSameProof() throws IOException {
        try (SyntheticFixture fixture = new SyntheticFixture("tiny", 5, folder)) {
            Path pk = folder.resolve("m.pk");
            KeySetup.write(new ModelKeySource(fixture.model()), pk, folder.resolve("m.vk"), TestHosts.of(2),
                    Progress.NONE);
            try (ProvingKey key = ProvingKey.open(pk)) {
                int[] prompt = new SplittableRandom(1).ints(9, 0, key.verifyingKey().spec().limits().vocabulary())
                        .toArray();
                TokenSequence sequence = new TokenSequence(
                        TestEngines.of(2).generator(key.verifyingKey().spec(), key).generate(prompt, 11, _ -> { }),
                        prompt.length);
                byte[] here = TestEngines.of(2).prover(key).prove(sequence).stream();

                Circuit compiled = key.verifyingKey().spec().compile(sequence);
                Graph graph = compiled.graph();
                try (Witness witness = new Witness(graph, key.of(compiled),
                        SpillStore.unbounded(TestHosts.of(1).memory()))) {
                    Elsewhere elsewhere = new Elsewhere(key, sequence, graph, witness);
                    byte[] there = new GraphProver(TestHosts.of(2), graph, key.verifyingKey().parameters(),
                            key.commitment(TestHosts.of(1)), MemoryPlan.unlimited(2), ProverOptions.CHECKED,
                            Progress.NONE, elsewhere)
                            .prove(Verifier.publicInput(key.verifyingKey(), sequence, Binding.NONE), witness,
                                    new GraphProver.Rows(0, compiled.rows().padded(), sequence.inputs()));
                    assertThat(there).isEqualTo(here);
                    assertThat(elsewhere.kinds).containsExactly("ChunkTask", "CombineTask", "CountTask",
                            "DeferredTask", "EvaluateTask", "FoldTask", "HeadSumsTask", "SectionTask");
                }
            }
        }
    }
}
