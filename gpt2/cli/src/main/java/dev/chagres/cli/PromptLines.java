package dev.chagres.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The lines of a stream of prompts, one by one as they come: nothing is read ahead of the line that is asked for, as
/// far as that line goes.
final class PromptLines implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 1 << 26;

    private final InputStream in;
    private int number;

    PromptLines(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /// The next line without its end, `\n` or `\r\n`, and the first one without the mark of UTF-8 that may stand before
    /// it; null at the end.
    ///
    /// @throws CommandException if the line is longer than any prompt
    /// @throws IllegalArgumentException if the first line has the mark of another encoding
    byte[] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        number++;
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() == MAX_LINE_BYTES) {
                throw new CommandException(
                        "line " + number + " of the prompts is longer than " + MAX_LINE_BYTES + " bytes");
            }
            line.write(b);
        }
        byte[] bytes = line.toByteArray();
        boolean carriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        byte[] whole = carriageReturn ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
        return number == 1 ? TextFile.withoutMark(whole) : whole;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
