package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceInferenceKernels.Groups;
import dev.chagres.ffm.DeviceInferenceKernels.Weights;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Products of weights in tiles against plain `long` arithmetic.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceProductTest {
    private final Staging staging;
    private final SplittableRandom random;

    DeviceProductTest(long seed) {
        staging = Staging.withSeed(seed);
        random = new SplittableRandom(seed);
    }

    @BeforeAll
    static void needHost() {
        NativeBuildFacts.needHost();
    }

    /// Weights in whole tiles, one after another, and groups of lanes one after another.
    private record Size(int outBits, int inBits, int rows, int depth, int lanes, int groups, int share) {
        Size(int outBits, int inBits, int rows, int depth, int lanes) {
            this(outBits, inBits, rows, depth, lanes, 1, 1);
        }

        private static int tiles(int n, int bits) {
            return n + (1 << bits) - 1 >> bits;
        }

        int inTile() {
            return 1 << outBits + inBits;
        }

        int outTile() {
            return tiles(depth, inBits) * inTile();
        }

        /// Weights of a group.
        int weights() {
            return tiles(rows, outBits) * outTile();
        }

        int allWeights() {
            return groups == 0 ? 0 : ((groups - 1) / share + 1) * weights();
        }

        /// Where weight (j, k) of a group lies.
        int at(int group, int j, int k) {
            return group / share * weights() + (j >> outBits) * outTile() + (k >> inBits) * inTile()
                    + ((j & (1 << outBits) - 1) << inBits) + (k & (1 << inBits) - 1);
        }
    }

    /// Where elements of the accumulators and of the integers lie.
    private record Strides(int acc, int accGroup, int x, int xGroup) {
        static Strides of(Size s, SplittableRandom random) {
            int accGroup = (s.lanes() + 15 & -16) + 16 * random.nextInt(2);
            int xGroup = s.lanes() + random.nextInt(4);
            return new Strides(s.groups() * accGroup + 16 * random.nextInt(3), accGroup,
                    s.groups() * xGroup + random.nextInt(5), xGroup);
        }
    }

    private static long ints(Arena arena, int bits, int[] values) {
        long address = Memory.allocate(arena, Math.max(1, (long) values.length * bits / Byte.SIZE));
        for (int i = 0; i < values.length; i++) {
            switch (bits) {
                case 8 -> Memory.ALL.set(ValueLayout.JAVA_BYTE, address + i, (byte) values[i]);
                case 16 -> Memory.ALL.set(ValueLayout.JAVA_SHORT, address + 2L * i, (short) values[i]);
                default -> Memory.ALL.set(ValueLayout.JAVA_INT, address + 4L * i, values[i]);
            }
        }
        return address;
    }

    private static int[] values(int n, IntUnaryOperator value) {
        int[] values = new int[n];
        Arrays.setAll(values, value);
        return values;
    }

    /// All of acc after a product, gaps between its rows included.
    private int[] product(Size s, Strides at, int[] weights, int[] x, int bits, int[] acc) {
        try (Arena arena = Arena.ofConfined()) {
            long address = ints(arena, Integer.SIZE, acc);
            long w = ints(arena, Short.SIZE, weights);
            long v = ints(arena, bits, x);
            staging.run(c -> {
                DeviceBuffer dAcc = c.update(address, (long) Integer.BYTES * acc.length);
                DeviceInts dW = c.ints(w, Short.SIZE, weights.length);
                DeviceInts dX = c.ints(v, bits, x.length);
                return () -> staging.kernels().inference().product(dAcc, at.acc(),
                        new Weights(dW, s.outBits(), s.inBits(), s.outTile(), s.inTile()), dX, at.x(), s.rows(),
                        s.depth(), s.lanes(), new Groups(s.groups(), s.share(), at.accGroup(), s.weights(), at.xGroup()));
            });
            return values(acc.length, i -> Memory.getInt(address, i));
        }
    }

    private static int[] expected(Size s, Strides at, int[] weights, int[] x, int[] acc) {
        int[] expected = acc.clone();
        for (int g = 0; g < s.groups(); g++) {
            for (int j = 0; j < s.rows(); j++) {
                long[] sums = new long[s.lanes()];
                for (int k = 0; k < s.depth(); k++) {
                    long weight = weights[s.at(g, j, k)];
                    for (int t = 0; t < s.lanes(); t++) {
                        sums[t] += weight * x[g * at.xGroup() + k * at.x() + t];
                    }
                }
                for (int t = 0; t < s.lanes(); t++) {
                    int to = g * at.accGroup() + j * at.acc() + t;
                    expected[to] = Math.toIntExact(sums[t] + acc[to]);
                }
            }
        }
        return expected;
    }

    private void check(Size s, int bits, IntUnaryOperator weight, IntUnaryOperator factor, IntUnaryOperator before) {
        Strides at = Strides.of(s, random);
        int[] weights = values(s.allWeights(), weight);
        int[] x = values(s.depth() * at.x(), factor);
        int[] acc = values(s.rows() * at.acc(), before);
        assertThat(product(s, at, weights, x, bits, acc)).as("%s, factors of %d bits", s, bits)
                .isEqualTo(expected(s, at, weights, x, acc));
    }

    /// Tiles of one weight, of a row, a column, smaller and larger than what a block makes; lanes around its width; input
    /// channels around those of a slice; last tiles that are not full; groups of lanes that share weights.
    @ParameterizedTest
    @CsvSource({
        "0,0,1,1,1,1,1", "0,0,5,7,3,1,1", "3,0,16,9,16,1,1", "0,3,9,16,17,1,1", "4,4,16,16,16,1,1", "4,5,48,32,63,1,1",
        "2,6,68,64,64,1,1", "6,6,64,64,65,1,1", "5,4,96,80,128,1,1", "6,5,128,224,100,1,1", "7,6,256,192,31,1,1",
        "4,6,80,255,129,1,1", "1,2,130,132,1,1,1", "6,8,192,768,16,1,1", "9,4,512,208,300,1,1", "4,7,3,129,20,3,1",
        "7,3,100,8,128,5,1", "3,2,8,70,16,6,3", "2,5,70,40,33,7,2", "0,0,1,1,1,9,4"
    })
    void everyShape(int outBits, int inBits, int rows, int depth, int lanes, int groups, int share) {
        for (int bits : new int[] {8, 16, 32}) {
            int top = 1 << Math.min(bits, 12) - 1;
            check(new Size(outBits, inBits, rows, depth, lanes, groups, share), bits, _ -> random.nextInt(-256, 256),
                    _ -> random.nextInt(-top, top), _ -> random.nextInt(-1000, 1000));
        }
    }

    /// So many blocks that input channels are not cut.
    @Test
    void manyOutputChannels() {
        check(new Size(12, 4, 1 << 15, 80, 2), 16, _ -> random.nextInt(-256, 256), _ -> random.nextInt(-256, 256), _ -> 1);
    }

    @ParameterizedTest
    @CsvSource({"0,32,16,1", "32,0,16,1", "32,32,0,1", "32,32,16,0"})
    void nothingToAdd(int rows, int depth, int lanes, int groups) {
        check(new Size(3, 3, rows, depth, lanes, groups, 1), 16, _ -> 3, _ -> 5, _ -> 7);
    }

    /// Sums whose parts are far outside 32 bits while the whole is not: slices of the input channels cancel each other,
    /// and 2^30 and its neighbours are what is left.
    @ParameterizedTest
    @CsvSource({"1073741824", "1073741823", "-1073741824", "-1073741823"})
    void extremeSums(int sum) {
        Size s = new Size(4, 6, 48, 384, 70);
        Strides at = new Strides(80, 80, 70, 70);
        int[] weights = values(s.allWeights(), _ -> Short.MIN_VALUE);
        int[] x = values(s.depth() * at.x(), i -> i / at.x() < s.depth() / 2 ? Short.MAX_VALUE : -Short.MAX_VALUE);
        int[] acc = values(s.rows() * at.acc(), _ -> sum);
        assertThat(product(s, at, weights, x, Short.SIZE, acc)).as("all slices together")
                .isEqualTo(expected(s, at, weights, x, acc)).containsOnly(sum);

        Size one = new Size(0, 0, 33, 1, 16);
        Strides close = new Strides(16, 16, 16, 16);
        for (int weight : new int[] {1, -1}) {
            int[] factors = values(16, _ -> weight * sum);
            assertThat(product(one, close, values(33, _ -> weight), factors, Integer.SIZE, new int[33 * 16]))
                    .as("one product").containsOnly(sum);
        }
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(text);
    }

    @Test
    void operandsHaveToFit() {
        try (Device device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, 1 << 16); Stream stream = device.stream()) {
            DeviceInferenceKernels kernels = new DeviceKernels(stream).inference();
            DeviceBuffer acc = device.allocate(4 * 32 * 16);
            DeviceInts ints = new DeviceInts(device.allocate(2 * 32 * 64), Short.SIZE);
            DeviceInts x = new DeviceInts(device.allocate(2 * 64 * 16), Short.SIZE);
            for (DeviceBuffer buffer : new DeviceBuffer[] {acc, ints.buffer(), x.buffer()}) {
                stream.fill(buffer, 0);
            }
            Weights w = new Weights(ints, 4, 5, 1024, 512);
            kernels.product(acc, 16, w, x, 16, 32, 64, 16, Groups.ONE);
            kernels.product(acc, 16, w, x, 16, 32, 64, 8, new Groups(2, 2, 8, 1L << 40, 8));
            refused(() -> kernels.product(acc, 17, w, x, 16, 32, 64, 16, Groups.ONE), "a buffer of 2048 bytes");
            refused(() -> kernels.product(acc, 16, w, x, 17, 32, 64, 16, Groups.ONE), "a buffer of 2048 bytes");
            refused(() -> kernels.product(acc, 16, w, x, 16, 32, 65, 16, Groups.ONE), "a buffer of 4096 bytes");
            refused(() -> kernels.product(acc, 16, new Weights(ints, 4, 5, 1025, 512), x, 16, 32, 64, 16, Groups.ONE),
                    "a buffer of 4096 bytes");
            refused(() -> kernels.product(acc, 16, w, x, 16, 32, 64, 8, new Groups(2, 1, 8, 1, 8)),
                    "a buffer of 4096 bytes");
            refused(() -> kernels.product(acc, 16, w, x, 16, 32, 64, 8, new Groups(3, 3, 16, 0, 0)),
                    "a buffer of 2048 bytes");
            refused(() -> new Weights(new DeviceInts(acc, Byte.SIZE), 4, 5, 1024, 512), "weights of 8 bits");
            refused(() -> new Weights(ints, 31, 5, 1024, 512), "2^31 x 2^5 weights");
            refused(() -> new Weights(ints, 4, -1, 1024, 512), "2^4 x 2^-1 weights");
            refused(() -> new Groups(1, 0, 0, 0, 0), "1 groups of which 0");
        }
    }
}
