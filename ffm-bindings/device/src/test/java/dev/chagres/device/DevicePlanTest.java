package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.run.DeviceNeeds;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicePlanTest {
    private static final Map<TinyKeys, ProvingKey> KEYS = new EnumMap<>(TinyKeys.class);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() throws IOException {
        NativeBuildFacts.needHost();
        for (TinyKeys model : TinyKeys.values()) {
            KEYS.put(model, model.make(folder));
        }
    }

    @Test
    void look() {
        for (TinyKeys model : TinyKeys.values()) {
            for (int[] length : new int[][] {{1, 1}, {5, 6}, {9, 7}}) {
                for (int threads = 1; threads <= 3; threads++) {
                    try (Engine engine = Engine.builder().threads(threads).device("emulated").deviceMemory(64 << 20).build()) {
                        DeviceStages stages = (DeviceStages) engine.host().stages();
                        Device device = stages.site().device();
                        StageMemory memory = stages.memory().orElseThrow();
                        ProvingKey key = KEYS.get(model);
                        int[] prompt = new int[length[0]];
                        java.util.Arrays.fill(prompt, 3);
                        DeviceNeeds needs = DeviceNeeds.of(key.verifyingKey().spec().compile(TokenSequence.ofLength(prompt, length[1], key.verifyingKey().spec().limits().anyId())).graph(), key.verifyingKey().parameters(), memory);
                        long start = System.nanoTime();
                        engine.prover(key).generateAndProve(prompt, length[1], _ -> { });
                        System.out.printf("%s %s threads %d: %s phases %s planned %d peak %d room %d  %.1f s%n", model, java.util.Arrays.toString(length), threads, needs, needs.phases(threads), needs.bytes(threads), device.peak(), memory.room(needs.bytes(threads)), (System.nanoTime() - start) / 1e9);
                    }
                }
            }
        }
        assertThat(1).isEqualTo(1);
    }
}
