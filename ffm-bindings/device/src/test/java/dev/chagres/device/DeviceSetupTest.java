package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.prove.DeviceFailureException;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that are made on the emulated device are those of the processor, in memory that is planned before.
class DeviceSetupTest {
    private static final long SLAB = 64 << 20;

    @TempDir
    private static Path weights;

    private static SyntheticFixture fixture;
    private static ModelKeySource source;
    private static CommitmentParameters parameters;
    private static byte[] expectedPk;
    private static byte[] expectedVk;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeKeysOnTheProcessor(@TempDir Path keys) throws IOException {
        NativeBuildFacts.needHost();
        fixture = new SyntheticFixture("1x4x20x20x16", 11, weights);
        source = new ModelKeySource(fixture.model());
        parameters = ProofSecurity.choose(source.spec(), ProofSecurity.MINIMUM_BITS);
        try (Engine engine = Engine.create()) {
            engine.setup(source, keys.resolve("pk"), keys.resolve("vk"), Progress.NONE);
        }
        expectedPk = Files.readAllBytes(keys.resolve("pk"));
        expectedVk = Files.readAllBytes(keys.resolve("vk"));
    }

    @AfterAll
    static void close() {
        if (fixture != null) {
            fixture.close();
        }
    }

    private static Engine engine(int threads, long slab) {
        return Engine.builder().threads(threads).device("emulated").deviceMemory(slab).build();
    }

    private static Device device(Engine engine) {
        return ((DeviceStages) engine.host().stages()).site().device();
    }

    private static long planned() {
        return KeySetup.deviceBytes(source.spec(), parameters, new DeviceMemory(SLAB));
    }

    private void make(Engine engine, Progress progress) throws IOException {
        engine.setup(source, folder.resolve("pk"), folder.resolve("vk"), progress);
        assertThat(folder.resolve("pk")).hasBinaryContent(expectedPk);
        assertThat(folder.resolve("vk")).hasBinaryContent(expectedVk);
        assertThat(engine.device()).isEqualTo("emulated");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSlabAsPlannedIsEnough(int threads) throws IOException {
        long planned = planned();
        try (Engine engine = engine(threads, new DeviceMemory(SLAB).room(planned))) {
            Emulation.seed(device(engine), threads);
            make(engine, Progress.NONE);
            assertThat(device(engine).count().peakBytes()).isLessThanOrEqualTo(planned).isGreaterThan(planned * 2 / 3);
            assertThat(device(engine).available()).isEqualTo(device(engine).capacity());
            assertThat(engine.rebuild(source, parameters, Progress.NONE).encode()).isEqualTo(expectedVk);
        }
    }

    @Test
    void lessIsRefusedBeforeAnything() throws IOException {
        try (Engine engine = engine(2, new DeviceMemory(SLAB).room(planned()) - Device.ALIGNMENT)) {
            Progress none = new Progress() {
                @Override
                public void phase(String name, long steps) {
                    throw new AssertionError(name + " has begun");
                }

                @Override
                public void step() {}
            };
            String message = "this key needs at least \\d+ [KM]iB of the memory of device emulated, which has"
                    + " \\d+ [KM]iB; raise --device-memory, or compute on the cpu";
            assertThatThrownBy(() -> engine.setup(source, folder.resolve("pk"), folder.resolve("vk"), none))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageMatching(message);
            assertThatThrownBy(() -> engine.rebuild(source, parameters, none))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageMatching(message);
            assertThat(device(engine).count().peakBytes()).isZero();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void aDeviceThatIsLostLeavesNoFileAndIsOpenedAgain() throws IOException {
        try (Engine engine = engine(2, SLAB)) {
            Emulation.loss(device(engine), 20);
            assertThatThrownBy(() -> engine.setup(source, folder.resolve("pk"), folder.resolve("vk"), Progress.NONE))
                    .isInstanceOf(DeviceFailureException.class).hasMessageStartingWith("device emulated failed: ")
                    .hasMessageEndingWith("; try again, or compute on the cpu, which gives the same key");
            assertThat(folder).isEmptyDirectory();
            make(engine, Progress.NONE);
        }
    }

    @Test
    void countsAreThoseOfThePhaseThatCommits() throws IOException {
        Path file = folder.resolve("run.jfr");
        try (Engine engine = engine(1, SLAB); Recording recording = new Recording()) {
            recording.enable("chagres.Phase").withoutThreshold();
            recording.start();
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), Progress.NONE);
            make(engine, recorder);
            recording.stop();
            recording.dump(file);
            DeviceUse whole = engine.meter().read();
            Map<String, DeviceUse> phases = recorder.phases().stream()
                    .collect(Collectors.toMap(PhaseRecorder.Phase::name, PhaseRecorder.Phase::device));
            assertThat(phases.keySet()).containsExactlyInAnyOrder(
                    "check", "lay out weights", "commit weights", "write key");
            DeviceUse commit = phases.get("commit weights");
            assertThat(commit.launches()).isEqualTo(whole.launches()).isPositive();
            assertThat(commit.bytesIn()).isEqualTo(whole.bytesIn()).isPositive();
            assertThat(commit.bytesOut()).isEqualTo(whole.bytesOut()).isPositive();
            assertThat(commit.waits()).isEqualTo(whole.waits()).isPositive();
            assertThat(commit.peakBytes()).isPositive().isLessThanOrEqualTo(planned());
            assertThat(phases.get("check").launches()).isZero();
            Map<String, RecordedEvent> events = events(file);
            assertThat(events.get("commit weights").getLong("launches")).isEqualTo(commit.launches());
            assertThat(events.get("commit weights").getString("device")).isEqualTo("emulated");
            assertThat(events.get("write key").getLong("launches")).isZero();
        }
    }

    private static Map<String, RecordedEvent> events(Path file) throws IOException {
        Map<String, RecordedEvent> events = new HashMap<>();
        List<RecordedEvent> all = RecordingFile.readAllEvents(file);
        Stream<RecordedEvent> phases = all.stream().filter(e -> e.getEventType().getName().equals("chagres.Phase"));
        phases.forEach(e -> events.put(e.getString("phase"), e));
        return events;
    }
}
