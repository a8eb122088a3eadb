package dev.chagres.kernel;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.hash.Blake3Mode;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Column states of any backend: absorbing block by block gives the standard BLAKE3 of every column.
public abstract class ColumnStateLaws {
    private static final long SEED = 0xC01;

    protected abstract HashKernels hash();

    /// Row r of column i as it lies in memory.
    private static byte[] message(long src, long stride, int rows, int column) {
        byte[] message = new byte[4 * rows];
        for (int r = 0; r < rows; r++) {
            int word = Memory.getInt(src + r * stride, column);
            for (int b = 0; b < 4; b++) {
                message[4 * r + b] = (byte) (word >>> 8 * b);
            }
        }
        return message;
    }

    private static void fillRandom(long src, long stride, int rows, int n, Random random) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < n; i++) {
                Memory.setInt(src + r * stride, i, random.nextInt());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64, 80, 128, 208})
    void oneChunk(int n) {
        Random random = new Random(SEED + n);
        for (int rows : new int[] {1, 3, 15, 16, 17, 40, 256}) {
            try (Arena arena = Arena.ofConfined()) {
                long stride = 4L * n + 64;
                long src = Memory.allocate(arena, stride * rows);
                fillRandom(src, stride, rows, n, random);
                long state = Memory.allocate(arena, 32L * n);
                long digests = Memory.allocate(arena, 32L * n);
                Blake3Mode mode = random.nextBoolean() ? Blake3Mode.HASH : HashTestSupport.KEYED;
                hash().initColumns(mode, state, n);
                absorb(mode, state, src, stride, rows, n, 0, ROOT);
                for (int bytes : new int[] {32, 28, 26, 16}) {
                    long end = digests + (long) bytes * n;
                    byte[] behind = HashTestSupport.bytes(end, (int) (digests + 32L * n - end));
                    hash().storeColumns(digests, state, n, bytes);
                    for (int i = 0; i < n; i++) {
                        assertThat(HashTestSupport.bytes(digests + (long) bytes * i, bytes))
                                .as("%d rows, column %d of %d", rows, i, n)
                                .isEqualTo(HashTestSupport.digest(mode, message(src, stride, rows, i), bytes));
                    }
                    assertThat(HashTestSupport.bytes(end, behind.length)).as("bytes behind").isEqualTo(behind);
                }
            }
        }
    }

    private void absorb(Blake3Mode mode, long state, long src, long stride, int rows, int n, long chunk,
            int endFlags) {
        for (int r = 0; r < rows; r += 16) {
            int here = Math.min(16, rows - r);
            int flags = (r == 0 ? CHUNK_START : 0) | (r + here == rows ? CHUNK_END | endFlags : 0);
            hash().absorbColumns(mode, state, src + r * stride, stride, here, n, chunk, flags);
        }
    }

    @Test
    void twoChunksAndTheirParent() {
        int n = 48;
        int rows = 256 + 37;
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofConfined()) {
            long stride = 4L * n;
            long src = Memory.allocate(arena, stride * rows);
            fillRandom(src, stride, rows, n, random);
            long left = Memory.allocate(arena, 32L * n);
            long right = Memory.allocate(arena, 32L * n);
            long digests = Memory.allocate(arena, 32L * n);
            hash().initColumns(HashTestSupport.KEYED, left, n);
            hash().initColumns(HashTestSupport.KEYED, right, n);
            absorb(HashTestSupport.KEYED, left, src, stride, 256, n, 0, 0);
            absorb(HashTestSupport.KEYED, right, src + 256 * stride, stride, 37, n, 1, 0);
            hash().mergeColumns(HashTestSupport.KEYED, left, right, n, PARENT | ROOT);
            hash().storeColumns(digests, right, n, 32);
            assertLoads(digests, n);
            for (int i = 0; i < n; i++) {
                assertThat(HashTestSupport.bytes(digests + 32L * i, 32)).as("column %d", i)
                        .isEqualTo(HashTestSupport.digest(HashTestSupport.KEYED, message(src, stride, rows, i), 32));
            }
        }
    }

    private void assertLoads(long digests, int n) {
        try (Arena arena = Arena.ofConfined()) {
            long state = Memory.allocate(arena, 32L * n);
            long again = Memory.allocate(arena, 32L * n);
            hash().loadColumns(state, digests, n);
            hash().storeColumns(again, state, n, 32);
            assertThat(HashTestSupport.bytes(again, 32 * n)).isEqualTo(HashTestSupport.bytes(digests, 32 * n));
        }
    }

    @Test
    void rejectsShapesOfStates() {
        assertThatThrownBy(() -> hash().initColumns(Blake3Mode.HASH, 0, 15))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().absorbColumns(Blake3Mode.HASH, 0, 0, 64, 17, 16, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().absorbColumns(Blake3Mode.HASH, 0, 0, 64, 0, 16, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().mergeColumns(Blake3Mode.HASH, 0, 0, -16, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().storeColumns(0, 0, 1, 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().storeColumns(0, 0, 16, 33)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().loadColumns(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
