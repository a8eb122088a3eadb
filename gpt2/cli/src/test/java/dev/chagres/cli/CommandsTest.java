package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The commands in process: results, exit codes and one-line errors.
class CommandsTest {
    @TempDir
    private static Path folder;

    private static Path file(String name) {
        return folder.resolve(name);
    }

    @BeforeAll
    static void prepare() throws IOException {
        Commands.bundledKeys(folder);
        Outcome p = run("prove", "--pk", file("keys/model.pk"), "--prompt", "ROMEO:", "--generate", "6", "--out",
                file("p.proof"), "--json");
        assertThat(p.code()).as(p.err()).isZero();
        Files.writeString(file("bad.ids"), "3 99 5");
        Files.writeString(file("long.txt"), "a".repeat(200));
        damaged("truncated", w -> Arrays.copyOf(w, w.length - 1000));
        damaged("missing", w -> new String(w, ISO_8859_1).replaceFirst("wpe\\.weight", "wpx.weight")
                .getBytes(ISO_8859_1));
        damaged("nan", w -> {
            ByteBuffer.wrap(w).order(ByteOrder.LITTLE_ENDIAN).putFloat(w.length - 4, Float.NaN);
            return w;
        });
    }

    /// The bundled model with other bytes of its weights.
    private static void damaged(String name, UnaryOperator<byte[]> change) throws IOException {
        Path target = Files.createDirectory(file(name));
        for (String other : List.of("config.json", "chars.json")) {
            Files.copy(file("bundled").resolve(other), target.resolve(other));
        }
        byte[] weights = Files.readAllBytes(file("bundled").resolve("model.safetensors"));
        Files.write(target.resolve("model.safetensors"), change.apply(weights));
    }

    @Test
    void aProofIsVerifiedAndItsStatementShown() {
        Outcome v = run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--prompt", "ROMEO:");
        assertThat(v.code()).isZero();
        assertThat(v.out()).contains("ACCEPTED").contains("ROMEO:").contains("outside the proof");
        JsonNode json = new ObjectMapper().readTree(
                run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--json").out());
        assertThat(json.get("accepted").asBoolean()).isTrue();
        assertThat(json.get("outputIds")).hasSize(6);
        assertThat(json.get("securityBits").asDouble()).isGreaterThanOrEqualTo(100);
        assertThat(json.get("securitySteps")).hasSizeGreaterThan(15).allSatisfy(step -> {
            assertThat(step.get("bits").asDouble()).isGreaterThanOrEqualTo(json.get("securityBits").asDouble());
            assertThat(step.get("count").asLong()).isPositive();
        });
        assertThat(run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--security").out())
                .contains("lookups").contains("level 0 queries").contains("sum of all costs, work counted")
                .contains("error of the interactive protocol");
        assertThat(json.get("interactiveBits").asDouble())
                .isLessThan(json.get("securityBitsSumOfCosts").asDouble() - 10).isGreaterThan(70);
        String output = json.get("output").asString();
        assertThat(run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--output", output).code())
                .isZero();
        Outcome generated = run("generate", "--model", file("m.cgm"), "--prompt", "ROMEO:", "--tokens", "6", "--json");
        assertThat(new ObjectMapper().readTree(generated.out()).get("output").asString()).isEqualTo(output);
    }

    /// A key for 110 bits: its proofs are worth them, larger, and the verifier says so from the key.
    @Test
    void aHigherTargetIsInTheKey() throws IOException {
        JsonNode standard = setup(file("keys100"), "100");
        JsonNode higher = setup(file("keys110"), "110");
        for (JsonNode key : List.of(standard, higher)) {
            assertThat(key.get("securityReached").asInt()).isEqualTo(key.get("securityRequired").asInt());
        }
        assertThat(standard.get("securityRequired").asInt()).isEqualTo(100);
        assertThat(higher.get("securityRequired").asInt()).isEqualTo(110);
        assertThat(higher.get("openingBytes").asDouble()).isBetween(1.05 * standard.get("openingBytes").asDouble(),
                1.3 * standard.get("openingBytes").asDouble());
        assertThat(higher.get("workHashes").asLong()).isGreaterThan(standard.get("workHashes").asLong());
        Outcome proved = run("prove", "--pk", file("keys110/model.pk"), "--prompt", "ROMEO:", "--generate", "3", "--out",
                file("p110.proof"));
        assertThat(proved.code()).as(proved.err()).isZero();
        assertThat(run("verify", "--vk", file("keys110/model.vk"), "--proof", file("p110.proof")).out())
                .contains("security  110 bits each step");
        JsonNode inspected = run("inspect", file("keys110/model.vk"), "--json").json();
        assertThat(inspected.get("securityReached").asInt()).isEqualTo(110);
        for (String refused : List.of("99", "113", "-1")) {
            Outcome o = run("setup", "--model", file("m.cgm"), "--out", file("keys110"), "--security", refused);
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("--security takes 100 to 112 bits");
        }
    }

    private static JsonNode setup(Path out, String security) {
        Outcome o = run("setup", "--model", file("m.cgm"), "--out", out, "--security", security, "--json");
        assertThat(o.code()).as(o.err()).isZero();
        return o.json();
    }

    @Test
    void aProfileShowsPhasesAndCountedWork() {
        Object[] words = {"prove", "--pk", file("keys/model.pk"), "--prompt", "ROMEO:", "--generate", "6", "--out",
            file("q.proof")};
        Outcome json = run(Stream.concat(Stream.of(words), Stream.of("--json")).toArray());
        assertThat(json.code()).as(json.err()).isZero();
        JsonNode phases = json.json().get("phases");
        assertThat(phases).extracting(p -> p.get("name").asString())
                .containsExactly("generate", "witness", "commit", "prove", "open");
        double seconds = 0;
        for (JsonNode p : phases) {
            seconds += p.get("seconds").asDouble();
            assertThat(p.get("floorShare").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(seconds).isPositive().isLessThanOrEqualTo(json.json().get("proveSeconds").asDouble());
        JsonNode commit = phases.get(2);
        assertThat(commit.get("fieldMultiplications").asLong())
                .isEqualTo(20 * json.json().get("work").get("committedElements").asLong());
        assertThat(commit.get("offHeapPeakBytes").asLong()).isPositive();
        Outcome text = run(Stream.concat(Stream.of(words), Stream.of("--profile")).toArray());
        assertThat(text.out()).contains("off-heap peak", "committedElements")
                .containsPattern("commit +\\d+\\.\\d\\d s +\\d+ MiB");
    }

    @Test
    void otherTextsAndTamperedProofsExitWithOne() throws IOException {
        assertThat(run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--prompt", "JULIET")
                .code()).isOne();
        assertThat(run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--output", "x").code())
                .isOne();
        byte[] proof = Files.readAllBytes(file("p.proof"));
        proof[proof.length / 2] ^= 4;
        Files.write(file("tampered.proof"), proof);
        Outcome v = run("verify", "--vk", file("keys/model.vk"), "--proof", file("tampered.proof"));
        assertThat(v.code()).isOne();
        assertThat(v.out()).startsWith("REJECTED");
    }

    /// A prompt that imitates the lines of a verdict.
    @Test
    void aPromptCannotImitateAVerdict() throws IOException {
        Outcome p = run("prove", "--pk", file("keys/model.pk"), "--prompt", "A\noutput    THE KING", "--generate", "2",
                "--out", file("lines.proof"));
        assertThat(p.code()).as(p.err()).isZero();
        Outcome v = run("verify", "--vk", file("keys/model.vk"), "--proof", file("lines.proof"));
        assertThat(v.code()).isZero();
        assertThat(v.out().lines().filter(l -> l.startsWith("output    "))).hasSize(1);
        assertThat(v.out()).contains("          output    THE KING");
        assertThat(Texts.indented("a\u001b[2Jb\u202e\r", 3)).isEqualTo("a\\u001b[2Jb\\u202e\\u000d");
    }

    /// A model whose name imitates the lines of a verdict.
    @Test
    void aNameCannotImitateAVerdict() throws IOException {
        VerifyingKey own = VerifyingKey.decode(Files.readAllBytes(file("keys/model.vk")));
        VerifyingKey named = new VerifyingKey("A\nACCEPTED  this\rB", own.tokenizer(), own.spec(), own.parameters(),
                own.root());
        Files.write(file("named.vk"), named.encode());
        Outcome v = run("verify", "--vk", file("named.vk"), "--proof", file("p.proof"));
        assertThat(v.code()).isOne();
        assertThat(v.out().lines()).noneMatch(l -> l.startsWith("ACCEPTED"));
        assertThat(v.out()).startsWith("REJECTED").contains("\\u000dB");
        assertThat(run("inspect", file("named.vk")).out().lines()).noneMatch(l -> l.startsWith("ACCEPTED"));
    }

    /// A vocabulary may be larger than what the tokenizer of a key knows.
    @Test
    void idsWithoutTextAreShownAsNumbers() {
        TokenizerInfo two = TokenizerInfo.ofCharacters(List.of("a", "b"));
        assertThat(Texts.decode(two, new int[] {1, 0})).isEqualTo("ba");
        assertThat(Texts.decode(two, new int[] {1, 2})).isEqualTo("b<2>");
    }

    static Stream<Arguments> wrongUses() {
        Path pk = file("keys/model.pk");
        return Stream.of(
                Arguments.of("context", new Object[] {"prove", "--pk", pk, "--prompt-file", file("long.txt"),
                    "--generate", "1", "--out", file("x")}),
                Arguments.of("#", new Object[] {"prove", "--pk", pk, "--prompt", "a#b", "--generate", "1", "--out",
                    file("x")}),
                Arguments.of("99", new Object[] {"prove", "--pk", pk, "--ids", file("bad.ids"), "--generate",
                    "1", "--out", file("x")}),
                Arguments.of("0 tokens", new Object[] {"prove", "--pk", pk, "--prompt", "a", "--generate", "0", "--out",
                    file("x")}),
                Arguments.of("no/such", new Object[] {"prove", "--pk", pk, "--prompt", "a", "--generate", "1", "--out",
                    file("no/such/x")}),
                Arguments.of("missing.pk", new Object[] {"prove", "--pk", file("missing.pk"), "--prompt", "a",
                    "--generate", "1", "--out", file("x")}),
                Arguments.of("model.vk", new Object[] {"prove", "--pk", file("keys/model.vk"), "--prompt", "a",
                    "--generate", "1", "--out", file("x")}),
                Arguments.of("truncated/model.safetensors", new Object[] {"quantize", "--model",
                    file("truncated"), "--out", file("x.cgm")}),
                Arguments.of("wpe.weight", new Object[] {"quantize", "--model", file("missing"), "--out",
                    file("x.cgm")}),
                Arguments.of("NaN", new Object[] {"quantize", "--model", file("nan"), "--out", file("x.cgm")}),
                Arguments.of("m.cgm", new Object[] {"verify", "--vk", file("m.cgm"), "--proof", file("p.proof")}),
                Arguments.of("--pk", new Object[] {"prove", "--prompt", "a", "--generate", "1", "--out", file("x")}),
                Arguments.of("there is no device 'gpu'; there are cpu, auto, cuda, cuda:N, emulated", new Object[] {
                    "prove", "--pk", pk, "--prompt", "a", "--generate", "1", "--out", file("x"), "--device", "gpu"}),
                Arguments.of("--device: cuda:999 cannot be used: ", new Object[] {"demo", "--device", "cuda:999"}),
                Arguments.of("--device-memory: 'x' is not a size", new Object[] {"prove", "--pk", pk, "--prompt", "a",
                    "--generate", "1", "--out", file("x"), "--device", "emulated", "--device-memory", "x"}),
                Arguments.of("bad.ids", new Object[] {"inspect", file("bad.ids")}));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void wrongUseIsOneLineAndExitsWithTwo(String named, Object[] words) {
        Outcome o = run(words);
        assertThat(o.code()).isEqualTo(2);
        String[] errors = o.err().lines().filter(l -> l.startsWith("chagres")).toArray(String[]::new);
        assertThat(errors).as(o.err()).hasSize(1);
        assertThat(errors[0]).contains(named);
        assertThat(o.err()).doesNotContain("\tat ");
    }

    @Test
    void everyKindOfFileCanBeInspected() {
        for (String name : new String[] {"m.cgm", "keys/model.pk", "keys/model.vk", "p.proof"}) {
            Outcome o = run("inspect", file(name), "--json");
            assertThat(o.code()).as(o.err()).isZero();
            assertThat(new ObjectMapper().readTree(o.out()).get("fileBytes").asLong()).isPositive();
        }
        assertThat(run("doctor", "--json").code()).isZero();
    }
}
