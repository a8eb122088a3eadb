package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.M31;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Rows longer than those of the laws: on the emulated device they are what the kernels of Java
/// make, all values, and what the definition says, at some positions. The longest only with `-Dchagres.tests.long=true`.
class DeviceLongFftTest {
    private static final long SEED = 0xFF7F;

    @BeforeAll
    static void need() {
        NativeBuildFacts.needHost();
    }

    @Test
    void rowsOfTwoMillion() {
        check(21, 2);
    }

    /// Not in every build.
    @Test
    @EnabledIfSystemProperty(named = "chagres.tests.long", matches = "true")
    void aRowOfSixteenMillion() {
        check(24, 1);
    }

    private static void check(int logK, int rows) {
        int logN = logK + 1;
        FftKernels host = Backends.byName("vector").fft();
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment coefficients = array(arena, (long) rows << logK);
            MemorySegment values = array(arena, (long) rows << logN);
            MemorySegment expected = array(arena, (long) rows << logN);
            fill(random, coefficients);
            host.encode(expected.address(), coefficients.address(), logK, logN, rows);
            long twiddleBytes = DeviceFftKernels.twiddleBytes(logN);
            long slab = coefficients.byteSize() + values.byteSize() + twiddleBytes;
            try (Device device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, slab);
                    Stream stream = device.stream()) {
                Emulation.seed(device, logK);
                DeviceFftKernels kernels = new DeviceKernels(stream).fft();
                DeviceBuffer twiddles = device.allocate(twiddleBytes);
                DeviceBuffer small = device.allocate(coefficients.byteSize());
                DeviceBuffer large = device.allocate(values.byteSize());
                kernels.twiddles(twiddles, logN);
                stream.in(small, coefficients);
                kernels.encode(large, small, logK, logN, rows, twiddles);
                stream.out(values, large);
                assertThat(values.mismatch(expected)).as("first byte that differs, logK %d", logK).isEqualTo(-1);
                atSomePositions(random, coefficients, values, logK);

                fill(random, values);
                stream.in(large, values);
                kernels.encodeTransposed(small, large, logK, logN, twiddles);
                stream.out(coefficients.asSlice(0, Memory.baseBytes(1L << logK)), small);
                host.encodeTransposed(expected.address(), values.address(), logK, logN);
                assertThat(MemorySegment.mismatch(coefficients, 0, 4L << logK, expected, 0, 4L << logK))
                        .as("transposed, first byte that differs, logK %d", logK).isEqualTo(-1);
                stream.sync();
                for (DeviceBuffer buffer : new DeviceBuffer[] {twiddles, small, large}) {
                    device.release(buffer);
                }
            }
        }
    }

    private static MemorySegment array(Arena arena, long n) {
        return arena.allocate(Memory.baseBytes(n), Memory.ALIGNMENT);
    }

    private static void fill(Random random, MemorySegment array) {
        for (long i = 0; i < array.byteSize() / Integer.BYTES; i++) {
            Memory.setInt(array.address(), i, i % 16 == 3 ? M31.P - 1 : random.nextInt(M31.P));
        }
    }

    private static void atSomePositions(Random random, MemorySegment coefficients, MemorySegment values, int logK) {
        CircleDomain domain = CircleDomain.of(logK + 1);
        for (long k : new long[] {0, random.nextLong(1L << logK + 1), (1L << logK + 1) - 1}) {
            assertThat(Memory.getInt(values.address(), k)).as("logK %d, position %d", logK, k)
                    .isEqualTo(evaluate(coefficients, domain.basis(k, logK)));
        }
    }

    /// The sum of c_j b_j, where b_j is the product of the factors of the bits of j.
    private static int evaluate(MemorySegment coefficients, int[] factors) {
        int[] c = new int[1 << factors.length];
        for (int j = 0; j < c.length; j++) {
            c[j] = Memory.getInt(coefficients.address(), j);
        }
        for (int i = factors.length - 1; i >= 0; i--) {
            for (int j = 0; j < 1 << i; j++) {
                c[j] = M31.add(c[j], M31.mul(factors[i], c[(1 << i) + j]));
            }
        }
        return c[0];
    }
}
