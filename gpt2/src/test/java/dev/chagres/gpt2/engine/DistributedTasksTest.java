package dev.chagres.gpt2.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.KeySetup;
import dev.chagres.gpt2.key.ProvingKey;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.prove.GraphProver;
import dev.chagres.prove.MemoryPlan;
import dev.chagres.prove.Progress;
import dev.chagres.prove.ProofTask;
import dev.chagres.prove.ProverOptions;
import dev.chagres.prove.SectionTensors;
import dev.chagres.prove.Site;
import dev.chagres.prove.TaskCodec;
import dev.chagres.prove.TaskRunner;
import dev.chagres.prove.Witness;
import dev.chagres.prove.store.TensorStore;
import dev.chagres.graph.Graph;
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
        private final Sequence sequence;
        private final Graph graph;
        private final Witness mine;
        private final Set<String> kinds = new TreeSet<>();

        /// @param mine the coordinator's tensors
        Elsewhere(ProvingKey key, Sequence sequence, Graph graph, Witness mine) {
            this.key = key;
            this.sequence = sequence;
            this.graph = graph;
            this.mine = mine;
        }

        @Override
        public synchronized <R> R run(ProofTask<R> task, Site site, int threads) {
            kinds.add(task.getClass().getSimpleName());
            Graph there = Gpt2Graph.of(key.verifyingKey().spec(), sequence).graph();
            try (Witness theirs = new Witness(there, key::of, TensorStore.unbounded());
                    Site other = new Site(there, key.verifyingKey().parameters(), key.commitment(), theirs, ProverOptions.CHECKED,
                            () -> { })) {
                for (int section : task.reads(site)) {
                    SectionTensors.read(sent(out -> SectionTensors.write(out, graph, mine, section)), there, theirs, section);
                }
                ProofTask<?> received = TaskCodec.readTask(sent(out -> TaskCodec.write(out, task, site)), other);
                DataInputStream result = answer(received, other, threads);
                for (int section : task.writes()) {
                    SectionTensors.read(sent(out -> SectionTensors.write(out, there, theirs, section)), graph, mine, section);
                }
                return TaskCodec.readResult(result, task, site);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static <R> DataInputStream answer(ProofTask<R> task, Site site, int threads) throws IOException {
            R result = task.run(site, threads);
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
            KeySetup.write(fixture.model(), pk, folder.resolve("m.vk"), 2, Progress.NONE);
            try (ProvingKey key = ProvingKey.open(pk)) {
                int[] prompt = new SplittableRandom(1).ints(9, 0, key.verifyingKey().spec().shape().vocab()).toArray();
                Sequence sequence = new Sequence(
                        new Generator(key.verifyingKey().spec(), key, 2).generate(prompt, 11, _ -> { }), prompt.length);
                byte[] here = new Gpt2Prover(key, 2, Progress.NONE).prove(sequence).stream();

                Gpt2Graph compiled = Gpt2Graph.of(key.verifyingKey().spec(), sequence);
                Graph graph = compiled.graph();
                try (Witness witness = new Witness(graph, key::of, TensorStore.unbounded())) {
                    Elsewhere elsewhere = new Elsewhere(key, sequence, graph, witness);
                    byte[] there = new GraphProver(graph, key.verifyingKey().parameters(), key.commitment(), 2,
                            MemoryPlan.unlimited(2), ProverOptions.CHECKED, Progress.NONE, elsewhere)
                            .prove(Gpt2Verifier.publicInput(key.verifyingKey(), sequence), witness,
                                    new GraphProver.Rows(0, compiled.rows().padded(), sequence.inputs()));
                    assertThat(there).isEqualTo(here);
                    assertThat(elsewhere.kinds).containsExactly("ChunkTask", "CombineTask", "CountTask", "EvaluateTask", "FoldTask",
                            "HeadSumsTask", "SectionTask");
                }
            }
        }
    }
}
