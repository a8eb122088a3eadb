package dev.chagres.kernel.simd;

import static dev.chagres.kernel.simd.Lanes.ALL;
import static dev.chagres.kernel.simd.Lanes.BITS;
import static dev.chagres.kernel.simd.Lanes.BYTES;
import static dev.chagres.kernel.simd.Lanes.COUNT;
import static dev.chagres.kernel.simd.Lanes.I;
import static dev.chagres.kernel.simd.Lanes.ORDER;
import static dev.chagres.kernel.simd.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarIntegerKernels;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/// [IntegerKernels] on vectors.
///
/// Measured as [VectorFieldKernels], scalar twin in brackets: `matmul` of 768 x 768 by 768 x 128 91 (2.6) and
/// `matvec` of 768 x 768 51 (3.3) multiply-adds per ns, `shiftRound` with remainders 0.06 (0.59) and `max`
/// 0.03 (0.72) ns per element. `lookup` and `histogram` are the scalar ones, 0.48 ns per element.
public final class VectorIntegerKernels implements IntegerKernels {
    /// Depth of one pass of [#matmul]: 256 rows of a tile of activations stay in the L2 cache while all rows
    /// of weights go by.
    private static final int DEPTH_BLOCK = 256;

    /// Vectors in a row of the widest tile. Sixteen accumulators need the 32 registers of AVX-512.
    private static final int TILE_VECTORS = BITS == 512 ? 4 : 2;

    private static final int TILE_ROWS = 4;

    private final IntegerKernels scalar = new ScalarIntegerKernels();

    @Override
    public void matmul(long acc, long accStride, long w, long wStride, long x, long xStride,
            int rows, int depth, int width) {
        int blocked = rows - rows % TILE_ROWS;
        int wide = width - width % (TILE_VECTORS * COUNT);
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int count = Math.min(DEPTH_BLOCK, depth - k);
            int t = 0;
            while (t < width) {
                int step = t < wide ? TILE_VECTORS * COUNT : COUNT;
                long xt = x + 4 * (k * xStride + t);
                int j = 0;
                while (j < rows) {
                    int tileRows = j < blocked ? TILE_ROWS : 1;
                    tile(tileRows, step, acc + 4 * (j * accStride + t), 4 * accStride,
                            w + 2 * (j * wStride + k), 2 * wStride, xt, 4 * xStride, count);
                    j += tileRows;
                }
                t += step;
            }
        }
    }

    private static void tile(int rows, int width, long acc, long accStride, long w, long wStride, long x, long xStride,
            int depth) {
        if (rows == 1) {
            for (int t = 0; t < width; t += COUNT) {
                MatrixLoops.tile1x1(acc + 4L * t, accStride, w, wStride, x + 4L * t, xStride, depth);
            }
        } else if (width == COUNT) {
            MatrixLoops.tile4x1(acc, accStride, w, wStride, x, xStride, depth);
        } else if (TILE_VECTORS == 4) {
            MatrixLoops.tile4x4(acc, accStride, w, wStride, x, xStride, depth);
        } else {
            MatrixLoops.tile4x2(acc, accStride, w, wStride, x, xStride, depth);
        }
    }

    @Override
    public void matvec(long acc, long w, long wStride, long x, int rows, int depth) {
        int blocked = rows - rows % TILE_ROWS;
        int whole = depth - depth % COUNT;
        for (int j = 0; j < blocked; j += TILE_ROWS) {
            fourRows(acc + 4L * j, w + 2 * j * wStride, 2 * wStride, x, whole);
        }
        for (int j = blocked; j < rows; j++) {
            oneRow(acc + 4L * j, w + 2 * j * wStride, x, whole);
        }
        if (whole < depth) {
            scalar.matvec(acc, w + 2L * whole, wStride, x + 4L * whole, rows, depth - whole);
        }
    }

    private static void fourRows(long acc, long w, long strideBytes, long x, int depth) {
        IntVector s0 = IntVector.zero(I);
        IntVector s1 = IntVector.zero(I);
        IntVector s2 = IntVector.zero(I);
        IntVector s3 = IntVector.zero(I);
        for (long end = w + 2L * depth; w != end; w += 2L * COUNT, x += BYTES) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            ShortVector w0 = ShortVector.fromMemorySegment(S, ALL, w, ORDER);
            ShortVector w1 = ShortVector.fromMemorySegment(S, ALL, w + strideBytes, ORDER);
            ShortVector w2 = ShortVector.fromMemorySegment(S, ALL, w + 2 * strideBytes, ORDER);
            ShortVector w3 = ShortVector.fromMemorySegment(S, ALL, w + 3 * strideBytes, ORDER);
            s0 = s0.add(((IntVector) w0.convertShape(S2I, I, 0)).mul(v));
            s1 = s1.add(((IntVector) w1.convertShape(S2I, I, 0)).mul(v));
            s2 = s2.add(((IntVector) w2.convertShape(S2I, I, 0)).mul(v));
            s3 = s3.add(((IntVector) w3.convertShape(S2I, I, 0)).mul(v));
        }
        addTo(acc, 0, s0.reduceLanes(ADD));
        addTo(acc, 1, s1.reduceLanes(ADD));
        addTo(acc, 2, s2.reduceLanes(ADD));
        addTo(acc, 3, s3.reduceLanes(ADD));
    }

    private static void oneRow(long acc, long w, long x, int depth) {
        IntVector s = IntVector.zero(I);
        for (long end = w + 2L * depth; w != end; w += 2L * COUNT, x += BYTES) {
            ShortVector row = ShortVector.fromMemorySegment(S, ALL, w, ORDER);
            s = s.add(((IntVector) row.convertShape(S2I, I, 0)).mul(IntVector.fromMemorySegment(I, ALL, x, ORDER)));
        }
        addTo(acc, 0, s.reduceLanes(ADD));
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
            IntVector v = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            for (long i = 0; i != 4 * whole; i += BYTES) {
                v = v.lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x + i, ORDER));
            }
            max = v.reduceLanes(MAX);
        }
        return whole == n ? max : Math.max(max, scalar.max(x + 4 * whole, n - whole));
    }
}
