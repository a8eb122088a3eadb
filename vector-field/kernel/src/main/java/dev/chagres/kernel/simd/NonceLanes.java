package dev.chagres.kernel.simd;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;

import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;

/// A search for a nonce, one nonce in each lane.
///
/// 64 neighbours are tried together. Of their messages only one byte differs, the lowest of the nonce, so that a turn
/// writes three words of each group of lanes, compresses, and looks at one word of each digest: nothing is transposed.
final class NonceLanes {
    private static final int GROUPS = 64 / Lanes.COUNT;
    private static final int NONCES = GROUPS * Lanes.COUNT;

    private final int length;
    private final int bits;
    private final int[] start;
    private final int flags;
    /// Word in which the nonce begins, and the bit in it.
    private final int word;
    private final int shift;
    /// The words of the block with nonce 0.
    private final int[] block = new int[BLOCK_BYTES / 4];
    private final long words;
    private final long lower;
    private final long cv;
    /// What the nonces of a turn add to the word in which they begin.
    private final long steps;

    /// @param arena owns the working memory
    NonceLanes(Arena arena, byte[] head, int bits, int[] start, int flags) {
        this.length = head.length + Long.BYTES;
        this.bits = bits;
        this.start = start;
        this.flags = flags;
        this.word = head.length / 4;
        this.shift = head.length % 4 * Byte.SIZE;
        ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(head).rewind().asIntBuffer().get(block);
        this.words = Memory.allocate(arena, GROUPS * Blake3Lanes.MESSAGE);
        this.lower = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
        this.cv = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
        this.steps = Memory.allocate(arena, 4L * NONCES);
        for (int i = 0; i < NONCES; i++) {
            Memory.setInt(steps, i, i << shift);
        }
        // Once for a search, so word by word: a loop on vectors would be compiled for it alone.
        for (int i = 0; i < GROUPS * block.length * Lanes.COUNT; i++) {
            Memory.setInt(words, i, block[i / Lanes.COUNT % block.length]);
        }
    }

    private static void store(long vectors, int index, IntVector v) {
        v.intoMemorySegment(Memory.ALL, vectors + (long) index * Lanes.BYTES, Lanes.ORDER);
    }

    /// The least good nonce in [first, first + count), or -1.
    long least(long first, long count) {
        // The digest's bytes come in order, the lowest byte of word 0 first.
        int mask = Integer.reverseBytes(bits >= Integer.SIZE ? -1 : -1 << (Integer.SIZE - bits));
        for (long nonce = first; nonce < first + count; nonce += NONCES) {
            place(nonce);
            begin();
            Blake3Loops.compress(cv, words, lower, GROUPS, 0, length, flags);
            for (int g = 0; g < GROUPS; g++) {
                for (int lane = 0; lane < Lanes.COUNT; lane++) {
                    long digest = cv + g * Blake3Lanes.CV;
                    if ((Memory.getInt(digest, lane) & mask) == 0 && good(digest, lane)) {
                        return nonce + g * Lanes.COUNT + lane;
                    }
                }
            }
        }
        return -1;
    }

    private void place(long nonce) {
        int low = block[word] | (int) (nonce << shift);
        int middle = (int) (nonce >>> Integer.SIZE - shift);
        int high = (int) (nonce >>> Long.SIZE - shift);
        for (int g = 0; g < GROUPS; g++) {
            long message = words + g * Blake3Lanes.MESSAGE;
            store(message, word, IntVector.broadcast(Lanes.I, low)
                    .add(IntVector.fromMemorySegment(
                            Lanes.I, Memory.ALL, steps + (long) g * Lanes.BYTES, Lanes.ORDER)));
            store(message, word + 1, IntVector.broadcast(Lanes.I, middle));
            if (shift > 0) {
                store(message, word + 2, IntVector.broadcast(Lanes.I, high));
            }
        }
    }

    private void begin() {
        for (int g = 0; g < GROUPS; g++) {
            for (int w = 0; w < start.length; w++) {
                store(cv + g * Blake3Lanes.CV, w, IntVector.broadcast(Lanes.I, start[w]));
            }
        }
    }

    private boolean good(long digest, int lane) {
        long top = (long) Integer.reverseBytes(Memory.getInt(digest, lane)) << Integer.SIZE
                | Integer.toUnsignedLong(Integer.reverseBytes(Memory.getInt(digest + Lanes.BYTES, lane)));
        return top >>> (Long.SIZE - bits) == 0;
    }
}
