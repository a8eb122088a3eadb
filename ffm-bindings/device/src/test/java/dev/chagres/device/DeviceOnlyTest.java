package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.Engine;
import dev.chagres.prove.GivenProviders;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nothing of a proof that a device can do is done by the processor.
class DeviceOnlyTest extends DeviceProofTrials {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    private Engine watched(int threads) {
        return GivenProviders.builder(List.of(new WatchedStages.Provider(asked))).threads(threads).device("emulated")
                .deviceMemory(SLAB).build();
    }

    @ParameterizedTest
    @CsvSource({"GPT2, 1", "GPT2, 2", "LLAMA, 1", "LLAMA, 2"})
    void noStageOfAProofIsTheProcessors(TinyKeys model, int threads) {
        try (Engine engine = watched(threads)) {
            assertThat(prove(engine, model)).isEqualTo(PROOFS.get(model));
        }
        assertThat(asked).isEmpty();
    }

    /// Prompts that end at a row of a group of 16, before it and behind it, and ids told as they are chosen.
    @ParameterizedTest
    @CsvSource({"GPT2, 1, 1", "GPT2, 15, 2", "LLAMA, 16, 1", "LLAMA, 3, 14", "LLAMA, 1, 16"})
    void generatedIdsAreThoseOfTheProcessor(TinyKeys model, int prompt, int count) {
        int[] ids = new int[prompt];
        Arrays.setAll(ids, i -> (7 * i + 3) % 16);
        List<Integer> expected = new ArrayList<>();
        byte[] proof;
        try (Engine engine = Engine.create()) {
            proof = engine.prover(KEYS.get(model)).generateAndProve(ids, count, expected::add).encode();
        }
        List<Integer> told = new ArrayList<>();
        try (Engine engine = watched(1)) {
            assertThat(engine.prover(KEYS.get(model)).generateAndProve(ids, count, told::add).encode())
                    .isEqualTo(proof);
            assertThat(free(engine)).isEqualTo(SLAB);
        }
        assertThat(told).isEqualTo(expected).isNotEmpty();
        assertThat(asked).isEmpty();
    }

    /// A generation is work of the device, and brings no tensors of the prompt to the host.
    @ParameterizedTest
    @CsvSource({"GPT2, 4288", "LLAMA, 59584"})
    void aGenerationIsWorkOfTheDevice(TinyKeys model, long bytesOut) {
        try (Engine engine = watched(1)) {
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), Progress.NONE);
            engine.prover(KEYS.get(model)).progress(recorder).generateAndProve(PROMPT, GENERATED, _ -> { });
            recorder.end();
            DeviceUse use = recorder.phases().stream().filter(p -> p.name().equals("generate"))
                    .map(PhaseRecorder.Phase::device).findFirst().orElseThrow();
            assertThat(use.launches()).isGreaterThan(use.waits());
            assertThat(use.waits()).isGreaterThanOrEqualTo(GENERATED);
            assertThat(use.bytesOut()).isPositive().isLessThanOrEqualTo(bytesOut);
        }
    }
}
