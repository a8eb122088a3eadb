package dev.chagres.kernel;

import static dev.chagres.kernel.KernelBuffers.readBase;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every implementation of [IntegerKernels] must do, against plain `long` arithmetic.
public abstract class IntegerKernelLaws {
    private static final long SEED = 0x7265_7300;

    private final IntegerKernels kernels;

    protected IntegerKernelLaws(IntegerKernels kernels) {
        this.kernels = kernels;
    }

    @ParameterizedTest
    @CsvSource({"0,3,16", "1,1,16", "4,7,64", "5,300,80", "13,257,128", "8,0,16", "3,64,48"})
    void matmul(int rows, int depth, int width) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int accStride = width + 16;
            int wStride = depth + 3;
            int xStride = width + 32;
            int[] w = m.integers(rows * wStride, -2048, 2048);
            int[] x = m.integers(depth * xStride, -2048, 2048);
            int[] old = m.integers(rows * accStride, -1000, 1000);
            long acc = m.base(old);
            kernels.matmul(acc, accStride, m.shorts(w), wStride, m.base(x), xStride, rows, depth, width);
            int[] expected = old.clone();
            for (int j = 0; j < rows; j++) {
                for (int t = 0; t < width; t++) {
                    long sum = old[j * accStride + t];
                    for (int k = 0; k < depth; k++) {
                        sum += (long) w[j * wStride + k] * x[k * xStride + t];
                    }
                    expected[j * accStride + t] = Math.toIntExact(sum);
                }
            }
            assertThat(readBase(acc, old.length)).as("all of acc, gaps between rows included").isEqualTo(expected);
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,5", "1,1", "4,16", "5,15", "7,33", "9,768", "2,0"})
    void matvec(int rows, int depth) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int wStride = depth + 5;
            int[] w = m.integers(rows * wStride, Short.MIN_VALUE, Short.MAX_VALUE + 1);
            int[] x = m.integers(depth, -64, 64);
            int[] old = m.integers(rows, -1000, 1000);
            long acc = m.base(old);
            kernels.matvec(acc, m.shorts(w), wStride, m.base(x), rows, depth);
            int[] expected = new int[rows];
            for (int j = 0; j < rows; j++) {
                long sum = old[j];
                for (int k = 0; k < depth; k++) {
                    sum += (long) w[j * wStride + k] * x[k];
                }
                expected[j] = Math.toIntExact(sum);
            }
            assertThat(readBase(acc, rows)).isEqualTo(expected);
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 16, 30})
    void shiftRound(int s) {
        for (int n : new int[] {0, 1, 15, 16, 17, 33, 1000}) {
            try (KernelBuffers m = new KernelBuffers(SEED + n)) {
                int[] x = m.integers(n, -(1 << 30), 1 << 30);
                int[] edges = {0, 1, -1, (1 << 30) - 1, -(1 << 30), 1 << Math.max(s - 1, 0),
                    -(1 << Math.max(s - 1, 0))};
                System.arraycopy(edges, 0, x, 0, Math.min(n, edges.length));
                int[] quotients = new int[n];
                int[] remainders = new int[n];
                for (int i = 0; i < n; i++) {
                    long half = s == 0 ? 0 : 1L << (s - 1);
                    quotients[i] = (int) Math.floorDiv(x[i] + half, 1L << s);
                    remainders[i] = (int) Math.floorMod(x[i] + half, 1L << s);
                }
                long px = m.base(x);
                long dst = m.emptyBase(n);
                long rem = m.emptyBase(n);
                kernels.shiftRound(dst, rem, px, s, n);
                assertThat(readBase(dst, n)).as("quotients, n = %d", n).isEqualTo(quotients);
                assertThat(readBase(rem, n)).as("remainders, n = %d", n).isEqualTo(remainders);
                kernels.shiftRound(px, 0, px, s, n);
                assertThat(readBase(px, n)).as("in place, no remainder, n = %d", n).isEqualTo(quotients);
                long py = m.base(x);
                kernels.shiftRound(py, rem, py, s, n);
                assertThat(readBase(py, n)).as("in place, n = %d", n).isEqualTo(quotients);
                assertThat(readBase(rem, n)).as("remainders in place, n = %d", n).isEqualTo(remainders);
                m.assertGuardsIntact();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 17, 1000})
    void lookupAndHistogram(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int base = -300;
            int size = 700;
            int[] table = m.integers(size, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] x = m.integers(n, base, base + size);
            if (n > 1) {
                x[0] = base;
                x[1] = base + size - 1;
            }
            long px = m.base(x);
            long dst = m.emptyBase(n);
            kernels.lookup(dst, m.base(table), base, px, n);
            assertThat(readBase(dst, n)).isEqualTo(Arrays.stream(x).map(v -> table[v - base]).toArray());

            int[] expected = m.integers(size, 0, 10);
            long count = m.base(expected);
            kernels.histogram(count, base, px, n);
            for (int v : x) {
                expected[v - base]++;
            }
            assertThat(readBase(count, size)).isEqualTo(expected);
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 31, 33, 1000})
    void max(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] x = m.integers(n, Integer.MIN_VALUE, 0);
            assertThat(kernels.max(m.base(x), n)).isEqualTo(Arrays.stream(x).max().orElseThrow());
            for (int at : new int[] {0, n / 2, n - 1}) {
                int[] y = x.clone();
                y[at] = 17;
                assertThat(kernels.max(m.base(y), n)).as("largest at %d of %d", at, n).isEqualTo(17);
            }
        }
    }

    @Test
    void maxOfTheSmallestInteger() {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            assertThat(kernels.max(m.base(Integer.MIN_VALUE), 1)).isEqualTo(Integer.MIN_VALUE);
        }
    }
}
