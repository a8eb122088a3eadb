package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Every digest of an implementation of [HashKernels] is the BLAKE3 of the message.
public abstract class HashKernelLaws {
    private static final long SEED = 0x4A5FL;
    private static final Blake3Mode KEYED = Blake3Mode.deriveKey("chagres test of hash kernel laws");
    private final HashKernels hash;

    protected HashKernelLaws(HashKernels hash) {
        this.hash = hash;
    }

    private static byte[] digest(Blake3Mode mode, byte[] message, int bytes) {
        byte[] digest = new byte[bytes];
        new Blake3(mode).update(message, 0, message.length).finish(digest, 0, bytes);
        return digest;
    }

    private static byte[] bytes(long address, int n) {
        byte[] bytes = new byte[n];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, address, bytes, 0, n);
        return bytes;
    }

    /// The message of column `i` word by word, straight from the layout's definition.
    private static byte[] message(long src, long blockStride, int rows, int i) {
        byte[] message = new byte[4 * rows];
        for (int r = 0; r < rows; r++) {
            int word = Memory.ALL.get(ValueLayout.JAVA_INT, src + r / 16 * blockStride + i * 64L + r % 16 * 4L);
            for (int b = 0; b < 4; b++) {
                message[4 * r + b] = (byte) (word >>> 8 * b);
            }
        }
        return message;
    }

    private void check(int rows, int columns, int from, int to, Random random) {
        try (Arena arena = Arena.ofConfined()) {
            long stride = 64L * columns + 192;
            byte[] matrix = new byte[(int) (stride * ((rows + 15) / 16))];
            random.nextBytes(matrix);
            long src = Memory.allocate(arena, matrix.length);
            MemorySegment.copy(matrix, 0, Memory.ALL, ValueLayout.JAVA_BYTE, src, matrix.length);
            int n = to - from;
            long dst = Memory.allocate(arena, 32L * n + 64);
            MemorySegment guard = Memory.ALL.asSlice(dst + 32L * n, 64).fill((byte) 0x5a);
            Blake3Mode mode = random.nextBoolean() ? Blake3Mode.HASH : KEYED;
            hash.hashColumns(mode, dst, src, stride, rows, from, to);
            for (int i = from; i < to; i++) {
                assertThat(bytes(dst + 32L * (i - from), 32))
                        .as("seed %d, %d rows, column %d of [%d, %d)", SEED, rows, i, from, to)
                        .isEqualTo(digest(mode, message(src, stride, rows, i), 32));
            }
            byte[] untouched = new byte[64];
            Arrays.fill(untouched, (byte) 0x5a);
            assertThat(guard.toArray(ValueLayout.JAVA_BYTE)).as("bytes after the last digest").isEqualTo(untouched);
        }
    }

    @Test
    void columnsOfEveryLength() {
        Random random = new Random(SEED);
        for (int rows : new int[] {0, 1, 15, 16, 17, 31, 255, 256, 257, 512, 513, 768, 1000, 1281, 1793}) {
            check(rows, 19, 0, 19, random);
        }
    }

    @Test
    void everyNumberOfColumns() {
        Random random = new Random(SEED + 1);
        for (int columns = 1; columns <= 35; columns++) {
            check(20, columns, 0, columns, random);
        }
        for (int columns : new int[] {63, 64, 65, 127, 129, 200}) {
            check(300, columns, 0, columns, random);
        }
    }

    @Test
    void ranges() {
        Random random = new Random(SEED + 2);
        for (int trial = 0; trial < 20; trial++) {
            int from = random.nextInt(100);
            check(33, 180, from, from + random.nextInt(80), random);
        }
    }

    @Test
    void pairs() {
        Random random = new Random(SEED + 3);
        for (int n : new int[] {0, 1, 2, 15, 16, 17, 64, 100}) {
            for (int bytes : new int[] {16, 18, 26, 28, 32}) {
                pairs(n, bytes, random);
            }
        }
    }

    private void pairs(int n, int bytes, Random random) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] leaves = new byte[2 * bytes * n];
            random.nextBytes(leaves);
            long src = Memory.allocate(arena, leaves.length);
            long dst = Memory.allocate(arena, (long) bytes * n + 64);
            MemorySegment.copy(leaves, 0, Memory.ALL, ValueLayout.JAVA_BYTE, src, leaves.length);
            MemorySegment guard = Memory.ALL.asSlice(dst + (long) bytes * n, 64).fill((byte) 0x5a);
            hash.hashPairs(KEYED, dst, src, n, bytes);
            for (int i = 0; i < n; i++) {
                byte[] pair = Arrays.copyOfRange(leaves, 2 * bytes * i, 2 * bytes * (i + 1));
                assertThat(bytes(dst + (long) bytes * i, bytes))
                        .as("seed %d, node %d of %d, %d bytes", SEED, i, n, bytes)
                        .isEqualTo(digest(KEYED, pair, bytes));
            }
            assertThat(guard.toArray(ValueLayout.JAVA_BYTE)).as("bytes after the last node").containsOnly(0x5a);
        }
    }

    @Test
    void rejectsShapes() {
        assertThatThrownBy(() -> hash.hashColumns(KEYED, 0, 0, 64, -1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashColumns(KEYED, 0, 0, 64, 1, 2, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashPairs(KEYED, 0, 0, -1, 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashPairs(KEYED, 0, 0, 1, 34)).isInstanceOf(IllegalArgumentException.class);
    }
}
