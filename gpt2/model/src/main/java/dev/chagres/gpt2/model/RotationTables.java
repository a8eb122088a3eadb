package dev.chagres.gpt2.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The tables of the rotation of queries and keys (docs/semantics.md, section 3.3): entry \[t\]\[j\] belongs to
/// position t and the pair of channels j and j + dh/2 of a head.
///
/// @param scaleBits    kappa: entries are `round(2^kappa cos)` and `round(2^kappa sin)`
/// @param fractionBits x: projections of queries and keys have x bits more than what is clamped
/// @param cos          little-endian signed 16-bit, `[context][dh / 2]`
/// @param sin          likewise
public record RotationTables(int scaleBits, int fractionBits, MemorySegment cos, MemorySegment sin) {
    /// Layout of one entry.
    public static final ValueLayout.OfShort ENTRY =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The largest kappa.
    public static final int MAX_SCALE_BITS = 13;

    /// The largest x.
    public static final int MAX_FRACTION_BITS = 8;

    /// The largest kappa + x.
    public static final int MAX_SHIFT = 16;

    public RotationTables {
        if (scaleBits < 1 || scaleBits > MAX_SCALE_BITS || fractionBits < 0 || fractionBits > MAX_FRACTION_BITS
                || scaleBits + fractionBits > MAX_SHIFT) {
            throw new IllegalArgumentException(
                    "a rotation with " + scaleBits + " scale bits and " + fractionBits + " fraction bits");
        }
        if (cos.byteSize() != sin.byteSize()) {
            throw new IllegalArgumentException(cos.byteSize() + " bytes of cosines, " + sin.byteSize() + " of sines");
        }
    }

    /// kappa + x, the shift of a rotated value.
    public int shift() {
        return scaleBits + fractionBits;
    }

    /// Entry i of the cosines, `position * dh / 2 + pair`.
    public short cos(long i) {
        return cos.get(ENTRY, 2 * i);
    }

    /// Entry i of the sines.
    public short sin(long i) {
        return sin.get(ENTRY, 2 * i);
    }
}
