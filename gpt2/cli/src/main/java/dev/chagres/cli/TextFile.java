package dev.chagres.cli;

import dev.chagres.prove.file.FileFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Text files as the commands read them: strictly UTF-8. A byte-order mark at the start is no part of the text; a byte
/// that is not UTF-8 is an error with its place, never another letter.
final class TextFile {
    /// No prompt or calibration text comes near this size.
    static final int MAX_BYTES = 1 << 28;

    private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    /// The four-byte marks come first: one of them starts as a two-byte mark does.
    private static final List<Mark> OTHER_MARKS = List.of(
            new Mark("UTF-32", "0000feff"), new Mark("UTF-32", "fffe0000"),
            new Mark("UTF-16", "feff"), new Mark("UTF-16", "fffe"));

    private TextFile() {}

    /// A byte-order mark.
    private record Mark(String encoding, byte[] bytes) {
        Mark(String encoding, String hex) {
            this(encoding, HexFormat.of().parseHex(hex));
        }
    }

    /// The text of a file.
    ///
    /// @throws FileFormatException naming file, line and byte if it is not UTF-8
    /// @throws IOException naming the file if it cannot be read
    static String read(Path file) throws IOException {
        byte[] bytes = bytes(file);
        try {
            return decode(bytes);
        } catch (NotUtf8Exception e) {
            int line = 1;
            int start = 0;
            for (int i = 0; i < e.position(); i++) {
                if (bytes[i] == '\n') {
                    line++;
                    start = i + 1;
                }
            }
            throw new FileFormatException(file, "not UTF-8: line " + line + ", byte " + (e.position() - start + 1)
                    + " is " + hex(bytes[e.position()]), e);
        }
    }

    /// The lines of a file as bytes without their ends (`\n` or `\r\n`), so that one bad line spoils no other; each is
    /// for [#decode(byte\[\])].
    ///
    /// @throws FileFormatException if the file says that it is in another encoding
    /// @throws IOException naming the file if it cannot be read
    static List<byte[]> lines(Path file) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        try (PromptLines in = new PromptLines(new ByteArrayInputStream(bytes(file)))) {
            for (byte[] line = in.next(); line != null; line = in.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    /// Strict decoding.
    ///
    /// @throws NotUtf8Exception at the first byte that is not UTF-8
    static String decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length); // never more characters than bytes
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw new NotUtf8Exception(in.position(), bytes[in.position()]);
        }
        return out.flip().toString();
    }

    /// Some bytes are not UTF-8.
    static final class NotUtf8Exception extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final int position;

        private NotUtf8Exception(int position, byte bad) {
            super("not UTF-8: byte " + (position + 1) + " is " + hex(bad));
            this.position = position;
        }

        /// Of the first bad byte, from 0.
        int position() {
            return position;
        }
    }

    private static String hex(byte b) {
        return "0x" + HexFormat.of().withUpperCase().toHexDigits(b);
    }

    private static boolean startsWith(byte[] bytes, byte[] mark) {
        return bytes.length >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return withoutMark(Inputs.read(file, MAX_BYTES));
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(file, e.getMessage(), e);
        }
    }

    /// The start of a text without the mark of UTF-8.
    ///
    /// @throws IllegalArgumentException if there is the mark of another encoding
    static byte[] withoutMark(byte[] bytes) {
        for (Mark mark : OTHER_MARKS) {
            if (startsWith(bytes, mark.bytes)) {
                throw new IllegalArgumentException("not UTF-8: the byte-order mark says " + mark.encoding
                        + "; convert it, for example with iconv -f " + mark.encoding + " -t UTF-8");
            }
        }
        return startsWith(bytes, UTF_8_MARK) ? Arrays.copyOfRange(bytes, UTF_8_MARK.length, bytes.length) : bytes;
    }
}
