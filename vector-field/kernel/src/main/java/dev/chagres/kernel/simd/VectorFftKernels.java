package dev.chagres.kernel.simd;

import dev.chagres.kernel.CircleTwiddles;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FftShape;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarFftKernels;
import java.util.Arrays;

/// The circle FFT on vectors: depth first in radix 4 until a block fits the first-level cache, then pass by pass,
/// the last log2(lanes) + 1 layers in registers. The copies of the zero upper half cost nothing: the first pass of
/// each copy reads the row itself. Rows shorter than two vectors go to [ScalarFftKernels].
///
/// Measured on one core of an AMD EPYC with AVX-512, JDK 25.0.3, rate 1/2: 1.06 ns per value at logN 16, 1.28 at
/// logN 20 (0.07 per value and layer), transposed 1.36 and 1.58; with 256-bit vectors 2.2 at logN 18.
public final class VectorFftKernels implements FftKernels {
    /// Layers done by [FftTail].
    private static final int TAIL = Integer.numberOfTrailingZeros(Lanes.COUNT) + 1;
    /// log2 of the largest block transformed pass by pass: 16 KiB.
    private static final int CACHED = 12;
    /// The same when blocks are skipped: smaller blocks, fewer of them.
    private static final int SKIPPED = 8;

    /// Chunks of two vectors in one call of a tail: short calls, see [Lanes#CALL_BYTES].
    private static final long TAIL_CALL = 32;

    private final ScalarFftKernels scalar = new ScalarFftKernels();

    @Override
    public void encode(long dst, long src, int logK, int logN, long rows) {
        FftShape.check(logK, logN);
        if (logK < TAIL) {
            scalar.encode(dst, src, logK, logN, rows);
            return;
        }
        Twiddles twiddles = new Twiddles(logN);
        long copies = 1L << (logN - logK);
        for (long r = 0; r < rows; r++) {
            long row = src + (r << logK) * 4;
            long codeword = dst + (r << logN) * 4;
            for (long c = 0; c < copies; c++) {
                block(codeword + (c << logK) * 4, row, logK, c, twiddles);
            }
        }
    }

    @Override
    public void encodeAt(long dst, long src, int logK, int logN, int[] positions) {
        FftShape.check(logK, logN);
        FftShape.checkPositions(positions, logN);
        if (logK < TAIL) {
            scalar.encodeAt(dst, src, logK, logN, positions);
            return;
        }
        Twiddles twiddles = new Twiddles(logN);
        for (long c = 0; c < 1L << (logN - logK); c++) {
            blockAt(dst + (c << logK) * 4, src, logK, c, twiddles, positions);
        }
    }

    /// [#block] where the block has positions; nothing elsewhere.
    private static void blockAt(long dst, long src, int h, long b, Twiddles w, int[] positions) {
        int next = Arrays.binarySearch(positions, (int) (b << h));
        next = next < 0 ? -next - 1 : next;
        if (next == positions.length || positions[next] >> h != b) {
            return;
        }
        if (h <= SKIPPED) {
            block(dst, src, h, b, w);
            return;
        }
        long quarter = 1L << h; // bytes: 4 * 2^(h-2)
        FftPasses.two(dst, src, quarter, 1, w.at(h - 1, b), w.at(h - 2, 2 * b));
        for (int i = 0; i < 4; i++) {
            long part = dst + i * quarter;
            blockAt(part, part, h - 2, 4 * b + i, w, positions);
        }
    }

    /// Layers h - 1 down to 0 of block `b` of 2^h elements.
    private static void block(long dst, long src, int h, long b, Twiddles w) {
        if (h > CACHED) {
            long quarter = 1L << h; // bytes: 4 * 2^(h-2)
            FftPasses.two(dst, src, quarter, 1, w.at(h - 1, b), w.at(h - 2, 2 * b));
            for (int i = 0; i < 4; i++) {
                long part = dst + i * quarter;
                block(part, part, h - 2, 4 * b + i, w);
            }
            return;
        }
        long from = src;
        int layer = h - 1;
        if ((h - TAIL & 1) == 1) {
            FftPasses.one(dst, from, 4L << layer, 1, w.at(layer, b));
            from = dst;
            layer--;
        }
        for (; layer >= TAIL; layer -= 2) {
            long blocks = 1L << (h - 1 - layer);
            FftPasses.two(dst, from, 4L << (layer - 1), blocks, w.at(layer, b * blocks),
                    w.at(layer - 1, 2 * b * blocks));
            from = dst;
        }
        long chunks = 1L << (h - TAIL);
        long chunk = b * chunks;
        for (long i = 0; i < chunks; i += TAIL_CALL) {
            long c = chunk + i;
            long at = i * 2 * Lanes.BYTES;
            FftTail.forward(dst + at, from + at, Math.min(TAIL_CALL, chunks - i),
                    w.tail(4, c), w.tail(3, c), w.tail(2, c), w.tail(1, c));
        }
    }

    @Override
    public void encodeTransposed(long dst, long src, int logK, int logN) {
        FftShape.check(logK, logN);
        if (logK < TAIL) {
            scalar.encodeTransposed(dst, src, logK, logN);
            return;
        }
        Twiddles twiddles = new Twiddles(logN);
        long copies = 1L << (logN - logK);
        long bytes = 4L << logK;
        for (long c = 0; c < copies; c++) {
            transposedBlock(src + c * bytes, logK, c, twiddles);
        }
        Memory.copy(src, dst, bytes);
        for (long c = 1; c < copies; c++) {
            FftTransposedPasses.add(dst, src + c * bytes, bytes);
        }
    }

    private static void transposedBlock(long data, int h, long b, Twiddles w) {
        if (h > CACHED) {
            long quarter = 1L << h;
            for (int i = 0; i < 4; i++) {
                transposedBlock(data + i * quarter, h - 2, 4 * b + i, w);
            }
            FftTransposedPasses.two(data, quarter, 1, w.at(h - 1, b), w.at(h - 2, 2 * b));
            return;
        }
        long chunks = 1L << (h - TAIL);
        long chunk = b * chunks;
        for (long i = 0; i < chunks; i += TAIL_CALL) {
            long c = chunk + i;
            FftTransposedTail.backward(data + i * 2 * Lanes.BYTES, Math.min(TAIL_CALL, chunks - i),
                    w.tail(4, c), w.tail(3, c), w.tail(2, c), w.tail(1, c));
        }
        int layer = TAIL;
        for (; layer + 1 < h; layer += 2) {
            long blocks = 1L << (h - 2 - layer);
            FftTransposedPasses.two(data, 4L << layer, blocks, w.at(layer + 1, b * blocks),
                    w.at(layer, 2 * b * blocks));
        }
        if (layer < h) {
            FftTransposedPasses.one(data, 4L << layer, 1, w.at(layer, b));
        }
    }

    /// Addresses of the twiddle tables of one transform size.
    private static final class Twiddles {
        private final long[] layers;

        Twiddles(int logN) {
            layers = new long[logN];
            for (int i = 1; i < logN; i++) {
                layers[i] = CircleTwiddles.x(logN - i + 1);
            }
        }

        /// Of block `b` of layer `i`.
        long at(int i, long b) {
            return layers[i] + 4 * b;
        }

        /// Of the first block of layer `i` in chunk `chunk` of two vectors; 0 where chunks are smaller than blocks.
        long tail(int i, long chunk) {
            return i < TAIL ? layers[i] + 4 * (chunk << (TAIL - 1 - i)) : 0;
        }
    }
}
