package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.M31;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarFftKernelsTest {
    private static final long SEED = 0xFF7L;
    private final FftKernels fft = new ScalarFftKernels();

    @Test
    void encodeIsEvaluation() {
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofConfined()) {
            for (int logN = 1; logN <= 8; logN++) {
                CircleDomain domain = CircleDomain.of(logN);
                for (int logK = Math.max(0, logN - 4); logK < logN && logK <= 6; logK++) {
                    int rows = 1 + random.nextInt(3);
                    int[] c = FftTestSupport.random(random, rows << logK);
                    long src = Memory.allocateBase(arena, c.length);
                    long dst = Memory.allocateBase(arena, rows << logN);
                    FftTestSupport.write(src, c);
                    fft.encode(dst, src, logK, logN, rows);
                    for (int k = 0; k < 1 << logN; k++) {
                        int[] b = FftTestSupport.basisFunctions(domain, k, logK);
                        for (int r = 0; r < rows; r++) {
                            int[] row = java.util.Arrays.copyOfRange(c, r << logK, (r + 1) << logK);
                            assertThat(Memory.getInt(dst, ((long) r << logN) + k))
                                    .as("seed %d, logN %d, logK %d, row %d, k %d", SEED, logN, logK, r, k)
                                    .isEqualTo(FftTestSupport.dot(row, b));
                        }
                    }
                }
            }
        }
    }

    @Test
    void encodeIsLinear() {
        Random random = new Random(SEED + 1);
        try (Arena arena = Arena.ofConfined()) {
            int logK = 9;
            int logN = 11;
            int[] c = FftTestSupport.random(random, 3 << logK);
            int s = random.nextInt(M31.P);
            for (int j = 0; j < 1 << logK; j++) {
                c[(2 << logK) + j] = M31.add(c[j], M31.mul(s, c[(1 << logK) + j]));
            }
            long src = Memory.allocateBase(arena, c.length);
            long dst = Memory.allocateBase(arena, 3 << logN);
            FftTestSupport.write(src, c);
            fft.encode(dst, src, logK, logN, 3);
            for (int k = 0; k < 1 << logN; k++) {
                int expected = M31.add(Memory.getInt(dst, k), M31.mul(s, Memory.getInt(dst, (1 << logN) + k)));
                assertThat(Memory.getInt(dst, (2 << logN) + k)).as("seed %d, k %d", SEED, k).isEqualTo(expected);
            }
        }
    }

    /// <encode(c), v> = <c, encodeTransposed(v)>, and the definition of the transpose at small sizes.
    @Test
    void transposeIsAdjoint() {
        Random random = new Random(SEED + 2);
        for (int logN = 1; logN <= 12; logN++) {
            for (int logK = Math.max(0, logN - 4); logK < logN; logK++) {
                try (Arena arena = Arena.ofConfined()) {
                    int[] c = FftTestSupport.random(random, 1 << logK);
                    int[] v = FftTestSupport.random(random, 1 << logN);
                    long src = Memory.allocateBase(arena, c.length);
                    long values = Memory.allocateBase(arena, v.length);
                    long transposed = Memory.allocateBase(arena, c.length);
                    FftTestSupport.write(src, c);
                    fft.encode(values, src, logK, logN, 1);
                    int[] code = FftTestSupport.read(values, v.length);
                    FftTestSupport.write(values, v);
                    fft.encodeTransposed(transposed, values, logK, logN);
                    int[] t = FftTestSupport.read(transposed, c.length);
                    assertThat(FftTestSupport.dot(c, t))
                            .as("seed %d, logN %d, logK %d", SEED, logN, logK)
                            .isEqualTo(FftTestSupport.dot(code, v));
                    if (logN <= 6) {
                        assertThat(t).as("seed %d, logN %d, logK %d", SEED, logN, logK)
                                .isEqualTo(transpose(v, logK, logN));
                    }
                }
            }
        }
    }

    private static int[] transpose(int[] v, int logK, int logN) {
        CircleDomain domain = CircleDomain.of(logN);
        int[] sum = new int[1 << logK];
        for (int k = 0; k < v.length; k++) {
            int[] b = FftTestSupport.basisFunctions(domain, k, logK);
            for (int j = 0; j < sum.length; j++) {
                sum[j] = M31.add(sum[j], M31.mul(v[k], b[j]));
            }
        }
        return sum;
    }

    @Test
    void twiddlesAreFactorsOfTheDomain() {
        Random random = new Random(SEED + 3);
        for (int n : new int[] {1, 2, 3, 4, 5, 12, 16}) {
            CircleDomain domain = CircleDomain.of(n);
            for (int i = 0; i < n; i++) {
                for (int trial = 0; trial < 20; trial++) {
                    long b = random.nextLong(1L << (n - 1 - i));
                    assertThat(CircleTwiddles.twiddle(n, i, b))
                            .as("seed %d, n %d, layer %d, block %d", SEED, n, i, b)
                            .isEqualTo(domain.basis(b << (i + 1), n)[i]);
                }
            }
        }
    }

    @Test
    void rejectsShapes() {
        assertThatThrownBy(() -> fft.encode(0, 0, 3, 3, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fft.encode(0, 0, -1, 3, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fft.encodeTransposed(0, 0, 3, 31)).isInstanceOf(IllegalArgumentException.class);
    }
}
