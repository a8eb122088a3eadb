package dev.chagres.kernel.simd;

import static dev.chagres.kernel.simd.Lanes.ALL;
import static dev.chagres.kernel.simd.Lanes.BITS;
import static dev.chagres.kernel.simd.Lanes.BYTES;
import static dev.chagres.kernel.simd.Lanes.I;
import static dev.chagres.kernel.simd.Lanes.ORDER;
import static dev.chagres.kernel.simd.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// Flat loops of [VectorPanelKernels]: along one row, sizes in bytes of 32-bit values, or down one vector of lanes,
/// strides in bytes.
final class PanelLoops {
    private static final VectorSpecies<Float> F = switch (BITS) {
        case 512 -> FloatVector.SPECIES_512;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_128;
    };

    /// Adding and subtracting 3 * 2^22 rounds a float below 2^22 to an integer, which then is in its low mantissa bits.
    private static final float ROUND = 0x1.8p23f;

    private PanelLoops() {}

    static void copy(long dst, long src, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector.fromMemorySegment(I, ALL, src + i, ORDER).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    static void widen(long dst, long src, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            ShortVector v = ShortVector.fromMemorySegment(S, ALL, src + (i >> 1), ORDER);
            ((IntVector) v.convertShape(S2I, I, 0)).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    /// Four vectors to a test of whether any of them lost bits.
    ///
    /// @return whether every value fits 16 bits
    static boolean narrow(long dst, long src, long bytes) {
        boolean fits = true;
        long i = 0;
        for (long whole = bytes - bytes % (4 * BYTES); i != whole; i += 4 * BYTES) {
            IntVector v0 = IntVector.fromMemorySegment(I, ALL, src + i, ORDER);
            IntVector v1 = IntVector.fromMemorySegment(I, ALL, src + i + BYTES, ORDER);
            IntVector v2 = IntVector.fromMemorySegment(I, ALL, src + i + 2 * BYTES, ORDER);
            IntVector v3 = IntVector.fromMemorySegment(I, ALL, src + i + 3 * BYTES, ORDER);
            IntVector lost = v0.lanewise(ASHR, 15).lanewise(XOR, v0.lanewise(ASHR, 31))
                    .or(v1.lanewise(ASHR, 15).lanewise(XOR, v1.lanewise(ASHR, 31)))
                    .or(v2.lanewise(ASHR, 15).lanewise(XOR, v2.lanewise(ASHR, 31)))
                    .or(v3.lanewise(ASHR, 15).lanewise(XOR, v3.lanewise(ASHR, 31)));
            fits &= !lost.compare(NE, 0).anyTrue();
            ((ShortVector) v0.convertShape(I2S, S, 0)).intoMemorySegment(ALL, dst + (i >> 1), ORDER);
            ((ShortVector) v1.convertShape(I2S, S, 0)).intoMemorySegment(ALL, dst + (i + BYTES >> 1), ORDER);
            ((ShortVector) v2.convertShape(I2S, S, 0)).intoMemorySegment(ALL, dst + (i + 2 * BYTES >> 1), ORDER);
            ((ShortVector) v3.convertShape(I2S, S, 0)).intoMemorySegment(ALL, dst + (i + 3 * BYTES >> 1), ORDER);
        }
        for (; i != bytes; i += BYTES) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, src + i, ORDER);
            fits &= !v.lanewise(ASHR, 15).compare(NE, v.lanewise(ASHR, 31)).anyTrue();
            ((ShortVector) v.convertShape(I2S, S, 0)).intoMemorySegment(ALL, dst + (i >> 1), ORDER);
        }
        return fits;
    }

    static void add(long dst, long x, long y, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector.fromMemorySegment(I, ALL, x + i, ORDER).add(IntVector.fromMemorySegment(I, ALL, y + i, ORDER))
                    .intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    static void multiply(long dst, long x, long y, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector.fromMemorySegment(I, ALL, x + i, ORDER).mul(IntVector.fromMemorySegment(I, ALL, y + i, ORDER))
                    .intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    static void rotate(long x, long y, long cos, long sin, long bytes) {
        for (long i = 0; i != bytes; i += BYTES) {
            IntVector a = IntVector.fromMemorySegment(I, ALL, x + i, ORDER);
            IntVector b = IntVector.fromMemorySegment(I, ALL, y + i, ORDER);
            IntVector c = IntVector.fromMemorySegment(I, ALL, cos + i, ORDER);
            IntVector s = IntVector.fromMemorySegment(I, ALL, sin + i, ORDER);
            a.mul(c).sub(b.mul(s)).intoMemorySegment(ALL, x + i, ORDER);
            b.mul(c).add(a.mul(s)).intoMemorySegment(ALL, y + i, ORDER);
        }
    }

    static void subtractFrom(long x, long stride, long offset, int rows) {
        IntVector from = IntVector.fromMemorySegment(I, ALL, offset, ORDER);
        for (int r = 0; r < rows; r++, x += stride) {
            from.sub(IntVector.fromMemorySegment(I, ALL, x, ORDER)).intoMemorySegment(ALL, x, ORDER);
        }
    }

    // Reductions over rows keep their result in memory, most of them four rows to a load and a store: a vector in a
    // variable that changes from turn to turn may become an object (see the generator's `addTo`).

    static void max(long dst, long x, long stride, long rows) {
        IntVector.broadcast(I, Integer.MIN_VALUE).intoMemorySegment(ALL, dst, ORDER);
        long r = 0;
        for (; r + 4 <= rows; r += 4, x += 4 * stride) {
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x, ORDER))
                    .lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x + stride, ORDER))
                    .lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x + 2 * stride, ORDER))
                    .lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x + 3 * stride, ORDER))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
        for (; r < rows; r++, x += stride) {
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .lanewise(MAX, IntVector.fromMemorySegment(I, ALL, x, ORDER))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }

    static void sum(long dst, long x, long stride, int rows) {
        IntVector.zero(I).intoMemorySegment(ALL, dst, ORDER);
        int r = 0;
        for (; r + 4 <= rows; r += 4, x += 4 * stride) {
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .add(IntVector.fromMemorySegment(I, ALL, x, ORDER))
                    .add(IntVector.fromMemorySegment(I, ALL, x + stride, ORDER))
                    .add(IntVector.fromMemorySegment(I, ALL, x + 2 * stride, ORDER))
                    .add(IntVector.fromMemorySegment(I, ALL, x + 3 * stride, ORDER))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
        for (; r < rows; r++, x += stride) {
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .add(IntVector.fromMemorySegment(I, ALL, x, ORDER))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }

    static void magnitude(long dst, long x, long stride, int rows) {
        IntVector.zero(I).intoMemorySegment(ALL, dst, ORDER);
        int r = 0;
        for (; r + 4 <= rows; r += 4, x += 4 * stride) {
            IntVector v0 = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            IntVector v1 = IntVector.fromMemorySegment(I, ALL, x + stride, ORDER);
            IntVector v2 = IntVector.fromMemorySegment(I, ALL, x + 2 * stride, ORDER);
            IntVector v3 = IntVector.fromMemorySegment(I, ALL, x + 3 * stride, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .or(v0.lanewise(XOR, v0.lanewise(ASHR, 31)))
                    .or(v1.lanewise(XOR, v1.lanewise(ASHR, 31)))
                    .or(v2.lanewise(XOR, v2.lanewise(ASHR, 31)))
                    .or(v3.lanewise(XOR, v3.lanewise(ASHR, 31)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
        for (; r < rows; r++, x += stride) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .or(v.lanewise(XOR, v.lanewise(ASHR, 31)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }

    static void mantissas(long m, long pair, long x, long stride, long exponent, int rows) {
        IntVector e = IntVector.fromMemorySegment(I, ALL, exponent, ORDER);
        IntVector power = IntVector.broadcast(I, 1).lanewise(LSHL, e);
        IntVector mask = power.sub(1);
        for (int r = 0; r < rows; r++, m += stride, pair += stride, x += stride) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x, ORDER);
            v.lanewise(ASHR, e).intoMemorySegment(ALL, m, ORDER);
            v.and(mask).add(power).intoMemorySegment(ALL, pair, ORDER);
        }
    }

    static void neighbourProducts(long dst, long m, long stride, int rows) {
        IntVector.zero(I).intoMemorySegment(ALL, dst, ORDER);
        int r = 0;
        for (; r + 4 <= rows; r += 4, m += 4 * stride) {
            IntVector v0 = IntVector.fromMemorySegment(I, ALL, m, ORDER);
            IntVector v1 = IntVector.fromMemorySegment(I, ALL, m + stride, ORDER);
            IntVector v2 = IntVector.fromMemorySegment(I, ALL, m + 2 * stride, ORDER);
            IntVector v3 = IntVector.fromMemorySegment(I, ALL, m + 3 * stride, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .add(v0.mul(v0.add(1)))
                    .add(v1.mul(v1.add(1)))
                    .add(v2.mul(v2.add(1)))
                    .add(v3.mul(v3.add(1)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
        for (; r < rows; r++, m += stride) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, m, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .add(v.mul(v.add(1)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }

    static void firstOutside(long dst, long x, long stride, int low, int high, int rows) {
        IntVector.broadcast(I, rows).intoMemorySegment(ALL, dst, ORDER);
        int r = rows - 1;
        for (; r >= 3; r -= 4) {
            IntVector v0 = IntVector.fromMemorySegment(I, ALL, x + r * stride, ORDER);
            IntVector v1 = IntVector.fromMemorySegment(I, ALL, x + (r - 1) * stride, ORDER);
            IntVector v2 = IntVector.fromMemorySegment(I, ALL, x + (r - 2) * stride, ORDER);
            IntVector v3 = IntVector.fromMemorySegment(I, ALL, x + (r - 3) * stride, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .blend(r, v0.compare(LT, low).or(v0.compare(GE, high)))
                    .blend(r - 1, v1.compare(LT, low).or(v1.compare(GE, high)))
                    .blend(r - 2, v2.compare(LT, low).or(v2.compare(GE, high)))
                    .blend(r - 3, v3.compare(LT, low).or(v3.compare(GE, high)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
        for (; r >= 0; r--) {
            IntVector v = IntVector.fromMemorySegment(I, ALL, x + r * stride, ORDER);
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .blend(r, v.compare(LT, low).or(v.compare(GE, high)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }

    static void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows) {
        IntVector f = IntVector.fromMemorySegment(I, ALL, factor, ORDER);
        IntVector half = f.add(1 << (s - 1));
        IntVector twice = f.add(f);
        int mask = (1 << s) - 1;
        for (int r = 0; r < rows; r++, n += stride, rem += stride, m += stride) {
            IntVector p = IntVector.fromMemorySegment(I, ALL, m, ORDER).mul(twice).add(half);
            p.lanewise(ASHR, s).intoMemorySegment(ALL, n, ORDER);
            p.and(mask).intoMemorySegment(ALL, rem, ORDER);
        }
    }

    /// 2^f is 2^r, by the exponent bits, times the Taylor polynomial of 2^g, |g| <= 1/2, r the nearest integer to f.
    static void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows) {
        float toPowers = (float) (-rate / Math.log(2));
        IntVector from = IntVector.fromMemorySegment(I, ALL, offset, ORDER);
        IntVector.zero(I).intoMemorySegment(ALL, dst, ORDER);
        for (int row = 0; row < rows; row++, x += stride) {
            IntVector d = from.sub(IntVector.fromMemorySegment(I, ALL, x, ORDER));
            FloatVector f = ((FloatVector) d.convertShape(I2F, F, 0)).mul(toPowers).lanewise(MAX, -60f)
                    .lanewise(MIN, 0.5f);
            FloatVector r = f.add(ROUND).sub(ROUND);
            FloatVector g = f.sub(r);
            FloatVector p = g.mul(1.5403530e-4f * one).add(1.3333558e-3f * one).mul(g).add(9.6181291e-3f * one).mul(g)
                    .add(5.5504109e-2f * one).mul(g).add(0.24022651f * one).mul(g).add(0.69314718f * one)
                    .mul(g).add(one);
            IntVector power = ((IntVector) r.convertShape(F2I, I, 0)).lanewise(LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(power).reinterpretAsFloats();
            IntVector.fromMemorySegment(I, ALL, dst, ORDER)
                    .add(e.add(ROUND).reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND)))
                    .intoMemorySegment(ALL, dst, ORDER);
        }
    }
}
