package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What JDK Flight Recorder sees of a setup and a proof.
class FlightRecorderTest {
    @TempDir
    private Path folder;

    @Test
    void everyPhaseAndEverySectionIsAnEvent() throws IOException {
        Path pk = folder.resolve("model.pk");
        Path file = folder.resolve("run.jfr");
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Recording recording = new Recording();
                SyntheticFixture fixture = new SyntheticFixture("2x3x72x50x150", 11, model)) {
            recording.enable("chagres.Phase").withoutThreshold();
            recording.enable("chagres.Section").withoutThreshold();
            recording.start();
            TestEngines.of(2).setup(new ModelKeySource(fixture.model()), pk, folder.resolve("model.vk"),
                    Progress.NONE);
            try (ProvingKey key = ProvingKey.open(pk)) {
                TestEngines.of(2).prover(key).generateAndProve(new int[] {1, 2, 3}, 4, _ -> { });
            }
            recording.stop();
            recording.dump(file);
        }
        assertThat(events(file, "chagres.Phase")).map(e -> e.getString("phase"))
                .containsExactly("check", "lay out weights",
                "commit weights", "write key", "generate", "witness", "commit", "prove", "open");
        List<RecordedEvent> sections = events(file, "chagres.Section").toList();
        assertThat(sections).extracting(e -> e.getString("section"))
                .containsExactlyInAnyOrder("layer0", "layer1", "head", "tables");
        assertThat(sections).allSatisfy(e -> assertThat(e.getLong("lookups")).isPositive());
        RecordedEvent prove = events(file, "chagres.Phase").filter(e -> e.getString("phase").equals("prove"))
                .findFirst().orElseThrow();
        assertThat(sections)
                .allSatisfy(e -> assertThat(e.getStartTime()).isBetween(prove.getStartTime(), prove.getEndTime()));
    }

    private static Stream<RecordedEvent> events(Path file, String name) throws IOException {
        return RecordingFile.readAllEvents(file).stream().filter(e -> e.getEventType().getName().equals(name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime));
    }
}
