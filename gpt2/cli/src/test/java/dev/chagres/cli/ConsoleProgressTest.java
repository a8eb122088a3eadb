package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text);
    private final AtomicInteger columns = new AtomicInteger(100);

    private ConsoleProgress progress(boolean terminal, boolean silent) {
        return new ConsoleProgress(err, terminal ? new Terminal(true, false, columns::get) : Terminal.NONE, silent);
    }

    private String lastBar() {
        return text.toString().substring(text.toString().lastIndexOf('\r'));
    }

    private void await(Predicate<String> shown) throws InterruptedException {
        long start = System.nanoTime();
        while (!shown.test(text.toString())) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(text.toString())
                    .isLessThan(Duration.ofSeconds(20));
            Thread.sleep(5);
        }
    }

    @Test
    void aTerminalShowsPhaseBarAndRemainingTime() throws InterruptedException {
        try (ConsoleProgress progress = progress(true, false)) {
            progress.phase("commit", 4);
            await(t -> t.matches("(?s).* 0/4\r.* 0/4.*")); // redrawn while nothing happens
            progress.step();
            await(t -> t.endsWith("] 1/4"));
            assertThat(lastBar()).startsWith("\r\033[K").contains("commit").contains("[######..................] 1/4");
            Thread.sleep(1000);
            progress.step();
            await(t -> t.contains("] 2/4"));
            assertThat(lastBar()).containsPattern("about [12] s left");
            progress.detail().phase("open", 0);
            await(t -> t.endsWith("  open"));
            progress.step("first line");
            assertThat(text.toString()).contains("\r\033[K  ").contains("3/4  first line");
        }
        assertThat(text.toString().lines().toList()).last().asString().contains("commit").contains("done in");
    }

    /// Of a long step, such as that of the prompt before the first token, one sees how far it is.
    @Test
    void aLongStepShowsItsPartsUntilItIsDone() throws InterruptedException {
        try (ConsoleProgress progress = progress(true, false)) {
            progress.phase("generate", 20);
            progress.within("prompt", 3, 14);
            await(t -> t.endsWith("] 0/20  prompt 3/14"));
            progress.step();
            await(t -> t.endsWith("] 1/20"));
            progress.detail().phase("generate", 8);
            progress.detail().within("prompt", 0, 14);
            await(t -> t.endsWith("] 1/20  generate 0/8  prompt 0/14"));
            progress.detail().step();
            await(t -> t.endsWith("] 1/20  generate 1/8"));
        }
        StringWriter lines = new StringWriter();
        try (ConsoleProgress progress = new ConsoleProgress(new PrintWriter(lines), Terminal.NONE, false)) {
            progress.within("before any phase", 0, 1);
            progress.phase("generate", 20);
            progress.within("prompt", 3, 14);
        }
        assertThat(lines.toString()).hasLineCount(1).doesNotContain("prompt").doesNotContain("before");
    }

    /// The first step loads and compiles; what it takes says nothing about the others.
    @Test
    void theColdFirstStepGivesNoRemainingTime() {
        try (ConsoleProgress progress = progress(false, false)) {
            progress.phase("prove", 5);
            progress.step("one");
            progress.step("two");
            progress.step("three");
        }
        assertThat(text.toString().lines()).satisfiesExactly(
                line -> assertThat(line).endsWith("1/5  one"),
                line -> assertThat(line).endsWith("2/5  two  about 0 s left"),
                line -> assertThat(line).endsWith("3/5  three  about 0 s left"),
                line -> assertThat(line).contains("prove"));
    }

    @Test
    void theLineFollowsTheWidthAndIsDrawnAtMostTenTimesASecond() throws InterruptedException {
        long start = System.nanoTime();
        try (ConsoleProgress progress = progress(true, false)) {
            progress.phase("prove", 1_000_000);
            while (System.nanoTime() - start < 1_000_000_000) {
                progress.step();
                columns.set(System.nanoTime() - start < 500_000_000 ? 100 : 30);
                progress.detail().phase("open", 7);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String[] bars = Arrays.stream(text.toString().split("\r\033\\[K")).filter(b -> b.contains("/1000000"))
                .toArray(String[]::new);
        assertThat(bars.length).isBetween(2, (int) (10 * seconds) + 1);
        assertThat(bars[0]).contains("open 0/7");
        assertThat(bars[bars.length - 1]).hasSizeLessThan(30).doesNotContain("open");
    }

    @Test
    void elsewhereEveryPhaseIsOneLine() {
        try (ConsoleProgress progress = progress(false, false)) {
            progress.phase("commit", 2);
            progress.step();
            progress.step();
            progress.phase("open", 0);
            progress.error("file:1: wrong");
            progress.text("no terminal, no text", err);
        }
        assertThat(text.toString()).doesNotContain("\r").doesNotContain("[#").hasLineCount(3);
        assertThat(text.toString().lines()).satisfiesExactly(
                line -> assertThat(line).containsPattern("^ *\\d+\\.\\d s  commit +done in \\d+\\.\\d s$"),
                line -> assertThat(line).isEqualTo("file:1: wrong"),
                line -> assertThat(line).contains("open"));
    }

    @Test
    void silenceLeavesErrorsOnly() {
        try (ConsoleProgress progress = progress(true, true)) {
            progress.phase("commit", 2);
            progress.step("line");
            progress.error("file:1: wrong");
        }
        assertThat(text.toString()).isEqualTo("file:1: wrong" + System.lineSeparator());
    }

    @Test
    void generatedTextReplacesTheBarAndCannotDrawItself() throws InterruptedException {
        StringWriter generated = new StringWriter();
        PrintWriter to = new PrintWriter(generated);
        try (ConsoleProgress progress = progress(true, false)) {
            progress.phase("generate", 3);
            await(t -> t.endsWith("0/3"));
            progress.text("Once\n", to);
            progress.step();
            progress.text("upon\033[2J", to);
            String before = text.toString();
            Thread.sleep(700);
            assertThat(text.toString()).as("no bar between the pieces").isEqualTo(before).endsWith("\r\033[K");
            progress.phase("prove", 2);
            await(t -> t.endsWith("0/2"));
        }
        assertThat(generated.toString()).isEqualTo("Once\nupon\\u001b[2J" + System.lineSeparator());
    }
}
