package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.ffm.Status;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole proofs on the emulated device: the bytes of the processor's, and none at all when the device fails.
class DeviceProofsTest {
    private static final long SLAB = 64 << 20;
    private static final int[] PROMPT = {3, 1, 4, 1, 5};
    private static final int GENERATED = 6;

    private static final Map<TinyKeys, ProvingKey> KEYS = new EnumMap<>(TinyKeys.class);
    private static final Map<TinyKeys, byte[]> PROOFS = new EnumMap<>(TinyKeys.class);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void proveOnTheProcessor() throws IOException {
        NativeBuildFacts.needHost();
        for (TinyKeys model : TinyKeys.values()) {
            ProvingKey key = model.make(folder);
            KEYS.put(model, key);
            try (Engine engine = Engine.create()) {
                PROOFS.put(model, prove(engine, model));
            }
            assertThat(new Verifier(key.verifyingKey()).verify(PROOFS.get(model)).accepted()).isTrue();
        }
    }

    @AfterAll
    static void close() throws IOException {
        for (ProvingKey key : KEYS.values()) {
            key.close();
        }
    }

    private static byte[] prove(Engine engine, TinyKeys model) {
        return engine.prover(KEYS.get(model)).generateAndProve(PROMPT, GENERATED, _ -> { }).encode();
    }

    private static Engine engine(int threads, long slabBytes) {
        return Engine.builder().threads(threads).device("emulated").deviceMemory(slabBytes).build();
    }

    private static Device device(Engine engine) {
        return ((DeviceStages) engine.host().stages()).site().device();
    }

    @ParameterizedTest
    @CsvSource({"GPT2, 1, 0", "GPT2, 2, 1", "LLAMA, 1, 2", "LLAMA, 2, 3"})
    void bytesAreThoseOfTheProcessor(TinyKeys model, int threads, long seed) {
        try (Engine engine = engine(threads, SLAB)) {
            assertThat(engine.device()).isEqualTo("emulated");
            Emulation.seed(device(engine), seed);
            assertThat(prove(engine, model)).isEqualTo(PROOFS.get(model));
            assertThat(device(engine).available()).as("memory that nobody has given back").isEqualTo(SLAB);
        }
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

    /// Lets a fault happen in a proof.
    ///
    /// @param n the fault is that of the n-th time
    private static void failAt(long n, ObjLongConsumer<Device> fault) {
        try (Engine engine = engine(2, SLAB)) {
            fault.accept(device(engine), n);
            Throwable thrown = catchThrowable(() -> prove(engine, TinyKeys.LLAMA));
            assertThat(thrown).isInstanceOf(DeviceException.class);
            assertThat(((DeviceException) thrown).status()).isEqualTo(Status.LOST);
            assertThat(thrown.getMessage()).doesNotContain("\n");
            assertThat(device(engine).available()).isEqualTo(SLAB);
            assertThat(engine.memory().used()).as("memory of the host").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 40, 400, 900})
    void aKernelThatIsNotStartedEndsTheProof(long n) {
        failAt(n, Emulation::noLaunch);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 60, 600, 3000})
    void aLostDeviceEndsTheProof(long n) {
        failAt(n, Emulation::loss);
    }

    @Test
    void afterALostDeviceANewEngineProves() {
        try (Engine engine = engine(1, SLAB)) {
            Emulation.loss(device(engine), 10);
            assertThat(catchThrowable(() -> prove(engine, TinyKeys.LLAMA))).isInstanceOf(DeviceException.class);
            assertThat(catchThrowable(() -> prove(engine, TinyKeys.LLAMA))).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("was lost before");
        }
        try (Engine engine = engine(1, SLAB)) {
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
        }
    }

    @Test
    void aStreamThatCannotBeHadEndsTheProofAndTheNextOneIsRight() {
        try (Engine engine = engine(2, SLAB)) {
            Emulation.noMemory(device(engine), 2);
            Throwable thrown = catchThrowable(() -> prove(engine, TinyKeys.LLAMA));
            assertThat(thrown).isInstanceOf(DeviceException.class);
            assertThat(((DeviceException) thrown).status()).isEqualTo(Status.MEMORY);
            assertThat(device(engine).available()).isEqualTo(SLAB);
            assertThat(prove(engine, TinyKeys.LLAMA)).isEqualTo(PROOFS.get(TinyKeys.LLAMA));
        }
    }

    @Test
    void aProofThatDoesNotFitTheDeviceSaysSo() {
        for (long slab : new long[] {64, 1 << 14, 1 << 18, 1 << 20}) {
            try (Engine engine = engine(2, slab)) {
                Throwable thrown = catchThrowable(() -> prove(engine, TinyKeys.LLAMA));
                assertThat(thrown).isInstanceOf(DeviceException.class)
                        .hasMessageContaining("bytes left: of its slab of " + slab + " bytes");
                assertThat(device(engine).available()).isEqualTo(slab);
            }
        }
    }
}
