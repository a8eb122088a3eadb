package dev.chagres.prove.sumcheck;

import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// Copies a table over a factor's own variables into another order of variables, repeating it along foreign ones.
final class TableSpread {
    private static final int LOW = 10;

    private TableSpread() {}

    /// `dst[y] = src[x]`, where bit j of y stands for the j-th variable of the set `stored` and bit k of x for `own[k]`.
    ///
    /// @param own distinct members of `stored`
    static void spread(long dst, long stored, long src, int[] own, FieldKernels kernels) {
        int bits = Long.bitCount(stored);
        long[] contribution = new long[bits];
        for (int k = 0; k < own.length; k++) {
            contribution[Long.bitCount(stored & ((1L << own[k]) - 1))] = 1L << k;
        }
        int low = Math.min(LOW, bits);
        long[] lowIndex = indices(contribution, 0, low);
        boolean same = bits >= 4;
        boolean repeated = bits >= 4;
        for (int j = 0; j < Math.min(4, bits); j++) {
            same &= contribution[j] == 1L << j;
            repeated &= contribution[j] == 0;
        }
        long chunk = 1L << low;
        for (long high = 0; high < 1L << (bits - low); high++) {
            long base = 0;
            for (int j = low; j < bits; j++) {
                base |= (high >>> (j - low) & 1) == 0 ? 0 : contribution[j];
            }
            long first = high << low;
            if (same) {
                for (int y = 0; y < chunk; y += Memory.BLOCK) {
                    Memory.copy(src + (base | lowIndex[y]) * Memory.EXT_BYTES, dst + (first + y) * Memory.EXT_BYTES,
                            Memory.BLOCK * Memory.EXT_BYTES);
                }
            } else if (repeated) {
                for (int y = 0; y < chunk; y += Memory.BLOCK) {
                    kernels.fillExt(dst + (first + y) * Memory.EXT_BYTES, Memory.getExt(src, base | lowIndex[y]),
                            Memory.BLOCK);
                }
            } else {
                for (int y = 0; y < chunk; y++) {
                    Memory.setExt(dst, first + y, Memory.getExt(src, base | lowIndex[y]));
                }
            }
        }
    }

    private static long[] indices(long[] contribution, int from, int to) {
        long[] result = new long[1 << (to - from)];
        for (int j = from; j < to; j++) {
            int half = 1 << (j - from);
            for (int y = 0; y < half; y++) {
                result[y + half] = result[y] | contribution[j];
            }
        }
        return result;
    }
}
