package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.gpt2.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// Small inputs that once failed in the wrong way, from the shared data. Each method is named after its folder.
class CasesTest {
    @TempDir
    private Path work;

    private Path folder;

    @BeforeEach
    void copy(TestInfo test) throws IOException {
        String name = test.getTestMethod().orElseThrow().getName().replaceAll("[A-Z]", "-$0")
                .toLowerCase(java.util.Locale.ROOT);
        Path data = TestData.path("cases/" + name);
        folder = work.resolve("case");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path source : files.toList()) {
                Path target = folder.resolve(data.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.write(target, Files.readAllBytes(source));
                }
            }
        }
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static void assertDone(Outcome o) {
        assertThat(o.code()).as(o.err()).isZero();
    }

    /// One line of ours with all these words, exit code 2.
    private static void assertRefused(Outcome o, Object... words) {
        assertThat(o.code()).as(o.err() + o.out()).isEqualTo(2);
        String[] lines = o.err().lines().filter(l -> l.startsWith("chagres ")).toArray(String[]::new);
        assertThat(lines).as(o.err()).hasSize(1);
        assertThat(lines[0]).contains(Stream.of(words).map(Object::toString).toList());
        assertThat(o.err()).doesNotContain("\tat ");
    }

    private Path model() {
        if (Files.notExists(file("m.cgm"))) {
            assertDone(run("quantize", "--model", file("model"), "--calibration", file("cal.txt"), "--out",
                    file("m.cgm")));
        }
        return file("m.cgm");
    }

    private Path key(String name) {
        if (Files.notExists(file("keys"))) {
            assertDone(run("setup", "--model", model(), "--out", file("keys")));
        }
        return file("keys").resolve(name);
    }

    private Outcome prove(Object... more) {
        return run(Stream.concat(Stream.of("prove", "--pk", key("model.pk")), Stream.of(more)).toArray());
    }

    private Outcome quantize(Object... more) {
        Outcome o = run(Stream.concat(Stream.of("quantize", "--model", file("model"), "--calibration", file("cal.txt"),
                "--out",
                file("m.cgm")), Stream.of(more)).toArray());
        assertThat(file("m.cgm")).doesNotExist();
        assertThat(o.err()).as("before the work").doesNotContain("checking intervals");
        return o;
    }

    /// The launcher's part, the locale, is in [LauncherTest].
    @Test
    void localePrompt() throws IOException {
        String prompt = Files.readString(file("prompt.txt"));
        Outcome typed = run("generate", "--model", model(), "--prompt", prompt, "--tokens", "1", "--json");
        Outcome read =
                run("generate", "--model", model(), "--prompt-file", file("prompt.txt"), "--tokens", "1", "--json");
        assertThat(typed.json().get("promptIds")).hasSize(prompt.length()).isEqualTo(read.json().get("promptIds"));
    }

    @Test
    void promptLatin1() {
        assertRefused(prove("--prompt-file", file("prompt.txt"), "--generate", "1", "--out", file("p")),
                file("prompt.txt") + ": not UTF-8: line 1, byte 4");
    }

    @Test
    void generateMaxInt() {
        for (String count : List.of("2147483647", "2147483646", "32")) {
            assertRefused(prove("--prompt", "ab", "--generate", count, "--out", file("p")), "context of 32");
            assertRefused(run("generate", "--model", model(), "--prompt", "ab", "--tokens", count), "context of 32");
        }
        for (String count : List.of("-1", "-2147483648", "0")) {
            assertRefused(prove("--prompt", "ab", "--generate", count, "--out", file("p")), "nothing to generate",
                    count);
        }
        assertRefused(prove("--prompt", "ab", "--generate", "2147483648", "--out", file("p")), "--generate",
                "2147483648");
    }

    @Test
    void batchMaxInt() {
        Outcome o = run("batch", "--pk", key("model.pk"), "--prompts", file("prompts.jsonl"), "--out", file("o"));
        assertThat(o.code()).as(o.err()).isOne();
        assertThat(o.err()).contains(file("prompts.jsonl") + ":2: ").contains("context of 32");
        assertThat(file("o/first.proof")).exists();
        assertThat(file("o/big.proof")).doesNotExist();
        assertThat(file("o/third.proof")).exists();
    }

    @Test
    void batchBomJsonl() throws IOException {
        assertDone(run("batch", "--pk", key("model.pk"), "--prompts", file("prompts.jsonl"), "--out", file("o")));
        assertDone(run("verify", "--vk", key("model.vk"), "--proof", file("o/one.proof"), "--prompt", "ab"));
        assertDone(run("verify", "--vk", key("model.vk"), "--proof", file("o/two.proof"), "--prompt", "ad"));
        try (Stream<Path> files = Files.list(file("o"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void memoryOverflow() {
        for (String size : List.of("999999999999t", "8388608t")) {
            assertRefused(prove("--prompt", "ab", "--generate", "1", "--out", file("p"), "--memory", size), "--memory",
                    size);
        }
        for (String size : List.of("-1g", "99999999999999999999", "8x")) {
            assertRefused(prove("--prompt", "ab", "--generate", "1", "--out", file("p"), "--memory=" + size),
                    "--memory", size);
        }
    }

    @Test
    void threadsTooMany() {
        for (String count : List.of("100000", "2147483647", "0", "-1")) {
            assertRefused(prove("--prompt", "ab", "--generate", "1", "--out", file("p"), "--threads", count),
                    "--threads", count);
        }
    }

    @Test
    void folderForFile() {
        Path f = file("folder");
        Path p = file("p");
        Path pk = key("model.pk");
        String named = f + ": is a folder";
        assertRefused(prove("--prompt-file", f, "--generate", "1", "--out", p), named);
        assertRefused(prove("--ids", f, "--generate", "1", "--out", p), named);
        assertRefused(prove("--prompt", "a", "--generate", "1", "--out", f), f, "is not a file");
        assertRefused(run("prove", "--pk", f, "--prompt", "a", "--generate", "1", "--out", p), named);
        assertRefused(run("generate", "--model", f, "--prompt", "a", "--tokens", "1"), named);
        assertRefused(run("setup", "--model", f, "--out", p), named);
        assertRefused(run("verify", "--vk", key("model.vk"), "--proof", f), f, "no *.proof file in this folder");
        assertRefused(run("verify", "--vk", f, "--proof", pk), named);
        assertRefused(run("inspect", f), named);
        assertRefused(run("batch", "--pk", pk, "--prompts", f, "--out", p), named);
        assertRefused(run("batch", "--pk", f, "--prompts", file("cal.txt"), "--out", p), named);
        assertRefused(run("quantize", "--model", file("model"), "--calibration", f, "--out", p), named);
        assertRefused(run("quantize", "--model", file("cal.txt"), "--calibration", file("cal.txt"), "--out", p),
                "cal.txt");
    }

    /// As for the file.
    @Test
    void inspectPipe() throws IOException, InterruptedException {
        assertDone(prove("--prompt", "ab", "--generate", "1", "--out", file("p")));
        Path pipe = file("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Process writer = new ProcessBuilder("sh", "-c", "cat \"$0\" >\"$1\"", file("p").toString(), pipe.toString())
                .start();
        Outcome o = run("inspect", pipe);
        writer.waitFor();
        assertDone(o);
        assertThat(o.out().replace(pipe.toString(), ""))
                .isEqualTo(run("inspect", file("p")).out().replace(file("p").toString(), ""));
    }

    @Test
    void proofNameTooLong() {
        Path longest = file("p".repeat(240));
        Outcome o = prove("--prompt", "ab", "--generate", "1", "--out", longest);
        if (o.code() == 0) {
            assertThat(longest).exists();
        } else {
            assertRefused(o, longest);
            assertThat(o.err()).as("before the work").doesNotContain("witness");
        }
        assertRefused(prove("--prompt", "ab", "--generate", "1", "--out", file("p".repeat(300))), "p".repeat(300));
    }

    @Test
    void outIsAFile() {
        Path f = file("afile");
        for (Path out : List.of(f, f.resolve("b"), f.resolve("b/c"))) {
            assertRefused(run("setup", "--model", model(), "--out", out), "afile is not a folder");
            assertRefused(run("batch", "--pk", key("model.pk"), "--prompts", file("cal.txt"), "--out", out),
                    "afile is not a folder");
            assertRefused(run("synth", "--shape", "tiny", "--seed", "1", "--out", out), "afile is not a folder");
        }
    }

    @Test
    void quantizeOutFolderMissing() {
        Outcome o = run("quantize", "--model", file("model"), "--calibration", file("cal.txt"), "--out",
                file("none/m.cgm"));
        assertRefused(o, file("none") + ": no such file or folder");
        assertThat(o.err()).as("before the work").doesNotContain("calibrating");
    }

    @Test
    void validationMissing() {
        assertRefused(quantize("--validation", file("none.txt")), file("none.txt") + ": no such file");
    }

    @Test
    void validationEmpty() {
        assertRefused(quantize("--validation", file("empty.txt"), "--json"), file("empty.txt"), "at least 2");
    }

    @Test
    void calibrationOneToken() {
        assertRefused(quantize(), file("cal.txt"), "at least 2");
    }

    @Test
    void calibrationTextNoTokenizer() {
        assertRefused(quantize(), file("cal.txt"), "no tokenizer", "must hold token ids");
    }

    @Test
    void calibrationUnknownCharacter() {
        assertRefused(quantize(), file("cal.txt"), "'#'");
    }
}
