package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.file;
import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class EvaluateCommandTest {
    @TempDir
    private Path work;

    @Test
    void bothModelsOnAText() throws IOException {
        Path plot = work.resolve("out.svg");
        Outcome o = good("evaluate", "--model", file("m.cgm"), "--reference", file("bundled"), "--text",
                file("bundled/validation.txt"), "--context", "64", "--stride", "48", "--windows", "3", "--layers",
                "--plot", plot);
        assertThat(o.out()).contains("3 windows of 64 tokens every 48, ").contains("perplexity ")
                .contains("KL(float||integer)").contains("top-1 agreement").contains("cut by clamps")
                .contains("embedding").contains("warning: layer ").doesNotContain("NaN");
        String svg = Files.readString(plot);
        assertThat(svg).startsWith("<?xml").contains("<svg").doesNotContain("NaN").hasSizeLessThan(600_000);
        JsonNode json = good("evaluate", "--model", file("m.cgm"), "--reference", file("bundled"), "--text",
                file("bundled/validation.txt"), "--context", "64", "--stride", "48", "--windows", "3", "--json").json();
        // The first window predicts all but its first token, the others what is new in them.
        assertThat(json.get("predictions").asInt()).isEqualTo(63 + 2 * 48);
        assertThat(json.get("meanDivergence").asDouble()).isBetween(1e-5, 2e-3);
        assertThat(json.get("topOneAgreement").asDouble()).isGreaterThan(0.9);
        assertThat(json.get("errors")).isEmpty();
    }

    @Test
    void theIntegerModelAlone() {
        JsonNode json = good("evaluate", "--model", file("m.cgm"), "--text", file("bundled/validation.txt"),
                "--windows", "1", "--json").json();
        assertThat(json.get("integerPerplexity").asDouble()).isBetween(2.0, 10.0);
        assertThat(json.get("floatPerplexity").isNull()).isTrue();
        assertThat(json.get("meanDivergence").isNull()).isTrue();
    }

    /// A model of characters guesses the last letter of a word much more often than the whole word.
    @Test
    void lastWords() throws IOException {
        Path texts = Files.writeString(work.resolve("texts.jsonl"), """
                {"text": "To be, or not to be, that is the"}

                {"text": "My lord, my good lord"}
                {"text": "ROMEO and Juliet"}
                """);
        JsonNode json = good("evaluate", "--model", file("m.cgm"), "--reference", file("bundled"), "--lambada", texts,
                "--json").json();
        assertThat(json.get("texts").asInt()).isEqualTo(3);
        assertThat(json.get("integerLastWord").asDouble()).isLessThanOrEqualTo(
                json.get("integerLastToken").asDouble());
        assertThat(json.get("sameLastToken").asDouble()).isBetween(0.0, 1.0);
        assertThat(good("evaluate", "--model", file("m.cgm"), "--lambada", texts).out())
                .contains("3 texts").contains("last word").doesNotContain("float model");
    }

    @Test
    void wrongUseIsOneLine() throws IOException {
        Path text = Files.writeString(work.resolve("short.txt"), "a");
        Path bad = Files.writeString(work.resolve("bad.jsonl"), "{\"text\": \"two words\"}\n{\"txt\": 1}\n");
        Path one = Files.writeString(work.resolve("one.jsonl"), "{\"text\": \"word\"}\n");
        Path model = file("m.cgm");
        refused("--layers compares with the float model; name it with --reference", "--text", text, "--layers");
        refused("go with --text, not with --lambada", "--lambada", bad, "--context", 3);
        refused("short.txt: a text of 1 tokens has nothing to predict", "--text", text);
        refused("--context must be 2 to 128, the context of this model, not 129", "--text", text, "--context", 129);
        refused("--stride must be 1 to 128, the window, not 0", "--text", text, "--stride", 0);
        refused("--windows must be at least 1, not -1", "--text", text, "--windows", -1);
        refused("bad.jsonl:2: no field 'text' with a string", "--lambada", bad);
        refused("one.jsonl:1: a text of one word has nothing before its last word", "--lambada", one);
        refused("no such file or folder", "--text", text, "--plot", work.resolve("no/such/folder.svg"));
        refused("is a folder, not a file", "--text", work);
        assertThat(run("evaluate", "--model", model).err()).contains("--text").contains("--lambada");
    }

    private static void refused(String cause, Object... words) {
        Object[] all = new Object[words.length + 3];
        all[0] = "evaluate";
        all[1] = "--model";
        all[2] = file("m.cgm");
        System.arraycopy(words, 0, all, 3, words.length);
        Outcome o = run(all);
        assertThat(o.code()).as(o.err()).isEqualTo(2);
        assertThat(o.out()).isEmpty();
        assertThat(o.err()).contains(cause);
        assertThat(o.err().lines().filter(l -> l.startsWith("chagres"))).hasSize(1);
    }

    @Test
    void anotherModelIsNoReference() {
        Outcome synth = run("synth", "--shape", "2x2x32x50x64", "--seed", "1", "--out", work.resolve("other"));
        assertThat(synth.code()).isZero();
        Outcome o = run("evaluate", "--model", file("m.cgm"), "--reference", work.resolve("other"), "--text",
                file("bundled/validation.txt"));
        assertThat(o.code()).as(o.err()).isEqualTo(2);
        assertThat(o.err()).contains("give the model that it was made from");
    }
}
