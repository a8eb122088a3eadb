package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Small models with their keys and proofs made on the processor, for proofs on the emulated device.
abstract class DeviceProofTrials {
    static final long SLAB = 64 << 20;
    /// Hardly more than a proof needs.
    static final long LEAST = 42 << 20;
    static final int[] PROMPT = {3, 1, 4, 1, 5};
    static final int GENERATED = 6;

    static final Map<TinyKeys, ProvingKey> KEYS = new EnumMap<>(TinyKeys.class);
    static final Map<TinyKeys, byte[]> PROOFS = new EnumMap<>(TinyKeys.class);

    @TempDir
    static Path folder;

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

    static byte[] prove(Engine engine, TinyKeys model) {
        return prove(engine, KEYS.get(model), PROMPT);
    }

    static byte[] prove(Engine engine, ProvingKey key, int[] prompt) {
        return engine.prover(key).generateAndProve(prompt, GENERATED, _ -> { }).encode();
    }

    static Engine engine(int threads, long slabBytes) {
        return Engine.builder().threads(threads).device("emulated").deviceMemory(slabBytes).build();
    }

    static DeviceSite site(Engine engine) {
        return ((DeviceStages) engine.host().stages()).site();
    }

    static Device device(Engine engine) {
        return site(engine).device();
    }

    /// Bytes of the device that nobody uses; copies of the key count as free.
    static long free(Engine engine) {
        return site(engine).tensors().available();
    }
}
