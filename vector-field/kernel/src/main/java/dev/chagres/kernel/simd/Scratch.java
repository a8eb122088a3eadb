package dev.chagres.kernel.simd;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A small working memory for each thread, so that kernels allocate nothing and may run on many threads.
///
/// It is freed with its thread. One call of one kernel owns all of it; kernels do not call each other while
/// they hold values in it.
final class Scratch {
    /// Elements handled at a time by kernels made of several loops: their temporaries stay in the L1 or L2 cache.
    static final int CHUNK = 256;

    private static final int SUMS_BYTES = 4 * Lanes.BLOCK_BYTES;
    private static final int SUMS = 3;
    private static final int ARRAYS = 8;
    private static final int ARRAY_BYTES = CHUNK * Memory.EXT_BYTES;

    private static final ThreadLocal<MemorySegment> MEMORY = ThreadLocal.withInitial(() ->
            Arena.ofAuto().allocate(SUMS * SUMS_BYTES + ARRAYS * ARRAY_BYTES, Memory.ALIGNMENT));

    private Scratch() {}

    /// The address of this thread's scratch. The thread keeps the memory alive.
    static long address() {
        return MEMORY.get().address();
    }

    /// Accumulators number `k`, 0 to 2: four raw 64-bit vectors 64 bytes apart.
    static long sums(long scratch, int k) {
        return scratch + k * SUMS_BYTES;
    }

    /// Temporary ext array number `k`, 0 to 7, of [#CHUNK] elements. Neighbours are contiguous.
    static long array(long scratch, int k) {
        return scratch + SUMS * SUMS_BYTES + k * ARRAY_BYTES;
    }

    /// Temporary base array number `k`, 0 to 31, of [#CHUNK] elements: quarter `k % 4` of ext array `k / 4`.
    static long base(long scratch, int k) {
        return array(scratch, 0) + k * (ARRAY_BYTES / 4);
    }

    static void clearSums(long scratch) {
        Memory.zero(scratch, SUMS * SUMS_BYTES);
    }

    /// The element whose coordinates are the lane sums of the accumulators at `sums`.
    static QM31 total(long sums) {
        return new QM31(lanes(sums), lanes(sums + 64), lanes(sums + 128), lanes(sums + 192));
    }

    private static int lanes(long address) {
        int sum = 0;
        for (int o = 0; o < Lanes.BYTES; o += 8) {
            long raw = Memory.ALL.get(ValueLayout.JAVA_LONG, address + o);
            // The lane is unsigned: one folding step brings it below 2^34.
            sum = M31.add(sum, M31.reduce((raw & M31.P) + (raw >>> 31)));
        }
        return sum;
    }
}
