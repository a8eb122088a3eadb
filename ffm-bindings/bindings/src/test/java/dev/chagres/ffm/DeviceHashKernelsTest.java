package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.HashKernelLaws;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarHashKernels;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceHashKernelsTest extends HashKernelLaws {
    private final HashKernels hash;

    DeviceHashKernelsTest(long seed) {
        super(new StagedHashKernels(Staging.withSeed(seed)));
        hash = new StagedHashKernels(Staging.withSeed(seed));
    }

    /// A tree of chunks so deep that a block of threads keeps the subtrees of fewer columns than it has threads.
    @Test
    void longColumns() {
        int rows = 65 * 256 + 1;
        int columns = 230;
        long stride = 64L * columns;
        long bytes = stride * (Memory.padded(rows) / Memory.BLOCK);
        SplittableRandom random = new SplittableRandom(5);
        try (Arena arena = Arena.ofConfined()) {
            long src = Memory.allocate(arena, bytes);
            for (long i = 0; i < bytes / Integer.BYTES; i++) {
                Memory.setInt(src, i, random.nextInt());
            }
            long actual = Memory.allocate(arena, 32L * columns);
            long expected = Memory.allocate(arena, 32L * columns);
            hash.hashColumns(Blake3Mode.HASH, actual, src, stride, rows, 0, columns);
            new ScalarHashKernels().hashColumns(Blake3Mode.HASH, expected, src, stride, rows, 0, columns);
            assertThat(Memory.ALL.asSlice(actual, 32L * columns).mismatch(Memory.ALL.asSlice(expected, 32L * columns)))
                    .as("first differing byte").isEqualTo(-1);
        }
    }
}
