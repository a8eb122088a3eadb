package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.prove.file.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Batches on the bundled model.
class BatchCommandTest {
    private static final FileTime LONG_AGO = FileTime.from(1, TimeUnit.DAYS);

    @TempDir
    private static Path folder;

    @TempDir
    private Path work;

    @BeforeAll
    static void prepare() throws IOException {
        Commands.bundledKeys(folder);
    }

    private static Path pk() {
        return folder.resolve("keys/model.pk");
    }

    private Path out() {
        return work.resolve("out");
    }

    private Path proof(String id) {
        return out().resolve(id + ".proof");
    }

    private Path prompts(String... lines) throws IOException {
        return Files.write(work.resolve("prompts.jsonl"), List.of(lines));
    }

    private Outcome batch(Path prompts) {
        return run("batch", "--pk", pk(), "--prompts", prompts, "--out", out(), "--generate", "3", "--json");
    }

    private static List<String> statuses(Outcome o) {
        return StreamSupport.stream(o.json().get("lines").spliterator(), false)
                .map(l -> l.get("line").asInt() + " " + l.get("status").asString()).toList();
    }

    private static void assertVerified(Path proof, String prompt, int generated) {
        Outcome v = run("verify", "--vk", folder.resolve("keys/model.vk"), "--proof", proof, "--prompt", prompt,
                "--json");
        assertThat(v.code()).as(v.out()).isZero();
        assertThat(v.json().get("outputIds")).hasSize(generated);
    }

    @Test
    void badLinesAreReportedAndTheOthersProved() throws IOException {
        Path prompts = prompts(
                "ROMEO:",
                "{\"id\": \"juliet\", \"prompt\": \"JULIET:\", \"generate\": 2}",
                "no such character: #",
                "",
                "{\"ids\": [1, 2, 65]}",
                "{\"ids\": [1, 2, 64], \"id\": \"by-ids\"}",
                "{\"prompt\": \"a\", \"generate\": 128}",
                "{\"prompt\": \"a\"",
                "{\"prompt\": \"b\", \"id\": \"juliet\"}",
                "{\"prompt\": \"b\", \"id\": \"../b\"}",
                "{\"prompt\": \"b\", \"promt\": \"c\"}",
                "{\"prompt\": \"b\", \"ids\": [1]}",
                "{\"prompt\": \"b\", \"generate\": 1.5}");
        Files.write(prompts, new byte[] {(byte) 0xff, '\r', '\n'}, java.nio.file.StandardOpenOption.APPEND);
        Outcome o = batch(prompts);
        assertThat(o.code()).isOne();
        assertThat(statuses(o)).containsExactly("1 proved", "2 proved", "3 failed", "5 failed", "6 proved", "7 proved",
                "8 failed", "9 failed", "10 failed", "11 failed", "12 failed", "13 failed", "14 failed");
        String[] errors = o.err().lines().filter(l -> l.startsWith(prompts + ":")).toArray(String[]::new);
        String[] causes = {"3: character '#'", "5: token id 65", "8: not valid JSON",
                "9: the id 'juliet' is that of line 2",
            "10: 'id' must be", "11: unknown field 'promt'", "12: need either", "13: 'generate' must be",
                    "14: not UTF-8"};
        assertThat(errors).as(o.err()).hasSize(causes.length);
        for (int i = 0; i < causes.length; i++) {
            assertThat(errors[i]).startsWith(prompts + ":" + causes[i]);
        }
        assertThat(o.json().get("proved").asInt()).isEqualTo(4);
        assertThat(o.json().get("failed").asInt()).isEqualTo(9);
        JsonNode second = o.json().get("lines").get(1);
        assertThat(second.get("id").asString()).isEqualTo("juliet");
        assertThat(second.get("tokens").asInt()).isEqualTo(8);
        assertThat(second.get("proofBytes").asLong()).isEqualTo(Files.size(proof("juliet")));
        assertVerified(proof("1"), "ROMEO:", 3);
        assertVerified(proof("juliet"), "JULIET:", 2);
        assertVerified(proof("7"), "a", 128);
        try (var files = Files.list(out())) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void proofsThatAreThereAreKeptAndOthersAreNotOverwritten() throws IOException {
        assertThat(batch(prompts("a", "b", "c")).code()).isZero();
        byte[] first = Files.readAllBytes(proof("1"));
        for (String id : List.of("1", "2", "3")) {
            Files.setLastModifiedTime(proof(id), LONG_AGO);
        }
        Files.delete(proof("2"));
        Files.writeString(proof("5"), "something else");
        Files.writeString(out().resolve("2.proof.0011223344556677.part"), "of a killed run");
        Outcome o = batch(prompts("a", "b", "{\"prompt\": \"c\", \"generate\": 4}",
                "{\"id\": \"1b\", \"prompt\": \"a\"}", "e"));
        assertThat(o.code()).isOne();
        assertThat(statuses(o)).containsExactly("1 kept", "2 proved", "3 failed", "4 proved", "5 failed");
        assertThat(o.err()).contains(":3: ").contains("3 generated tokens, not 4").contains(":5: ")
                .contains("in the way");
        assertThat(Files.getLastModifiedTime(proof("1"))).isEqualTo(LONG_AGO);
        assertThat(Files.getLastModifiedTime(proof("3"))).isEqualTo(LONG_AGO);
        assertThat(proof("1b")).hasBinaryContent(first);
        assertThat(out().resolve("2.proof.0011223344556677.part")).doesNotExist();
        assertThat(proof("5")).hasContent("something else");
        Outcome swapped = batch(prompts("b", "a"));
        assertThat(swapped.err()).contains(":1: ").contains(":2: ").contains("another prompt");
    }

    private static List<String> events(Outcome o) {
        return o.out().lines().map(l -> new ObjectMapper().readTree(l))
                .map(l -> l.get("line").asInt() + " " + l.get("id").asString("-") + " " + l.get("status").asString())
                        .toList();
    }

    @Test
    void aFailedLineKeepsItsIdAndItsCauseIsInTheTable() throws IOException {
        Path prompts = prompts("a#", "{\"id\": \"named\", \"prompt\": \"a\", \"generate\": 2147483647}",
                "{\"id\": \"x\", \"promt\": \"a\"}",
                "{not json", "ab");
        Outcome o = run("batch", "--pk", pk(), "--prompts", prompts, "--out", out(), "--generate", "1");
        assertThat(o.code()).isOne();
        List<String> rows = o.out().lines().map(l -> l.strip().replaceAll(" +", " ")).toList();
        assertThat(rows.get(1)).as("failed lines come last").startsWith("5 5 proved");
        assertThat(rows.get(2)).startsWith("1 1 failed character '#'");
        assertThat(rows.get(3)).startsWith("2 named failed 1 prompt tokens and 2147483647 generated ones do not fit");
        assertThat(rows.get(4)).startsWith("3 x failed unknown field 'promt'");
        assertThat(rows.get(5)).startsWith("4 failed not valid JSON");
        assertThat(rows.get(6)).startsWith("1 proved, 0 kept, 4 failed in");
    }

    @Test
    void jsonLinesComeOneByOne() throws IOException {
        Object[] words = {"batch", "--pk", pk(), "--prompts", prompts("a", "#", "b"), "--out", out(), "--generate",
                "1", "--json-lines"};
        Outcome o = run(words);
        assertThat(o.code()).isOne();
        assertThat(events(o)).as("what cannot be proved shows first")
                .containsExactly("2 2 failed", "1 1 proved", "3 3 proved");
        assertThat(o.err()).contains("2 proved, 0 kept, 1 failed");
        assertThat(events(run(words))).containsExactly("1 1 kept", "2 2 failed", "3 3 kept");
        Outcome both = run("batch", "--pk", pk(), "--prompts", "x", "--out", out(), "--json", "--json-lines");
        assertThat(both.code()).isEqualTo(2);
    }

    @Test
    void linesOfStandardInputAreProvedAsTheyCome() throws IOException {
        InputStream before = System.in;
        try (PipedOutputStream writer = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(writer)) {
            System.setIn(in);
            Thread.ofPlatform().start(() -> {
                try (writer) {
                    writer.write("a\n#\n".getBytes(StandardCharsets.UTF_8));
                    writer.flush();
                    while (!Files.exists(proof("1"))) { // not before the first line is proved
                        Thread.sleep(5);
                    }
                    writer.write("b".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Outcome o = run("batch", "--pk", pk(), "--prompts", "-", "--out", out(), "--generate", "1", "--json-lines");
            assertThat(o.code()).isOne();
            assertThat(events(o)).containsExactly("1 1 proved", "2 2 failed", "3 3 proved");
            assertThat(o.err()).contains("standard input:2: character '#'");
        } finally {
            System.setIn(before);
        }
        assertVerified(proof("3"), "b", 1);
    }

    /// Another batch holds line 1 and finishes it while this one proves line 2.
    @Test
    void aLineThatAnotherBatchProvesComesLastAndIsKept() throws Exception {
        assertThat(run("batch", "--pk", pk(), "--prompts", prompts("a"), "--out", work.resolve("other"), "--generate",
                "1").code()).isZero();
        byte[] first = Files.readAllBytes(work.resolve("other/1.proof"));
        Files.createDirectories(out());
        Path prompts = prompts("a", "b", "c");
        Thread other;
        try (WholeFile claimed = WholeFile.create(proof("1"))) {
            other = Thread.ofPlatform().start(() -> {
                try {
                    while (!Files.exists(proof("2"))) {
                        Thread.sleep(5);
                    }
                    claimed.write(first);
                    claimed.commit();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Outcome o = run("batch", "--pk", pk(), "--prompts", prompts, "--out", out(), "--generate", "1",
                    "--json-lines");
            assertThat(o.code()).as(o.err()).isZero();
            assertThat(events(o)).containsExactly("2 2 proved", "3 3 proved", "1 1 kept");
            other.join();
        }
        try (var files = Files.list(out())) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void aFolderOfPromptsIsNamed() {
        Outcome o = batch(work);
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains(work + ": is a folder, not a file").hasLineCount(1);
    }

    @Test
    void aMissingPromptsFileIsWrongUse() {
        Outcome o = batch(work.resolve("missing"));
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("missing: no such file").hasLineCount(1);
    }

    @Test
    void aKilledBatchGoesOnWhereItWas() throws IOException, InterruptedException {
        Path prompts = prompts(IntStream.range(0, 6).mapToObj(i -> "{\"prompt\": \"LUCIO " + "x".repeat(i + 1) + "\"}")
                .toArray(String[]::new));
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"),
                Main.class.getName(), "batch", "--pk", pk().toString(), "--prompts", prompts.toString(), "--out", out()
                        .toString(),
                "--generate", "3"));
        Process process = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(work.resolve("log").toFile()).start();
        try {
            while (process.isAlive() && !Files.exists(proof("2"))) {
                Thread.sleep(5);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(proof("2")).as(Files.readString(work.resolve("log"), StandardCharsets.UTF_8)).exists();
        assertThat(proof("6")).as("the batch was killed before its end").doesNotExist();
        Files.setLastModifiedTime(proof("1"), LONG_AGO);
        Outcome o = batch(prompts);
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(statuses(o)).startsWith("1 kept", "2 kept").endsWith("6 proved").hasSize(6);
        assertThat(Files.getLastModifiedTime(proof("1"))).isEqualTo(LONG_AGO);
        for (int i = 0; i < 6; i++) {
            assertVerified(proof(Integer.toString(i + 1)), "LUCIO " + "x".repeat(i + 1), 3);
        }
        try (var files = Files.list(out())) {
            assertThat(files).hasSize(6);
        }
    }

    /// The engine of a command ends with it: its threads are gone.
    @Test
    void aBatchLeavesNoThreads() throws IOException {
        Outcome o = batch(prompts("KING"));
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("chagres-"));
    }
}
