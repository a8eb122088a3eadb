package dev.chagres.kernel;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;
import static dev.chagres.hash.Blake3Compression.CV_WORDS;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Compression;
import dev.chagres.hash.Blake3Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/// The reference hash kernels: one [Blake3] after another.
public final class ScalarHashKernels implements HashKernels {
    private static final int BLOCK_WORDS = BLOCK_BYTES / 4;

    @Override
    public void hashColumns(Blake3Mode mode, long dst, long src, long blockStride, long rows, long from, long to) {
        HashShape.checkColumns(rows, from, to);
        Blake3 hash = new Blake3(mode);
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
            MemorySegment.copy(digest, 0, Memory.ALL, ValueLayout.JAVA_BYTE, dst + DIGEST_BYTES * (i - from),
                    DIGEST_BYTES);
        }
    }

    @Override
    public void hashPairs(Blake3Mode mode, long dst, long src, long n, int bytes) {
        HashShape.checkColumns(0, 0, n);
        HashShape.checkDigest(bytes);
        Blake3 hash = new Blake3(mode);
        byte[] pair = new byte[2 * bytes];
        byte[] digest = new byte[bytes];
        for (long i = 0; i < n; i++) {
            MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, src + pair.length * i, pair, 0, pair.length);
            hash.reset().update(pair, 0, pair.length).finish(digest, 0, bytes);
            MemorySegment.copy(digest, 0, Memory.ALL, ValueLayout.JAVA_BYTE, dst + bytes * i, bytes);
        }
    }

    /// State of column i: its eight words at `state + 32 i`.
    @Override
    public void initColumns(Blake3Mode mode, long state, long n) {
        HashShape.checkState(n);
        for (long i = 0; i < n * CV_WORDS; i++) {
            Memory.setInt(state, i, mode.word((int) (i % CV_WORDS)));
        }
    }

    @Override
    public void absorbColumns(Blake3Mode mode, long state, long src, long rowStride, int rows, long n, long chunk,
            int flags) {
        HashShape.checkState(n);
        HashShape.checkBlock(rows);
        int[] message = new int[BLOCK_WORDS];
        for (long i = 0; i < n; i++) {
            for (int r = 0; r < rows; r++) {
                message[r] = Memory.getInt(src + r * rowStride, i);
            }
            compress(state, i, message, chunk, 4 * rows, flags | mode.flag());
        }
    }

    @Override
    public void mergeColumns(Blake3Mode mode, long left, long right, long n, int flags) {
        HashShape.checkState(n);
        int[] message = new int[BLOCK_WORDS];
        for (long i = 0; i < n; i++) {
            for (int w = 0; w < CV_WORDS; w++) {
                message[w] = Memory.getInt(left, i * CV_WORDS + w);
                message[CV_WORDS + w] = Memory.getInt(right, i * CV_WORDS + w);
                Memory.setInt(right, i * CV_WORDS + w, mode.word(w));
            }
            compress(right, i, message, 0, BLOCK_BYTES, flags | mode.flag());
        }
    }

    private static void compress(long state, long column, int[] message, long counter, int length, int flags) {
        int[] cv = new int[BLOCK_WORDS];
        for (int w = 0; w < CV_WORDS; w++) {
            cv[w] = Memory.getInt(state, column * CV_WORDS + w);
        }
        Blake3Compression.compress(cv, cv, message, counter, length, flags);
        for (int w = 0; w < CV_WORDS; w++) {
            Memory.setInt(state, column * CV_WORDS + w, cv[w]);
        }
    }

    @Override
    public void storeColumns(long dst, long state, long n, int bytes) {
        HashShape.checkState(n);
        HashShape.checkDigest(bytes);
        for (long i = 0; i < n; i++) {
            Memory.copy(state + DIGEST_BYTES * i, dst + bytes * i, bytes);
        }
    }

    @Override
    public void loadColumns(long state, long src, long n) {
        storeColumns(state, src, n, DIGEST_BYTES);
    }

    @Override
    public long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags) {
        HashShape.checkNonces(head.length, bits, first, count);
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(head);
        IntBuffer words = block.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind().asIntBuffer();
        int[] message = new int[BLOCK_WORDS];
        int[] digest = new int[BLOCK_WORDS];
        for (long nonce = first; nonce < first + count; nonce++) {
            block.putLong(head.length, nonce);
            words.get(0, message);
            Blake3Compression.compress(digest, start, message, 0, head.length + Long.BYTES, flags);
            long top = (long) Integer.reverseBytes(digest[0]) << Integer.SIZE
                    | Integer.toUnsignedLong(Integer.reverseBytes(digest[1]));
            if (top >>> (Long.SIZE - bits) == 0) {
                return nonce;
            }
        }
        return -1;
    }
}
