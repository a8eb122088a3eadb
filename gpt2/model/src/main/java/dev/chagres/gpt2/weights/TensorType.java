package dev.chagres.gpt2.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Element types of a safetensors file. All are little-endian; the floating-point ones can be read.
public enum TensorType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E5M2(1),
    F8_E4M3(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of one element.
    public int bytes() {
        return bytes;
    }

    /// Whether [#read] works on this type.
    public boolean isReadable() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /// The value of this floating-point type nearest to `value`, ties to even.
    float round(float value) {
        return switch (this) {
            case F64, F32 -> value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> {
                int bits = Float.floatToIntBits(value);
                // Half a unit of the kept part, less one when that part is even, carries exactly when rounding up.
                yield Float.isFinite(value)
                        ? Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000) : value;
            }
            default -> throw new IllegalStateException(this + " is not a readable floating-point type");
        };
    }

    /// Elements `from .. from + target.length - 1` of `data`, as floats. F64 is rounded to nearest, the others are
    /// exact.
    void read(MemorySegment data, long from, float[] target) {
        switch (this) {
            case F32 -> MemorySegment.copy(data, FLOAT, from * 4, target, 0, target.length);
            case F64 -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] = (float) data.get(DOUBLE, (from + i) * 8);
                }
            }
            case F16 -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] = Float.float16ToFloat(data.get(SHORT, (from + i) * 2));
                }
            }
            case BF16 -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * 2) << 16);
                }
            }
            default -> throw new IllegalStateException(this + " is not a readable floating-point type");
        }
    }
}
