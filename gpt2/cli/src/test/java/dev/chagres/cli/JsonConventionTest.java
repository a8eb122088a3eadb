package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.file;
import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.BundledKeys.pk;
import static dev.chagres.cli.BundledKeys.proof;
import static dev.chagres.cli.BundledKeys.vk;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The JSON of every command keeps to docs/cli.md, and the page lists its keys.
class JsonConventionTest {
    private static final Path PAGE = Path.of("../../docs/cli.md");
    private static final Pattern KEY = Pattern.compile("[a-z][A-Za-z0-9]*");
    private static final Pattern SECTION = Pattern.compile("^## `([a-z]+)`$", Pattern.MULTILINE);
    private static final Pattern LISTED = Pattern.compile("^\\| ((?:`[A-Za-z0-9]+`(?:, )?)+) \\|", Pattern.MULTILINE);

    @TempDir
    private Path work;

    /// Objects that each command prints.
    private final Map<String, List<JsonNode>> printed = new HashMap<>();

    private void walk(Object... words) {
        add(words[0].toString(), run(words).out());
    }

    private void add(String command, String out) {
        assertThat(out).as(command).isNotBlank();
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> nodes = out.startsWith("{\"schema\"")
                ? out.lines().map(mapper::readTree).toList() : List.of(mapper.readTree(out));
        printed.computeIfAbsent(command, _ -> new ArrayList<>()).addAll(nodes);
    }

    private void walkAll() throws IOException {
        Path prompts = Files.writeString(work.resolve("prompts"), "a\n#\n");
        byte[] bad = Files.readAllBytes(proof());
        bad[bad.length / 2] ^= 1;
        Path rejected = Files.write(work.resolve("bad.proof"), bad);
        walk("audit", "--vk", vk(), "--model", file("m.cgm"), "--json");
        walk("audit", "--vk", vk(), "--model", file("m.cgm"), "--name", "x", "--json");
        walk("batch", "--pk", pk(), "--prompts", prompts, "--out", work.resolve("o"), "--generate", "1", "--json");
        walk("batch", "--pk", pk(), "--prompts", prompts, "--out", work.resolve("o"), "--generate", "1",
                "--json-lines");
        walk("demo", "--json");
        walk("doctor", "--json");
        walk("evaluate", "--model", file("m.cgm"), "--reference", file("bundled"), "--text",
                file("bundled/validation.txt"), "--windows", "1", "--layers", "--json");
        Path lambada = Files.writeString(work.resolve("l.jsonl"), "{\"text\": \"To be or not to be\"}\n");
        walk("evaluate", "--model", file("m.cgm"), "--lambada", lambada, "--json");
        walk("generate", "--model", file("m.cgm"), "--prompt", "a", "--tokens", "1", "--json");
        for (Path inspected : List.of(file("m.cgm"), pk(), vk(), proof())) {
            walk("inspect", inspected, "--json");
        }
        walk("prove", "--pk", pk(), "--prompt", "a", "--generate", "1", "--out", work.resolve("p"), "--json");
        walk("quantize", "--model", file("bundled"), "--calibration", file("calibration.txt"), "--out",
                work.resolve("m"), "--json");
        walk("setup", "--model", file("m.cgm"), "--out", work.resolve("k"), "--json");
        walk("synth", "--shape", "tiny", "--seed", "1", "--out", work.resolve("s"), "--json");
        walk("verify", "--vk", vk(), proof(), "--json");
        walk("verify", "--vk", vk(), rejected, "--json");
        walk("verify", "--vk", vk(), rejected, proof(), work.resolve("missing"), "--json");
    }

    @Test
    void everyCommandKeepsToTheConvention() throws IOException {
        walkAll();
        Set<String> withJson = Main.commandLine(new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()))
                .getSubcommands().entrySet().stream()
                        .filter(e -> e.getValue().getCommandSpec().findOption("--json") != null)
                .map(Map.Entry::getKey).collect(Collectors.toSet());
        assertThat(printed.keySet()).as("commands that are walked here").containsExactlyInAnyOrderElementsOf(withJson);
        Map<String, Set<String>> page = page();
        printed.forEach((command, nodes) -> {
            Set<String> keys = new TreeSet<>();
            for (JsonNode node : nodes) {
                assertThat(node.get("schema").asInt()).as(command).isEqualTo(1);
                assertThat(node.get("command").asString()).isEqualTo(command);
                check(command, node);
                keys.addAll(node.propertyNames());
            }
            keys.removeAll(Set.of("schema", "command"));
            assertThat(page.get(command)).as("keys of " + command + " in " + PAGE).isEqualTo(keys);
        });
    }

    /// Keys listed in the section of each command.
    private static Map<String, Set<String>> page() throws IOException {
        String text = Files.readString(PAGE);
        Map<String, Set<String>> page = new HashMap<>();
        Matcher section = SECTION.matcher(text);
        while (section.find()) {
            int next = text.indexOf("\n## ", section.end());
            String body = text.substring(section.end(), next < 0 ? text.length() : next);
            Set<String> keys = new TreeSet<>();
            int table = body.indexOf("| key |");
            if (table >= 0) {
                Matcher row = LISTED.matcher(body.substring(table));
                while (row.find()) {
                    keys.addAll(Arrays.asList(row.group(1).replace("`", "").split(", ")));
                }
            }
            page.put(section.group(1), keys);
        }
        return page;
    }

    private static void check(String path, JsonNode node) {
        if (node.isObject()) {
            node.propertyNames().forEach(key -> {
                assertThat(key).as(path).matches(KEY);
                check(path + "." + key, node.get(key));
            });
        } else if (node.isArray()) {
            node.forEach(element -> check(path + "[]", element));
        } else if (node.isString()) {
            assertThat(node.asString()).as(path).doesNotMatch("-?(NaN|Infinity)");
            if (path.matches(".*(Seconds|Bytes|Bits|Count|Rows)$")) {
                assertThat(node.isNumber()).as(path + " is a number").isTrue();
            }
        }
    }

    @Test
    void aNumberThatDoesNotExistIsNull() {
        JsonNode node = new ObjectMapper().readTree(JsonResult.line("c", Map.of("list", List.of(Double.NaN, 1.5,
                Double.POSITIVE_INFINITY), "record", new Pair(Double.NaN, 2))));
        assertThat(node.get("list").toString()).isEqualTo("[null,1.5,null]");
        assertThat(node.get("record").toString()).isEqualTo("{\"a\":null,\"b\":2.0}");
    }

    /// @param a some number
    /// @param b another one
    private record Pair(double a, double b) {}

    @Test
    void progressIsShownWithJsonToo() {
        assertThat(good("generate", "--model", file("m.cgm"), "--prompt", "a", "--tokens", "1", "--json").err())
                .contains("generate").contains("done in");
    }
}
