package dev.chagres.kernel.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMIN;

import dev.chagres.field.M31;
import dev.chagres.kernel.Memory;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// Layers of the circle FFT whose strides are whole vectors, each a loop over blocks with one twiddle per block
/// and layer in every lane.
///
/// All arrays are canonical M31. A twiddle t < p enters doubled, in a 64-bit lane: the product 2 t v is below
/// 2^63, its upper word is the part of t v above bit 31 and its lower word twice the rest. The sum of both parts
/// is below 2p, and `min(s, s - p)` in unsigned order reduces it; the same minimum reduces sums, and
/// `min(d, d + p)` differences. One butterfly on two vectors is two vpmuludq and 16 cheap instructions.
///
/// The bodies are written out, without helpers: C2 stops inlining after some 35 vector operations behind helper
/// calls, and then boxes every vector.
final class FftPasses {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Long> L = Lanes.L;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final long STEP = Lanes.BYTES;

    /// Bytes of one operand in one call of a loop. Calls are short so that the compiler sees many of them rather than a long
    /// loop, which it would compile twice, once to enter it in the middle.
    static final long CALL_BYTES = 32 * STEP;

    private FftPasses() {}

    /// One layer: in each of `blocks` blocks of `2 half` bytes, (a, b) at distance `half` to (a + t b, a - t b),
    /// t from consecutive `twiddles`. From `src` to `dst`, which may be equal.
    static void one(long dst, long src, long half, long blocks, long twiddles) {
        long part = Math.min(half, CALL_BYTES);
        long group = CALL_BYTES / part;
        for (long b = 0; b < blocks; b += group) {
            for (long at = 2 * half * b, end = at + half; at < end; at += part) {
                oneCall(dst + at, src + at, half, part, Math.min(group, blocks - b), twiddles + 4 * b);
            }
        }
    }

    /// The first `part` bytes of each half.
    private static void oneCall(long dst, long src, long half, long part, long blocks, long twiddles) {
        half &= Lanes.OFFSET;
        IntVector p = IntVector.broadcast(I, M31.P);
        LongVector low = LongVector.broadcast(L, 0xFFFFFFFFL);
        LongVector high = LongVector.broadcast(L, ~0xFFFFFFFFL);
        IntVector even = IntVector.fromArray(I, Lanes.EVEN_WORDS, 0);
        IntVector odd = IntVector.fromArray(I, Lanes.ODD_WORDS, 0);
        long to = dst;
        long from = src;
        long twiddle = twiddles;
        for (long end = src + 2 * half * blocks; from != end; from += 2 * half - part, to += 2 * half - part, twiddle += 4) {
            LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(twiddle, 0)).and(low);
            for (long stop = from + part; from != stop; from += STEP, to += STEP) {
                long source = from & Lanes.ADDRESS;
                long target = to & Lanes.ADDRESS;
                IntVector a = IntVector.fromMemorySegment(I, Memory.ALL, source, LE);
                IntVector b = IntVector.fromMemorySegment(I, Memory.ALL, source + half, LE);
                LongVector mEven = b.reinterpretAsLongs().and(low).mul(t);
                LongVector mOdd = b.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector mLow = Lanes.TABLES ? even.selectFrom(mEven.reinterpretAsInts(), mOdd.reinterpretAsInts())
                        : mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector mHigh = Lanes.TABLES ? odd.selectFrom(mEven.reinterpretAsInts(), mOdd.reinterpretAsInts())
                        : mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts();
                IntVector mSum = mLow.lanewise(LSHR, 1).add(mHigh);
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                IntVector sumRaw = a.add(m);
                IntVector difRaw = a.sub(m);
                IntVector sum = sumRaw.lanewise(UMIN, sumRaw.sub(p));
                IntVector dif = difRaw.lanewise(UMIN, difRaw.add(p));
                sum.intoMemorySegment(Memory.ALL, target, LE);
                dif.intoMemorySegment(Memory.ALL, target + half, LE);
            }
        }
    }

    /// Two layers at once: blocks of `4 quarter` bytes; `outer` twiddles for distance `2 quarter`, one for each
    /// block, `inner` twiddles for distance `quarter`, two for each block. `dst` may be `src`.
    static void two(long dst, long src, long quarter, long blocks, long outer, long inner) {
        long part = Math.min(quarter, CALL_BYTES);
        long group = CALL_BYTES / part;
        for (long b = 0; b < blocks; b += group) {
            for (long at = 4 * quarter * b, end = at + quarter; at < end; at += part) {
                twoCall(dst + at, src + at, quarter, part, Math.min(group, blocks - b), outer + 4 * b, inner + 8 * b);
            }
        }
    }

    /// The first `part` bytes of each quarter.
    private static void twoCall(long dst, long src, long quarter, long part, long blocks, long outer, long inner) {
        quarter &= Lanes.OFFSET;
        IntVector p = IntVector.broadcast(I, M31.P);
        LongVector low = LongVector.broadcast(L, 0xFFFFFFFFL);
        LongVector high = LongVector.broadcast(L, ~0xFFFFFFFFL);
        IntVector even = IntVector.fromArray(I, Lanes.EVEN_WORDS, 0);
        IntVector odd = IntVector.fromArray(I, Lanes.ODD_WORDS, 0);
        long to = dst;
        long from = src;
        long outerTwiddle = outer;
        long innerTwiddle = inner;
        for (long end = src + 4 * quarter * blocks; from != end; outerTwiddle += 4, innerTwiddle += 8) {
            LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(outerTwiddle, 0)).and(low);
            LongVector t0 = LongVector.broadcast(L, 2L * Memory.getInt(innerTwiddle, 0)).and(low);
            LongVector t1 = LongVector.broadcast(L, 2L * Memory.getInt(innerTwiddle + 4, 0)).and(low);
            for (long stop = from + part; from != stop; from += STEP, to += STEP) {
                long source = from & Lanes.ADDRESS;
                long target = to & Lanes.ADDRESS;
                IntVector a = IntVector.fromMemorySegment(I, Memory.ALL, source, LE);
                IntVector b = IntVector.fromMemorySegment(I, Memory.ALL, source + quarter, LE);
                IntVector c = IntVector.fromMemorySegment(I, Memory.ALL, source + 2 * quarter, LE);
                IntVector d = IntVector.fromMemorySegment(I, Memory.ALL, source + 3 * quarter, LE);
                LongVector tcEven = c.reinterpretAsLongs().and(low).mul(t);
                LongVector tcOdd = c.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector tcLow = Lanes.TABLES ? even.selectFrom(tcEven.reinterpretAsInts(), tcOdd.reinterpretAsInts())
                        : tcEven.and(low).or(tcOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tcHigh = Lanes.TABLES ? odd.selectFrom(tcEven.reinterpretAsInts(), tcOdd.reinterpretAsInts())
                        : tcEven.lanewise(LSHR, 32).or(tcOdd.and(high)).reinterpretAsInts();
                IntVector tcSum = tcLow.lanewise(LSHR, 1).add(tcHigh);
                IntVector tc = tcSum.lanewise(UMIN, tcSum.sub(p));
                LongVector tdEven = d.reinterpretAsLongs().and(low).mul(t);
                LongVector tdOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector tdLow = Lanes.TABLES ? even.selectFrom(tdEven.reinterpretAsInts(), tdOdd.reinterpretAsInts())
                        : tdEven.and(low).or(tdOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tdHigh = Lanes.TABLES ? odd.selectFrom(tdEven.reinterpretAsInts(), tdOdd.reinterpretAsInts())
                        : tdEven.lanewise(LSHR, 32).or(tdOdd.and(high)).reinterpretAsInts();
                IntVector tdSum = tdLow.lanewise(LSHR, 1).add(tdHigh);
                IntVector td = tdSum.lanewise(UMIN, tdSum.sub(p));
                IntVector a1Raw = a.add(tc);
                IntVector c1Raw = a.sub(tc);
                IntVector a1 = a1Raw.lanewise(UMIN, a1Raw.sub(p));
                IntVector c1 = c1Raw.lanewise(UMIN, c1Raw.add(p));
                IntVector b1Raw = b.add(td);
                IntVector d1Raw = b.sub(td);
                IntVector b1 = b1Raw.lanewise(UMIN, b1Raw.sub(p));
                IntVector d1 = d1Raw.lanewise(UMIN, d1Raw.add(p));
                LongVector tbEven = b1.reinterpretAsLongs().and(low).mul(t0);
                LongVector tbOdd = b1.reinterpretAsLongs().lanewise(LSHR, 32).mul(t0);
                IntVector tbLow = Lanes.TABLES ? even.selectFrom(tbEven.reinterpretAsInts(), tbOdd.reinterpretAsInts())
                        : tbEven.and(low).or(tbOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tbHigh = Lanes.TABLES ? odd.selectFrom(tbEven.reinterpretAsInts(), tbOdd.reinterpretAsInts())
                        : tbEven.lanewise(LSHR, 32).or(tbOdd.and(high)).reinterpretAsInts();
                IntVector tbSum = tbLow.lanewise(LSHR, 1).add(tbHigh);
                IntVector tb = tbSum.lanewise(UMIN, tbSum.sub(p));
                LongVector teEven = d1.reinterpretAsLongs().and(low).mul(t1);
                LongVector teOdd = d1.reinterpretAsLongs().lanewise(LSHR, 32).mul(t1);
                IntVector teLow = Lanes.TABLES ? even.selectFrom(teEven.reinterpretAsInts(), teOdd.reinterpretAsInts())
                        : teEven.and(low).or(teOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector teHigh = Lanes.TABLES ? odd.selectFrom(teEven.reinterpretAsInts(), teOdd.reinterpretAsInts())
                        : teEven.lanewise(LSHR, 32).or(teOdd.and(high)).reinterpretAsInts();
                IntVector teSum = teLow.lanewise(LSHR, 1).add(teHigh);
                IntVector te = teSum.lanewise(UMIN, teSum.sub(p));
                IntVector a2Raw = a1.add(tb);
                IntVector b2Raw = a1.sub(tb);
                IntVector a2 = a2Raw.lanewise(UMIN, a2Raw.sub(p));
                IntVector b2 = b2Raw.lanewise(UMIN, b2Raw.add(p));
                IntVector c2Raw = c1.add(te);
                IntVector d2Raw = c1.sub(te);
                IntVector c2 = c2Raw.lanewise(UMIN, c2Raw.sub(p));
                IntVector d2 = d2Raw.lanewise(UMIN, d2Raw.add(p));
                a2.intoMemorySegment(Memory.ALL, target, LE);
                b2.intoMemorySegment(Memory.ALL, target + quarter, LE);
                c2.intoMemorySegment(Memory.ALL, target + 2 * quarter, LE);
                d2.intoMemorySegment(Memory.ALL, target + 3 * quarter, LE);
            }
            from += 4 * quarter - part;
            to += 4 * quarter - part;
        }
    }
}
