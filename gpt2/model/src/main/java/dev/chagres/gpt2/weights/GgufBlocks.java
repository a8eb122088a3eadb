package dev.chagres.gpt2.weights;

import dev.chagres.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;

/// Values of ggml's block formats in single precision, rounded in the order of its own implementation
/// (`ggml-quants.c`, functions `dequantize_row_*`), so that they are the same to the last bit.
///
/// A block begins with its scale d and, where it has one, its offset m, both half floats unless said otherwise.
final class GgufBlocks {
    /// The types that can be read.
    private static final Set<GgmlType> READABLE = EnumSet.of(
            GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0,
            GgmlType.Q5_1, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K);

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// An offset that changes no number, zeros of either sign included.
    private static final float NONE = -0.0f;

    /// Elements of a sub-block of the types of 256.
    private static final int SUB = 32;

    private GgufBlocks() {}

    static boolean isReadable(GgmlType type) {
        return READABLE.contains(type);
    }

    /// The elements of whole blocks.
    ///
    /// @param data of a readable type
    /// @param at first byte of the first block
    /// @param target its length is a multiple of the block's elements
    static void read(GgmlType type, MemorySegment data, long at, float[] target) {
        if (type == GgmlType.F32) {
            MemorySegment.copy(data, FLOAT, at, target, 0, target.length);
            return;
        }
        for (int to = 0; to < target.length; to += type.blockValues(), at += type.blockBytes()) {
            switch (type) {
                case F16 -> target[to] = half(data, at);
                case BF16 -> target[to] = Float.intBitsToFloat(data.get(SHORT, at) << 16);
                case Q8_0 -> q80(data, at, target, to);
                case Q4_0 -> nibbles(data, at + 2, 0, 0, -8, half(data, at), NONE, target, to);
                case Q4_1 -> nibbles(data, at + 4, 0, 0, 0, half(data, at), half(data, at + 2), target, to);
                case Q5_0 -> nibbles(data, at + 6, data.get(INT, at + 2), 16, -16, half(data, at), NONE, target, to);
                case Q5_1 -> nibbles(data, at + 8, data.get(INT, at + 4), 16, 0, half(data, at), half(data, at + 2),
                        target, to);
                case Q4_K, Q5_K -> q45k(type, data, at, target, to);
                case Q6_K -> q6k(data, at, target, to);
                default -> throw new IllegalArgumentException(type + " cannot be read");
            }
        }
    }

    private static float half(MemorySegment data, long at) {
        return Float.float16ToFloat(data.get(SHORT, at));
    }

    private static int unsigned(MemorySegment data, long at) {
        return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
    }

    /// d, 32 signed bytes q: `d q`.
    private static void q80(MemorySegment data, long at, float[] target, int to) {
        float d = half(data, at);
        for (int i = 0; i < SUB; i++) {
            target[to + i] = d * data.get(ValueLayout.JAVA_BYTE, at + 2 + i);
        }
    }

    /// 16 bytes whose low nibbles are elements 0 to 15 and whose high nibbles are elements 16 to 31:
    /// `d (nibble + fifth bit + offset) + m`.
    ///
    /// @param fifth bit i stands for `fifthValue` in element i
    private static void nibbles(MemorySegment data, long at, int fifth, int fifthValue, int offset, float d, float m,
            float[] target, int to) {
        for (int i = 0; i < SUB; i++) {
            int nibble = unsigned(data, at + i % 16) >> (i < 16 ? 0 : 4) & 15;
            int q = nibble + (fifth >>> i & 1) * fifthValue + offset;
            target[to + i] = d * q + m;
        }
    }

    /// d, dmin, eight pairs of 6-bit scales and minima in 12 bytes, for Q5_K 32 bytes of fifth bits (bit s for
    /// sub-block s), 128 bytes of nibbles (low ones for even sub-blocks): `d scale q - dmin minimum`.
    private static void q45k(GgmlType type, MemorySegment data, long at, float[] target, int to) {
        float d = half(data, at);
        float dmin = half(data, at + 2);
        long packed = at + 4;
        boolean five = type == GgmlType.Q5_K;
        long high = at + 16;
        long low = five ? high + SUB : high;
        for (int s = 0; s < 8; s++) {
            int scale;
            int minimum;
            if (s < 4) {
                scale = unsigned(data, packed + s) & 63;
                minimum = unsigned(data, packed + s + 4) & 63;
            } else {
                int nibbles = unsigned(data, packed + s + 4);
                scale = nibbles & 15 | unsigned(data, packed + s - 4) >> 6 << 4;
                minimum = nibbles >> 4 | unsigned(data, packed + s) >> 6 << 4;
            }
            float unit = d * scale;
            float offset = dmin * minimum;
            for (int i = 0; i < SUB; i++) {
                int q = unsigned(data, low + s / 2 * SUB + i) >> s % 2 * 4 & 15;
                if (five) {
                    q |= (unsigned(data, high + i) >> s & 1) << 4;
                }
                target[to + s * SUB + i] = unit * q - offset;
            }
        }
    }

    /// 128 bytes of low nibbles, 64 of high pairs of bits, 16 signed scales, d: `d scale (q - 32)`. Each half of 128
    /// elements has four runs of 32: low nibbles of the first and the second 32 bytes, then their high nibbles.
    private static void q6k(MemorySegment data, long at, float[] target, int to) {
        float d = half(data, at + 208);
        for (int i = 0; i < 256; i++) {
            int halfBlock = i / 128;
            int run = i % 128 / SUB;
            int l = i % SUB;
            int low = unsigned(data, at + halfBlock * 64 + run % 2 * SUB + l) >> run / 2 * 4 & 15;
            int high = unsigned(data, at + 128 + halfBlock * SUB + l) >> run * 2 & 3;
            float unit = d * data.get(ValueLayout.JAVA_BYTE, at + 192 + i / 16);
            target[to + i] = unit * ((low | high << 4) - 32);
        }
    }
}
