package dev.chagres.kernel.simd;

import static dev.chagres.kernel.simd.Lanes.ALL;
import static dev.chagres.kernel.simd.Lanes.B;
import static dev.chagres.kernel.simd.Lanes.BITS;
import static dev.chagres.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.chagres.kernel.simd.Lanes.BYTES;
import static dev.chagres.kernel.simd.Lanes.EXT_BLOCK_BYTES;
import static dev.chagres.kernel.simd.Lanes.I;
import static dev.chagres.kernel.simd.Lanes.L;
import static dev.chagres.kernel.simd.Lanes.ORDER;
import static dev.chagres.kernel.simd.Lanes.S;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.UMIN;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarFieldKernels;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// [FieldKernels] on vectors.
///
/// Elementwise kernels run over the padding of the last block. Reductions run over whole blocks and leave the last
/// `n mod 16` elements to the scalar twin, so that padding never counts.
///
/// Cost in ns per element, best of 60 calls on 2^14 elements once compiled; AMD EPYC with AVX-512, two virtual
/// processors shared with other work, JDK 25.0.3, 512-bit vectors, scalar twin in brackets:
///
/// | kernel | ns | | kernel | ns |
/// |---|---|---|---|---|
/// | addBase | 0.06 (0.39) | | dotExt | 0.57 (11) |
/// | mulBase | 0.07 (0.90) | | dotBase | 0.15 (6.2) |
/// | mulExt | 0.70 (11) | | sumExt | 0.09 (3.4) |
/// | mulExtByBase | 0.22 (4.4) | | combineRows, per source element | 0.12 (4.5) |
/// | scaleExt, addScaledExt | 0.69 (9.4) | | roundProduct | 1.4 (23) |
/// | addScaledBase | 0.25 (4.4) | | roundEqProduct | 2.8 (49) |
/// | foldExt | 0.70 (13) | | roundFractions | 7.6 (118) |
/// | foldBase | 0.24 (5.0) | | roundFractions, lambda = 0 | 5.8 |
/// | eqTable | 1.2 (11) | | addFractions, addUnitFractions | 2.7 (33), 0.95 (13) |
public final class VectorFieldKernels implements FieldKernels {
    /// Variables of an equality table that fit one block.
    private static final int BLOCK_VARIABLES = 4;

    /// Blocks of a tile of [#combineRows]: its 64-bit accumulators take 16 KiB.
    private static final long COMBINE_BLOCKS = 32;

    private static final int COMBINE_BLOCK_BYTES = 2 * EXT_BLOCK_BYTES;

    /// Rows of 16-bit integers that a 64-bit accumulator takes: each adds less than 2^47.
    private static final long COMBINE_ROWS = 1 << 16;

    private final FieldKernels tail = new ScalarFieldKernels();

    private static long blocks(long n) {
        return Memory.padded(n) / Memory.BLOCK;
    }

    // --- base arrays -------------------------------------------------------------------------------

    @Override
    public void addBase(long dst, long a, long b, long n) {
        BaseLoops.add(dst, a, b, Memory.baseBytes(n));
    }

    @Override
    public void subBase(long dst, long a, long b, long n) {
        BaseLoops.sub(dst, a, b, Memory.baseBytes(n));
    }

    @Override
    public void mulBase(long dst, long a, long b, long n) {
        BaseLoops.mul(dst, a, b, Memory.baseBytes(n));
    }

    @Override
    public void mulAddBase(long dst, long a, long b, long c, long n) {
        BaseLoops.mulAdd(dst, a, b, c, Memory.baseBytes(n));
    }

    @Override
    public void embedInt32(long dst, long src, long n) {
        BaseLoops.embed(dst, src, Memory.baseBytes(n));
    }

    @Override
    public void embedInt16(long dst, long src, long n) {
        IntVector p = IntVector.broadcast(I, M31.P);
        long bytes = Memory.baseBytes(n);
        for (long i = 0; i != bytes; i += BYTES) {
            ShortVector narrow = ShortVector.fromMemorySegment(S, ALL, src + (i >> 1), ORDER);
            IntVector v = (IntVector) narrow.convertShape(S2I, I, 0);
            v.lanewise(UMIN, v.add(p)).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    /// At 128 bits by the scalar twin: the API has no vector of four bytes.
    @Override
    public void embedInt8(long dst, long src, long n) {
        if (BITS == 128) {
            tail.embedInt8(dst, src, n);
            return;
        }
        IntVector p = IntVector.broadcast(I, M31.P);
        long bytes = Memory.baseBytes(n);
        for (long i = 0; i != bytes; i += BYTES) {
            ByteVector narrow = ByteVector.fromMemorySegment(B, ALL, src + (i >> 2), ORDER);
            IntVector v = (IntVector) narrow.convertShape(B2I, I, 0);
            v.lanewise(UMIN, v.add(p)).intoMemorySegment(ALL, dst + i, ORDER);
        }
    }

    /// By the scalar twin: the API gathers from arrays only.
    @Override
    public void gatherInts(long dst, long table, long base, long size, long x, int bits, long n) {
        tail.gatherInts(dst, table, base, size, x, bits, n);
    }

    // --- ext arrays --------------------------------------------------------------------------------

    @Override
    public void extFromBase(long dst, long a, long n) {
        IntVector zero = IntVector.zero(I);
        long blocks = blocks(n);
        for (long i = 0; i != blocks * EXT_BLOCK_BYTES; i += EXT_BLOCK_BYTES) {
            for (int o = 0; o < BLOCK_BYTES; o += BYTES) {
                IntVector.fromMemorySegment(I, ALL, a + (i >> 2) + o, ORDER).intoMemorySegment(ALL, dst + i + o, ORDER);
                zero.intoMemorySegment(ALL, dst + i + o + 64, ORDER);
                zero.intoMemorySegment(ALL, dst + i + o + 128, ORDER);
                zero.intoMemorySegment(ALL, dst + i + o + 192, ORDER);
            }
        }
    }

    @Override
    public void addExt(long dst, long a, long b, long n) {
        ExtLoops.add(dst, a, b, blocks(n));
    }

    @Override
    public void subExt(long dst, long a, long b, long n) {
        ExtLoops.sub(dst, a, b, blocks(n));
    }

    @Override
    public void mulExt(long dst, long a, long b, long n) {
        ExtLoops.mul(dst, a, b, blocks(n));
    }

    @Override
    public void mulExtByBase(long dst, long a, long b, long n) {
        MixedLoops.mulExtByBase(dst, a, b, blocks(n));
    }

    @Override
    public void scaleExt(long dst, long a, QM31 s, long n) {
        ExtLoops.scale(dst, a, s, blocks(n));
    }

    @Override
    public void addScaledExt(long dst, long a, QM31 s, long n) {
        ExtLoops.addScaled(dst, dst, a, s, blocks(n));
    }

    @Override
    public void addScaledBase(long dst, long a, QM31 s, long n) {
        MixedLoops.addScaledBase(dst, a, s, blocks(n));
    }

    @Override
    public void addScaledInts(long dst, long a, int bits, QM31 s, long n) {
        long embedded = Scratch.base(Scratch.address(), 0);
        for (long from = 0; from < n; from += Scratch.CHUNK) {
            long count = Math.min(Scratch.CHUNK, n - from);
            embedInts(embedded, a + from * (bits / 8), bits, count);
            MixedLoops.addScaledBase(dst + from * Memory.EXT_BYTES, embedded, s, blocks(count));
        }
    }

    @Override
    public void fillExt(long dst, QM31 s, long n) {
        IntVector s0 = IntVector.broadcast(I, s.c0());
        IntVector s1 = IntVector.broadcast(I, s.c1());
        IntVector s2 = IntVector.broadcast(I, s.c2());
        IntVector s3 = IntVector.broadcast(I, s.c3());
        long blocks = blocks(n);
        for (long i = 0; i != blocks * EXT_BLOCK_BYTES; i += EXT_BLOCK_BYTES) {
            for (int o = 0; o < BLOCK_BYTES; o += BYTES) {
                s0.intoMemorySegment(ALL, dst + i + o, ORDER);
                s1.intoMemorySegment(ALL, dst + i + o + 64, ORDER);
                s2.intoMemorySegment(ALL, dst + i + o + 128, ORDER);
                s3.intoMemorySegment(ALL, dst + i + o + 192, ORDER);
            }
        }
    }

    @Override
    public void constantMinusBase(long dst, QM31 s, long a, long n) {
        IntVector p = IntVector.broadcast(I, M31.P);
        IntVector s0 = IntVector.broadcast(I, s.c0());
        IntVector s1 = IntVector.broadcast(I, s.c1());
        IntVector s2 = IntVector.broadcast(I, s.c2());
        IntVector s3 = IntVector.broadcast(I, s.c3());
        long blocks = blocks(n);
        for (long i = 0; i != blocks; i++) {
            for (int o = 0; o < BLOCK_BYTES; o += BYTES) {
                long at = dst + i * EXT_BLOCK_BYTES + o;
                // Both are below p: a negative difference is above p as an unsigned number, and p more is the residue.
                IntVector d = s0.sub(IntVector.fromMemorySegment(I, ALL, a + i * BLOCK_BYTES + o, ORDER));
                d.lanewise(VectorOperators.UMIN, d.add(p)).intoMemorySegment(ALL, at, ORDER);
                s1.intoMemorySegment(ALL, at + 64, ORDER);
                s2.intoMemorySegment(ALL, at + 128, ORDER);
                s3.intoMemorySegment(ALL, at + 192, ORDER);
            }
        }
    }

    @Override
    public void foldExt(long dst, long lo, long hi, QM31 r, long n) {
        ExtLoops.fold(dst, lo, hi, r, blocks(n));
    }

    @Override
    public void foldBase(long dst, long lo, long hi, QM31 r, long n) {
        MixedLoops.foldBase(dst, lo, hi, r, blocks(n));
    }

    @Override
    public QM31 sumExt(long a, long n) {
        long whole = n / Memory.BLOCK;
        long sums = clearedSums();
        ExtLoops.sum(sums, a, whole);
        return Scratch.total(sums).add(tail.sumExt(a + whole * EXT_BLOCK_BYTES, n % Memory.BLOCK));
    }

    @Override
    public QM31 dotExt(long a, long b, long n) {
        long whole = n / Memory.BLOCK;
        long sums = clearedSums();
        ExtLoops.dot(sums, a, b, whole);
        long at = whole * EXT_BLOCK_BYTES;
        return Scratch.total(sums).add(tail.dotExt(a + at, b + at, n % Memory.BLOCK));
    }

    @Override
    public QM31 dotBase(long a, long b, long n) {
        long whole = n / Memory.BLOCK;
        long sums = clearedSums();
        MixedLoops.dotBase(sums, a, b, whole);
        return Scratch.total(sums)
                .add(tail.dotBase(a + whole * BLOCK_BYTES, b + whole * EXT_BLOCK_BYTES, n % Memory.BLOCK));
    }

    @Override
    public QM31 dotInts(long a, int bits, long b, long n) {
        long scratch = Scratch.address();
        long embedded = Scratch.base(scratch, 0);
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long count = Math.min(Scratch.CHUNK, whole - from);
            embedInts(embedded, a + from * (bits / 8), bits, count);
            MixedLoops.dotBase(Scratch.sums(scratch, 0), embedded, b + from * Memory.EXT_BYTES, count / Memory.BLOCK);
        }
        return Scratch.total(Scratch.sums(scratch, 0))
                .add(tail.dotInts(a + whole * (bits / 8), bits, b + whole * Memory.EXT_BYTES, n - whole));
    }

    private static long clearedSums() {
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        return Scratch.sums(scratch, 0);
    }

    @Override
    public void combineRows(long dst, long src, long width, long stride, long w, long rows) {
        long acc = Scratch.array(Scratch.address(), 0);
        long blocks = blocks(width);
        long strideBytes = 4 * stride;
        long fours = rows - rows % 4;
        for (long from = 0; from < blocks && fours > 0; from += COMBINE_BLOCKS) {
            long count = Math.min(COMBINE_BLOCKS, blocks - from);
            long tile = src + from * BLOCK_BYTES;
            Memory.zero(acc, count * COMBINE_BLOCK_BYTES);
            for (long r = 0; r < fours; r += 4) {
                MixedLoops.combineFourRows(acc, tile + r * strideBytes, strideBytes, Memory.getExt(w, r),
                        Memory.getExt(w, r + 1), Memory.getExt(w, r + 2), Memory.getExt(w, r + 3), count);
            }
            MixedLoops.addAccumulated(dst + from * EXT_BLOCK_BYTES, acc, count);
        }
        for (long r = fours; r < rows; r++) {
            MixedLoops.addScaledBase(dst, src + r * strideBytes, Memory.getExt(w, r), blocks);
        }
    }

    @Override
    public void combineRowsInts(long dst, long src, int bits, long width, long stride, long w, long rows) {
        long rowBytes = stride * (bits / 8);
        long fours = rows - rows % 4;
        for (long r = 0; r < fours; r += COMBINE_ROWS) {
            long count = Math.min(COMBINE_ROWS, fours - r);
            if (bits == 16) {
                combineInt16(dst, src + r * rowBytes, width, rowBytes, w, r, count);
            } else {
                combineEmbedded(dst, src + r * rowBytes, bits, width, rowBytes, w, r, count);
            }
        }
        for (long r = fours; r < rows; r++) {
            addScaledInts(dst, src + r * rowBytes, bits, Memory.getExt(w, r), width);
        }
    }

    /// `rows` rows, a multiple of 4, with the weights from number `first` on. The accumulators start at what cancels
    /// the bias of the rows.
    private void combineInt16(long dst, long src, long width, long rowBytes, long w, long first, long rows) {
        QM31 weights = QM31.ZERO;
        for (long r = 0; r < rows; r++) {
            weights = weights.add(Memory.getExt(w, first + r));
        }
        QM31 bias = weights.mul(1 << 15).neg();
        long acc = Scratch.array(Scratch.address(), 0);
        long blocks = blocks(width);
        for (long from = 0; from < blocks; from += COMBINE_BLOCKS) {
            long count = Math.min(COMBINE_BLOCKS, blocks - from);
            long tile = src + from * (BLOCK_BYTES / 2);
            fillAccumulators(acc, bias, count);
            for (long r = 0; r < rows; r += 4) {
                MixedLoops.combineFourRowsInt16(acc, tile + r * rowBytes, rowBytes, Memory.getExt(w, first + r),
                        Memory.getExt(w, first + r + 1), Memory.getExt(w, first + r + 2),
                        Memory.getExt(w, first + r + 3), count);
            }
            MixedLoops.addAccumulated(dst + from * EXT_BLOCK_BYTES, acc, count);
        }
    }

    private static void fillAccumulators(long acc, QM31 s, long blocks) {
        LongVector s0 = LongVector.broadcast(L, s.c0());
        LongVector s1 = LongVector.broadcast(L, s.c1());
        LongVector s2 = LongVector.broadcast(L, s.c2());
        LongVector s3 = LongVector.broadcast(L, s.c3());
        for (long i = acc; i != acc + blocks * COMBINE_BLOCK_BYTES; i += COMBINE_BLOCK_BYTES) {
            for (int o = 0; o < 2 * BLOCK_BYTES; o += BYTES) {
                s0.intoMemorySegment(ALL, i + o, ORDER);
                s1.intoMemorySegment(ALL, i + o + 128, ORDER);
                s2.intoMemorySegment(ALL, i + o + 256, ORDER);
                s3.intoMemorySegment(ALL, i + o + 384, ORDER);
            }
        }
    }

    /// The same for integers of any width, four rows at a time through base arrays.
    private void combineEmbedded(long dst, long src, int bits, long width, long rowBytes, long w, long first,
            long rows) {
        long scratch = Scratch.address();
        long acc = Scratch.array(scratch, 0);
        long embedded = Scratch.array(scratch, 4);
        long embeddedRow = COMBINE_BLOCKS * BLOCK_BYTES;
        long blocks = blocks(width);
        for (long from = 0; from < blocks; from += COMBINE_BLOCKS) {
            long count = Math.min(COMBINE_BLOCKS, blocks - from);
            long tile = src + from * Memory.BLOCK * (bits / 8);
            Memory.zero(acc, count * COMBINE_BLOCK_BYTES);
            for (long r = 0; r < rows; r += 4) {
                for (int k = 0; k < 4; k++) {
                    embedInts(embedded + k * embeddedRow, tile + (r + k) * rowBytes, bits, count * Memory.BLOCK);
                }
                MixedLoops.combineFourRows(acc, embedded, embeddedRow, Memory.getExt(w, first + r),
                        Memory.getExt(w, first + r + 1), Memory.getExt(w, first + r + 2),
                        Memory.getExt(w, first + r + 3), count);
            }
            MixedLoops.addAccumulated(dst + from * EXT_BLOCK_BYTES, acc, count);
        }
    }

    @Override
    public void eqTable(long dst, QM31[] point, QM31 scale) {
        int small = Math.min(point.length, BLOCK_VARIABLES);
        tail.eqTable(dst, Arrays.copyOf(point, small), scale);
        for (int v = small; v < point.length; v++) {
            long half = 1L << v;
            ExtLoops.splitEq(dst + half * Memory.EXT_BYTES, dst, point[v], half / Memory.BLOCK);
        }
    }

    // --- sumcheck rounds: chunk by chunk, so that the second pass and all temporaries stay in cache ----------

    @Override
    public QM31[] roundProduct(long aLo, long aHi, long bLo, long bHi, long n) {
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            addProducts(scratch, aLo + i, aHi + i, bLo + i, bHi + i, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.roundProduct(aLo + i, aHi + i, bLo + i, bHi + i, n - whole));
    }

    private static void addProducts(long scratch, long aLo, long aHi, long bLo, long bHi, long blocks) {
        ExtLoops.dot(Scratch.sums(scratch, 0), aLo, bLo, blocks);
        ExtLoops.dotDifferences(Scratch.sums(scratch, 1), aLo, aHi, bLo, bHi, blocks);
    }

    @Override
    public QM31[] roundEqProduct(long e, long aLo, long aHi, long bLo, long bHi, long n) {
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            addEqProducts(scratch, e + i, aLo + i, aHi + i, bLo + i, bHi + i, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.roundEqProduct(e + i, aLo + i, aHi + i, bLo + i, bHi + i, n - whole));
    }

    private static void addEqProducts(long scratch, long e, long aLo, long aHi, long bLo, long bHi, long blocks) {
        long t = Scratch.array(scratch, 0);
        ExtLoops.mul(t, aLo, bLo, blocks);
        ExtLoops.dot(Scratch.sums(scratch, 0), e, t, blocks);
        ExtLoops.mulDifferences(t, aLo, aHi, bLo, bHi, blocks);
        ExtLoops.dot(Scratch.sums(scratch, 1), e, t, blocks);
    }

    @Override
    public QM31[] roundFractions(long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, QM31 lambda, long n) {
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            addFractionPoints(scratch, e + i, p0Lo + i, p0Hi + i, p1Lo + i, p1Hi + i, q0Lo + i, q0Hi + i,
                    q1Lo + i, q1Hi + i, lambda, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.roundFractions(e + i, p0Lo + i, p0Hi + i, p1Lo + i, p1Hi + i,
                q0Lo + i, q0Hi + i, q1Lo + i, q1Hi + i, lambda, n - whole));
    }

    private static void addFractionPoints(long scratch, long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, QM31 lambda, long blocks) {
        long p0 = Scratch.array(scratch, 0);
        long p1 = Scratch.array(scratch, 1);
        long q0 = Scratch.array(scratch, 2);
        long q1 = Scratch.array(scratch, 3);
        addFractionTerms(scratch, 0, e, p0Lo, p1Lo, q0Lo, q1Lo, lambda, blocks);
        ExtLoops.sub(p0, p0Hi, p0Lo, blocks);
        ExtLoops.sub(p1, p1Hi, p1Lo, blocks);
        ExtLoops.sub(q0, q0Hi, q0Lo, blocks);
        ExtLoops.sub(q1, q1Hi, q1Lo, blocks);
        addFractionTerms(scratch, 1, e, p0, p1, q0, q1, lambda, blocks);
    }

    /// Adds `e (p0 q1 + q0 (p1 + lambda q1))` to accumulators `k`: four products instead of five, and three for
    /// lambda = 0.
    private static void addFractionTerms(long scratch, int k, long e, long p0, long p1, long q0, long q1, QM31 lambda,
            long blocks) {
        long inner = p1;
        long term = Scratch.array(scratch, 5);
        if (!lambda.isZero()) {
            inner = Scratch.array(scratch, 4);
            ExtLoops.addScaled(inner, p1, q1, lambda, blocks);
        }
        ExtLoops.mulSum(term, p0, q1, q0, inner, blocks);
        ExtLoops.dot(Scratch.sums(scratch, k), e, term, blocks);
    }

    @Override
    public QM31[] roundMerged(long e, long aLo, long aHi, long p1Lo, long p1Hi,
            long q0Lo, long q0Hi, long q1Lo, long q1Hi, long n) {
        return roundFractions(e, aLo, aHi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi, QM31.ZERO, n);
    }

    @Override
    public QM31[] roundEqProduct3(long e, long aLo, long aHi, long bLo, long bHi, long cLo, long cHi, long n) {
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long[] lo = {aLo, bLo, cLo};
        long[] hi = {aHi, bHi, cHi};
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            addProduct3(scratch, 0, e + i, aLo + i, bLo + i, cLo + i, blocks);
            for (int k = 0; k < 3; k++) {
                long step = Scratch.array(scratch, k);
                ExtLoops.sub(step, hi[k] + i, lo[k] + i, blocks);
                ExtLoops.add(Scratch.array(scratch, 3 + k), hi[k] + i, step, blocks);
            }
            addPoint3(scratch, 1, e + i, blocks);
            for (int k = 0; k < 3; k++) {
                ExtLoops.add(Scratch.array(scratch, 3 + k), Scratch.array(scratch, 3 + k), Scratch.array(scratch, k),
                        blocks);
            }
            addPoint3(scratch, 2, e + i, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        QM31[] rest = tail.roundEqProduct3(e + i, aLo + i, aHi + i, bLo + i, bHi + i, cLo + i, cHi + i, n - whole);
        return totals(scratch, rest);
    }

    /// Adds `e a b c` of the point kept in scratch arrays 3 to 5.
    private static void addPoint3(long scratch, int k, long e, long blocks) {
        addProduct3(scratch, k, e, Scratch.array(scratch, 3), Scratch.array(scratch, 4), Scratch.array(scratch, 5),
                blocks);
    }

    private static void addProduct3(long scratch, int k, long e, long a, long b, long c, long blocks) {
        long t = Scratch.array(scratch, 6);
        ExtLoops.mul(t, a, b, blocks);
        ExtLoops.mul(t, t, c, blocks);
        ExtLoops.dot(Scratch.sums(scratch, k), e, t, blocks);
    }

    // --- fold and next round, chunk by chunk: what was folded is still in cache when the round reads it -----

    private static void foldQuarters(long x, long quarter, QM31 r, long blocks) {
        ExtLoops.fold(x, x, x + 2 * quarter, r, blocks);
        ExtLoops.fold(x + quarter, x + quarter, x + 3 * quarter, r, blocks);
    }

    @Override
    public QM31[] foldRoundProduct(long a, long b, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            foldQuarters(a + i, quarter, r, blocks);
            foldQuarters(b + i, quarter, r, blocks);
            addProducts(scratch, a + i, a + i + quarter, b + i, b + i + quarter, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.foldRoundProduct(a + i, b + i, stride, r, n - whole));
    }

    @Override
    public QM31[] foldRoundEqProduct(long e, long a, long b, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            foldQuarters(a + i, quarter, r, blocks);
            foldQuarters(b + i, quarter, r, blocks);
            addEqProducts(scratch, e + i, a + i, a + i + quarter, b + i, b + i + quarter, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.foldRoundEqProduct(e + i, a + i, b + i, stride, r, n - whole));
    }

    @Override
    public QM31[] foldRoundMerged(long e, long a, long p1, long q0, long q1, long stride, QM31 r, long n) {
        long quarter = stride * Memory.EXT_BYTES;
        long scratch = Scratch.address();
        Scratch.clearSums(scratch);
        long whole = n - n % Memory.BLOCK;
        for (long from = 0; from < whole; from += Scratch.CHUNK) {
            long blocks = Math.min(Scratch.CHUNK, whole - from) / Memory.BLOCK;
            long i = from * Memory.EXT_BYTES;
            foldQuarters(a + i, quarter, r, blocks);
            foldQuarters(p1 + i, quarter, r, blocks);
            foldQuarters(q0 + i, quarter, r, blocks);
            foldQuarters(q1 + i, quarter, r, blocks);
            addFractionPoints(scratch, e + i, a + i, a + i + quarter, p1 + i, p1 + i + quarter,
                    q0 + i, q0 + i + quarter, q1 + i, q1 + i + quarter, QM31.ZERO, blocks);
        }
        long i = whole * Memory.EXT_BYTES;
        return totals(scratch, tail.foldRoundMerged(e + i, a + i, p1 + i, q0 + i, q1 + i, stride, r, n - whole));
    }

    private static QM31[] totals(long scratch, QM31[] rest) {
        QM31[] totals = new QM31[rest.length];
        for (int k = 0; k < rest.length; k++) {
            totals[k] = Scratch.total(Scratch.sums(scratch, k)).add(rest[k]);
        }
        return totals;
    }

    // --- fraction trees -----------------------------------------------------------------------------

    @Override
    public void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n) {
        long blocks = blocks(n);
        long chunk = Scratch.CHUNK / Memory.BLOCK;
        for (long from = 0; from < blocks; from += chunk) {
            long count = Math.min(chunk, blocks - from);
            long i = from * EXT_BLOCK_BYTES;
            ExtLoops.mulSum(p + i, p0 + i, q1 + i, p1 + i, q0 + i, count);
            ExtLoops.mul(q + i, q0 + i, q1 + i, count);
        }
    }

    @Override
    public void addUnitFractions(long p, long q, long q0, long q1, long n) {
        long blocks = blocks(n);
        long chunk = Scratch.CHUNK / Memory.BLOCK;
        for (long from = 0; from < blocks; from += chunk) {
            long count = Math.min(chunk, blocks - from);
            long i = from * EXT_BLOCK_BYTES;
            ExtLoops.add(p + i, q0 + i, q1 + i, count);
            ExtLoops.mul(q + i, q0 + i, q1 + i, count);
        }
    }

    @Override
    public void leafPair(long p, long q, long a0, long a1, int bits, QM31 c, long n) {
        long scratch = Scratch.address();
        long x0 = Scratch.base(scratch, 0);
        long x1 = Scratch.base(scratch, 1);
        QM31 negative = c.neg();
        QM31 square = c.mul(c);
        for (long from = 0; from < n; from += Scratch.CHUNK) {
            long count = Math.min(Scratch.CHUNK, n - from);
            long skip = from * (bits / 8);
            embedInts(x0, a0 + skip, bits, count);
            embedInts(x1, a1 + skip, bits, count);
            long i = from * Memory.EXT_BYTES;
            LeafLoops.pair(p + i, q + i, x0, x1, c, negative, square, blocks(count));
        }
    }

    @Override
    public void leafQuad(long p, long q, long a0, long a1, long a2, long a3, int bits, QM31 c, long n) {
        long scratch = Scratch.address();
        long[] a = {a0, a1, a2, a3};
        long[] x = new long[4];
        long[] e = new long[4];
        for (int k = 0; k < 4; k++) {
            x[k] = Scratch.base(scratch, k);
            e[k] = Scratch.base(scratch, 4 + k);
        }
        long zero = Scratch.base(scratch, 8);
        Memory.zero(zero, Memory.baseBytes(Scratch.CHUNK));
        QM31 c2 = c.mul(c);
        QM31 c3 = c2.mul(c);
        QM31 minusOne = QM31.ONE.neg();
        for (long from = 0; from < n; from += Scratch.CHUNK) {
            long count = Math.min(Scratch.CHUNK, n - from);
            long blocks = blocks(count);
            for (int k = 0; k < 4; k++) {
                embedInts(x[k], a[k] + from * (bits / 8), bits, count);
            }
            LeafLoops.symmetric(e[0], e[1], e[2], e[3], x[0], x[1], x[2], x[3], blocks);
            long i = from * Memory.EXT_BYTES;
            LeafLoops.combine(q + i, e[3], e[0], e[1], e[2], c2.mul(c2), c3.neg(), c2, c.neg(), blocks);
            LeafLoops.combine(p + i, zero, e[0], e[1], e[2], c3.mul(4), c2.mul(3).neg(), c.add(c), minusOne, blocks);
        }
    }

    // --- grids --------------------------------------------------------------------------------------

    private static final long GRID_ROW_BYTES = Memory.baseBytes(GRID_ROW);

    @Override
    public void extendGrid(long grid, long n) {
        GridLoops.extend(grid, blocks(n));
    }

    @Override
    public void addGridProducts(long sums, long e, long a, long b, long n) {
        long scratch = Scratch.address();
        for (int v = 0; v < GRID_ROWS; v += 3) {
            Scratch.clearSums(scratch);
            GridLoops.products(scratch, e, a + v * GRID_ROW_BYTES, b + v * GRID_ROW_BYTES, n / Memory.BLOCK);
            settle(sums + v * EXT_BLOCK_BYTES, scratch, 3);
        }
        long tail = n % Memory.BLOCK;
        if (tail != 0) {
            long j = Memory.baseBytes(n - tail);
            this.tail.addGridProducts(sums, e + (n - tail) * Memory.EXT_BYTES, a + j, b + j, tail);
        }
    }

    @Override
    public void addGridCross(long sums, long e, long a, long b, long c, long d, long n) {
        long scratch = Scratch.address();
        for (int v = 0; v < GRID_ROWS; v++) {
            long row = v * GRID_ROW_BYTES;
            Scratch.clearSums(scratch);
            GridLoops.cross(scratch, e, a + row, b + row, c + row, d + row, n / Memory.BLOCK);
            settle(sums + v * EXT_BLOCK_BYTES, scratch, 1);
        }
        long tail = n % Memory.BLOCK;
        if (tail != 0) {
            long j = Memory.baseBytes(n - tail);
            this.tail.addGridCross(sums, e + (n - tail) * Memory.EXT_BYTES, a + j, b + j, c + j, d + j, tail);
        }
    }

    @Override
    public void addGridCorners(long sums, long e, long a, long b, long n) {
        long scratch = Scratch.address();
        for (int corner = 0; corner < 8; corner += 2) {
            long row = FieldKernels.cornerRow(corner) * GRID_ROW_BYTES;
            Scratch.clearSums(scratch);
            GridLoops.corners(scratch, e, a + row, b + row, n / Memory.BLOCK);
            settle(sums + corner * EXT_BLOCK_BYTES, scratch, 2);
        }
        long tail = n % Memory.BLOCK;
        if (tail != 0) {
            long j = Memory.baseBytes(n - tail);
            this.tail.addGridCorners(sums, e + (n - tail) * Memory.EXT_BYTES, a + j, b + j, tail);
        }
    }

    /// Adds raw accumulators of some rows to canonical ext blocks. An accumulator is below 2^62; folded once below
    /// 2^34, a second time below 2^31 + 8, its 64-bit lanes are words of the block, every other one zero.
    private static void settle(long sums, long raw, int rows) {
        LongVector low = LongVector.broadcast(L, M31.P);
        IntVector p = IntVector.broadcast(I, M31.P);
        for (long at = 0; at != 4L * rows * 64; at += 64) {
            LongVector x = LongVector.fromMemorySegment(L, ALL, raw + at, ORDER);
            LongVector y = x.and(low).add(x.lanewise(VectorOperators.LSHR, 31));
            LongVector z = y.and(low).add(y.lanewise(VectorOperators.LSHR, 31));
            IntVector w = z.reinterpretAsInts();
            IntVector reduced = w.lanewise(UMIN, w.sub(p));
            IntVector sum = reduced.add(IntVector.fromMemorySegment(I, ALL, sums + at, ORDER));
            sum.lanewise(UMIN, sum.sub(p)).intoMemorySegment(ALL, sums + at, ORDER);
        }
    }
}
