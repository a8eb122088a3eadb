package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptLinesTest {
    private static List<String> lines(String text) throws IOException {
        List<String> lines = new ArrayList<>();
        try (PromptLines in = new PromptLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
            for (PromptLines.Line line = in.next(); line != null; line = in.next()) {
                lines.add(line.number() + ":" + new String(line.bytes(), StandardCharsets.UTF_8));
            }
        }
        return lines;
    }

    @Test
    void linesEndWithOrWithoutACarriageReturn() throws IOException {
        assertThat(lines("")).isEmpty();
        assertThat(lines("a\r\n\nb\rc\nd")).containsExactly("1:a", "2:", "3:b\rc", "4:d");
        assertThat(lines("a\n")).containsExactly("1:a");
        assertThat(lines("\r\n")).containsExactly("1:");
    }

    @Test
    void aLineIsThereBeforeTheNextOneIsWritten() throws IOException {
        try (PipedOutputStream writer = new PipedOutputStream(); PromptLines in = new PromptLines(new PipedInputStream(writer))) {
            writer.write("one\n".getBytes(StandardCharsets.UTF_8));
            writer.flush();
            assertThat(in.next().bytes()).asString(StandardCharsets.UTF_8).isEqualTo("one");
        }
    }
}
