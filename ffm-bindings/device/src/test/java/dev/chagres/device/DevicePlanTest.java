package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.DeviceNeeds;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What a proof takes of the slab is what its plan says, phase by phase.
class DevicePlanTest {
    private static final long SLAB = 64 << 20;
    /// A plan reckons with the largest sections side by side, and with all tensors that a section may touch.
    private static final double MOST_TOO_MUCH = 1.5;
    private static final int[] PROMPT = {3, 1, 4, 1, 5};

    private static final Map<TinyKeys, ProvingKey> KEYS = new EnumMap<>(TinyKeys.class);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeKeys() throws IOException {
        NativeBuildFacts.needHost();
        for (TinyKeys model : TinyKeys.values()) {
            KEYS.put(model, model.make(folder));
        }
    }

    @AfterAll
    static void close() throws IOException {
        for (ProvingKey key : KEYS.values()) {
            key.close();
        }
    }

    private static Engine engine(int threads, long slab) {
        return Engine.builder().threads(threads).device("emulated").deviceMemory(slab).build();
    }

    private static DeviceStages stages(Engine engine) {
        return (DeviceStages) engine.host().stages();
    }

    private static DeviceNeeds needs(TinyKeys model, int prompt, int generated, StageMemory memory) {
        ProvingKey key = KEYS.get(model);
        TokenSequence any = TokenSequence.ofLength(Arrays.copyOf(PROMPT, prompt), generated,
                key.verifyingKey().spec().limits().anyId());
        return DeviceNeeds.of(key.verifyingKey().spec().compile(any).graph(), key.verifyingKey().parameters(), memory);
    }

    private static byte[] prove(Engine engine, TinyKeys model, int prompt, int generated, Progress progress) {
        return engine.prover(KEYS.get(model)).progress(progress)
                .generateAndProve(Arrays.copyOf(PROMPT, prompt), generated, _ -> { }).encode();
    }

    private static byte[] proveOnTheProcessor(TinyKeys model, int prompt, int generated) {
        try (Engine engine = Engine.builder().threads(2).build()) {
            return prove(engine, model, prompt, generated, Progress.NONE);
        }
    }

    /// Peaks of the phases of a proof.
    private static Map<String, Long> peaks(Engine engine, TinyKeys model, int prompt, int generated) {
        stages(engine).site().tensors().keepNone();
        Device device = stages(engine).site().device();
        Map<String, Long> peaks = new LinkedHashMap<>();
        AtomicReference<String> phase = new AtomicReference<>("before");
        prove(engine, model, prompt, generated, new Progress() {
            @Override
            public void phase(String name, long steps) {
                peaks.put(phase.getAndSet(name), device.count().peakBytes());
                device.resetPeak();
            }

            @Override
            public void step() {}
        });
        peaks.put(phase.get(), device.count().peakBytes());
        return peaks;
    }

    @ParameterizedTest
    @CsvSource({"GPT2, 1, 1, 1", "GPT2, 5, 12, 3", "LLAMA, 5, 6, 1", "LLAMA, 5, 6, 2"})
    void noPhaseTakesMoreThanItsPlan(TinyKeys model, int prompt, int generated, int threads) {
        try (Engine engine = engine(threads, SLAB)) {
            Map<String, Long> planned =
                    needs(model, prompt, generated, stages(engine).memory().orElseThrow()).phases(threads);
            Map<String, Long> peaks = peaks(engine, model, prompt, generated);
            assertThat(peaks.keySet()).containsAll(planned.keySet());
            assertThat(peaks.get("generate")).as("generate of %s", peaks).isPositive()
                    .isLessThanOrEqualTo(planned.get("witness"));
            planned.forEach((phase, bytes) -> {
                assertThat(peaks.get(phase)).as("%s of %s", phase, peaks).isLessThanOrEqualTo(bytes);
                if (threads == 1) { // more do not always meet in their largest moments
                    assertThat(bytes).as("%s of %s", phase, planned)
                            .isLessThanOrEqualTo((long) (MOST_TOO_MUCH * peaks.get(phase)));
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"GPT2, 1", "GPT2, 2", "LLAMA, 1", "LLAMA, 2"})
    void aSlabAsPlannedIsEnough(TinyKeys model, int threads) {
        StageMemory any = new DeviceMemory(SLAB);
        long slab = any.room(needs(model, 5, 6, any).bytes(threads));
        byte[] expected = proveOnTheProcessor(model, 5, 6);
        for (long seed = 0; seed < 2; seed++) {
            try (Engine engine = engine(threads, slab)) {
                Emulation.seed(stages(engine).site().device(), seed);
                assertThat(prove(engine, model, 5, 6, Progress.NONE)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void lessMemoryMeansFewerLanes(TinyKeys model) {
        StageMemory any = new DeviceMemory(SLAB);
        long one = any.room(needs(model, 5, 6, any).bytes(1));
        try (Engine engine = engine(2, one)) {
            stages(engine).site().tensors().keepNone();
            assertThat(prove(engine, model, 5, 6, Progress.NONE)).isEqualTo(proveOnTheProcessor(model, 5, 6));
            assertThat(stages(engine).site().device().count().peakBytes())
                    .isLessThanOrEqualTo(needs(model, 5, 6, any).bytes(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lessThanOneLaneNeedsIsRefusedBeforeAnything(TinyKeys model) {
        StageMemory any = new DeviceMemory(SLAB);
        long one = any.room(needs(model, 5, 6, any).bytes(1));
        try (Engine engine = engine(2, one - Device.ALIGNMENT)) {
            Device device = stages(engine).site().device();
            assertThatThrownBy(() -> engine.prover(KEYS.get(model)).progress(new Progress() {
                @Override
                public void phase(String name, long steps) {
                    throw new AssertionError(name + " has begun");
                }

                @Override
                public void step() {}
            }).generateAndProve(PROMPT, 6, _ -> { })).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("this sequence needs at least \\d+ MiB of the memory of device emulated, which"
                            + " has \\d+ MiB; raise --device-memory, shorten the sequence, or compute on the cpu");
            assertThat(device.count().peakBytes()).isZero();
        }
    }

    /// The sizes of GPT-2 small, without weights: the plan of docs/native.md.
    @ParameterizedTest
    @CsvSource({"64, 1, 0.75, 0.9", "1024, 1, 1.0, 1.2", "1024, 4, 4.0, 4.6", "1024, 16, 12.5, 14.5"})
    void aPlanNeedsNoWeights(int rows, int lanes, double least, double most) {
        DecoderSpec spec = SizedSpecs.gpt2(12, 12);
        StageMemory any = new DeviceMemory(1L << 40);
        TokenSequence sequence = TokenSequence.ofLength(new int[rows - 15], 16, spec.limits().anyId());
        DeviceNeeds needs = DeviceNeeds.of(spec.compile(sequence).graph(),
                ProofSecurity.choose(spec, ProofSecurity.MINIMUM_BITS), any);
        assertThat(any.room(needs.bytes(lanes)) / 0x1p30).as("GiB, %s", needs.phases(lanes)).isBetween(least, most);
    }

    /// Regions of sizes from a line to a thirty-second of all come and go at random, together below the planned bytes.
    @Test
    void roomIsEnoughForRegionsThatComeAndGo() {
        long seed = 20261129;
        Random random = new Random(seed);
        long planned = 4 << 20;
        try (DeviceSite site = EmulatedSites.open(new DeviceMemory(0).room(planned), 0)) {
            Device device = site.device();
            List<DeviceBuffer> used = new ArrayList<>();
            long bytes = 0;
            int allocated = 0;
            for (int i = 0; i < 100_000; i++) {
                long size = 1L << random.nextInt(6, 17);
                size += random.nextLong(size);
                if (bytes + Device.regionBytes(size) <= planned) {
                    used.add(device.allocate(size));
                    bytes += Device.regionBytes(size);
                    allocated++;
                } else {
                    DeviceBuffer gone = used.remove(random.nextInt(used.size()));
                    bytes -= Device.regionBytes(gone.bytes());
                    device.release(gone);
                }
            }
            used.forEach(device::release);
            assertThat(allocated).as("seed %d", seed).isGreaterThan(40_000);
        }
    }
}
