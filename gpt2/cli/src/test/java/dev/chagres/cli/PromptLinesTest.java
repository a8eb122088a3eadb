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
            for (byte[] line = in.next(); line != null; line = in.next()) {
                lines.add(new String(line, StandardCharsets.UTF_8));
            }
        }
        return lines;
    }

    @Test
    void linesEndWithOrWithoutACarriageReturn() throws IOException {
        assertThat(lines("")).isEmpty();
        assertThat(lines("a\r\n\nb\rc\nd")).containsExactly("a", "", "b\rc", "d");
        assertThat(lines("a\n")).containsExactly("a");
        assertThat(lines("\r\n")).containsExactly("");
        assertThat(lines("\ufeffa\n\ufeffb")).as("a mark at the start is no part of the text")
                .containsExactly("a", "\ufeffb");
        assertThat(lines("\ufeff\r\n")).containsExactly("");
    }

    @Test
    void aLineIsThereBeforeTheNextOneIsWritten() throws IOException {
        try (PipedOutputStream writer = new PipedOutputStream();
                PromptLines in = new PromptLines(new PipedInputStream(writer))) {
            writer.write("one\n".getBytes(StandardCharsets.UTF_8));
            writer.flush();
            assertThat(in.next()).asString(StandardCharsets.UTF_8).isEqualTo("one");
        }
    }
}
