package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.hash.Blake3;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A graph of three sections from its tensors to the verdict: the proof is accepted, and the same bytes however it is
/// made.
final class GraphProverTest {
    private static TrialGraph trial;
    private static byte[] proof;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prove() {
        trial = SmallGraph.compile().trial();
        try (Witness witness = empty()) {
            proof = prove(witness, 0, 1, MemoryPlan.unlimited(1), TaskRunner.LOCAL);
        }
    }

    @AfterAll
    static void close() {
        trial.close();
    }

    private static Witness empty() {
        return new Witness(trial.graph(), trial::key, SpillStore.unbounded(TestHosts.of(1).memory()));
    }

    /// @param from first row that is not there yet
    private static byte[] prove(Witness witness, int from, int threads, MemoryPlan plan, TaskRunner runner) {
        GraphProver prover = new GraphProver(TestHosts.of(threads), trial.graph(), TrialGraph.PARAMETERS,
                trial.commitment(), plan, ProverOptions.CHECKED, Progress.NONE, runner);
        return prover.prove(trial.input(), witness, new GraphProver.Rows(from, trial.rows(), trial.tokens()));
    }

    // --- the verdict -------------------------------------------------------------------------------------------------

    @Test
    void theProofIsAccepted() {
        assertThat(trial.verdict(proof)).isEqualTo(TrialGraph.ACCEPTED);
    }

    /// Changes of the engine must not change proofs; a change of the protocol does, and this digest with it.
    @Test
    void theBytesAreThoseOfTheProtocol() {
        assertThat(HexFormat.of().formatHex(Blake3.hash(proof)))
                .isEqualTo("7ee15330972f0427a1ccc4a0d33c6ec5a7a298c815ed42d10f414fa8451139e5");
    }

    @Test
    void aCompleteWitnessGivesTheSameProof() {
        try (Witness witness = trial.evaluate()) {
            assertThat(Lookups.count(trial.graph(), witness)).isEmpty();
            assertThat(trial.prove(witness, ProverOptions.CHECKED)).isEqualTo(proof);
        }
    }

    @Test
    void everyChangedByteIsRejected() {
        for (int i = 0; i < proof.length; i += i < 2000 ? 13 : 1 + proof.length / 100) {
            byte[] changed = proof.clone();
            changed[i] ^= 1;
            assertThat(trial.verdict(changed)).as("byte %d of %d", i, proof.length).isNotEqualTo(TrialGraph.ACCEPTED);
        }
    }

    @Test
    void shorterAndLongerStreamsAreRejected() {
        for (int length : new int[] {0, 31, 32, proof.length / 2, proof.length - 1}) {
            assertThat(trial.verdict(Arrays.copyOf(proof, length))).as("%d bytes", length)
                    .isEqualTo("format/truncated");
        }
        assertThat(trial.verdict(Arrays.copyOf(proof, proof.length + 1))).isNotEqualTo(TrialGraph.ACCEPTED);
    }

    @Test
    void noMultiplicityCanChangeAlone() {
        try (Witness witness = trial.evaluate()) {
            Lookups.count(trial.graph(), witness);
            for (Table table : trial.graph().tables()) {
                HostTensor counts = HostTensor.of(witness.of(table.multiplicity()));
                for (long entry : new long[] {0, counts.size() / 2, counts.size() - 1}) {
                    counts.set(entry, counts.get(entry) + 1);
                    assertThat(trial.verdictOn(witness)).as("entry %d of %s", entry, table).isEqualTo("lookup/balance");
                    counts.set(entry, counts.get(entry) - 1);
                }
            }
        }
    }

    @Test
    void anHonestProverStopsAtAFalseWitness() {
        try (Witness witness = trial.evaluate()) {
            Lookups.count(trial.graph(), witness);
            HostTensor stream =
                    HostTensor.of(witness.of(trial.graph().operations().getFirst().columns().getFirst()));
            stream.set(0, stream.get(0) + 1);
            assertThatThrownBy(() -> trial.prove(witness, ProverOptions.CHECKED))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(trial.verdict(trial.prove(witness, ProverOptions.UNCHECKED))).isNotEqualTo(TrialGraph.ACCEPTED);
        }
    }

    // --- the same bytes ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void theProofDoesNotDependOnThreads(int threads) {
        try (Witness witness = empty()) {
            assertThat(prove(witness, 0, threads, MemoryPlan.unlimited(threads), TaskRunner.LOCAL)).isEqualTo(proof);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 250})
    void rowsThatAreThereAreNotEvaluatedAgain(int from) {
        try (Witness witness = empty()) {
            try (IntegerRun run = new IntegerRun(trial.graph(), witness, trial.tokens(), TestHosts.of(2))) {
                run.rows(0, from);
            }
            assertThat(prove(witness, from, 2, MemoryPlan.unlimited(2), TaskRunner.LOCAL)).isEqualTo(proof);
        }
    }

    /// Sections finish in a forced order, the tables being section 3.
    @ParameterizedTest
    @CsvSource({"0, 1, 2, 3", "2, 0, 3, 1", "3, 2, 1, 0"})
    void theProofDoesNotDependOnTheOrderOfSections(int first, int second, int third, int fourth) {
        List<Integer> order = List.of(first, second, third, fourth);
        List<CountDownLatch> done = Stream.generate(() -> new CountDownLatch(1)).limit(order.size()).toList();
        TaskRunner inOrder = new TaskRunner() {
            @Override
            public <R> R run(ProofTask<R> task, TaskContext site) {
                if (!(task instanceof SectionTask s)) {
                    return task.run(site);
                }
                int turn = order.indexOf(s.section());
                if (turn > 0) {
                    await(done.get(turn - 1));
                }
                R result = task.run(site);
                done.get(turn).countDown();
                return result;
            }
        };
        try (Witness witness = empty()) {
            assertThat(prove(witness, 0, 4, MemoryPlan.unlimited(4), inOrder)).isEqualTo(proof);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).as("the section before is proved").isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 2"})
    void theProofDoesNotDependOnWhatIsSpilled(int threads, int atOnce) {
        // All sections but one, and the multiplicities; with two sections at a time nearly everything is in use.
        long budget;
        try (Witness sizes = empty()) {
            budget = sizes.bytes() - (atOnce == 1 ? sizes.sectionBytes(2) : 1);
        }
        SpillStore store = new SpillStore(TestHosts.of(1).memory(), budget, folder);
        try (Witness witness = new Witness(trial.graph(), trial::key, store)) {
            MemoryPlan plan = new MemoryPlan(budget, budget, Long.MAX_VALUE, atOnce, false, folder);
            assertThat(prove(witness, 0, threads, plan, TaskRunner.LOCAL)).isEqualTo(proof);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void sitesThatOwnTheirTensorsMakeTheSameProof(int count) {
        SpillStore none = new SpillStore(TestHosts.of(1).memory(), 0, null);
        try (Witness witness = new Witness(trial.graph(), trial::key, none);
                SitesAsBytes sites = new SitesAsBytes(trial, count)) {
            assertThatThrownBy(() -> witness.use(0, false)).as("the coordinator's tensors")
                    .isInstanceOf(IllegalStateException.class);
            assertThat(prove(witness, 0, 2, MemoryPlan.unlimited(2), sites)).isEqualTo(proof);
            assertThat(sites.kinds()).containsExactly(
                    "chunk", "columns", "combine", "count", "fold", "head sums", "section");
        }
    }
}
