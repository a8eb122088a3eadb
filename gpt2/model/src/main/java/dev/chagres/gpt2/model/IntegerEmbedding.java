package dev.chagres.gpt2.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The token embedding: a row of the stream starts as `2^shift entries[token]`.
///
/// @param entries little-endian signed integers, row-major `[vocab][width]`, unpadded
/// @param bits 16 or 32, the width of an entry; -32768 is none of 16 bits
/// @param shift h, 0..11 for entries of 16 bits, else 0
public record IntegerEmbedding(MemorySegment entries, int bits, int shift) {
    /// Layout of an entry of 32 bits.
    public static final ValueLayout.OfInt WIDE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Layout of an entry of 16 bits.
    public static final ValueLayout.OfShort NARROW =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The largest shift: 2^11 32767 is inside the domain of the stream.
    public static final int MAX_SHIFT = 11;

    public IntegerEmbedding {
        if (bits != 16 && bits != 32) {
            throw new IllegalArgumentException("an embedding of " + bits + " bits, not 16 or 32");
        }
        if (shift < 0 || shift > (bits == 16 ? MAX_SHIFT : 0)) {
            throw new IllegalArgumentException("shift " + shift + " of an embedding of " + bits + " bits");
        }
    }

    /// Entry i, before the shift.
    public int entry(long i) {
        return bits == 16 ? entries.get(NARROW, 2 * i) : entries.get(WIDE, 4 * i);
    }

    /// Bytes of so many entries.
    static long bytes(int bits, long count) {
        return bits / 8 * count;
    }
}
