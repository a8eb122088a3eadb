package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.run.SmallTrial;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.DomainException;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows that are generated on the emulated device come to the ids of the processor.
class DeviceGenerationTest {
    private static final long SLAB = 16 << 20;
    private static final Host HOST = TestHosts.of(1);
    private static final Stages CPU = new CpuStages(HOST);

    private TrialGraph trial;
    private DeviceSite site;

    @BeforeEach
    void compile() {
        trial = SmallTrial.open();
    }

    private Stages stages(long seed) {
        site = EmulatedSites.open(SLAB, seed);
        return new DeviceStages(site, HOST, CPU);
    }

    @AfterEach
    void close() {
        trial.close();
        if (site != null) {
            site.tensors().keepNone();
            assertThat(site.device().available()).as("memory that is back").isEqualTo(SLAB);
            site.close();
        }
    }

    /// The ids that follow a prompt of the trial's tokens.
    private List<Integer> generate(Stages stages, int prompt, int count) {
        int[] tokens = Arrays.copyOf(trial.tokens(), prompt + count);
        List<Integer> ids = new ArrayList<>();
        List<Integer> sections = new ArrayList<>();
        try (Witness witness = new Witness(trial.graph(), trial::key, SpillStore.unbounded(HOST.memory()));
                RowGeneration run = stages.generation(trial.graph(), SmallTrial.logits(trial), witness, tokens)) {
            run.prompt(prompt, sections::add);
            for (int row = prompt - 1; row < prompt - 1 + count; row++) {
                if (row >= prompt) {
                    run.draft(row);
                }
                tokens[row + 1] = run.choice(row);
                ids.add(tokens[row + 1]);
            }
        }
        assertThat(sections).isEqualTo(List.of(1, 2, 3));
        return ids;
    }

    /// Prompts of one row, of some, of a whole block, and into the second block.
    @ParameterizedTest
    @CsvSource({"1, 20, 0", "37, 12, 1", "63, 4, 2", "64, 3, 3", "65, 5, 0", "128, 2, 1", "129, 1, 2"})
    void idsAreThoseOfTheProcessor(int prompt, int count, long seed) {
        Stages stages = stages(seed);
        List<Integer> expected = generate(CPU, prompt, count);
        assertThat(generate(stages, prompt, count)).isEqualTo(expected);
    }

    @Test
    void thePromptIsNotKept() {
        Stages stages = stages(1);
        try (Witness witness = new Witness(trial.graph(), trial::key, SpillStore.unbounded(HOST.memory()));
                RowGeneration run = stages.generation(
                        trial.graph(), SmallTrial.logits(trial), witness, trial.tokens())) {
            assertThat(run.keepsPrompt()).isFalse();
            long out = site.device().count().bytesOut();
            run.prompt(100, _ -> { });
            assertThat(site.device().count().bytesOut() - out).as("bytes to the host").isLessThan(witness.bytes() / 8);
            assertThat(witness.store().residentBytes()).as("bytes of the witness in memory").isZero();
        }
    }

    /// The host makes exponents and reciprocal roots of the three norms. Of a choice it takes a copy of the logits,
    /// which counts as no wait, and asks whether all values fitted.
    @Test
    void aRowWaitsTwiceForEachNorm() {
        Stages stages = stages(1);
        try (Witness witness = new Witness(trial.graph(), trial::key, SpillStore.unbounded(HOST.memory()));
                RowGeneration run = stages.generation(
                        trial.graph(), SmallTrial.logits(trial), witness, trial.tokens())) {
            run.prompt(70, _ -> { });
            run.choice(69); // brings the weights of the head
            for (int row = 70; row < 73; row++) {
                long before = site.device().count().waits();
                run.draft(row);
                long drafted = site.device().count().waits();
                run.choice(row);
                assertThat(drafted - before).as("waits of row %d", row).isEqualTo(6);
                assertThat(site.device().count().waits() - drafted).as("waits of its choice").isEqualTo(1);
            }
        }
    }

    /// A position whose stream leaves its domain, in the prompt or as a row of its own, is named as the processor does.
    @ParameterizedTest
    @ValueSource(ints = {0, 20, 36, 37, 39})
    void aStreamOutsideItsDomainIsNamed(int row) {
        Column positions = SmallTrial.key(trial, "embedding.position");
        HostTensor tensor = trial.key(positions);
        int bits = positions.shape().lowAxes().getFirst().bits();
        assertThat(row).isLessThan(1 << bits);
        for (int c = 0; c < 16; c++) {
            tensor.set(((long) c << bits) + row, 1 << 27);
        }
        Stages stages = stages(1);
        RuntimeException expected = catchRuntimeException(() -> generate(CPU, 37, 5));
        assertThat(expected).isInstanceOf(DomainException.class);
        assertThatThrownBy(() -> generate(stages, 37, 5)).isExactlyInstanceOf(DomainException.class)
                .hasMessage(expected.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50, 300, 500})
    void aLostDeviceEndsTheCall(int n) {
        Stages stages = stages(1);
        Emulation.loss(site.device(), n);
        assertThatThrownBy(() -> generate(stages, 20, 5)).isInstanceOf(DeviceException.class);
    }
}
