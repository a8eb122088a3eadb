package dev.chagres.ffm.kernel;

import dev.chagres.field.QM31;
import dev.chagres.hash.Blake3Compression;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Small arguments and results of native calls, one place for each thread: it is freed with the thread.
final class ThreadScratch {
    /// Room for the point of a table with 2^64 entries.
    private static final int BYTES = 64 * Memory.EXT_BYTES;

    private static final ThreadLocal<MemorySegment> MEMORY = ThreadLocal.withInitial(() ->
            Arena.ofAuto().allocate(BYTES, Memory.ALIGNMENT));

    private ThreadScratch() {}

    /// The address of this thread's scratch. The thread keeps the memory alive.
    static long address() {
        return MEMORY.get().address();
    }

    /// The first `count` elements of the scratch, four words each.
    static QM31[] elements(long scratch, int count) {
        QM31[] elements = new QM31[count];
        for (int i = 0; i < count; i++) {
            elements[i] = new QM31(Memory.getInt(scratch, 4 * i), Memory.getInt(scratch, 4 * i + 1),
                    Memory.getInt(scratch, 4 * i + 2), Memory.getInt(scratch, 4 * i + 3));
        }
        return elements;
    }

    /// Writes at most 64 elements, four words each.
    static long put(QM31[] elements) {
        if (elements.length > BYTES / Memory.EXT_BYTES) {
            throw new IllegalArgumentException("a table of 2^" + elements.length + " elements");
        }
        long scratch = address();
        for (int i = 0; i < elements.length; i++) {
            Memory.setInt(scratch, 4 * i, elements[i].c0());
            Memory.setInt(scratch, 4 * i + 1, elements[i].c1());
            Memory.setInt(scratch, 4 * i + 2, elements[i].c2());
            Memory.setInt(scratch, 4 * i + 3, elements[i].c3());
        }
        return scratch;
    }

    /// Writes the first chaining value of a mode.
    static long put(Blake3Mode mode) {
        long scratch = address();
        for (int i = 0; i < Blake3Compression.CV_WORDS; i++) {
            Memory.setInt(scratch, i, mode.word(i));
        }
        return scratch;
    }

    /// Coordinates 0 and 1 of a constant in one word.
    static long low(QM31 x) {
        return x.c0() | (long) x.c1() << 32;
    }

    /// Coordinates 2 and 3 of a constant in one word.
    static long high(QM31 x) {
        return x.c2() | (long) x.c3() << 32;
    }
}
