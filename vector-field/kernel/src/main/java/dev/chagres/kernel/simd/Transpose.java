package dev.chagres.kernel.simd;

import dev.chagres.kernel.Memory;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Transposes of 32-bit words by exchanging one bit of the vector's number with one bit of the lane at a time;
/// log2(n) exchanges transpose an n x n square. A method is called only where the width matches its name.
final class Transpose {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int LANES = Lanes.COUNT;
    private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);

    /// Index vectors for `selectFrom`: of two vectors whose numbers differ in one bit, the ones with that bit 0 and 1
    /// after it has been exchanged with bit i of the lane.
    private static final int[][] LOW = new int[4][LANES];
    private static final int[][] HIGH = new int[4][LANES];
    /// Lane l0 w2 w1 w0 (bits) takes lane w2 w1 w0 l0.
    private static final int[] ROTATE = new int[LANES];

    static {
        for (int lane = 0; lane < LANES; lane++) {
            for (int i = 0; i < LOG_LANES; i++) {
                int vector = lane >> i & 1;
                LOW[i][lane] = vector * LANES + (lane & ~(1 << i));
                HIGH[i][lane] = vector * LANES + (lane | 1 << i);
            }
            ROTATE[lane] = (lane << 1 | lane >> (LOG_LANES - 1)) % LANES;
        }
    }

    private Transpose() {}

    /// Messages to words: `columns` has one 64-byte block for each lane; word w of all lanes goes to
    /// `words + 4 * LANES * w`.
    static void load(long words, long columns) {
        if (LANES == 16) {
            square16(words, columns);
        } else if (LANES == 8) {
            square8(words, columns, 64);
            square8(words + 8 * 32, columns + 32, 64);
        } else {
            for (int w = 0; w < 16; w += 4) {
                square4(words + w * 16, 16, columns + 4 * w, 64);
            }
        }
    }

    /// Chaining values to digests: eight vectors of words to one 32-byte digest for each lane.
    static void store(long digests, long words) {
        if (LANES == 16) {
            digests16(digests, words);
        } else if (LANES == 8) {
            square8(digests, words, 32);
        } else {
            square4(digests, 32, words, 16);
            square4(digests + 16, 32, words + 64, 16);
        }
    }

    /// Sixteen vectors, one after another on both sides.
    private static void square16(long dst, long src) {
        dst &= Lanes.ADDRESS;
        src &= Lanes.ADDRESS;
        IntVector low3 = IntVector.fromArray(I, LOW[3], 0);
        IntVector high3 = IntVector.fromArray(I, HIGH[3], 0);
        IntVector low2 = IntVector.fromArray(I, LOW[2], 0);
        IntVector high2 = IntVector.fromArray(I, HIGH[2], 0);
        IntVector low1 = IntVector.fromArray(I, LOW[1], 0);
        IntVector high1 = IntVector.fromArray(I, HIGH[1], 0);
        IntVector low0 = IntVector.fromArray(I, LOW[0], 0);
        IntVector high0 = IntVector.fromArray(I, HIGH[0], 0);
        IntVector v0 = IntVector.fromMemorySegment(I, Memory.ALL, src, LE);
        IntVector v1 = IntVector.fromMemorySegment(I, Memory.ALL, src + 64, LE);
        IntVector v2 = IntVector.fromMemorySegment(I, Memory.ALL, src + 128, LE);
        IntVector v3 = IntVector.fromMemorySegment(I, Memory.ALL, src + 192, LE);
        IntVector v4 = IntVector.fromMemorySegment(I, Memory.ALL, src + 256, LE);
        IntVector v5 = IntVector.fromMemorySegment(I, Memory.ALL, src + 320, LE);
        IntVector v6 = IntVector.fromMemorySegment(I, Memory.ALL, src + 384, LE);
        IntVector v7 = IntVector.fromMemorySegment(I, Memory.ALL, src + 448, LE);
        IntVector v8 = IntVector.fromMemorySegment(I, Memory.ALL, src + 512, LE);
        IntVector v9 = IntVector.fromMemorySegment(I, Memory.ALL, src + 576, LE);
        IntVector v10 = IntVector.fromMemorySegment(I, Memory.ALL, src + 640, LE);
        IntVector v11 = IntVector.fromMemorySegment(I, Memory.ALL, src + 704, LE);
        IntVector v12 = IntVector.fromMemorySegment(I, Memory.ALL, src + 768, LE);
        IntVector v13 = IntVector.fromMemorySegment(I, Memory.ALL, src + 832, LE);
        IntVector v14 = IntVector.fromMemorySegment(I, Memory.ALL, src + 896, LE);
        IntVector v15 = IntVector.fromMemorySegment(I, Memory.ALL, src + 960, LE);
        // vector bit 3 with lane bit 3
        IntVector a0 = low3.selectFrom(v0, v8);
        IntVector a8 = high3.selectFrom(v0, v8);
        IntVector a1 = low3.selectFrom(v1, v9);
        IntVector a9 = high3.selectFrom(v1, v9);
        IntVector a2 = low3.selectFrom(v2, v10);
        IntVector a10 = high3.selectFrom(v2, v10);
        IntVector a3 = low3.selectFrom(v3, v11);
        IntVector a11 = high3.selectFrom(v3, v11);
        IntVector a4 = low3.selectFrom(v4, v12);
        IntVector a12 = high3.selectFrom(v4, v12);
        IntVector a5 = low3.selectFrom(v5, v13);
        IntVector a13 = high3.selectFrom(v5, v13);
        IntVector a6 = low3.selectFrom(v6, v14);
        IntVector a14 = high3.selectFrom(v6, v14);
        IntVector a7 = low3.selectFrom(v7, v15);
        IntVector a15 = high3.selectFrom(v7, v15);
        // vector bit 2 with lane bit 2
        IntVector b0 = low2.selectFrom(a0, a4);
        IntVector b4 = high2.selectFrom(a0, a4);
        IntVector b1 = low2.selectFrom(a1, a5);
        IntVector b5 = high2.selectFrom(a1, a5);
        IntVector b2 = low2.selectFrom(a2, a6);
        IntVector b6 = high2.selectFrom(a2, a6);
        IntVector b3 = low2.selectFrom(a3, a7);
        IntVector b7 = high2.selectFrom(a3, a7);
        IntVector b8 = low2.selectFrom(a8, a12);
        IntVector b12 = high2.selectFrom(a8, a12);
        IntVector b9 = low2.selectFrom(a9, a13);
        IntVector b13 = high2.selectFrom(a9, a13);
        IntVector b10 = low2.selectFrom(a10, a14);
        IntVector b14 = high2.selectFrom(a10, a14);
        IntVector b11 = low2.selectFrom(a11, a15);
        IntVector b15 = high2.selectFrom(a11, a15);
        // vector bit 1 with lane bit 1
        IntVector c0 = low1.selectFrom(b0, b2);
        IntVector c2 = high1.selectFrom(b0, b2);
        IntVector c1 = low1.selectFrom(b1, b3);
        IntVector c3 = high1.selectFrom(b1, b3);
        IntVector c4 = low1.selectFrom(b4, b6);
        IntVector c6 = high1.selectFrom(b4, b6);
        IntVector c5 = low1.selectFrom(b5, b7);
        IntVector c7 = high1.selectFrom(b5, b7);
        IntVector c8 = low1.selectFrom(b8, b10);
        IntVector c10 = high1.selectFrom(b8, b10);
        IntVector c9 = low1.selectFrom(b9, b11);
        IntVector c11 = high1.selectFrom(b9, b11);
        IntVector c12 = low1.selectFrom(b12, b14);
        IntVector c14 = high1.selectFrom(b12, b14);
        IntVector c13 = low1.selectFrom(b13, b15);
        IntVector c15 = high1.selectFrom(b13, b15);
        // vector bit 0 with lane bit 0
        IntVector d0 = low0.selectFrom(c0, c1);
        IntVector d1 = high0.selectFrom(c0, c1);
        IntVector d2 = low0.selectFrom(c2, c3);
        IntVector d3 = high0.selectFrom(c2, c3);
        IntVector d4 = low0.selectFrom(c4, c5);
        IntVector d5 = high0.selectFrom(c4, c5);
        IntVector d6 = low0.selectFrom(c6, c7);
        IntVector d7 = high0.selectFrom(c6, c7);
        IntVector d8 = low0.selectFrom(c8, c9);
        IntVector d9 = high0.selectFrom(c8, c9);
        IntVector d10 = low0.selectFrom(c10, c11);
        IntVector d11 = high0.selectFrom(c10, c11);
        IntVector d12 = low0.selectFrom(c12, c13);
        IntVector d13 = high0.selectFrom(c12, c13);
        IntVector d14 = low0.selectFrom(c14, c15);
        IntVector d15 = high0.selectFrom(c14, c15);
        d0.intoMemorySegment(Memory.ALL, dst, LE);
        d1.intoMemorySegment(Memory.ALL, dst + 64, LE);
        d2.intoMemorySegment(Memory.ALL, dst + 128, LE);
        d3.intoMemorySegment(Memory.ALL, dst + 192, LE);
        d4.intoMemorySegment(Memory.ALL, dst + 256, LE);
        d5.intoMemorySegment(Memory.ALL, dst + 320, LE);
        d6.intoMemorySegment(Memory.ALL, dst + 384, LE);
        d7.intoMemorySegment(Memory.ALL, dst + 448, LE);
        d8.intoMemorySegment(Memory.ALL, dst + 512, LE);
        d9.intoMemorySegment(Memory.ALL, dst + 576, LE);
        d10.intoMemorySegment(Memory.ALL, dst + 640, LE);
        d11.intoMemorySegment(Memory.ALL, dst + 704, LE);
        d12.intoMemorySegment(Memory.ALL, dst + 768, LE);
        d13.intoMemorySegment(Memory.ALL, dst + 832, LE);
        d14.intoMemorySegment(Memory.ALL, dst + 896, LE);
        d15.intoMemorySegment(Memory.ALL, dst + 960, LE);
    }

    /// Eight vectors at distance `stride` to eight vectors one after another.
    private static void square8(long dst, long src, long stride) {
        IntVector low2 = IntVector.fromArray(I, LOW[2], 0);
        IntVector high2 = IntVector.fromArray(I, HIGH[2], 0);
        IntVector low1 = IntVector.fromArray(I, LOW[1], 0);
        IntVector high1 = IntVector.fromArray(I, HIGH[1], 0);
        IntVector low0 = IntVector.fromArray(I, LOW[0], 0);
        IntVector high0 = IntVector.fromArray(I, HIGH[0], 0);
        IntVector v0 = IntVector.fromMemorySegment(I, Memory.ALL, src, LE);
        IntVector v1 = IntVector.fromMemorySegment(I, Memory.ALL, src + 1 * stride, LE);
        IntVector v2 = IntVector.fromMemorySegment(I, Memory.ALL, src + 2 * stride, LE);
        IntVector v3 = IntVector.fromMemorySegment(I, Memory.ALL, src + 3 * stride, LE);
        IntVector v4 = IntVector.fromMemorySegment(I, Memory.ALL, src + 4 * stride, LE);
        IntVector v5 = IntVector.fromMemorySegment(I, Memory.ALL, src + 5 * stride, LE);
        IntVector v6 = IntVector.fromMemorySegment(I, Memory.ALL, src + 6 * stride, LE);
        IntVector v7 = IntVector.fromMemorySegment(I, Memory.ALL, src + 7 * stride, LE);
        // vector bit 2 with lane bit 2
        IntVector a0 = low2.selectFrom(v0, v4);
        IntVector a4 = high2.selectFrom(v0, v4);
        IntVector a1 = low2.selectFrom(v1, v5);
        IntVector a5 = high2.selectFrom(v1, v5);
        IntVector a2 = low2.selectFrom(v2, v6);
        IntVector a6 = high2.selectFrom(v2, v6);
        IntVector a3 = low2.selectFrom(v3, v7);
        IntVector a7 = high2.selectFrom(v3, v7);
        // vector bit 1 with lane bit 1
        IntVector b0 = low1.selectFrom(a0, a2);
        IntVector b2 = high1.selectFrom(a0, a2);
        IntVector b1 = low1.selectFrom(a1, a3);
        IntVector b3 = high1.selectFrom(a1, a3);
        IntVector b4 = low1.selectFrom(a4, a6);
        IntVector b6 = high1.selectFrom(a4, a6);
        IntVector b5 = low1.selectFrom(a5, a7);
        IntVector b7 = high1.selectFrom(a5, a7);
        // vector bit 0 with lane bit 0
        IntVector c0 = low0.selectFrom(b0, b1);
        IntVector c1 = high0.selectFrom(b0, b1);
        IntVector c2 = low0.selectFrom(b2, b3);
        IntVector c3 = high0.selectFrom(b2, b3);
        IntVector c4 = low0.selectFrom(b4, b5);
        IntVector c5 = high0.selectFrom(b4, b5);
        IntVector c6 = low0.selectFrom(b6, b7);
        IntVector c7 = high0.selectFrom(b6, b7);
        c0.intoMemorySegment(Memory.ALL, dst, LE);
        c1.intoMemorySegment(Memory.ALL, dst + 32, LE);
        c2.intoMemorySegment(Memory.ALL, dst + 64, LE);
        c3.intoMemorySegment(Memory.ALL, dst + 96, LE);
        c4.intoMemorySegment(Memory.ALL, dst + 128, LE);
        c5.intoMemorySegment(Memory.ALL, dst + 160, LE);
        c6.intoMemorySegment(Memory.ALL, dst + 192, LE);
        c7.intoMemorySegment(Memory.ALL, dst + 224, LE);
    }

    /// Four vectors.
    private static void square4(long dst, long dstStride, long src, long stride) {
        IntVector low1 = IntVector.fromArray(I, LOW[1], 0);
        IntVector high1 = IntVector.fromArray(I, HIGH[1], 0);
        IntVector low0 = IntVector.fromArray(I, LOW[0], 0);
        IntVector high0 = IntVector.fromArray(I, HIGH[0], 0);
        IntVector v0 = IntVector.fromMemorySegment(I, Memory.ALL, src, LE);
        IntVector v1 = IntVector.fromMemorySegment(I, Memory.ALL, src + 1 * stride, LE);
        IntVector v2 = IntVector.fromMemorySegment(I, Memory.ALL, src + 2 * stride, LE);
        IntVector v3 = IntVector.fromMemorySegment(I, Memory.ALL, src + 3 * stride, LE);
        // vector bit 1 with lane bit 1
        IntVector a0 = low1.selectFrom(v0, v2);
        IntVector a2 = high1.selectFrom(v0, v2);
        IntVector a1 = low1.selectFrom(v1, v3);
        IntVector a3 = high1.selectFrom(v1, v3);
        // vector bit 0 with lane bit 0
        IntVector b0 = low0.selectFrom(a0, a1);
        IntVector b1 = high0.selectFrom(a0, a1);
        IntVector b2 = low0.selectFrom(a2, a3);
        IntVector b3 = high0.selectFrom(a2, a3);
        b0.intoMemorySegment(Memory.ALL, dst, LE);
        b1.intoMemorySegment(Memory.ALL, dst + 1 * dstStride, LE);
        b2.intoMemorySegment(Memory.ALL, dst + 2 * dstStride, LE);
        b3.intoMemorySegment(Memory.ALL, dst + 3 * dstStride, LE);
    }

    /// Eight vectors of sixteen words to sixteen rows of eight words. The number of a word vector (bits w2 w1 w0)
    /// and its lane (l3 l2 l1 l0) become vector l3 l2 l1 and lane l0 w2 w1 w0: three exchanges and a rotation.
    private static void digests16(long dst, long src) {
        dst &= Lanes.ADDRESS;
        src &= Lanes.ADDRESS;
        IntVector low3 = IntVector.fromArray(I, LOW[3], 0);
        IntVector high3 = IntVector.fromArray(I, HIGH[3], 0);
        IntVector low2 = IntVector.fromArray(I, LOW[2], 0);
        IntVector high2 = IntVector.fromArray(I, HIGH[2], 0);
        IntVector low1 = IntVector.fromArray(I, LOW[1], 0);
        IntVector high1 = IntVector.fromArray(I, HIGH[1], 0);
        IntVector rotate = IntVector.fromArray(I, ROTATE, 0);
        IntVector v0 = IntVector.fromMemorySegment(I, Memory.ALL, src, LE);
        IntVector v1 = IntVector.fromMemorySegment(I, Memory.ALL, src + 64, LE);
        IntVector v2 = IntVector.fromMemorySegment(I, Memory.ALL, src + 128, LE);
        IntVector v3 = IntVector.fromMemorySegment(I, Memory.ALL, src + 192, LE);
        IntVector v4 = IntVector.fromMemorySegment(I, Memory.ALL, src + 256, LE);
        IntVector v5 = IntVector.fromMemorySegment(I, Memory.ALL, src + 320, LE);
        IntVector v6 = IntVector.fromMemorySegment(I, Memory.ALL, src + 384, LE);
        IntVector v7 = IntVector.fromMemorySegment(I, Memory.ALL, src + 448, LE);
        // vector bit 2 with lane bit 3
        IntVector a0 = low3.selectFrom(v0, v4);
        IntVector a4 = high3.selectFrom(v0, v4);
        IntVector a1 = low3.selectFrom(v1, v5);
        IntVector a5 = high3.selectFrom(v1, v5);
        IntVector a2 = low3.selectFrom(v2, v6);
        IntVector a6 = high3.selectFrom(v2, v6);
        IntVector a3 = low3.selectFrom(v3, v7);
        IntVector a7 = high3.selectFrom(v3, v7);
        // vector bit 1 with lane bit 2
        IntVector b0 = low2.selectFrom(a0, a2);
        IntVector b2 = high2.selectFrom(a0, a2);
        IntVector b1 = low2.selectFrom(a1, a3);
        IntVector b3 = high2.selectFrom(a1, a3);
        IntVector b4 = low2.selectFrom(a4, a6);
        IntVector b6 = high2.selectFrom(a4, a6);
        IntVector b5 = low2.selectFrom(a5, a7);
        IntVector b7 = high2.selectFrom(a5, a7);
        // vector bit 0 with lane bit 1
        IntVector c0 = low1.selectFrom(b0, b1);
        IntVector c1 = high1.selectFrom(b0, b1);
        IntVector c2 = low1.selectFrom(b2, b3);
        IntVector c3 = high1.selectFrom(b2, b3);
        IntVector c4 = low1.selectFrom(b4, b5);
        IntVector c5 = high1.selectFrom(b4, b5);
        IntVector c6 = low1.selectFrom(b6, b7);
        IntVector c7 = high1.selectFrom(b6, b7);
        rotate.selectFrom(c0).intoMemorySegment(Memory.ALL, dst, LE);
        rotate.selectFrom(c1).intoMemorySegment(Memory.ALL, dst + 64, LE);
        rotate.selectFrom(c2).intoMemorySegment(Memory.ALL, dst + 128, LE);
        rotate.selectFrom(c3).intoMemorySegment(Memory.ALL, dst + 192, LE);
        rotate.selectFrom(c4).intoMemorySegment(Memory.ALL, dst + 256, LE);
        rotate.selectFrom(c5).intoMemorySegment(Memory.ALL, dst + 320, LE);
        rotate.selectFrom(c6).intoMemorySegment(Memory.ALL, dst + 384, LE);
        rotate.selectFrom(c7).intoMemorySegment(Memory.ALL, dst + 448, LE);
    }
}
