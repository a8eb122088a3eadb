package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Batches as processes of their own that share a folder, and what signals leave of one.
class BatchProcessesTest {
    private static final int LINES = 3;

    @TempDir
    private Path work;

    private Path prompts;

    @BeforeEach
    void prompts() throws IOException {
        prompts = Files.write(work.resolve("prompts"),
                IntStream.range(0, LINES).mapToObj(i -> "LUCIO " + "x".repeat(i + 1)).toList());
    }

    private ProcessBuilder batch(Path from, String... more) {
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Dchagres.backend=scalar",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "batch", "--pk",
                BundledKeys.pk().toString(), "--prompts", from.toString(), "--out", work.resolve("out").toString(),
                "--generate", "1", "--threads", "1", "--json-lines"));
        words.addAll(List.of(more));
        return new ProcessBuilder(words);
    }

    private Process start(String log, String... more) throws IOException {
        Process process = batch(prompts, more).redirectOutput(work.resolve(log).toFile())
                .redirectError(work.resolve(log + ".err").toFile()).start();
        process.getOutputStream().close();
        return process;
    }

    private void finish(Process process, String log) throws IOException, InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(work.resolve(log + ".err"))).isZero();
    }

    /// Numbers of the lines with a status, as the process reported them.
    private List<Integer> lines(String log, String status) throws IOException {
        return Files.readAllLines(work.resolve(log)).stream().map(l -> new ObjectMapper().readTree(l))
                .filter(l -> l.get("status").asString().equals(status)).map(l -> l.get("line").asInt()).toList();
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(work.resolve("out"))) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private void assertSameAsAlone() throws IOException {
        assertThat(run("batch", "--pk", BundledKeys.pk(), "--prompts", prompts, "--out", work.resolve("alone"),
                "--generate", "1", "--json").code()).isZero();
        for (int i = 1; i <= LINES; i++) {
            assertThat(work.resolve("out/" + i + ".proof"))
                    .hasBinaryContent(Files.readAllBytes(work.resolve("alone/" + i + ".proof")));
        }
        assertThat(files()).as("nothing else is left").hasSize(LINES);
    }

    @Test
    void shardsProveEachLineOnce() throws IOException, InterruptedException {
        Process first = start("first", "--shard", "0/2");
        Process second = start("second", "--shard", "1/2");
        finish(first, "first");
        finish(second, "second");
        assertThat(lines("first", "proved")).containsExactly(1, 3);
        assertThat(lines("second", "proved")).containsExactly(2);
        assertSameAsAlone();
    }

    /// Only a line that one has under way when the other has nothing left may be proved by both.
    @Test
    void theSameShardTwiceSharesItsLines() throws IOException, InterruptedException {
        Process first = start("first", "--shard", "0/1");
        Process second = start("second", "--shard", "0/1");
        finish(first, "first");
        finish(second, "second");
        for (String log : List.of("first", "second")) {
            assertThat(Stream.concat(lines(log, "proved").stream(), lines(log, "kept").stream())).as(log)
                    .containsExactlyInAnyOrder(1, 2, 3);
        }
        Map<Integer, Long> times = Stream.concat(lines("first", "proved").stream(), lines("second", "proved").stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(times).hasSize(LINES);
        assertThat(times.values().stream().mapToLong(n -> n - 1).sum()).as("%s", times).isBetween(0L, 1L);
        assertSameAsAlone();
    }

    @Test
    void linesOfOtherShardsAreNotReported() throws IOException {
        Files.write(prompts, List.of("{\"id\": \"x\", \"prompt\": \"a\"}", "#", "", "{\"id\": \"x\", \"prompt\": \"b\"}",
                "c"));
        Commands.Outcome even = run("batch", "--pk", BundledKeys.pk(), "--prompts", prompts, "--out",
                work.resolve("out"), "--generate", "1", "--shard", "0/2", "--json");
        assertThat(even.code()).as(even.err()).isZero();
        assertThat(even.json().get("lines")).extracting(l -> l.get("line").asInt()).containsExactly(1, 5);
        Commands.Outcome odd = run("batch", "--pk", BundledKeys.pk(), "--prompts", prompts, "--out",
                work.resolve("out"), "--generate", "1", "--shard", "1/2", "--json");
        assertThat(odd.code()).isOne();
        assertThat(odd.json().get("lines")).extracting(l -> l.get("line").asInt()).containsExactly(2, 4);
        assertThat(odd.err()).contains(":2: character '#'").contains(":4: the id 'x' is that of line 1");
        assertThat(files()).containsExactly("5.proof", "x.proof");
    }

    /// A warm process answers each line before the next one is sent, and ends with a signal.
    @ParameterizedTest
    @CsvSource("TERM, 143")
    void aWarmProcessAnswersLineByLine(String signal, int code) throws IOException, InterruptedException {
        Process process = batch(Path.of("-")).redirectError(work.resolve("err").toFile()).start();
        try (OutputStream in = process.getOutputStream(); BufferedReader out = process.inputReader()) {
            in.write("a\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            JsonNode answer = new ObjectMapper().readTree(out.readLine());
            assertThat(answer.get("status").asString()).isEqualTo("proved");
            assertThat(work.resolve("out/1.proof")).exists();
            in.write("{\"prompt\": \"ccc\", \"generate\": 100}\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            assertThat(new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start().waitFor()).isZero();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(work.resolve("err"))).isEqualTo(code);
        }
        List<String> proofs = files().stream().filter(f -> !f.endsWith(".part")).toList();
        assertThat(proofs).containsExactly("1.proof");
        assertThat(run("verify", "--vk", BundledKeys.vk(), work.resolve("out/1.proof")).code()).isZero();
    }
}
