package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.ffm.Emulation;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole proofs on the emulated device have the bytes of the processor's.
class DeviceProofsTest extends DeviceProofTrials {
    @ParameterizedTest
    @CsvSource({"GPT2, 1, 0", "GPT2, 2, 1", "LLAMA, 1, 2", "LLAMA, 2, 3"})
    void bytesAreThoseOfTheProcessor(TinyKeys model, int threads, long seed) {
        try (Engine engine = engine(threads, SLAB)) {
            assertThat(engine.device()).isEqualTo("emulated");
            Emulation.seed(device(engine), seed);
            assertThat(prove(engine, model)).isEqualTo(PROOFS.get(model));
            assertThat(free(engine)).as("memory that nobody has given back").isEqualTo(SLAB);
        }
    }

    /// The memory of one proof is that of the next, on the host and on the device.
    @Test
    void proofsOfDifferentPromptsAreThoseOfTheProcessor() throws Exception {
        ProvingKey key = KEYS.get(TinyKeys.LLAMA);
        int[][] prompts = {{3, 1, 4, 1, 5}, {2, 7, 1, 8, 2}, {3, 1, 4, 1, 5}, {9, 9}};
        List<byte[]> expected = new ArrayList<>();
        try (Engine engine = Engine.create()) {
            for (int[] prompt : prompts) {
                expected.add(prove(engine, key, prompt));
            }
        }
        try (Engine engine = engine(2, 2 * SLAB); ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < prompts.length; i++) {
                assertThat(prove(engine, key, prompts[i])).as("one after another, %d", i).isEqualTo(expected.get(i));
            }
            List<Future<byte[]>> proofs = new ArrayList<>();
            for (int[] prompt : prompts) {
                proofs.add(threads.submit(() -> prove(engine, key, prompt)));
            }
            for (int i = 0; i < prompts.length; i++) {
                assertThat(proofs.get(i).get()).as("side by side, %d", i).isEqualTo(expected.get(i));
            }
            assertThat(free(engine)).isEqualTo(2 * SLAB);
        }
    }

    /// A slab in which copies have to give way all the time.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void copiesGiveWay(int threads) {
        try (Engine engine = engine(threads, LEAST)) {
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(free(engine)).isEqualTo(LEAST);
        }
    }

    @Test
    void theKeyStaysUntilItIsClosedAndTheWitnessUntilTheProofEnds(@TempDir Path other) throws IOException {
        try (Engine engine = engine(1, SLAB)) {
            DeviceTensors tensors = site(engine).tensors();
            try (ProvingKey key = TinyKeys.LLAMA.make(other)) {
                assertThat(prove(engine, key, PROMPT)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
                long first = tensors.copied();
                long kept = SLAB - device(engine).available();
                assertThat(kept).isBetween(1L, 1L << 20);
                assertThat(prove(engine, key, PROMPT)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
                assertThat(tensors.copied() - first).as("the key is not copied again").isLessThan(first - kept / 2);
                assertThat(SLAB - device(engine).available()).isEqualTo(kept);
            }
            assertThat(free(engine)).isEqualTo(SLAB);
            assertThat(prove(engine, TinyKeys.GPT2)).as("another key").isEqualTo(PROOFS.get(TinyKeys.GPT2));
        }
    }

    /// Products, heads and blocks of rows each have their launches; nothing has one for a tile, a head or a row.
    @ParameterizedTest
    @CsvSource({"GPT2, 244, 81", "LLAMA, 320, 78"})
    void theWitnessTakesNoMoreLaunchesAndWaits(TinyKeys model, long launches, long waits) {
        try (Engine engine = engine(1, SLAB)) {
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), Progress.NONE);
            engine.prover(KEYS.get(model)).progress(recorder).generateAndProve(PROMPT, GENERATED, _ -> { });
            recorder.end();
            DeviceUse witness = phase(recorder, "witness");
            assertThat(witness.launches()).as("launches").isPositive().isLessThanOrEqualTo(launches);
            assertThat(witness.waits()).as("waits").isPositive().isLessThanOrEqualTo(waits);
        }
    }

    /// What is evaluated and counted on the device stays there. Out come in "witness" what rows ask for while they are
    /// evaluated, and in "commit" chaining values; in go, in "commit", the leaves of the tree.
    @ParameterizedTest
    @CsvSource({"GPT2, 12288, 1048576, 1310720", "LLAMA, 16384, 1048576, 1310720"})
    void tensorsAreNotCopied(TinyKeys model, long witnessOut, long commitIn, long commitOut) {
        try (Engine engine = engine(1, SLAB)) {
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), Progress.NONE);
            engine.prover(KEYS.get(model)).progress(recorder).generateAndProve(PROMPT, GENERATED, _ -> { });
            recorder.end();
            DeviceUse witness = phase(recorder, "witness");
            assertThat(witness.bytesOut()).as("out, witness").isPositive().isLessThanOrEqualTo(witnessOut);
            DeviceUse commit = phase(recorder, "commit");
            assertThat(commit.bytesIn()).as("in, commit").isPositive().isLessThanOrEqualTo(commitIn);
            assertThat(commit.bytesOut()).as("out, commit").isPositive().isLessThanOrEqualTo(commitOut);
            for (String name : new String[] {"prove", "open"}) {
                assertThat(phase(recorder, name).bytesOut()).as("out, %s", name).isPositive().isLessThan(200_000);
            }
        }
    }

    private static DeviceUse phase(PhaseRecorder recorder, String name) {
        return recorder.phases().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow().device();
    }

    @Test
    void whatPhasesAskTheDeviceForIsWhatTheProofDoes() {
        try (Engine engine = engine(2, SLAB)) {
            DeviceUse before = engine.meter().read();
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), Progress.NONE);
            engine.prover(KEYS.get(TinyKeys.GPT2)).progress(recorder).generateAndProve(PROMPT, GENERATED, _ -> { });
            recorder.end();
            DeviceUse whole = engine.meter().read().since(before);
            DeviceUse phases = recorder.phases().stream().map(PhaseRecorder.Phase::device)
                    .reduce(DeviceUse.NONE, DeviceUse::and);
            assertThat(phases).usingRecursiveComparison().ignoringFields("waitSeconds", "peakBytes").isEqualTo(whole);
            assertThat(phases.waitSeconds()).isCloseTo(whole.waitSeconds(), within(1e-6)).isPositive();
            assertThat(phases.launches()).isGreaterThan(phases.waits());
            assertThat(phases.waits()).isPositive();
            assertThat(phases.bytesIn()).isGreaterThanOrEqualTo(phases.copies());
            assertThat(phases.bytesOut()).isPositive();
            assertThat(phases.peakBytes()).isPositive().isLessThanOrEqualTo(SLAB);
        }
    }
}
