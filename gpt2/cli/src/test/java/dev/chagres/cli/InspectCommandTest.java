package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.file;
import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.BundledKeys.vk;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What a file is, by its first bytes.
class InspectCommandTest {
    @TempDir
    private Path work;

    private static Outcome piped(Path content, Object... words) throws IOException {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(content)));
        try {
            return run(words);
        } finally {
            System.setIn(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys/model.vk", "p.proof", "m.cgm"})
    void aStreamIsReadWhole(String name) throws IOException {
        Outcome o = piped(file(name), "inspect", "-");
        assertThat(o.code()).as(o.err()).isZero();
        String same = good("inspect", file(name)).out();
        assertThat(o.out().lines().skip(1)).as("but for the name of the file").isEqualTo(same.lines().skip(1).toList());
    }

    @Test
    void aStreamOfAProvingKeyIsRefused() throws IOException {
        Outcome o = piped(BundledKeys.pk(), "inspect", "-");
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("a proving key is inspected as a file").hasLineCount(1);
    }

    @Test
    void theTokenizerIsNamedAsTheFileNamesIt() {
        JsonNode key = good("inspect", vk(), "--json").json();
        assertThat(key.get("tokenizer").get("kind").asString()).isEqualTo("characters");
        assertThat(key.get("tokenizer").get("tokens").asInt()).isEqualTo(65);
        assertThat(key.get("layers")).hasSize(key.get("layerCount").asInt());
        assertThat(key.get("securitySteps")).hasSizeGreaterThan(15);
        assertThat(good("inspect", vk()).out()).contains("level 0 queries").containsPattern("digest +[0-9a-f]{64}");
    }

    @Test
    void aSmallNumberKeepsItsDigits() {
        double unit = good("inspect", file("m.cgm"), "--json").json().get("logitUnit").asDouble();
        assertThat(unit).isPositive();
        String line = good("inspect", file("m.cgm")).out().lines().filter(l -> l.startsWith("logit unit")).findFirst()
                .orElseThrow();
        assertThat(Double.parseDouble(line.replaceAll(".* ", ""))).isBetween(0.99 * unit, 1.01 * unit);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "version https://git-lfs.github.com/spec/v1 | Git LFS pointer",
        "GGUF0123 | GGUF",
        "{\"a\": 1} | JSON",
        "something else | no file that Chagres knows",
        "'' | empty"})
    void otherFilesAreToldApart(String content, String kind) throws IOException {
        Path other = Files.writeString(work.resolve("other"), content, StandardCharsets.US_ASCII);
        Outcome o = run("inspect", other);
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains(other.toString()).contains(kind).hasLineCount(1);
    }

    @Test
    void foldersAndWeightsSayWhereTheyBelong() {
        Outcome folder = run("inspect", file("bundled"));
        assertThat(folder.code()).isEqualTo(2);
        assertThat(folder.err()).contains("bundled: is a folder").contains("quantize").hasLineCount(1);
        assertThat(run("inspect", file("keys")).err()).contains("keys: is a folder").doesNotContain("quantize");
        assertThat(run("inspect", file("bundled/model.safetensors")).err()).contains("is a safetensors file");
    }
}
