package dev.chagres.kernel;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;

import dev.chagres.hash.Blake3;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The reference hash kernels: one [Blake3] after another.
public final class ScalarHashKernels implements HashKernels {
    @Override
    public void hashColumns(long dst, long src, long blockStride, long rows, long from, long to) {
        HashShape.checkColumns(rows, from, to);
        Blake3 hash = new Blake3();
        byte[] block = new byte[BLOCK_BYTES];
        byte[] digest = new byte[DIGEST_BYTES];
        for (long i = from; i < to; i++) {
            hash.reset();
            long line = src + i * BLOCK_BYTES;
            for (long left = 4 * rows; left > 0; left -= BLOCK_BYTES, line += blockStride) {
                int n = (int) Math.min(left, BLOCK_BYTES);
                MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, line, block, 0, n);
                hash.update(block, 0, n);
            }
            hash.finish(digest, 0, DIGEST_BYTES);
            MemorySegment.copy(digest, 0, Memory.ALL, ValueLayout.JAVA_BYTE, dst + DIGEST_BYTES * (i - from), DIGEST_BYTES);
        }
    }

    @Override
    public void hashPairs(long dst, long src, long n) {
        Blake3 hash = new Blake3();
        byte[] pair = new byte[2 * DIGEST_BYTES];
        byte[] digest = new byte[DIGEST_BYTES];
        for (long i = 0; i < n; i++) {
            MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, src + pair.length * i, pair, 0, pair.length);
            hash.reset().update(pair, 0, pair.length).finish(digest, 0, DIGEST_BYTES);
            MemorySegment.copy(digest, 0, Memory.ALL, ValueLayout.JAVA_BYTE, dst + DIGEST_BYTES * i, DIGEST_BYTES);
        }
    }
}
