package dev.chagres.kernel.simd;

import dev.chagres.hash.Blake3Compression;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.Memory;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// States and messages of BLAKE3 with one message in each lane, groups of one vector of messages; [Blake3Loops]
/// compresses.
final class Blake3Lanes {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final long W = Lanes.BYTES;
    /// Bytes of the sixteen message words of one group of lanes.
    static final long MESSAGE = 16 * W;
    /// Bytes of the eight chaining words of one group of lanes.
    static final long CV = 8 * W;

    /// Offset in a group's message of the word that comes k-th in round r, at 16 r + k.
    static final char[] SCHEDULE = schedule();

    private Blake3Lanes() {}

    /// From round to round the words are permuted (section 2.2 of the paper, table 2).
    private static char[] schedule() {
        int[] next = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
        char[] schedule = new char[7 * next.length];
        for (int i = 0; i < schedule.length; i++) {
            schedule[i] = (char) (i < next.length
                    ? i * W : schedule[i - next.length + next[i % next.length] - i % next.length]);
        }
        return schedule;
    }

    /// Sets the chaining values of `groups` groups to the initial one.
    static void init(Blake3Mode mode, long cv, long groups) {
        for (long g = 0; g < groups; g++) {
            for (int i = 0; i < Blake3Compression.CV_WORDS; i++) {
                IntVector.broadcast(I, mode.word(i)).intoMemorySegment(Memory.ALL, cv + g * CV + i * W,
                        Lanes.ORDER);
            }
        }
    }

    /// One message word of every lane of `groups` groups: group g takes the vector at `src + g * BYTES`.
    static void loadWord(long words, long src, long groups) {
        long at = words;
        for (long from = src, end = src + groups * W; from != end; from += W, at += MESSAGE) {
            IntVector.fromMemorySegment(I, Memory.ALL, from, Lanes.ORDER).intoMemorySegment(Memory.ALL, at,
                    Lanes.ORDER);
        }
    }
}
