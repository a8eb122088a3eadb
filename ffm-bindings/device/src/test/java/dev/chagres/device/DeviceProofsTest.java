package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.ffm.Status;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    /// Hardly more than a proof needs.
    private static final long LEAST = 37 << 20;
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
        return prove(engine, KEYS.get(model), PROMPT);
    }

    private static byte[] prove(Engine engine, ProvingKey key, int[] prompt) {
        return engine.prover(key).generateAndProve(prompt, GENERATED, _ -> { }).encode();
    }

    private static Engine engine(int threads, long slabBytes) {
        return Engine.builder().threads(threads).device("emulated").deviceMemory(slabBytes).build();
    }

    private static DeviceSite site(Engine engine) {
        return ((DeviceStages) engine.host().stages()).site();
    }

    private static Device device(Engine engine) {
        return site(engine).device();
    }

    /// Bytes of the device that nobody uses; copies of the key count as free.
    private static long free(Engine engine) {
        return site(engine).tensors().available();
    }

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
            assertThat(device(engine).available()).isEqualTo(SLAB);
            assertThat(prove(engine, TinyKeys.GPT2)).as("another key").isEqualTo(PROOFS.get(TinyKeys.GPT2));
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
            assertThat(free(engine)).isEqualTo(SLAB);
            assertThat(engine.memory().used()).as("memory of the host").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 40, 400, 900})
    void aKernelThatIsNotStartedEndsTheProof(long n) {
        failAt(n, Emulation::noLaunch);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 60, 600, 2000})
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
            assertThat(free(engine)).isEqualTo(SLAB);
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
                assertThat(free(engine)).isEqualTo(slab);
            }
        }
    }
}
