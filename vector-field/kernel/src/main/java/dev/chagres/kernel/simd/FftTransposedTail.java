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

/// The transpose of [FftTail].
final class FftTransposedTail {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Long> L = Lanes.L;
    private static final int LANES = Lanes.COUNT;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final long STEP = Lanes.BYTES;

    private FftTransposedTail() {}

    /// The first layers of the transposed transform, in place, on `chunks` times two vectors.
    static void backward(long data, long chunks, long w4, long w3, long w2, long w1) {
        IntVector p = IntVector.broadcast(I, M31.P);
        LongVector low = LongVector.broadcast(L, 0xFFFFFFFFL);
        LongVector high = LongVector.broadcast(L, ~0xFFFFFFFFL);
        IntVector low8 = IntVector.fromArray(I, FftLanes.LOW[3], 0);
        IntVector high8 = IntVector.fromArray(I, FftLanes.HIGH[3], 0);
        IntVector low4 = IntVector.fromArray(I, FftLanes.LOW[2], 0);
        IntVector high4 = IntVector.fromArray(I, FftLanes.HIGH[2], 0);
        IntVector low2 = IntVector.fromArray(I, FftLanes.LOW[1], 0);
        IntVector high2 = IntVector.fromArray(I, FftLanes.HIGH[1], 0);
        IntVector low1 = IntVector.fromArray(I, FftLanes.LOW[0], 0);
        IntVector high1 = IntVector.fromArray(I, FftLanes.HIGH[0], 0);
        IntVector twiddle3 = IntVector.fromArray(I, FftLanes.TWIDDLE[3], 0);
        IntVector twiddle2 = IntVector.fromArray(I, FftLanes.TWIDDLE[2], 0);
        IntVector twiddle1 = IntVector.fromArray(I, FftLanes.TWIDDLE[1], 0);
        IntVector twiddle0 = IntVector.fromArray(I, FftLanes.TWIDDLE[0], 0);
        IntVector first = IntVector.fromArray(I, FftLanes.LOAD_FIRST, 0);
        IntVector second = IntVector.fromArray(I, FftLanes.LOAD_SECOND, 0);
        long x4 = w4;
        long x3 = w3;
        long x2 = w2;
        long x1 = w1;
        for (long at = data, end = data + 2 * STEP * chunks; at != end; at += 2 * STEP) {
            IntVector lower = IntVector.fromMemorySegment(I, Memory.ALL, at, LE);
            IntVector upper = IntVector.fromMemorySegment(I, Memory.ALL, at + STEP, LE);
            IntVector a = first.selectFrom(lower, upper);
            IntVector b = second.selectFrom(lower, upper);
            {
                // layer 0
                IntVector x = IntVector.fromMemorySegment(I, Memory.ALL, x1, LE);
                IntVector y = twiddle0.selectFrom(x, p.sub(x));
                LongVector t = y.add(y).reinterpretAsLongs();
                LongVector tEven = t.and(low);
                LongVector tOdd = t.lanewise(LSHR, 32);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(tEven);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(tOdd);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = low1.selectFrom(s, m);
                b = high1.selectFrom(s, m);
            }
            {
                // layer 1
                IntVector x = twiddle1.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, x1, LE));
                LongVector t = x.add(x).reinterpretAsLongs();
                LongVector tEven = t.and(low);
                LongVector tOdd = t.lanewise(LSHR, 32);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(tEven);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(tOdd);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = low2.selectFrom(s, m);
                b = high2.selectFrom(s, m);
            }
            if (LANES >= 8) {
                // layer 2
                IntVector x = twiddle2.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, x2, LE));
                LongVector t = x.add(x).reinterpretAsLongs();
                LongVector tEven = t.and(low);
                LongVector tOdd = t.lanewise(LSHR, 32);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(tEven);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(tOdd);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = low4.selectFrom(s, m);
                b = high4.selectFrom(s, m);
            }
            if (LANES >= 16) {
                // layer 3
                IntVector x = twiddle3.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, x3, LE));
                LongVector t = x.add(x).reinterpretAsLongs();
                LongVector tEven = t.and(low);
                LongVector tOdd = t.lanewise(LSHR, 32);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(tEven);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(tOdd);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = low8.selectFrom(s, m);
                b = high8.selectFrom(s, m);
            }
            if (LANES == 16) {
                // layer 4, between the two vectors
                LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(x4, 0)).and(low);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(t);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = s;
                b = m;
            }
            if (LANES == 8) {
                // layer 3, between the two vectors
                LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(x3, 0)).and(low);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(t);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = s;
                b = m;
            }
            if (LANES == 4) {
                // layer 2, between the two vectors
                LongVector t = LongVector.broadcast(L, 2L * Memory.getInt(x2, 0)).and(low);
                IntVector sRaw = a.add(b);
                IntVector dRaw = a.sub(b);
                IntVector s = sRaw.lanewise(UMIN, sRaw.sub(p));
                IntVector d = dRaw.lanewise(UMIN, dRaw.add(p));
                LongVector mEven = d.reinterpretAsLongs().and(low).mul(t);
                LongVector mOdd = d.reinterpretAsLongs().lanewise(LSHR, 32).mul(t);
                IntVector mSum = mEven.and(low).or(mOdd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1)
                        .add(mEven.lanewise(LSHR, 32).or(mOdd.and(high)).reinterpretAsInts());
                IntVector m = mSum.lanewise(UMIN, mSum.sub(p));
                a = s;
                b = m;
            }
            a.intoMemorySegment(Memory.ALL, at, LE);
            b.intoMemorySegment(Memory.ALL, at + STEP, LE);
            x4 += LANES / 16 * 4L;
            x3 += LANES / 8 * 4L;
            x2 += LANES / 4 * 4L;
            x1 += LANES / 2 * 4L;
        }
    }
}
