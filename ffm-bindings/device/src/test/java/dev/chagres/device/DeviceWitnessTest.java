package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Section;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.run.SmallTrial;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of a witness on the emulated device have the values of the witness, whatever becomes of its memory.
class DeviceWitnessTest {
    private static final long SLAB = 32 << 20;

    private static TrialGraph trial;
    private static byte[] proof;

    @TempDir
    private Path folder;

    private DeviceSite site;
    private ThreadTeam team;
    private Host host;

    @BeforeAll
    static void proveOnTheProcessor() {
        trial = SmallTrial.open();
        try (Witness witness = empty(SpillStore.unbounded(TestHosts.of(1).memory()))) {
            proof = prove(TestHosts.of(1), witness, MemoryPlan.unlimited(1));
        }
    }

    @AfterAll
    static void closeGraph() {
        trial.close();
    }

    @BeforeEach
    void open() {
        site = EmulatedSites.open(SLAB, 1);
        team = new ThreadTeam(2);
        host = new Host(Backends.ofProperty(), new MemoryPool(), team,
                h -> new DeviceStages(site, h, new CpuStages(h)));
    }

    @AfterEach
    void close() {
        assertThat(site.device().available()).as("memory that is back").isEqualTo(SLAB);
        team.close();
        site.close();
    }

    private static Witness empty(SpillStore store) {
        return new Witness(trial.graph(), trial::key, store);
    }

    private static GraphProver prover(Host host, MemoryPlan plan, ProverOptions options) {
        return new GraphProver(host, trial.graph(), TrialGraph.PARAMETERS, trial.commitment(), plan, options,
                Progress.NONE, TaskRunner.LOCAL);
    }

    private static byte[] prove(Host host, Witness witness, MemoryPlan plan) {
        return prover(host, plan, ProverOptions.CHECKED)
                .prove(trial.input(), witness, new GraphProver.Rows(0, trial.rows(), trial.tokens()));
    }

    /// Sections are proved one at a time: two might need all of the witness together.
    @Test
    void aSpilledWitnessIsProved() {
        long budget;
        try (Witness sizes = empty(SpillStore.unbounded(host.memory()))) {
            budget = sizes.bytes() - sizes.sectionBytes(2);
        }
        SpillStore store = new SpillStore(host.memory(), budget, folder);
        try (Witness witness = empty(store)) {
            MemoryPlan plan = new MemoryPlan(budget, budget, Long.MAX_VALUE, 1, false, folder);
            assertThat(prove(host, witness, plan)).isEqualTo(proof);
            assertThat(store.spilledBytes()).isPositive();
        }
    }

    /// What was evaluated on the device is there afterwards; one or two values a row are computed on the host.
    @Test
    void evaluatedTensorsAreNotCopied() {
        try (Witness witness = empty(SpillStore.unbounded(host.memory()))) {
            try (SectionEvaluation evaluation = host.stages().evaluation(trial.graph(), witness, trial.tokens())) {
                for (int section = 0; section < trial.graph().sections().size(); section++) {
                    evaluation.section(section, 0, trial.rows());
                }
            }
            assertThat(site.device().count().bytesOut()).as("bytes to the host").isLessThan(witness.bytes() / 16);
            long before = site.tensors().copied();
            int held = 0;
            for (int i = 0; i < trial.graph().sections().size(); i++) {
                try (Witness.Use _ = witness.use(i, false); DeviceWork work = site.work()) {
                    held += holdAll(trial.graph().sections().get(i), witness, work);
                }
            }
            assertThat(held).isGreaterThan(10);
            assertThat(site.tensors().copied()).isEqualTo(before);
        }
    }

    private int holdAll(Section section, Witness witness, DeviceWork work) {
        int held = 0;
        for (Column column : section.operations().stream().flatMap(o -> o.columns().stream()).toList()) {
            if (witness.of(column) instanceof HostTensor stored && stored.size() > 2L * trial.rows()) {
                site.tensors().hold(stored, work).close();
                held++;
            }
        }
        return held;
    }

    /// Values that change between two proofs of a witness, through a handle from before the first one.
    @Test
    void aChangedWitnessIsNotProvedFromOldCopies() {
        try (Witness witness = trial.evaluateNarrow(1, trial.rows()); Witness same = trial.evaluateNarrow(1, trial.rows())) {
            byte[] expected = prover(TestHosts.of(1), MemoryPlan.unlimited(1), ProverOptions.UNCHECKED)
                    .prove(trial.input(), same);
            HostTensor handle = changed(witness);
            GraphProver onDevice = prover(host, MemoryPlan.unlimited(2), ProverOptions.UNCHECKED);
            assertThat(onDevice.prove(trial.input(), witness)).isEqualTo(expected);
            change(handle);
            change(changed(same));
            byte[] other = prover(TestHosts.of(1), MemoryPlan.unlimited(1), ProverOptions.UNCHECKED)
                    .prove(trial.input(), same);
            assertThat(other).isNotEqualTo(expected);
            assertThat(onDevice.prove(trial.input(), witness)).isEqualTo(other);
        }
    }

    private static HostTensor changed(Witness witness) {
        Column column = trial.graph().sections().get(1).operations().getFirst().columns().stream()
                .filter(c -> witness.of(c) instanceof HostTensor).findFirst().orElseThrow();
        return HostTensor.of(witness.of(column));
    }

    private static void change(HostTensor tensor) {
        for (long i = 0; i < tensor.size(); i += 3) {
            tensor.set(i, 1 - Math.clamp(tensor.get(i), 0, 1));
        }
    }
}
