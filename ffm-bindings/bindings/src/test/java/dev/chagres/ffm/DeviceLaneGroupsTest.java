package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceInferenceKernels.LaneGroups;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Groups of lanes beside each other: each of them is treated as it would be alone.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceLaneGroupsTest {
    private final Staging staging;
    private final SplittableRandom random;

    DeviceLaneGroupsTest(long seed) {
        staging = Staging.withSeed(seed);
        random = new SplittableRandom(seed);
    }

    @BeforeAll
    static void needHost() {
        NativeBuildFacts.needHost();
    }

    /// Rows of groups of lanes, which begin at multiples of 16.
    private record Panel(int rows, int lanes, int groups) {
        int pitch() {
            return lanes + 15 & -16;
        }

        int stride() {
            return groups * pitch() + 16;
        }

        int size() {
            return rows * stride();
        }

        int at(int row, int group, int lane) {
            return row * stride() + group * pitch() + lane;
        }
    }

    private interface Each {
        void accept(int row, int group, int lane);
    }

    private static void forEach(Panel p, Each each) {
        for (int r = 0; r < p.rows(); r++) {
            for (int g = 0; g < p.groups(); g++) {
                for (int t = 0; t < p.lanes(); t++) {
                    each.accept(r, g, t);
                }
            }
        }
    }

    private static int[] values(int n, IntUnaryOperator value) {
        int[] values = new int[n];
        Arrays.setAll(values, value);
        return values;
    }

    private static long ints(Arena arena, int[] values) {
        long address = Memory.allocateBase(arena, Math.max(1, values.length));
        for (int i = 0; i < values.length; i++) {
            Memory.setInt(address, i, values[i]);
        }
        return address;
    }

    private static int[] read(long address, int n) {
        return values(n, i -> Memory.getInt(address, i));
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,16,1", "5,17,3", "40,128,5", "9,3,12", "0,16,2", "2,0,2", "2,16,0"})
    void tensorsInAndOut(int rows, int lanes, int groups) {
        Panel p = new Panel(rows, lanes, groups);
        int rowStride = lanes + 3;
        int groupStride = rows * rowStride + 5;
        int[] tensor = values(groups * groupStride + 1, _ -> random.nextInt());
        int[] panel = values(p.size(), _ -> random.nextInt());
        int[] loaded = panel.clone();
        int[] stored = tensor.clone();
        forEach(p, (r, g, t) -> loaded[p.at(r, g, t)] = tensor[g * groupStride + r * rowStride + t]);
        forEach(p, (r, g, t) -> stored[g * groupStride + r * rowStride + t] = panel[p.at(r, g, t)]);
        LaneGroups beside = new LaneGroups(groups, p.pitch(), groupStride);
        try (Arena arena = Arena.ofConfined()) {
            long to = ints(arena, panel);
            long from = ints(arena, tensor);
            staging.run(c -> {
                DeviceBuffer dTo = c.update(to, 4L * panel.length);
                DeviceInts dFrom = c.ints(from, 32, tensor.length);
                return () -> staging.kernels().inference().load(dTo, p.stride(), dFrom, rowStride, 1, rows, lanes, beside);
            });
            assertThat(read(to, panel.length)).as("the panel").isEqualTo(loaded);
            long source = ints(arena, panel);
            long failed = ints(arena, new int[2]);
            staging.run(c -> {
                DeviceInts dFrom = new DeviceInts(c.update(from, 4L * tensor.length), 32);
                DeviceBuffer dSource = c.in(source, 4L * panel.length);
                DeviceBuffer dFailed = c.update(failed, 8);
                return () -> staging.kernels().inference().store(dFrom, rowStride, 1, dSource, p.stride(), rows, lanes,
                        beside, dFailed);
            });
            assertThat(read(from, tensor.length)).as("the tensor").isEqualTo(stored);
            assertThat(read(failed, 2)).containsOnly(0);
        }
    }

    /// Padding is none of a tensor's values, so none that is too large; any other is.
    @Test
    void aLaneThatDoesNotFitIsSeenInEveryGroup() {
        Panel p = new Panel(3, 17, 4);
        for (int bad = -1; bad < p.groups(); bad++) {
            int[] panel = values(p.size(), _ -> 1 << 20);
            forEach(p, (r, g, t) -> panel[p.at(r, g, t)] = 100);
            if (bad >= 0) {
                panel[p.at(2, bad, 16)] = 1 << 15;
            }
            try (Arena arena = Arena.ofConfined()) {
                long source = ints(arena, panel);
                long failed = ints(arena, new int[2]);
                long tensor = Memory.allocate(arena, 2 * 4 * 51);
                staging.run(c -> {
                    DeviceInts dTensor = new DeviceInts(c.out(tensor, 2 * 4 * 51), Short.SIZE);
                    DeviceBuffer dSource = c.in(source, 4L * panel.length);
                    DeviceBuffer dFailed = c.update(failed, 8);
                    return () -> staging.kernels().inference().store(dTensor, 1, 3, dSource, p.stride(), 3, 17,
                            new LaneGroups(4, p.pitch(), 51), dFailed);
                });
                assertThat(Memory.ALL.get(ValueLayout.JAVA_LONG, failed)).as("group %d", bad).isEqualTo(bad < 0 ? 0 : 1);
                assertThat(Memory.ALL.get(ValueLayout.JAVA_SHORT, tensor + 2 * (51 + 3))).isEqualTo((short) 100);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,16,1,0", "40,16,3,-20", "40,48,5,7", "300,32,2,100", "5,16,4,2147483647", "5,16,4,-2147483648"})
    void triangles(int rows, int lanes, int groups, int diagonal) {
        Panel p = new Panel(rows, lanes, groups);
        int[] x = values(p.size(), _ -> random.nextInt(-100, 100));
        int[] y = values(p.size(), _ -> random.nextInt(-100, 100));
        int[] masked = x.clone();
        int[] copied = y.clone();
        int[] first = values(groups * lanes, _ -> rows);
        forEach(p, (r, g, t) -> {
            int at = p.at(r, g, t);
            if (r > (long) diagonal + t) {
                masked[at] = 77;
                copied[at] = x[at];
            } else if (x[at] < -95 || x[at] >= 95) {
                first[g * lanes + t] = Math.min(first[g * lanes + t], r);
            }
        });
        try (Arena arena = Arena.ofConfined()) {
            long source = ints(arena, x);
            long mask = ints(arena, x);
            long copy = ints(arena, y);
            long found = ints(arena, new int[groups * lanes]);
            DeviceInferenceKernels kernels = staging.kernels().inference();
            staging.run(c -> {
                DeviceBuffer dMask = c.update(mask, 4L * x.length);
                return () -> kernels.mask(dMask, p.stride(), diagonal, 77, rows, lanes, groups);
            });
            assertThat(read(mask, x.length)).as("mask").isEqualTo(masked);
            staging.run(c -> {
                DeviceBuffer dSource = c.in(source, 4L * x.length);
                DeviceBuffer dCopy = c.update(copy, 4L * y.length);
                return () -> kernels.copyAbove(dCopy, dSource, p.stride(), diagonal, rows, lanes, groups);
            });
            assertThat(read(copy, y.length)).as("copy").isEqualTo(copied);
            staging.run(c -> {
                DeviceBuffer dSource = c.in(source, 4L * x.length);
                DeviceBuffer dFound = c.out(found, 4L * first.length);
                return () -> kernels.firstOutsideBelow(dFound, dSource, p.stride(), -95, 95, diagonal, rows, lanes,
                        groups);
            });
            assertThat(read(found, first.length)).as("first outside").isEqualTo(first);
        }
    }

    @Test
    void groupsAreNotNegative() {
        assertThatThrownBy(() -> new LaneGroups(1, -1, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 groups, -1 and 0 elements apart");
    }
}
