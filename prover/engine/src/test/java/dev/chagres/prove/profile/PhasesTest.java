package dev.chagres.prove.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.kernel.MemoryPool;
import dev.chagres.kernel.MemoryScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhasesTest {
    private static final long BYTES = 32 << 20;

    @TempDir
    private Path folder;

    /// Writes down what it hears.
    private static final class Log implements Progress {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void phase(String name, long steps) {
            lines.add(name + "/" + steps);
        }

        @Override
        public void step() {
            lines.add("step");
        }

        @Override
        public void within(String what, long done, long parts) {
            lines.add(what + " " + done + "/" + parts);
        }

        @Override
        public void end() {
            lines.add("end");
        }
    }

    /// Counts one of each more whenever it is read.
    private static final class Steps implements DeviceMeter {
        private DeviceUse now = DeviceUse.NONE;
        private int resets;

        @Override
        public DeviceUse read() {
            now = now.and(new DeviceUse(1, 2, 3, 4, 5, 0.5, 6));
            return now;
        }

        @Override
        public void resetPeak() {
            resets++;
        }
    }

    @Test
    void aRecorderSharesTheUseOfADeviceOut() {
        Steps steps = new Steps();
        PhaseRecorder recorder = new PhaseRecorder(new MemoryPool(), steps, Progress.NONE);
        run(recorder);
        assertThat(recorder.phases()).extracting(PhaseRecorder.Phase::device)
                .containsOnly(new DeviceUse(1, 2, 3, 4, 5, 0.5, 6)).hasSize(2);
        assertThat(steps.resets).isEqualTo(2);
    }

    private static void run(Progress progress) {
        progress.phase("one", 2);
        progress.within("part", 1, 3);
        progress.step();
        progress.phase("two", 0);
        progress.end();
    }

    @Test
    void everythingIsPassedOn() {
        Log events = new Log();
        run(new PhaseEvents("cpu scalar", DeviceMeter.NONE, events));
        Log recorder = new Log();
        run(new PhaseRecorder(new MemoryPool(), DeviceMeter.NONE, recorder));
        assertThat(events.lines).containsExactly("one/2", "part 1/3", "step", "two/0", "end");
        assertThat(recorder.lines).isEqualTo(events.lines);
    }

    @Test
    void aRecorderMeasuresTimeAndMemoryOfEachPhase() throws InterruptedException {
        MemoryPool pool = new MemoryPool();
        PhaseRecorder recorder = new PhaseRecorder(pool, DeviceMeter.NONE, Progress.NONE);
        recorder.phase("large", 0);
        try (MemoryScope scope = pool.scope()) {
            scope.allocate(BYTES);
            Thread.sleep(20);
        }
        recorder.phase("small", 0);
        assertThat(recorder.phases()).hasSize(1);
        recorder.end();
        recorder.end();
        assertThat(recorder.phases()).extracting(PhaseRecorder.Phase::name).containsExactly("large", "small");
        assertThat(recorder.phases().get(0).seconds()).isGreaterThan(0.019);
        assertThat(recorder.phases().get(0).peakBytes() - recorder.phases().get(1).peakBytes()).isEqualTo(BYTES);
    }

    @Test
    void flightRecorderSeesPhasesAndSections() throws IOException {
        Path file = folder.resolve("phases.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("chagres.Phase").withoutThreshold();
            recording.enable("chagres.Section").withoutThreshold();
            recording.start();
            run(new PhaseEvents("emulated", new Steps(), Progress.NONE));
            SectionEvent.start("layer3", 42).close();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).filteredOn(e -> e.getEventType().getName().equals("chagres.Phase"))
                .allSatisfy(e -> assertThat(e.getString("device")).isEqualTo("emulated"))
                .allSatisfy(e -> assertThat(e.getLong("launches")).isEqualTo(1))
                .allSatisfy(e -> assertThat(e.getLong("copies")).isEqualTo(2))
                .allSatisfy(e -> assertThat(e.getLong("bytesIn")).isEqualTo(3))
                .allSatisfy(e -> assertThat(e.getLong("bytesOut")).isEqualTo(4))
                .allSatisfy(e -> assertThat(e.getLong("waits")).isEqualTo(5))
                .allSatisfy(e -> assertThat(e.getDuration("waitTime")).hasMillis(500))
                .extracting(e -> e.getString("phase")).containsExactlyInAnyOrder("one", "two");
        assertThat(events).filteredOn(e -> e.getEventType().getName().equals("chagres.Section")).singleElement()
                .satisfies(e -> {
                    assertThat(e.getString("section")).isEqualTo("layer3");
                    assertThat(e.getLong("lookups")).isEqualTo(42);
                });
    }
}
