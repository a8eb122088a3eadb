package dev.chagres.tokenizer;

import java.io.ByteArrayOutputStream;

/// Bytes and unsigned LEB128 numbers: seven bits a byte, the lowest first, the top bit set on all but the last.
final class VarintWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// @param value not negative
    void put(int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    void put(byte[] bytes) {
        out.writeBytes(bytes);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
