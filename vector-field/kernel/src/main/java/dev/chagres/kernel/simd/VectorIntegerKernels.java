package dev.chagres.kernel.simd;

import static dev.chagres.kernel.simd.Lanes.ALL;
import static dev.chagres.kernel.simd.Lanes.BITS;
import static dev.chagres.kernel.simd.Lanes.BYTES;
import static dev.chagres.kernel.simd.Lanes.COUNT;
import static dev.chagres.kernel.simd.Lanes.D;
import static dev.chagres.kernel.simd.Lanes.DOUBLES;
import static dev.chagres.kernel.simd.Lanes.H;
import static dev.chagres.kernel.simd.Lanes.I;
import static dev.chagres.kernel.simd.Lanes.ORDER;
import static dev.chagres.kernel.simd.Lanes.Q;
import static dev.chagres.kernel.simd.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2D;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.S2D;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarIntegerKernels;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/// [IntegerKernels] on vectors.
///
/// Measured as [VectorFieldKernels], scalar twin in brackets: `matmul` of 768 x 768 by 768 x 128 91 (2.6) and
/// `matvec` of 768 x 768 51 (3.3) multiply-adds per ns, `shiftRound` with remainders 0.06 (0.59) and `max`
/// 0.03 (0.72) ns per element. `lookup` and `histogram` are the scalar ones, 0.48 ns per element.
public final class VectorIntegerKernels implements IntegerKernels {
    /// Rows of one tile of [#matmul]. Sixteen accumulators need the 32 registers of AVX-512.
    private static final int TILE_ROWS = BITS == 512 ? 8 : 4;

    private final IntegerKernels scalar = new ScalarIntegerKernels();

    /// By fused multiply-adds on doubles, which are exact here: no sum that stays inside 32 bits comes near 2^53.
    ///
    /// Activations are converted once for a block of depth and width that stays in the L2 cache, weights once for a few
    /// rows of it that stay in L1.
    @Override
    public void matmul(long acc, long accStride, long w, long wStride, long x, long xStride,
            int rows, int depth, int width) {
        MatrixScratch scratch = MatrixScratch.get();
        for (int k = 0; k < depth; k += MatrixScratch.DEPTH) {
            int count = Math.min(MatrixScratch.DEPTH, depth - k);
            for (int j = 0; j < rows; j += MatrixScratch.ROWS) {
                int some = Math.min(MatrixScratch.ROWS, rows - j);
                for (int i = 0; i < some; i++) {
                    convertWeights(scratch.w, i * MatrixScratch.DEPTH, w + 2 * ((j + i) * wStride + k), count);
                }
                for (int t = 0; t < width; t += COUNT) {
                    packColumns(scratch.x, x + 4 * (k * xStride + t), 4 * xStride, count);
                    columnOfTiles(acc + 4 * (j * accStride + t), 4 * accStride, scratch, some, count);
                }
            }
        }
    }

    private static void columnOfTiles(long acc, long accStride, MatrixScratch scratch, int rows, int depth) {
        int whole = rows - rows % TILE_ROWS;
        for (int j = 0; j < whole; j += TILE_ROWS) {
            tile(acc + j * accStride, accStride, scratch, j, depth);
        }
        if (whole < rows) {
            partialTile(acc + whole * accStride, accStride, scratch, whole, rows - whole, depth);
        }
    }

    private static void tile(long acc, long accStride, MatrixScratch scratch, int row, int depth) {
        if (TILE_ROWS == 8) {
            MatrixLoops.tile8(acc, accStride, scratch.w, row * MatrixScratch.DEPTH, scratch.x, depth);
        } else {
            MatrixLoops.tile4(acc, accStride, scratch.w, row * MatrixScratch.DEPTH, scratch.x, depth);
        }
    }

    /// A tile with fewer rows goes through the scratch; what the missing rows of weights hold does not matter.
    private static void partialTile(long acc, long accStride, MatrixScratch scratch, int row, int rows, int depth) {
        Memory.zero(scratch.tile, (long) TILE_ROWS * BYTES);
        tile(scratch.tile, BYTES, scratch, row, depth);
        for (int j = 0; j < rows; j++) {
            long place = acc + j * accStride;
            IntVector sum = IntVector.fromMemorySegment(I, ALL, scratch.tile + (long) j * BYTES, ORDER);
            IntVector.fromMemorySegment(I, ALL, place, ORDER).add(sum).intoMemorySegment(ALL, place, ORDER);
        }
    }

    /// Two vectors of doubles from each of `depth` rows of 32-bit integers.
    private static void packColumns(double[] dst, long x, long strideBytes, int depth) {
        for (int k = 0; k < depth; k++, x += strideBytes) {
            IntVector low = IntVector.fromMemorySegment(H, ALL, x, ORDER);
            IntVector high = IntVector.fromMemorySegment(H, ALL, x + BYTES / 2, ORDER);
            ((DoubleVector) low.convertShape(I2D, D, 0)).intoArray(dst, 2 * DOUBLES * k);
            ((DoubleVector) high.convertShape(I2D, D, 0)).intoArray(dst, 2 * DOUBLES * k + DOUBLES);
        }
    }

    /// A row of 16-bit integers to doubles; reads nothing past the row.
    private static void convertWeights(double[] dst, int from, long w, int depth) {
        int whole = BITS == 128 ? 0 : depth - depth % DOUBLES;
        for (int k = 0; k < whole; k += DOUBLES) {
            ShortVector narrow = ShortVector.fromMemorySegment(Q, ALL, w + 2L * k, ORDER);
            ((DoubleVector) narrow.convertShape(S2D, D, 0)).intoArray(dst, from + k);
        }
        for (int k = whole; k < depth; k++) {
            dst[from + k] = ALL.get(ValueLayout.JAVA_SHORT, w + 2L * k);
        }
    }

    @Override
    public void matvec(long acc, long w, long wStride, long x, int rows, int depth) {
        int blocked = rows - rows % 4;
        int whole = depth - depth % COUNT;
        long sums = Scratch.address();
        for (int j = 0; j < blocked; j += 4) {
            clearSums(sums, 4);
            fourRows(sums, w + 2 * j * wStride, 2 * wStride, x, whole);
            for (int i = 0; i < 4; i++) {
                addTo(acc, j + i, total(sums + (long) i * BYTES));
            }
        }
        for (int j = blocked; j < rows; j++) {
            clearSums(sums, 1);
            oneRow(sums, w + 2 * j * wStride, x, whole);
            addTo(acc, j, total(sums));
        }
        if (whole < depth) {
            scalar.matvec(acc, w + 2L * whole, wStride, x + 4L * whole, rows, depth - whole);
        }
    }

    private static void clearSums(long sums, int count) {
        for (int i = 0; i < count; i++) {
            IntVector.zero(I).intoMemorySegment(ALL, sums + (long) i * BYTES, ORDER);
        }
    }

    private static int total(long sums) {
        return IntVector.fromMemorySegment(I, ALL, sums, ORDER).reduceLanes(ADD);
    }

    // Sums are in memory: a vector in a variable that changes from turn to turn may become an object (see the
    // generator's `addTo`).

    private static void fourRows(long sums, long w, long strideBytes, long x, int depth) {
        for (long end = w + 2L * depth; w != end; w += 2L * COUNT, x += BYTES) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            addProduct(sums, w, v);
            addProduct(sums + BYTES, w + strideBytes, v);
            addProduct(sums + 2 * BYTES, w + 2 * strideBytes, v);
            addProduct(sums + 3 * BYTES, w + 3 * strideBytes, v);
        }
    }

    private static void oneRow(long sum, long w, long x, int depth) {
        for (long end = w + 2L * depth; w != end; w += 2L * COUNT, x += BYTES) {
            addProduct(sum, w, IntVector.fromMemorySegment(I, ALL, x, ORDER));
        }
    }

    private static void addProduct(long sum, long w, IntVector v) {
        ShortVector weights = ShortVector.fromMemorySegment(S, ALL, w, ORDER);
        IntVector.fromMemorySegment(I, ALL, sum, ORDER).add(((IntVector) weights.convertShape(S2I, I, 0)).mul(v))
                .intoMemorySegment(ALL, sum, ORDER);
    }

    private static void addTo(long acc, int j, int term) {
        ALL.set(ValueLayout.JAVA_INT, acc + 4L * j, ALL.get(ValueLayout.JAVA_INT, acc + 4L * j) + term);
    }

    /// `floor((x + 2^(s-1)) / 2^s)` is `floor(x / 2^s)` plus bit s - 1 of x: no lane overflows, whatever x is.
    @Override
    public void shiftRound(long dst, long rem, long x, int s, long n) {
        if (s == 0) {
            scalar.shiftRound(dst, rem, x, s, n);
        } else if (rem == 0) {
            quotients(dst, x, s, Memory.baseBytes(n));
        } else {
            quotientsAndRemainders(dst, rem, x, s, Memory.baseBytes(n));
        }
    }

    private static void quotients(long dst, long x, int s, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x + i, ORDER);
            v.lanewise(ASHR, s).add(v.lanewise(ASHR, s - 1).and(1)).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    private static void quotientsAndRemainders(long dst, long rem, long x, int s, long bytes) {
        int mask = (1 << s) - 1;
        int half = 1 << (s - 1);
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x + i, ORDER);
            v.add(half).and(mask).intoMemorySegment(ALL, rem + i, ORDER);
            v.lanewise(ASHR, s).add(v.lanewise(ASHR, s - 1).and(1)).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    /// By the scalar twin: the Vector API gathers from arrays only, not from memory segments.
    @Override
    public void lookup(long dst, long table, int base, long x, long n) {
        scalar.lookup(dst, table, base, x, n);
    }

    /// By the scalar twin: lanes of one vector may hit the same counter.
    @Override
    public void histogram(long count, int base, long x, long n) {
        scalar.histogram(count, base, x, n);
    }

    @Override
    public int max(long x, long n) {
        long whole = n - n % Memory.BLOCK;
        int max = Integer.MIN_VALUE;
        if (whole > 0) {
            long lanes = Scratch.address();
            PanelLoops.max(lanes, x, BYTES, whole / COUNT);
            max = IntVector.fromMemorySegment(I, ALL, lanes, ORDER).reduceLanes(MAX);
        }
        return whole == n ? max : Math.max(max, scalar.max(x + 4 * whole, n - whole));
    }
}
