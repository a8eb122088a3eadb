package dev.chagres.kernel;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Mode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Matrices in the layout of [HashKernels] and their digests by definition.
final class HashTestSupport {
    /// A mode with other words and another flag than the plain one.
    static final Blake3Mode KEYED = Blake3Mode.deriveKey("chagres test of hash kernels");

    private HashTestSupport() {}

    /// By definition, the first `bytes` bytes.
    static byte[] digest(Blake3Mode mode, byte[] message, int bytes) {
        byte[] digest = new byte[bytes];
        new Blake3(mode).update(message, 0, message.length).finish(digest, 0, bytes);
        return digest;
    }

    /// Fills whole blocks, so that words past the last row are random too: they must not count.
    static byte[][] randomColumns(Random random, long src, long blockStride, int rows, int columns) {
        byte[][] messages = new byte[columns][4 * rows];
        int blocks = (rows + 15) / 16;
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < columns; i++) {
                for (int r = 0; r < 16; r++) {
                    int word = random.nextInt();
                    long at = src + block * blockStride + i * 64L + r * 4L;
                    Memory.ALL.set(ValueLayout.JAVA_INT, at, word);
                    int row = 16 * block + r;
                    if (row < rows) {
                        for (int b = 0; b < 4; b++) {
                            messages[i][4 * row + b] = (byte) (word >>> 8 * b);
                        }
                    }
                }
            }
        }
        return messages;
    }

    static byte[] bytes(long address, int n) {
        byte[] bytes = new byte[n];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, address, bytes, 0, n);
        return bytes;
    }

    static byte[] digests(Blake3Mode mode, byte[][] messages, int from, int to) {
        byte[] digests = new byte[32 * (to - from)];
        for (int i = from; i < to; i++) {
            System.arraycopy(digest(mode, messages[i], 32), 0, digests, 32 * (i - from), 32);
        }
        return digests;
    }
}
