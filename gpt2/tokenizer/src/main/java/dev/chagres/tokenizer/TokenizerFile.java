package dev.chagres.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the text files of a tokenizer, with errors that name them.
final class TokenizerFile {
    /// Several times the largest known `tokenizer.json` of a byte-level encoding.
    private static final int MAX_BYTES = 1 << 26;

    private static final String LFS_POINTER = "version https://git-lfs";

    private TokenizerFile() {}

    /// @throws IOException if the file cannot be read
    /// @throws TokenizerException if it is too large, a Git LFS pointer or not UTF-8
    static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new TokenizerException(file + ": has more than " + MAX_BYTES + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new TokenizerException(file + ": is not UTF-8 text", e);
        }
        if (text.startsWith(LFS_POINTER)) {
            throw new TokenizerException(
                    file + ": is a Git LFS pointer, not the file itself; fetch it with `git lfs pull`");
        }
        return text;
    }

    /// The JSON value of a file.
    ///
    /// @throws TokenizerException as [#read], and if it is not JSON
    static Object readJson(Path file) throws IOException {
        String text = read(file);
        try {
            return Json.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TokenizerException(file + ": is not valid JSON: " + e.getMessage(), e);
        }
    }
}
