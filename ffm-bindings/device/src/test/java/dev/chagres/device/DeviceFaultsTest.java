package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.prove.DeviceFailureException;
import dev.chagres.prove.Engine;
import dev.chagres.prove.GivenProviders;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.profile.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Devices that fail, in every phase: no proof, no memory kept, the next proof right, or the processor takes over.
class DeviceFaultsTest extends DeviceProofTrials {
    /// Arms a fault at a step of a phase.
    ///
    /// @param fault what happens to the device then
    private record At(String phase, int step, Runnable fault) {
        Progress progress() {
            return new Progress() {
                private int left = -1;

                @Override
                public synchronized void phase(String name, long steps) {
                    left = name.equals(phase) ? step : -1;
                    arm();
                }

                @Override
                public synchronized void step() {
                    left--;
                    arm();
                }

                private void arm() {
                    if (left == 0) {
                        fault.run();
                    }
                }
            };
        }
    }

    private static byte[] prove(Engine engine, TinyKeys model, At at) {
        return engine.prover(KEYS.get(model)).progress(at.progress())
                .generateAndProve(PROMPT, GENERATED, _ -> { }).encode();
    }

    /// A proof that fails, and the next one of the same engine.
    private static void failsAndGoesOn(Engine engine, boolean memory, At at) {
        Device device = device(engine);
        Throwable thrown = catchThrowable(() -> prove(engine, TinyKeys.LLAMA, at));
        assertThat(thrown).isInstanceOf(DeviceFailureException.class).hasMessageStartingWith("device emulated failed: ")
                .hasMessageEndingWith(memory ? "; give it more with --device-memory, use fewer threads, or compute on"
                        + " the cpu" : "; try again, or compute on the cpu, which gives the same proof");
        assertThat(thrown.getMessage()).doesNotContain("\n");
        assertThat(((DeviceFailureException) thrown).memory()).isEqualTo(memory);
        if (memory) { // a lost device is closed, which it refuses while a stream or page of it is open
            assertThat(free(engine)).as("memory of the device").isEqualTo(SLAB);
        }
        assertThat(engine.memory().used()).as("memory of the host").isZero();
        assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
        assertThat(free(engine)).as("memory of the device").isEqualTo(SLAB);
        assertThat(device(engine) == device).as("the same device").isEqualTo(memory);
    }

    @ParameterizedTest
    @CsvSource({"generate, 0, 40", "generate, 2, 9", "witness, 0, 70", "witness, 2, 1", "commit, 0, 5", "prove, 0, 300",
            "open, 0, 8", "open, 2, 1"})
    void aKernelThatIsNotStartedEndsTheProof(String phase, int step, long n) {
        try (Engine engine = engine(2, SLAB)) {
            Device device = device(engine);
            failsAndGoesOn(engine, false, new At(phase, step, () -> Emulation.noLaunch(device, n)));
        }
    }

    @ParameterizedTest
    @CsvSource({"generate, 0, 90", "generate, 3, 2", "witness, 0, 100", "witness, 1, 2", "commit, 0, 1",
            "prove, 0, 500", "prove, 1, 100", "open, 0, 12"})
    void aKernelOrCopyThatFailsEndsTheProof(String phase, int step, long n) {
        try (Engine engine = engine(2, SLAB)) {
            Device device = device(engine);
            failsAndGoesOn(engine, false, new At(phase, step, () -> Emulation.loss(device, n)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aStreamOrPinnedBlockThatCannotBeHadEndsTheProof(long n) {
        try (Engine engine = engine(1, SLAB)) {
            Device device = device(engine);
            failsAndGoesOn(engine, true, new At("generate", 0, () -> Emulation.noMemory(device, n)));
        }
    }

    /// Somebody else has most of the slab, which no plan can know.
    @ParameterizedTest
    @CsvSource({"generate, 0", "witness, 0", "commit, 0", "prove, 1", "open, 2"})
    void aSlabThatIsUsedUpEndsTheProof(String phase, int step) {
        try (Engine engine = engine(1, SLAB)) {
            Device device = device(engine);
            List<DeviceBuffer> taken = new ArrayList<>();
            At at = new At(phase, step, () -> take(device, taken));
            Throwable thrown = catchThrowable(() -> prove(engine, TinyKeys.LLAMA, at));
            assertThat(thrown).isInstanceOf(DeviceFailureException.class)
                    .hasMessageContaining("bytes left: of its slab of " + SLAB + " bytes");
            assertThat(engine.memory().used()).as("memory of the host").isZero();
            taken.forEach(device::release);
            assertThat(free(engine)).isEqualTo(SLAB);
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
        }
    }

    /// All that is free now.
    private static void take(Device device, List<DeviceBuffer> taken) {
        for (long bytes = device.available(); bytes >= Device.ALIGNMENT; bytes /= 2) {
            try {
                taken.add(device.allocate(bytes));
            } catch (DeviceException tooLarge) {
                assertThat(tooLarge.status()).isEqualTo(Status.MEMORY);
            }
        }
    }

    /// What is there in pieces may do for one section at a time.
    @Test
    void aProofWhoseLanesFindNoRoomIsMadeWithOne() {
        try (Engine engine = engine(2, SLAB)) {
            Device device = device(engine);
            List<DeviceBuffer> taken = new ArrayList<>();
            AtomicInteger begun = new AtomicInteger();
            At at = new At("witness", 0, () -> {
                if (begun.getAndIncrement() == 0) {
                    take(device, taken);
                } else {
                    taken.forEach(device::release);
                }
            });
            assertThat(prove(engine, TinyKeys.LLAMA, at)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(begun.get()).isEqualTo(2);
            assertThat(free(engine)).isEqualTo(SLAB);
        }
    }

    @Test
    void proofsSideBySideShareTheMemoryAndTheLoss() throws Exception {
        try (Engine engine = engine(2, SLAB); ExecutorService callers = Executors.newFixedThreadPool(3)) {
            for (long loss : new long[] {0, 700}) {
                Emulation.loss(device(engine), loss);
                List<Future<byte[]>> proofs = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    proofs.add(callers.submit(() -> prove(engine, TinyKeys.LLAMA)));
                }
                int failed = 0;
                for (Future<byte[]> proof : proofs) {
                    try {
                        assertThat(proof.get()).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
                    } catch (ExecutionException e) {
                        assertThat(e.getCause()).isInstanceOf(DeviceFailureException.class);
                        failed++;
                    }
                }
                assertThat(failed).as("loss %d", loss).isBetween(loss == 0 ? 0 : 1, loss == 0 ? 0 : 3);
            }
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(free(engine)).isEqualTo(SLAB);
            assertThat(engine.memory().used()).isZero();
        }
    }

    // --- auto --------------------------------------------------------------------------------------------------------

    /// Emulated devices under the name of real ones.
    ///
    /// @param opened how many there still are
    private record Cards(AtomicInteger opened) implements StagesProvider {
        @Override
        public boolean knows(String name) {
            return name.equals("cuda");
        }

        @Override
        public Place open(String name, OptionalLong bytes) {
            if (opened.getAndDecrement() <= 0) {
                throw new IllegalStateException("cuda cannot be used: it is broken");
            }
            return new DeviceProvider().open("emulated", bytes);
        }
    }

    private static Engine.Builder cards(String name, int count) {
        return GivenProviders.builder(List.of(new Cards(new AtomicInteger(count)))).threads(2).device(name)
                .deviceMemory(SLAB);
    }

    @ParameterizedTest
    @CsvSource({"generate, 0", "generate, 3", "witness, 1", "prove, 0", "open, 0"})
    void autoMakesTheProofAgainOnTheProcessor(String phase, int step) {
        List<String> warnings = new ArrayList<>();
        try (Engine engine = cards("auto", 2).warnings(warnings::add).build()) {
            Device device = device(engine);
            AtomicInteger begun = new AtomicInteger();
            At at = new At(phase, step, () -> {
                if (begun.getAndIncrement() == 0) {
                    Emulation.loss(device, 3);
                }
            });
            List<Integer> ids = new ArrayList<>();
            byte[] proof = engine.prover(KEYS.get(TinyKeys.LLAMA)).progress(at.progress())
                    .generateAndProve(PROMPT, GENERATED, ids::add).encode();
            assertThat(proof).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(ids).as("tokens told once").hasSize(GENERATED);
            assertThat(warnings).hasSize(1);
            assertThat(warnings.getFirst()).startsWith("proving on the cpu: device emulated failed: ")
                    .contains("the device was lost").doesNotContain("\n");
            assertThat(engine.device()).startsWith("cpu ");
            assertThat(engine.memory().used()).isZero();
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            assertThat(engine.device()).as("of the next proof").isEqualTo("emulated");
            assertThat(warnings).hasSize(1);
        }
    }

    @Test
    void autoTakesTheProcessorForWhatDoesNotFitTheDevice() {
        List<String> warnings = new ArrayList<>();
        try (Engine engine = cards("auto", 1).deviceMemory(1 << 20).warnings(warnings::add).build()) {
            for (int i = 0; i < 2; i++) {
                assertThat(prove(engine, TinyKeys.GPT2)).isEqualTo(PROOFS.get(TinyKeys.GPT2));
            }
            assertThat(warnings).hasSize(1);
            assertThat(warnings.getFirst()).startsWith("proving on the cpu: this sequence needs at least ");
        }
    }

    @Test
    void aDeviceThatCannotBeOpenedAgain() {
        List<String> warnings = new ArrayList<>();
        try (Engine engine = cards("auto", 1).warnings(warnings::add).build()) {
            Emulation.loss(device(engine), 100);
            for (int i = 0; i < 2; i++) {
                assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
            }
            assertThat(warnings).hasSize(2);
            assertThat(warnings.getLast()).isEqualTo("proving on the cpu: no CUDA device can be opened any more");
        }
        try (Engine engine = cards("cuda", 1).build()) {
            Emulation.loss(device(engine), 100);
            assertThat(catchThrowable(() -> prove(engine, TinyKeys.LLAMA))).isInstanceOf(DeviceFailureException.class)
                    .hasMessageStartingWith("device emulated failed: ");
            for (int i = 0; i < 2; i++) {
                assertThat(catchThrowable(() -> prove(engine, TinyKeys.LLAMA)))
                        .isInstanceOf(DeviceFailureException.class).hasMessage("cuda cannot be used: it is broken");
            }
        }
    }
}
