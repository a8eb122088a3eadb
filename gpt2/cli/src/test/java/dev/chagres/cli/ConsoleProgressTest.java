package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private final StringWriter text = new StringWriter();

    private ConsoleProgress progress(boolean terminal, boolean silent) {
        return new ConsoleProgress(new PrintWriter(text), terminal, silent);
    }

    @Test
    void aTerminalShowsPhaseBarAndRemainingTime() throws InterruptedException {
        try (ConsoleProgress progress = progress(true, false)) {
            progress.phase("commit", 4);
            Thread.sleep(1000);
            progress.step();
            String bar = text.toString().substring(text.toString().lastIndexOf('\r'));
            assertThat(bar).startsWith("\r\033[K").contains("commit").contains("[######..................] 1/4")
                    .containsPattern("about [34] s left");
            assertThat(text.toString()).as("redrawn while nothing happens").containsPattern("0\\.[4-9] s {2}commit.* 0/4");
            progress.detail().phase("open", 0);
            assertThat(text.toString()).endsWith("  open");
            progress.step("first line");
            assertThat(text.toString()).contains("2/4  first line");
        }
        assertThat(text.toString().lines().toList()).last().asString().contains("commit").contains("done in");
    }

    @Test
    void elsewhereEveryPhaseIsOneLine() {
        try (ConsoleProgress progress = progress(false, false)) {
            progress.phase("commit", 2);
            progress.step();
            progress.step();
            progress.phase("open", 0);
            progress.error("file:1: wrong");
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
}
