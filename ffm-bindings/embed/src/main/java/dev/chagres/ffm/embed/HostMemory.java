package dev.chagres.ffm.embed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads and writes arguments: pointers of C with the sizes that C gives for them.
final class HostMemory {
    /// Bytes of a line about a failure, `EMBED_TEXT`.
    static final int TEXT_BYTES = 1024;

    private HostMemory() {}

    /// A copy of `n` bytes.
    static byte[] bytes(MemorySegment from, long n) {
        return n == 0 ? new byte[0] : from.reinterpret(n).toArray(ValueLayout.JAVA_BYTE);
    }

    /// A copy of `n` integers.
    static int[] ints(MemorySegment from, long n) {
        return n == 0 ? new int[0] : from.reinterpret(n * Integer.BYTES).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    /// A text that ends with a zero.
    static String string(MemorySegment from) {
        return from.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// A text of `n` bytes.
    ///
    /// @throws IllegalArgumentException if it is not UTF-8
    static String utf8(MemorySegment from, long n) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(from, n));
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text is not UTF-8 from byte " + bytes.position() + " on", e);
        }
    }

    /// Writes bytes at a place for `capacity` of them.
    static void put(MemorySegment to, long capacity, byte[] bytes) {
        MemorySegment.copy(bytes, 0, to.reinterpret(capacity), ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    /// Writes integers at a place for `capacity` of them.
    static void put(MemorySegment to, long capacity, int[] values) {
        MemorySegment.copy(values, 0, to.reinterpret(capacity * Integer.BYTES), ValueLayout.JAVA_INT_UNALIGNED, 0,
                values.length);
    }

    static void put(MemorySegment to, long value) {
        to.reinterpret(Long.BYTES).set(ValueLayout.JAVA_LONG, 0, value);
    }

    static void put(MemorySegment to, MemorySegment pointer) {
        to.reinterpret(ValueLayout.ADDRESS.byteSize()).set(ValueLayout.ADDRESS, 0, pointer);
    }

    /// Writes a text and a zero at a place for `capacity` bytes; what does not fit is cut, between characters.
    static void put(MemorySegment to, long capacity, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int n = (int) Math.min(bytes.length, capacity - 1);
        while (n > 0 && n < bytes.length && (bytes[n] & 0xc0) == 0x80) {
            n--;
        }
        put(to, capacity, Arrays.copyOf(Arrays.copyOf(bytes, n), n + 1));
    }
}
