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

/// The transposes of [FftPasses]: (u, v) to (u + v, t (u - v)), in place.
final class FftTransposedPasses {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Long> L = Lanes.L;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final long STEP = Lanes.BYTES;

    private FftTransposedPasses() {}

    /// The transpose of [FftPasses#one].
    static void one(long data, long half, long blocks, long twiddles) {
        long part = Math.min(half, FftPasses.CALL_BYTES);
        long group = FftPasses.CALL_BYTES / part;
        for (long b = 0; b < blocks; b += group) {
            for (long at = 2 * half * b, end = at + half; at < end; at += part) {
                oneCall(data + at, half, part, Math.min(group, blocks - b), twiddles + 4 * b);
            }
        }
    }

    /// The first `part` bytes of each half.
    private static void oneCall(long data, long half, long part, long blocks, long twiddles) {
        half &= Lanes.OFFSET;
        IntVector p = IntVector.broadcast(I, M31.P);
        LongVector low = LongVector.broadcast(L, 0xFFFFFFFFL);
        LongVector high = LongVector.broadcast(L, ~0xFFFFFFFFL);
        IntVector even = IntVector.fromArray(I, Lanes.EVEN_WORDS, 0);
        IntVector odd = IntVector.fromArray(I, Lanes.ODD_WORDS, 0);
        long at = data;
        long twiddle = twiddles;
        for (long end = data + 2 * half * blocks; at != end; at += 2 * half - part, twiddle += 4) {
            LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(twiddle, 0)).and(low);
            for (long stop = at + part; at != stop; at += STEP) {
                long place = at & Lanes.ADDRESS;
                IntVector a = IntVector.fromMemorySegment(I, Memory.ALL, place, LE);
                IntVector b = IntVector.fromMemorySegment(I, Memory.ALL, place + half, LE);
                IntVector sumRaw = a.add(b);
                IntVector difRaw = a.sub(b);
                IntVector sum = sumRaw.lanewise(UMIN, sumRaw.sub(p));
                IntVector dif = difRaw.lanewise(UMIN, difRaw.add(p));
                LongVector mEven = dif.reinterpretAsLongs().and(low).mul(t);
                LongVector mOdd = dif.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector mLow = Lanes.TABLES ? even.selectFrom(mEven.reinterpretAsInts(), mOdd.reinterpretAsInts())
                        : mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector mHigh = Lanes.TABLES ? odd.selectFrom(mEven.reinterpretAsInts(), mOdd.reinterpretAsInts())
                        : mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts();
                IntVector mSum = mLow.lanewise(LSHR, 1).add(mHigh);
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                sum.intoMemorySegment(Memory.ALL, place, LE);
                m.intoMemorySegment(Memory.ALL, place + half, LE);
            }
        }
    }

    /// The transpose of [FftPasses#two].
    static void two(long data, long quarter, long blocks, long outer, long inner) {
        long part = Math.min(quarter, FftPasses.CALL_BYTES);
        long group = FftPasses.CALL_BYTES / part;
        for (long b = 0; b < blocks; b += group) {
            for (long at = 4 * quarter * b, end = at + quarter; at < end; at += part) {
                twoCall(data + at, quarter, part, Math.min(group, blocks - b), outer + 4 * b, inner + 8 * b);
            }
        }
    }

    /// The first `part` bytes of each quarter.
    private static void twoCall(long data, long quarter, long part, long blocks, long outer, long inner) {
        quarter &= Lanes.OFFSET;
        IntVector p = IntVector.broadcast(I, M31.P);
        LongVector low = LongVector.broadcast(L, 0xFFFFFFFFL);
        LongVector high = LongVector.broadcast(L, ~0xFFFFFFFFL);
        IntVector even = IntVector.fromArray(I, Lanes.EVEN_WORDS, 0);
        IntVector odd = IntVector.fromArray(I, Lanes.ODD_WORDS, 0);
        long at = data;
        long outerTwiddle = outer;
        long innerTwiddle = inner;
        for (long end = data + 4 * quarter * blocks; at != end; at += 4 * quarter - part, outerTwiddle += 4, innerTwiddle += 8) {
            LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(outerTwiddle, 0)).and(low);
            LongVector t0 = LongVector.broadcast(L, 2L * Memory.getInt(innerTwiddle, 0)).and(low);
            LongVector t1 = LongVector.broadcast(L, 2L * Memory.getInt(innerTwiddle + 4, 0)).and(low);
            for (long stop = at + part; at != stop; at += STEP) {
                long place = at & Lanes.ADDRESS;
                IntVector a = IntVector.fromMemorySegment(I, Memory.ALL, place, LE);
                IntVector b = IntVector.fromMemorySegment(I, Memory.ALL, place + quarter, LE);
                IntVector c = IntVector.fromMemorySegment(I, Memory.ALL, place + 2 * quarter, LE);
                IntVector d = IntVector.fromMemorySegment(I, Memory.ALL, place + 3 * quarter, LE);
                IntVector a1Raw = a.add(b);
                IntVector b1Raw = a.sub(b);
                IntVector a1 = a1Raw.lanewise(UMIN, a1Raw.sub(p));
                IntVector b1 = b1Raw.lanewise(UMIN, b1Raw.add(p));
                IntVector c1Raw = c.add(d);
                IntVector d1Raw = c.sub(d);
                IntVector c1 = c1Raw.lanewise(UMIN, c1Raw.sub(p));
                IntVector d1 = d1Raw.lanewise(UMIN, d1Raw.add(p));
                LongVector tbEven = b1.reinterpretAsLongs().and(low).mul(t0);
                LongVector tbOdd = b1.reinterpretAsLongs().lanewise(LSHR, 32).mul(t0);
                IntVector tbLow = Lanes.TABLES ? even.selectFrom(tbEven.reinterpretAsInts(), tbOdd.reinterpretAsInts())
                        : tbEven.and(low).or(tbOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tbHigh = Lanes.TABLES ? odd.selectFrom(tbEven.reinterpretAsInts(), tbOdd.reinterpretAsInts())
                        : tbEven.lanewise(LSHR, 32).or(tbOdd.and(high)).reinterpretAsInts();
                IntVector tbSum = tbLow.lanewise(LSHR, 1).add(tbHigh);
                IntVector tb = tbSum.lanewise(UMIN, tbSum.sub(p));
                LongVector tdEven = d1.reinterpretAsLongs().and(low).mul(t1);
                LongVector tdOdd = d1.reinterpretAsLongs().lanewise(LSHR, 32).mul(t1);
                IntVector tdLow = Lanes.TABLES ? even.selectFrom(tdEven.reinterpretAsInts(), tdOdd.reinterpretAsInts())
                        : tdEven.and(low).or(tdOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tdHigh = Lanes.TABLES ? odd.selectFrom(tdEven.reinterpretAsInts(), tdOdd.reinterpretAsInts())
                        : tdEven.lanewise(LSHR, 32).or(tdOdd.and(high)).reinterpretAsInts();
                IntVector tdSum = tdLow.lanewise(LSHR, 1).add(tdHigh);
                IntVector td = tdSum.lanewise(UMIN, tdSum.sub(p));
                IntVector a2Raw = a1.add(c1);
                IntVector c2Raw = a1.sub(c1);
                IntVector a2 = a2Raw.lanewise(UMIN, a2Raw.sub(p));
                IntVector c2 = c2Raw.lanewise(UMIN, c2Raw.add(p));
                IntVector b2Raw = tb.add(td);
                IntVector d2Raw = tb.sub(td);
                IntVector b2 = b2Raw.lanewise(UMIN, b2Raw.sub(p));
                IntVector d2 = d2Raw.lanewise(UMIN, d2Raw.add(p));
                LongVector tcEven = c2.reinterpretAsLongs().and(low).mul(t);
                LongVector tcOdd = c2.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector tcLow = Lanes.TABLES ? even.selectFrom(tcEven.reinterpretAsInts(), tcOdd.reinterpretAsInts())
                        : tcEven.and(low).or(tcOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector tcHigh = Lanes.TABLES ? odd.selectFrom(tcEven.reinterpretAsInts(), tcOdd.reinterpretAsInts())
                        : tcEven.lanewise(LSHR, 32).or(tcOdd.and(high)).reinterpretAsInts();
                IntVector tcSum = tcLow.lanewise(LSHR, 1).add(tcHigh);
                IntVector tc = tcSum.lanewise(UMIN, tcSum.sub(p));
                LongVector teEven = d2.reinterpretAsLongs().and(low).mul(t);
                LongVector teOdd = d2.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector teLow = Lanes.TABLES ? even.selectFrom(teEven.reinterpretAsInts(), teOdd.reinterpretAsInts())
                        : teEven.and(low).or(teOdd.lanewise(LSHL, 32)).reinterpretAsInts();
                IntVector teHigh = Lanes.TABLES ? odd.selectFrom(teEven.reinterpretAsInts(), teOdd.reinterpretAsInts())
                        : teEven.lanewise(LSHR, 32).or(teOdd.and(high)).reinterpretAsInts();
                IntVector teSum = teLow.lanewise(LSHR, 1).add(teHigh);
                IntVector te = teSum.lanewise(UMIN, teSum.sub(p));
                a2.intoMemorySegment(Memory.ALL, place, LE);
                b2.intoMemorySegment(Memory.ALL, place + quarter, LE);
                tc.intoMemorySegment(Memory.ALL, place + 2 * quarter, LE);
                te.intoMemorySegment(Memory.ALL, place + 3 * quarter, LE);
            }
        }
    }

    /// `dst[i] += src[i]` over `bytes` bytes, a whole number of vectors.
    static void add(long dst, long src, long bytes) {
        for (long at = 0; at < bytes; at += FftPasses.CALL_BYTES) {
            addCall(dst + at, src + at, Math.min(FftPasses.CALL_BYTES, bytes - at));
        }
    }

    private static void addCall(long dst, long src, long bytes) {
        IntVector p = IntVector.broadcast(I, M31.P);
        long to = dst;
        for (long at = src, end = src + bytes; at != end; at += STEP, to += STEP) {
            IntVector sum = IntVector.fromMemorySegment(I, Memory.ALL, at, LE)
                    .add(IntVector.fromMemorySegment(I, Memory.ALL, to, LE));
            sum.lanewise(UMIN, sum.sub(p)).intoMemorySegment(Memory.ALL, to, LE);
        }
    }
}
