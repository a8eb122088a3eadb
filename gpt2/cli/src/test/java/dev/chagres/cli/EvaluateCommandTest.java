package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.file;
import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.gpt2.evaluate.ClampedRange;
import dev.chagres.gpt2.evaluate.Curve;
import dev.chagres.gpt2.evaluate.Estimate;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LayerError;
import dev.chagres.gpt2.evaluate.StreamRange;
import dev.chagres.gpt2.evaluate.Suspicions;
import dev.chagres.gpt2.evaluate.WriteRange;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.semantics.Interval;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

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

    /// Windows that a model cannot run are named and counted, and the exit code says that there are some.
    @Test
    void windowsOutsideTheDomain() throws IOException {
        Path text = file("bundled/validation.txt");
        Path model = work.resolve("narrow.cgm");
        int support = withReach(model, 2);
        Outcome o = run("evaluate", "--model", model, "--text", text, "--context", 32, "--windows", 12, "--json");
        assertThat(o.code()).as(o.err()).isEqualTo(1);
        JsonNode json = o.json();
        int outside = json.get("windowsOutside").asInt();
        assertThat(outside).isBetween(1, 11);
        assertThat(json.get("windows").asInt()).isEqualTo(12 - outside);
        assertThat(json.get("predictions").asInt()).isEqualTo(31 * (12 - outside));
        assertThat(json.get("integerPerplexity").asDouble()).isBetween(2.0, 10.0);
        assertThat(json.get("outside")).hasSize(outside);
        JsonNode first = json.get("outside").get(0);
        assertThat(first.get("limit").asString()).isEqualTo("score");
        assertThat(first.get("highest").asInt()).isEqualTo(2 * support);
        assertThat(first.get("value").asInt()).isGreaterThan(2 * support);
        assertThat(first.get("operation").asString()).isEqualTo("layer" + first.get("layer").asInt() + ".attention");
        String warning = outside + " of 12 windows are outside the domain of the integer program";
        assertThat(json.get("warnings").get(0).asString()).startsWith(warning);
        Outcome table = run("evaluate", "--model", model, "--text", text, "--context", 32, "--windows", 12);
        assertThat(table.code()).isEqualTo(1);
        assertThat(table.out()).contains((12 - outside) + " of 12 windows of 32 tokens", "warning: " + warning,
                "window " + first.get("index").asInt() + ", at token " + first.get("start").asInt() + ": layer");
        Path texts = Files.writeString(work.resolve("texts.jsonl"), """
                {"text": "no one"}

                {"text": "%s"}
                """.formatted(Files.readString(text).substring(0, 120).replaceAll("[^A-Za-z]+", " ")));
        withReach(model, 1);
        Outcome words = run("evaluate", "--model", model, "--lambada", texts, "--json");
        assertThat(words.code()).as(words.err()).isEqualTo(1);
        assertThat(words.json().get("texts").asInt()).isEqualTo(1);
        assertThat(words.json().get("textsOutside").asInt()).isEqualTo(1);
        assertThat(words.json().get("outside").get(0).get("line").asInt()).isEqualTo(3);
        Outcome none = run("evaluate", "--model", model, "--text", text, "--windows", 2);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).contains("all of 2 windows are outside the domain", "the first: layer");
    }

    /// Writes the bundled model with a table of scores that ends sooner.
    ///
    /// @param times reach in supports of its exponential
    /// @return that support
    private static int withReach(Path to, int times) throws IOException {
        try (Arena arena = Arena.ofConfined(); WholeFile file = WholeFile.create(to)) {
            IntegerModel m = IntegerModelFile.map(file("m.cgm"), arena);
            int support = m.softmax().support();
            IntegerModelFile.write(new IntegerModel(m.name(), m.tokenizer(), m.shape(), m.residualFractionBits(),
                    m.norm(), m.softmax(), times * support, m.qkBound(), m.vBound(), m.hiddenBound(), m.oBound(),
                    m.scoreBound(), m.embedding(), m.positions(), m.rotation(), m.layers(), m.head(), m.logitUnit()),
                    file);
            return support;
        }
    }

    /// How near wide writes come to the ends of their tables is told, and warned of from half of one on.
    @Test
    void wideWrites() {
        Interval allowed = new Interval(-512, 511);
        List<WriteRange> writes = List.of(new WriteRange(0, "output", 6, allowed, false, 0.2, 0.1),
                new WriteRange(0, "down", 6, allowed, true, 0.2, 0.9),
                new WriteRange(1, "down", 6, allowed, false, 0.2, 0.63));
        String warning = "layer 1: what the down matrix adds to the stream comes to 63 % of what the model allows on t";
        assertThat(Suspicions.writes(writes, "t")).singleElement().asString().startsWith(warning);
        EvaluationReport report = report(writes);
        assertThat(EvaluationLines.of(report, Path.of("m"), Path.of("t"), 8, 8))
                .anySatisfy(l -> assertThat(l).startsWith("wide writes")
                        .endsWith("90 % of what the model allows, down of layer 0"))
                .anySatisfy(l -> assertThat(l).startsWith("warning: " + warning))
                .anySatisfy(l -> assertThat(l).startsWith("0 ").endsWith("20 %, 90 %"))
                .anySatisfy(l -> assertThat(l).startsWith("1 ").endsWith("-, 63 %"));
        Map<String, Object> facts = new HashMap<>();
        EvaluationFacts.put(report, "t", facts);
        JsonNode json = new ObjectMapper().readTree(JsonText.of(facts, false));
        assertThat(json.get("largestWriteShare").asDouble()).isEqualTo(0.9);
        assertThat(json.get("writes").get(2).toString()).isEqualTo("{\"layer\":1,\"matrix\":\"down\",\"shift\":6,"
                + "\"lowest\":-512,\"highest\":511,\"whole\":false,\"firstLargest\":0.2,\"largest\":0.63}");
        EvaluationFacts.put(report(List.of()), "t", facts);
        assertThat(facts.get("largestWriteShare")).isNull();
        assertThat(EvaluationLines.of(report(List.of()), Path.of("m"), Path.of("t"), 8, 8))
                .anySatisfy(l -> assertThat(l).startsWith("wide writes").endsWith(" none"));
    }

    /// Of two layers and one window.
    private static EvaluationReport report(List<WriteRange> writes) {
        Estimate one = new Estimate(1, 0.1, 7);
        return new EvaluationReport(1, List.of(), 7, one, Optional.empty(), List.of(), writes,
                List.of(new StreamRange(0, 0.5, 0.5)), List.of(), List.of(),
                List.of(new LayerError(0, "mlp", one, one), new LayerError(1, "mlp", one, one)),
                new Curve(new long[0], new double[0], new double[0], new double[0]));
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
        refused(model + ": --context must be 2 to 128, the context of this model, not 129", "--text", text, "--context", 129);
        refused("--context must be at least 2, not 1", "--text", text, "--context", 1);
        refused("--stride must be at least 1, not 0", "--text", text, "--stride", 0);
        refused("--stride must be 1 to 128, the window, not 129", "--text", text, "--stride", 129);
        refused("no such file or folder", "--text", work.resolve("no.txt"));
        refused("no such file or folder", "--text", text, "--reference", work.resolve("no"));
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
        assertThat(o.err()).contains("the reference is another model: layers 2, not 4; ")
                .contains("context 64, not at least 128; give the model that it was made from");
    }

    /// Of the same size, but with other heads, or with the same characters under other ids.
    @Test
    void aSimilarModelIsNoReference() throws IOException {
        Path other = Files.createDirectories(work.resolve("similar"));
        try (Stream<Path> files = Files.list(file("bundled"))) {
            for (Path f : files.filter(Files::isRegularFile).toList()) {
                Files.copy(f, other.resolve(f.getFileName()));
            }
        }
        Path text = file("bundled/validation.txt");
        Path characters = other.resolve("chars.json");
        String table = Files.readString(characters);
        Files.writeString(characters, table.replace("\"a\"", "\"@\"").replace("\"b\"", "\"a\"").replace("\"@\"", "\"b\""));
        refused("have different tokenizers, one token per character, 65 characters and one token per character",
                "--text", text, "--reference", other);
        Files.writeString(characters, table);
        Path config = other.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"n_head\" *: *[0-9]+", "\"n_head\": 2"));
        refused("the reference is another model: heads 2, not 4; key heads 2, not 4; head width 64, not 32; give",
                "--text", text, "--reference", other);
    }

    /// Windows of 1024 tokens unless more are asked for, and what they take is said before they run.
    @Test
    void windowsHaveABound() throws IOException {
        Path model = work.resolve("long");
        Path integers = work.resolve("long.cgm");
        good("synth", "--shape", "1x1x16x20x1600", "--seed", "1", "--out", model);
        good("quantize", "--model", model, "--out", integers);
        Path ids = Files.writeString(work.resolve("ids.txt"), "1 2 3 4 5 6 7 ".repeat(200));
        Outcome o = good("evaluate", "--model", integers, "--reference", model, "--text", ids, "--json");
        assertThat(o.json().get("context").asInt()).isEqualTo(1024);
        assertThat(o.json().get("windows").asInt()).isEqualTo(2);
        assertThat(o.err()).containsPattern("1023 rows at a time, [0-9]+ MiB of integers");
        assertThat(good("evaluate", "--model", integers, "--text", ids, "--context", 1300, "--json").json()
                .get("context").asInt()).isEqualTo(1300);
    }

    @Test
    void moreThanTheMachineHasIsRefused() {
        EvaluateCommand.refuseBeyond(0, Long.MAX_VALUE, "m.cgm: 5 rows at a time", "give less");
        EvaluateCommand.refuseBeyond(9 << 20, 9 << 20, "m.cgm: 5 rows at a time", "give less");
        assertThatThrownBy(() -> EvaluateCommand.refuseBeyond(9 << 20, (9 << 20) + 1, "m.cgm: 5 rows at a time",
                "give less")).isInstanceOf(CommandException.class).hasMessage(
                        "m.cgm: 5 rows at a time need about 10 MiB of memory, this machine has 9 MiB; give less");
        assertThat(SystemFacts.memoryBytes()).isGreaterThan(1L << 28);
    }

    /// What the loader of a float model has to say is shown by every command that loads one.
    @Test
    void notesOfTheLoaderAreShown() throws IOException {
        Path model = work.resolve("windowed");
        Path integers = work.resolve("windowed.cgm");
        good("synth", "--shape", "1x2x16x20x64", "--family", "llama", "--kv-heads", "1", "--seed", "1", "--out", model);
        Path config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\\{", "{\"sliding_window\": 32,"));
        Path ids = Files.writeString(work.resolve("ids.txt"), "1 2 3 4 5 6 7 ".repeat(20));
        String note = "sliding_window 32 is not supported, so the context is 32 in place of 64";
        shown(note, good("quantize", "--model", model, "--out", integers, "--json"));
        shown(note, good("evaluate", "--model", integers, "--reference", model, "--text", ids, "--json"));
        good("setup", "--model", integers, "--out", work.resolve("keys"));
        shown(note, good("audit", "--vk", work.resolve("keys/model.vk"), "--model", model, "--json"));
    }

    /// Ranges that are too thin are told of whatever the model was compared on.
    @Test
    void everyTextOfAComparisonHasAName() {
        List<ClampedRange> thin = List.of(new ClampedRange(3, "value", 0, 8, 50, 1000, 1.5));
        for (String text : List.of(QuantizeCommand.named(Path.of("a.txt"), true), QuantizeCommand.named(null, true),
                QuantizeCommand.named(null, false))) {
            assertThat(Suspicions.ranges(thin, text)).singleElement().asString().startsWith("layer 3: ")
                    .contains("pass their calibrated range on " + text + ", up to 1.50 times");
        }
        assertThat(QuantizeCommand.named(Path.of("a.txt"), false)).isEqualTo("a.txt");
        assertThat(QuantizeCommand.named(null, true)).isEqualTo("random ids");
        assertThat(QuantizeCommand.named(null, false)).isEqualTo("the text of this program");
    }

    private static void shown(String note, Outcome o) {
        assertThat(o.err()).contains(note);
        assertThat(o.json().get("warnings").toString()).contains(note);
    }
}
