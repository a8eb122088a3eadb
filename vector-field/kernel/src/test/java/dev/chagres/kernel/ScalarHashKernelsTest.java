package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.hash.Blake3Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarHashKernelsTest {
    private static final long SEED = 0x4A54L;
    private final HashKernels hash = new ScalarHashKernels();

    @Test
    void columnsAreStandardBlake3() {
        Random random = new Random(SEED);
        for (int rows : new int[] {0, 1, 15, 16, 17, 255, 256, 257, 600}) {
            try (Arena arena = Arena.ofConfined()) {
                int columns = 5;
                long stride = 64 * columns + 128;
                long src = Memory.allocate(arena, stride * ((rows + 15) / 16));
                long dst = Memory.allocate(arena, 32 * columns);
                byte[][] messages = HashTestSupport.randomColumns(random, src, stride, rows, columns);
                for (Blake3Mode mode : new Blake3Mode[] {Blake3Mode.HASH, HashTestSupport.KEYED}) {
                    hash.hashColumns(mode, dst, src, stride, rows, 1, 5);
                    assertThat(HashTestSupport.bytes(dst, 32 * 4))
                            .as("seed %d, %d rows, flag %d", SEED, rows, mode.flag())
                            .isEqualTo(HashTestSupport.digests(mode, messages, 1, 5));
                }
            }
        }
    }

    @Test
    void pairsAreHashesOfConcatenations() {
        Random random = new Random(SEED + 1);
        try (Arena arena = Arena.ofConfined()) {
            byte[] leaves = new byte[64 * 7];
            random.nextBytes(leaves);
            long src = Memory.allocate(arena, leaves.length);
            long dst = Memory.allocate(arena, 32 * 7);
            MemorySegment.copy(leaves, 0, Memory.ALL, ValueLayout.JAVA_BYTE, src, leaves.length);
            for (int bytes : new int[] {16, 26, 28, 32}) {
                hash.hashPairs(HashTestSupport.KEYED, dst, src, 7, bytes);
                for (int i = 0; i < 7; i++) {
                    byte[] pair = Arrays.copyOfRange(leaves, 2 * bytes * i, 2 * bytes * (i + 1));
                    assertThat(HashTestSupport.bytes(dst + bytes * i, bytes))
                            .as("seed %d, node %d of %d bytes", SEED, i, bytes)
                            .isEqualTo(HashTestSupport.digest(HashTestSupport.KEYED, pair, bytes));
                }
            }
        }
    }

    @Test
    void rejectsShapes() {
        assertThatThrownBy(() -> hash.hashColumns(Blake3Mode.HASH, 0, 0, 64, -1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashColumns(Blake3Mode.HASH, 0, 0, 64, 1, 2, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashPairs(Blake3Mode.HASH, 0, 0, -1, 32))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash.hashPairs(Blake3Mode.HASH, 0, 0, 1, 25))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
