package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import java.io.IOException;
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
        Outcome v = run("verify", "--vk", folder.resolve("keys/model.vk"), "--proof", proof, "--prompt", prompt, "--json");
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
        String[] errors = o.err().lines().toArray(String[]::new);
        String[] causes = {"3: character '#'", "5: token id 65", "8: not valid JSON", "9: the id 'juliet' is that of line 2",
            "10: 'id' must be", "11: unknown field 'promt'", "12: need either", "13: 'generate' must be", "14: not UTF-8"};
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
        Outcome o = batch(prompts("a", "b", "{\"prompt\": \"c\", \"generate\": 4}", "{\"id\": \"1b\", \"prompt\": \"a\"}", "e"));
        assertThat(o.code()).isOne();
        assertThat(statuses(o)).containsExactly("1 skipped", "2 proved", "3 failed", "4 proved", "5 failed");
        assertThat(o.err()).contains(":3: ").contains("3 generated tokens, not 4").contains(":5: ").contains("in the way");
        assertThat(Files.getLastModifiedTime(proof("1"))).isEqualTo(LONG_AGO);
        assertThat(Files.getLastModifiedTime(proof("3"))).isEqualTo(LONG_AGO);
        assertThat(proof("1b")).hasBinaryContent(first);
        assertThat(out().resolve("2.proof.0011223344556677.part")).doesNotExist();
        assertThat(proof("5")).hasContent("something else");
        Outcome swapped = batch(prompts("b", "a"));
        assertThat(swapped.err()).contains(":1: ").contains(":2: ").contains("another prompt");
    }

    @Test
    void aMissingPromptsFileIsWrongUse() {
        Outcome o = batch(work.resolve("missing"));
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("missing: no such file").hasLineCount(1);
    }

    @Test
    void aKilledBatchGoesOnWhereItWas() throws IOException, InterruptedException {
        Path prompts = prompts(IntStream.range(0, 6).mapToObj(i -> "{\"prompt\": \"LUCIO " + "x".repeat(i + 1) + "\"}").toArray(String[]::new));
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "batch", "--pk", pk().toString(), "--prompts", prompts.toString(), "--out", out().toString(),
                "--generate", "3"));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(work.resolve("log").toFile()).start();
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
        assertThat(statuses(o)).startsWith("1 skipped", "2 skipped").endsWith("6 proved").hasSize(6);
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
