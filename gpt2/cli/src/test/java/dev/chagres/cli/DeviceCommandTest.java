package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.device.FailingCards;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What `prove`, `batch` and `setup` do when a device fails: exit codes, one line, no file.
class DeviceCommandTest {
    private static final String MEMORY = "64m";
    private static final String FAILED = "device emulated failed: ";

    @TempDir
    private static Path keys;

    @TempDir
    private Path work;

    /// A tiny model with next to no work for nonces.
    @BeforeAll
    static void makeKeys() throws IOException {
        NativeBuildFacts.needHost();
        Path weights = Files.createDirectory(keys.resolve("weights"));
        try (SyntheticFixture fixture = new SyntheticFixture("1x4x20x20x16", 11, weights);
                Engine engine = Engine.create()) {
            ModelKeySource source = new ModelKeySource(fixture.model());
            int k = ProofSecurity.choose(source.spec(), ProofSecurity.MINIMUM_BITS).k();
            engine.setup(source, CommitmentParameters.of(k, ProofSecurity.MINIMUM_BITS, 0, 8),
                    keys.resolve("model.pk"), keys.resolve("model.vk"), Progress.NONE);
        }
        Files.writeString(keys.resolve("ids"), "3 1 4 1 5");
    }

    @AfterEach
    void takeDevicesAway() {
        FailingCards.layOut();
    }

    private Outcome prove(Object... options) {
        Object[] words = {"prove", "--pk", keys.resolve("model.pk"), "--ids", keys.resolve("ids"), "--generate", 3,
            "--out", work.resolve("p.proof"), "--json"};
        return run(Stream.concat(Stream.of(words), Stream.of(options)).toArray());
    }

    private Outcome batch(Object... options) throws IOException {
        Path prompts = Files.write(keys.resolve("prompts"),
                List.of("{\"id\": \"a\", \"ids\": [3, 1, 4]}", "{\"id\": \"b\", \"ids\": [1, 5]}"));
        Object[] words = {"batch", "--pk", keys.resolve("model.pk"), "--prompts", prompts, "--generate", 2,
            "--out", work, "--json"};
        return run(Stream.concat(Stream.of(words), Stream.of(options)).toArray());
    }

    private Outcome setup(Object... options) throws IOException {
        Path model = work.resolve("m.cgm");
        Outcome synth = run("quantize", "--model", keys.resolve("weights"), "--out", model, "--json");
        assertThat(synth.code()).as(synth.err()).isZero();
        Object[] words = {"setup", "--model", model, "--out", work.resolve("made")};
        return run(Stream.concat(Stream.of(words), Stream.of(options)).toArray());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> lines(Outcome o, String with) {
        return o.err().lines().filter(line -> line.contains(with)).toList();
    }

    private static List<String> statuses(Outcome o) {
        return StreamSupport.stream(o.json().get("lines").spliterator(), false)
                .map(l -> l.get("id").asString() + " " + l.get("status").asString()).toList();
    }

    private byte[] proofOfTheProcessor() throws IOException {
        assertThat(prove("--device", "cpu").code()).isZero();
        byte[] proof = Files.readAllBytes(work.resolve("p.proof"));
        Files.delete(work.resolve("p.proof"));
        return proof;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 200, 1000})
    void aDeviceThatFailsLeavesOneLineAndNoFile(long loss) throws IOException {
        FailingCards.layOut(loss);
        Outcome o = prove("--device", "cuda", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isEqualTo(3);
        assertThat(o.out()).isEmpty();
        assertThat(lines(o, "chagres")).hasSize(1).allMatch(line -> line.startsWith("chagres prove: " + FAILED)
                && line.endsWith("; try again, or compute on the cpu, which gives the same proof"));
        assertThat(files()).isEmpty();
    }

    @Test
    void aProofThatDoesNotFitTheDeviceIsRefused() throws IOException {
        Outcome o = prove("--device", "emulated", "--device-memory", "4m");
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.out()).isEmpty();
        assertThat(o.err()).matches("chagres prove: this sequence needs at least \\d+ MiB of the memory of device"
                + " emulated, which has 4096 KiB; raise --device-memory, shorten the sequence, or compute on the cpu\\R");
        assertThat(files()).isEmpty();
    }

    @Test
    void autoFallsBackAndSaysWhyOnce() throws IOException {
        byte[] expected = proofOfTheProcessor();
        FailingCards.layOut(500);
        Outcome o = prove("--device", "auto", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(lines(o, "warning")).hasSize(1)
                .allMatch(line -> line.startsWith("warning: proving on the cpu: " + FAILED));
        assertThat(o.json().get("device").asString()).startsWith("cpu ");
        assertThat(work.resolve("p.proof")).hasBinaryContent(expected);
        assertThat(files()).containsExactly("p.proof");
    }

    @Test
    void autoTakesTheDeviceWhereItIsGood() throws IOException {
        byte[] expected = proofOfTheProcessor();
        FailingCards.layOut(0);
        Outcome o = prove("--device", "auto", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(lines(o, "warning")).isEmpty();
        assertThat(o.json().get("device").asString()).isEqualTo("emulated");
        assertThat(work.resolve("p.proof")).hasBinaryContent(expected);
    }

    @Test
    void autoTakesTheProcessorForWhatDoesNotFit() {
        FailingCards.layOut(0);
        Outcome o = prove("--device", "auto", "--device-memory", "4m");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(lines(o, "warning")).hasSize(1).allMatch(line -> line.startsWith(
                "warning: proving on the cpu: this sequence needs at least "));
        assertThat(o.json().get("device").asString()).startsWith("cpu ");
    }

    @Test
    void aBatchReportsTheLineAndGoesOn() throws IOException {
        FailingCards.layOut(300, 0);
        Outcome o = batch("--device", "cuda", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isEqualTo(1);
        assertThat(statuses(o)).containsExactly("a failed", "b proved");
        assertThat(lines(o, FAILED)).hasSize(1).allMatch(line -> line.contains("prompts:1: " + FAILED));
        assertThat(files()).containsExactly("b.proof");
    }

    @Test
    void aBatchWhoseDeviceIsGoneReportsEveryLine() throws IOException {
        FailingCards.layOut(300);
        Outcome o = batch("--device", "cuda", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isEqualTo(1);
        assertThat(statuses(o)).containsExactly("a failed", "b failed");
        assertThat(files()).isEmpty();
    }

    @Test
    void aBatchWithAutoProvesEveryLine() throws IOException {
        FailingCards.layOut(300, 0);
        Outcome o = batch("--device", "auto", "--device-memory", MEMORY);
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(statuses(o)).containsExactly("a proved", "b proved");
        assertThat(lines(o, "warning")).hasSize(1);
        assertThat(files()).containsExactly("a.proof", "b.proof");
    }

    @Test
    void setupTellsWhatItAskedTheDeviceFor() throws IOException {
        Outcome o = setup("--device", "emulated", "--device-memory", "256m", "--json");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(o.json().get("device").asString()).isEqualTo("emulated");
        JsonNode commit = StreamSupport.stream(o.json().get("phases").spliterator(), false)
                .filter(p -> p.get("name").asString().equals("commit weights")).findFirst().orElseThrow();
        assertThat(commit.get("device").get("launches").asInt()).isPositive();
        assertThat(commit.get("device").get("peakBytes").asLong()).isPositive();
        byte[] key = Files.readAllBytes(work.resolve("made/model.pk"));
        Outcome text = setup("--device", "cpu", "--profile");
        assertThat(text.out()).contains("commit weights ").doesNotContain("on the device");
        assertThat(work.resolve("made/model.pk")).hasBinaryContent(key);
    }

    @Test
    void keysThatDoNotFitTheDeviceAreRefused() throws IOException {
        Outcome o = setup("--device", "emulated", "--device-memory", "64k");
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.out()).isEmpty();
        assertThat(o.err()).matches("chagres setup: this key needs at least \\d+ [KM]iB of the memory of device"
                + " emulated, which has 64 KiB; raise --device-memory, or compute on the cpu\\R");
        assertThat(work.resolve("made")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"64k, this key needs at least ", "256m, 'device emulated failed: '"})
    void autoMakesKeysOnTheProcessorAndSaysWhyOnce(String memory, String reason) throws IOException {
        FailingCards.layOut(20);
        Outcome o = setup("--device", "auto", "--device-memory", memory, "--profile", "--json");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(lines(o, "warning")).hasSize(1)
                .allMatch(line -> line.startsWith("warning: making the key on the cpu: " + reason));
        assertThat(o.json().get("device").asString()).startsWith("cpu ");
        assertThat(work.resolve("made/model.vk")).exists();
    }
}
