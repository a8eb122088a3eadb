package dev.chagres.prove.commit;

import dev.chagres.kernel.Memory;

/// Coordinate planes of ext arrays: coordinate c of every element as a base array.
final class ExtPlanes {
    private static final int LINE = 64;

    private ExtPlanes() {}

    /// Copies coordinate `c` of `n` elements, n a multiple of 16.
    static void read(long plane, long ext, int c, long n) {
        for (long b = 0; b < n / Memory.BLOCK; b++) {
            Memory.copy(ext + (4 * b + c) * LINE, plane + b * LINE, LINE);
        }
    }

    /// Sets coordinate `c` of `n` elements, n a multiple of 16.
    static void write(long ext, long plane, int c, long n) {
        for (long b = 0; b < n / Memory.BLOCK; b++) {
            Memory.copy(plane + b * LINE, ext + (4 * b + c) * LINE, LINE);
        }
    }
}
