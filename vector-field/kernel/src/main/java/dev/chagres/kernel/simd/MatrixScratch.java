package dev.chagres.kernel.simd;

import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;

/// Working memory of the integer matrix product, one for each thread that uses it.
final class MatrixScratch {
    /// Depth of one pass: a tile of activations takes 16 KiB as doubles and stays in the L1 cache.
    static final int DEPTH = 128;

    /// Rows of weights of one pass: 64 KiB as doubles, which go by from the L2 cache once for each tile of activations.
    static final int ROWS = 64;
    private static final ThreadLocal<MatrixScratch> OF_THREAD = ThreadLocal.withInitial(MatrixScratch::new);

    /// Rows of weights, [#DEPTH] apart.
    final double[] w = new double[ROWS * DEPTH];

    /// One tile of activations: its columns for each step of depth.
    final double[] x = new double[DEPTH * Lanes.COUNT];

    /// One tile of the product, eight vectors of 32-bit integers. The arena keeps it as long as this object.
    private final Arena arena = Arena.ofAuto();
    final long tile = Memory.allocate(arena, 8 * Lanes.BYTES);

    private MatrixScratch() {}

    static MatrixScratch get() {
        return OF_THREAD.get();
    }
}
