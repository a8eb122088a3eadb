package dev.chagres.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what [VarintWriter] wrote. Whatever the bytes are, only IllegalArgumentException is thrown.
final class VarintReader {
    private final byte[] bytes;
    private int at;

    VarintReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A number from 0 to `max`.
    int get(int max) {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (at == bytes.length) {
                throw new IllegalArgumentException("the tokenizer ends early");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                if (value > max) {
                    throw new IllegalArgumentException(
                            "the tokenizer has " + value + " where at most " + max + " may be");
                }
                return (int) value;
            }
        }
        throw new IllegalArgumentException("the tokenizer has a number of more than five bytes");
    }

    /// A number of items that take at least `itemBytes` bytes each: no more than the bytes left can hold.
    int count(int max, int itemBytes) {
        int count = get(max);
        if (count > (bytes.length - at) / itemBytes) {
            throw new IllegalArgumentException("the tokenizer ends early: " + count + " items in "
                    + (bytes.length - at) + " bytes");
        }
        return count;
    }

    byte[] bytes(int length) {
        if (length > bytes.length - at) {
            throw new IllegalArgumentException("the tokenizer ends early");
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /// A length up to `max` and so many bytes of UTF-8.
    String text(int max) {
        return utf8(bytes(get(max)));
    }

    static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text of the tokenizer is not UTF-8", e);
        }
    }

    boolean atEnd() {
        return at == bytes.length;
    }

    void end() {
        if (at != bytes.length) {
            throw new IllegalArgumentException((bytes.length - at) + " bytes after the tokenizer");
        }
    }
}
