package dev.chagres.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/// GPT-2's alphabet: one printable character for each byte, so that vocabulary files can be text. Bytes 21..7E, A1..AC
/// and AE..FF stand for themselves (Latin-1), the 68 others for U+0100, U+0101, ... in order (`bytes_to_unicode` in
/// GPT-2's `encoder.py`).
final class ByteAlphabet {
    private static final char[] CHARACTER = new char[256];
    /// Byte of a character below U+0144, or -1.
    private static final int[] BYTE = new int[256 + 68];

    static {
        Arrays.fill(BYTE, -1);
        int spare = 256;
        for (int b = 0; b < 256; b++) {
            boolean prints = b >= 0x21 && b <= 0x7E || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTER[b] = (char) (prints ? b : spare++);
            BYTE[CHARACTER[b]] = b;
        }
    }

    private ByteAlphabet() {}

    /// The bytes that a string of the alphabet stands for; empty if a character is not of the alphabet.
    static Optional<byte[]> bytes(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = letters.charAt(i);
            if (c >= BYTE.length || BYTE[c] < 0) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTE[c];
        }
        return Optional.of(bytes);
    }

    static String letters(byte[] bytes) {
        StringBuilder letters = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            letters.append(CHARACTER[b & 0xFF]);
        }
        return letters.toString();
    }
}
