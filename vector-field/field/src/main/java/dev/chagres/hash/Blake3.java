package dev.chagres.hash;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/// BLAKE3 in any [Blake3Mode] (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020), incremental, with output of any
/// length. Not thread-safe.
///
/// The message is cut into chunks of 1024 bytes; the chaining values of the chunks are the leaves of a binary
/// tree whose left subtrees are complete. Chaining values of complete subtrees wait on a stack, one for each bit
/// of the number of finished chunks.
public final class Blake3 {
    /// Enough for 2^54 chunks, 2^64 bytes.
    private static final int MAX_DEPTH = 54;

    private final Blake3Mode mode;
    private final byte[] block = new byte[BLOCK_BYTES];
    /// The block as little-endian words; not a VarHandle, which not every host of a verifier has.
    private final ByteBuffer blockWords = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    private int blockLength;
    private int blocksCompressed;
    private long chunk;
    private final int[] cv = new int[16];
    private final int[] message = new int[16];
    /// Made when the first chunk is finished: most messages have only one.
    private int[] stack;
    private int depth;

    /// A hasher of the plain mode that has absorbed nothing.
    public Blake3() {
        this(Blake3Mode.HASH);
    }

    /// A hasher that has absorbed nothing.
    public Blake3(Blake3Mode mode) {
        this.mode = mode;
        startChunk(0);
    }

    /// The 32-byte digest of `message` in the plain mode.
    public static byte[] hash(byte[] message) {
        byte[] digest = new byte[DIGEST_BYTES];
        new Blake3().update(message, 0, message.length).finish(digest, 0, digest.length);
        return digest;
    }

    /// Forgets everything absorbed.
    public Blake3 reset() {
        depth = 0;
        startChunk(0);
        return this;
    }

    /// Absorbs `length` bytes from `offset` on.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside `input`
    public Blake3 update(byte[] input, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, input.length);
        int from = offset;
        int left = length;
        while (left > 0) {
            // A full block is compressed only when more input is known to follow: the last one is flagged.
            if (blockLength == BLOCK_BYTES) {
                if (blocksCompressed == CHUNK_BYTES / BLOCK_BYTES - 1) {
                    finishChunk();
                } else {
                    compressBlock();
                }
            }
            int n = Math.min(left, BLOCK_BYTES - blockLength);
            System.arraycopy(input, from, block, blockLength, n);
            blockLength += n;
            from += n;
            left -= n;
        }
        return this;
    }

    /// Writes the first `length` bytes of the output for what has been absorbed so far; 32 bytes are the digest.
    /// The state is not changed: more can be absorbed, and a second call gives the same bytes.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside `out`
    public void finish(byte[] out, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, out.length);
        // The pending node: the current chunk's last block, then each parent on the way up.
        int[] nodeCv = Arrays.copyOf(cv, 16);
        int[] nodeMessage = new int[16];
        Arrays.fill(block, blockLength, BLOCK_BYTES, (byte) 0);
        words(nodeMessage);
        int nodeLength = blockLength;
        int flags = startFlag() | CHUNK_END | mode.flag();
        long counter = chunk;
        for (int d = depth - 1; d >= 0; d--) {
            int[] right = new int[16];
            Blake3Compression.compress(right, nodeCv, nodeMessage, counter, nodeLength, flags);
            System.arraycopy(stack, 8 * d, nodeMessage, 0, 8);
            System.arraycopy(right, 0, nodeMessage, 8, 8);
            loadStart(nodeCv);
            nodeLength = BLOCK_BYTES;
            flags = PARENT | mode.flag();
            counter = 0;
        }
        int[] words = new int[16];
        for (int done = 0; done < length; done += BLOCK_BYTES) {
            Blake3Compression.compress(words, nodeCv, nodeMessage, done / BLOCK_BYTES, nodeLength, flags | ROOT);
            bytes(words, out, offset + done, Math.min(BLOCK_BYTES, length - done));
        }
    }

    /// Writes the first `length` bytes of little-endian words.
    private static void bytes(int[] words, byte[] out, int offset, int length) {
        int whole = length / 4;
        int at = offset;
        for (int i = 0; i < whole; i++) {
            int word = words[i];
            out[at++] = (byte) word;
            out[at++] = (byte) (word >> 8);
            out[at++] = (byte) (word >> 16);
            out[at++] = (byte) (word >> 24);
        }
        for (int i = 0; i < length % 4; i++) {
            out[at++] = (byte) (words[whole] >> 8 * i);
        }
    }

    private void startChunk(long number) {
        chunk = number;
        blockLength = 0;
        blocksCompressed = 0;
        loadStart(cv);
    }

    private void loadStart(int[] words) {
        for (int i = 0; i < Blake3Compression.CV_WORDS; i++) {
            words[i] = mode.word(i);
        }
    }

    private int startFlag() {
        return blocksCompressed == 0 ? CHUNK_START : 0;
    }

    private void words(int[] into) {
        for (int i = 0; i < 16; i++) {
            into[i] = blockWords.getInt(4 * i);
        }
    }

    private void compressBlock() {
        words(message);
        Blake3Compression.compress(cv, cv, message, chunk, BLOCK_BYTES, startFlag() | mode.flag());
        blocksCompressed++;
        blockLength = 0;
    }

    /// Ends a full chunk that is not the last: its chaining value, merged with every complete left neighbour,
    /// goes on the stack.
    private void finishChunk() {
        if (stack == null) {
            stack = new int[Blake3Compression.CV_WORDS * MAX_DEPTH];
        }
        words(message);
        Blake3Compression.compress(cv, cv, message, chunk, BLOCK_BYTES, startFlag() | CHUNK_END | mode.flag());
        long finished = chunk + 1;
        for (long f = finished; (f & 1) == 0; f >>= 1) {
            depth--;
            System.arraycopy(stack, 8 * depth, message, 0, 8);
            System.arraycopy(cv, 0, message, 8, 8);
            loadStart(cv);
            Blake3Compression.compress(cv, cv, message, 0, BLOCK_BYTES, PARENT | mode.flag());
        }
        System.arraycopy(cv, 0, stack, 8 * depth, 8);
        depth++;
        startChunk(finished);
    }
}
