package dev.chagres.kernel;

import dev.chagres.field.QM31;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Off-heap memory as kernels see it: addresses in one global segment.
public final class Memory {
    /// All of the address space. Constant, so that C2 keeps the accesses as cheap as on arrays.
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Alignment of every kernel buffer, bytes.
    public static final long ALIGNMENT = 64;

    /// Elements in one block; every buffer is padded to whole blocks.
    public static final int BLOCK = 16;

    /// Bytes of one ext element.
    public static final int EXT_BYTES = 16;

    private Memory() {}

    /// `n` rounded up to whole blocks.
    public static long padded(long n) {
        return (n + BLOCK - 1) & -BLOCK;
    }

    /// Bytes of a base array of `n` elements, padding included.
    public static long baseBytes(long n) {
        return padded(n) * 4;
    }

    /// Bytes of an ext array of `n` elements, padding included.
    public static long extBytes(long n) {
        return padded(n) * EXT_BYTES;
    }

    /// Allocates zeroed, aligned memory that lives as long as the arena; memory that is used again is
    /// [MemoryScope]'s.
    public static long allocate(Arena arena, long bytes) {
        return arena.allocate(Math.max(bytes, ALIGNMENT), ALIGNMENT).address();
    }

    /// Allocates a zeroed base array of `n` elements.
    public static long allocateBase(Arena arena, long n) {
        return allocate(arena, baseBytes(n));
    }

    /// Allocates a zeroed ext array of `n` elements.
    public static long allocateExt(Arena arena, long n) {
        return allocate(arena, extBytes(n));
    }

    public static int getInt(long address, long index) {
        return ALL.get(ValueLayout.JAVA_INT, address + 4 * index);
    }

    public static void setInt(long address, long index, int value) {
        ALL.set(ValueLayout.JAVA_INT, address + 4 * index, value);
    }

    /// Address of coordinate 0 of element `i` of an ext array; coordinate `k` is `64 k` bytes further.
    public static long extAddress(long base, long i) {
        return base + (i >>> 4) * 256 + (i & 15) * 4;
    }

    public static QM31 getExt(long base, long i) {
        long a = extAddress(base, i);
        return new QM31(
                ALL.get(ValueLayout.JAVA_INT, a),
                ALL.get(ValueLayout.JAVA_INT, a + 64),
                ALL.get(ValueLayout.JAVA_INT, a + 128),
                ALL.get(ValueLayout.JAVA_INT, a + 192));
    }

    public static void setExt(long base, long i, QM31 v) {
        long a = extAddress(base, i);
        ALL.set(ValueLayout.JAVA_INT, a, v.c0());
        ALL.set(ValueLayout.JAVA_INT, a + 64, v.c1());
        ALL.set(ValueLayout.JAVA_INT, a + 128, v.c2());
        ALL.set(ValueLayout.JAVA_INT, a + 192, v.c3());
    }

    public static void zero(long address, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) 0);
    }

    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /// Whether some bytes are all zero; over at the first line of 64 that has another one.
    public static boolean isZero(long address, long bytes) {
        long end = address + bytes;
        long at = address;
        for (; at <= end - ALIGNMENT; at += ALIGNMENT) {
            if ((word(at) | word(at + 8) | word(at + 16) | word(at + 24)
                    | word(at + 32) | word(at + 40) | word(at + 48) | word(at + 56)) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (ALL.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long word(long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }
}
