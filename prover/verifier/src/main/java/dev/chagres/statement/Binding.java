package dev.chagres.statement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// Public bytes that a proof is bound to: a request, a nonce, an order number. They say nothing about the model; they
/// are part of what every challenge depends on, so a proof made for some bytes is no proof for others. A value.
public final class Binding {
    /// The largest number of bytes.
    public static final int MAX_BYTES = 1 << 16;

    /// No bytes: the proof is bound to nothing.
    public static final Binding NONE = new Binding(new byte[0]);

    private final byte[] bytes;

    private Binding(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes at most 2^16; none of them is the same as [#NONE]
    /// @throws IllegalArgumentException if there are more
    public static Binding of(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a proof can be bound to at most " + MAX_BYTES + " bytes, not "
                    + bytes.length + "; bind it to their digest");
        }
        return new Binding(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public boolean isNone() {
        return bytes.length == 0;
    }

    /// Number of bytes (32 bits, little-endian), then the bytes.
    public byte[] encode() {
        return ByteBuffer.allocate(Integer.BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length).put(bytes).array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Binding b && Arrays.equals(bytes, b.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// The bytes in hexadecimal.
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
