package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.M31;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Every implementation of [FftKernels] gives exactly what the scalar one gives.
public abstract class FftKernelLaws {
    private static final long SEED = 0xFF7F;
    private final FftKernels scalar = new ScalarFftKernels();
    private final FftKernels tested;

    protected FftKernelLaws(FftKernels tested) {
        this.tested = tested;
    }

    private static void fill(Random random, long address, long n) {
        for (long i = 0; i < n; i++) {
            Memory.setInt(address, i, switch (random.nextInt(16)) {
                case 0 -> 0;
                case 1 -> M31.P - 1;
                default -> random.nextInt(M31.P);
            });
        }
    }

    private static void assertSame(long actual, long expected, long n, String what) {
        long difference = Memory.ALL.asSlice(actual, 4 * n).mismatch(Memory.ALL.asSlice(expected, 4 * n));
        assertThat(difference).as("first differing byte: %s, seed %d", what, SEED).isEqualTo(-1);
    }

    @Test
    void encodeEqualsScalar() {
        Random random = new Random(SEED);
        for (int logN = 1; logN <= 16; logN++) {
            for (int logK = Math.max(0, logN - (logN < 12 ? 4 : 2)); logK < logN; logK++) {
                int rows = logN < 10 ? 3 : 1;
                try (Arena arena = Arena.ofConfined()) {
                    long src = Memory.allocateBase(arena, (long) rows << logK);
                    long expected = Memory.allocateBase(arena, (long) rows << logN);
                    long actual = Memory.allocateBase(arena, (long) rows << logN);
                    fill(random, src, (long) rows << logK);
                    scalar.encode(expected, src, logK, logN, rows);
                    tested.encode(actual, src, logK, logN, rows);
                    assertSame(actual, expected, (long) rows << logN, "logK " + logK + ", logN " + logN);
                }
            }
        }
    }

    @Test
    void encodeAtSomePositionsEqualsEncode() {
        Random random = new Random(SEED + 3);
        for (int logN = 2; logN <= 17; logN++) {
            for (int logK = Math.max(1, logN - 2); logK < logN; logK++) {
                for (int count : new int[] {0, 1, 2, 40, 193}) {
                    int n = 1 << logN;
                    int[] positions = random.ints(count, 0, n).sorted().distinct().toArray();
                    try (Arena arena = Arena.ofConfined()) {
                        long src = Memory.allocateBase(arena, 1L << logK);
                        long expected = Memory.allocateBase(arena, n);
                        long actual = Memory.allocateBase(arena, n);
                        fill(random, src, 1L << logK);
                        tested.encode(expected, src, logK, logN, 1);
                        tested.encodeAt(actual, src, logK, logN, positions);
                        for (int q : positions) {
                            assertThat(Memory.getInt(actual, q)).as("logK %d, logN %d, position %d", logK, logN, q)
                                    .isEqualTo(Memory.getInt(expected, q));
                        }
                        scalar.encodeAt(actual, src, logK, logN, positions);
                        assertSame(actual, expected, n, "scalar, logK " + logK + ", logN " + logN);
                    }
                }
            }
        }
    }

    @Test
    void transposeEqualsScalar() {
        Random random = new Random(SEED + 1);
        for (int logN = 1; logN <= 16; logN++) {
            for (int logK = Math.max(0, logN - (logN < 12 ? 4 : 2)); logK < logN; logK++) {
                try (Arena arena = Arena.ofConfined()) {
                    long values = Memory.allocateBase(arena, 1L << logN);
                    long copy = Memory.allocateBase(arena, 1L << logN);
                    long expected = Memory.allocateBase(arena, 1L << logK);
                    long actual = Memory.allocateBase(arena, 1L << logK);
                    fill(random, values, 1L << logN);
                    Memory.copy(values, copy, 4L << logN);
                    scalar.encodeTransposed(expected, values, logK, logN);
                    tested.encodeTransposed(actual, copy, logK, logN);
                    assertSame(actual, expected, 1L << logK, "logK " + logK + ", logN " + logN);
                }
            }
        }
    }

    /// Sizes of real rows: too long for the scalar transform, so a few positions by definition.
    @Test
    void longCodewordsAtSomePositions() {
        Random random = new Random(SEED + 2);
        for (int logK = 17; logK <= 19; logK++) {
            int logN = logK + 1;
            CircleDomain domain = CircleDomain.of(logN);
            try (Arena arena = Arena.ofConfined()) {
                long src = Memory.allocateBase(arena, 1L << logK);
                long dst = Memory.allocateBase(arena, 1L << logN);
                fill(random, src, 1L << logK);
                tested.encode(dst, src, logK, logN, 1);
                for (int trial = 0; trial < 8; trial++) {
                    long k = random.nextLong(1L << logN);
                    assertThat(Memory.getInt(dst, k))
                            .as("seed %d, logK %d, position %d", SEED, logK, k)
                            .isEqualTo(evaluate(src, domain.basis(k, logK)));
                }
            }
        }
    }

    /// The sum of c_j b_j: fold the factors in from the last one.
    private static int evaluate(long coefficients, int[] factors) {
        int n = 1 << factors.length;
        int[] c = new int[n];
        for (int j = 0; j < n; j++) {
            c[j] = Memory.getInt(coefficients, j);
        }
        for (int i = factors.length - 1; i >= 0; i--) {
            for (int j = 0; j < 1 << i; j++) {
                c[j] = M31.add(c[j], M31.mul(factors[i], c[(1 << i) + j]));
            }
        }
        return c[0];
    }

    @Test
    void rejectsShapes() {
        assertThatThrownBy(() -> tested.encode(0, 0, 7, 7, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tested.encodeTransposed(0, 0, 7, 31)).isInstanceOf(IllegalArgumentException.class);
        for (int[] positions : new int[][] {{-1}, {256}, {3, 3}, {4, 2}}) {
            assertThatThrownBy(() -> tested.encodeAt(0, 0, 7, 8, positions)).as("%s", positions)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
