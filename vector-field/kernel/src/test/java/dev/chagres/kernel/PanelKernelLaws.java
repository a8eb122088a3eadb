package dev.chagres.kernel;

import static dev.chagres.kernel.KernelBuffers.readBase;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every implementation of [PanelKernels] must do, element by element; gaps between rows stay as they are.
public abstract class PanelKernelLaws {
    private static final long SEED = 0x70616e;

    private final PanelKernels kernels;

    protected PanelKernelLaws(PanelKernels kernels) {
        this.kernels = kernels;
    }

    /// `old` with the elements of a panel replaced by `value(r, t)`.
    private static int[] panel(int[] old, int stride, int rows, int width, IntBinaryOperator value) {
        int[] result = old.clone();
        for (int r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                result[r * stride + t] = value.applyAsInt(r, t);
            }
        }
        return result;
    }

    private static int[] lanes(int width, java.util.function.IntUnaryOperator value) {
        int[] result = new int[width];
        Arrays.setAll(result, value);
        return result;
    }

    @ParameterizedTest
    @CsvSource({"0,16,16,16", "1,16,32,48", "3,48,48,64", "17,128,128,144"})
    void copies(int rows, int width, int dstStride, int srcStride) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int[] x = m.integers(rows * srcStride, -32768, 32768);
            int[] old = m.integers(rows * dstStride, -1000, 1000);
            int[] expected = panel(old, dstStride, rows, width, (r, t) -> x[r * srcStride + t]);
            long dst = m.base(old);
            kernels.copy(dst, dstStride, m.base(x), srcStride, rows, width);
            assertThat(readBase(dst, old.length)).isEqualTo(expected);
            long wide = m.base(old);
            kernels.widen(wide, dstStride, m.shorts(x), srcStride, rows, width);
            assertThat(readBase(wide, old.length)).isEqualTo(expected);
            long narrow = m.shorts(old);
            assertThat(kernels.narrow(narrow, dstStride, m.base(x), srcStride, rows, width)).isTrue();
            assertThat(readShorts(narrow, old.length)).isEqualTo(expected);
            m.assertGuardsIntact();
        }
    }

    private static int[] readShorts(long address, int n) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = Memory.ALL.get(java.lang.foreign.ValueLayout.JAVA_SHORT, address + 2L * i);
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {32768, -32769, Integer.MIN_VALUE, Integer.MAX_VALUE, 65536})
    void narrowNoticesWhatDoesNotFit(int value) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int[] x = m.integers(64, -32768, 32768);
            x[0] = 32767;
            x[1] = -32768;
            long dst = m.emptyBase(32);
            assertThat(kernels.narrow(dst, 32, m.base(x), 32, 2, 32)).isTrue();
            x[45] = value;
            assertThat(kernels.narrow(dst, 32, m.base(x), 32, 2, 32)).isFalse();
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void add(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int[] x = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] y = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            long px = m.base(x);
            kernels.add(px, px, m.base(y), n);
            assertThat(readBase(px, n)).isEqualTo(lanes(n, i -> x[i] + y[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void multiply(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int[] x = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] y = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            long px = m.base(x);
            kernels.multiply(px, px, m.base(y), n);
            assertThat(readBase(px, n)).isEqualTo(lanes(n, i -> x[i] * y[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void rotate(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] x = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] y = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] cos = m.integers(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] sin = m.integers(n, -8192, 8193);
            long px = m.base(x);
            long py = m.base(y);
            kernels.rotate(px, py, m.base(cos), m.base(sin), n);
            assertThat(readBase(px, n)).isEqualTo(lanes(n, i -> x[i] * cos[i] - y[i] * sin[i]));
            assertThat(readBase(py, n)).isEqualTo(lanes(n, i -> y[i] * cos[i] + x[i] * sin[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,16,16", "2,32,48", "300,64,64", "7,128,144"})
    void laneReductions(int rows, int width, int stride) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int[] x = m.integers(rows * stride, -2048, 2048);
            long px = m.base(x);
            long dst = m.emptyBase(width);
            kernels.max(dst, px, stride, rows, width);
            assertThat(readBase(dst, width)).as("max")
                    .isEqualTo(lanes(width, t -> reduce(x, t, stride, rows, Integer.MIN_VALUE, Math::max)));
            kernels.sum(dst, px, stride, rows, width);
            assertThat(readBase(dst, width)).as("sum")
                    .isEqualTo(lanes(width, t -> reduce(x, t, stride, rows, 0, Integer::sum)));
            kernels.magnitude(dst, px, stride, rows, width);
            assertThat(readBase(dst, width)).as("magnitude").isEqualTo(
                    lanes(width, t -> reduce(x, t, stride, rows, 0, (a, v) -> a | (v < 0 ? ~v : v))));
            kernels.neighbourProducts(dst, px, stride, rows, width);
            assertThat(readBase(dst, width)).as("products").isEqualTo(
                    lanes(width, t -> reduce(x, t, stride, rows, 0, (a, v) -> a + v * (v + 1))));
            int[] low = panel(x, stride, rows, width, (r, t) -> r > 0 && t == r % width ? -1025 - r
                    : x[r * stride + t] >> 2);
            kernels.firstOutside(dst, m.base(low), stride, -512, 511, rows, width);
            assertThat(readBase(dst, width)).as("first outside")
                    .isEqualTo(lanes(width, t -> first(low, t, stride, rows, -512, 511)));
            m.assertGuardsIntact();
        }
    }

    private static int reduce(int[] x, int t, int stride, int rows, int start, IntBinaryOperator op) {
        int value = start;
        for (int r = 0; r < rows; r++) {
            value = op.applyAsInt(value, x[r * stride + t]);
        }
        return value;
    }

    private static int first(int[] x, int t, int stride, int rows, int low, int high) {
        for (int r = 0; r < rows; r++) {
            if (x[r * stride + t] < low || x[r * stride + t] >= high) {
                return r;
            }
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"1,16,16", "5,48,64"})
    void subtractFrom(int rows, int width, int stride) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int[] x = m.integers(rows * stride, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] offset = m.integers(width, Integer.MIN_VALUE, Integer.MAX_VALUE);
            long px = m.base(x);
            kernels.subtractFrom(px, stride, m.base(offset), rows, width);
            assertThat(readBase(px, x.length))
                    .isEqualTo(panel(x, stride, rows, width, (r, t) -> offset[t] - x[r * stride + t]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,16,16", "9,48,64"})
    void mantissas(int rows, int width, int stride) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int[] x = m.integers(rows * stride, -(1 << 26), 1 << 26);
            int[] e = lanes(width, t -> t % 31);
            int[] old = m.integers(rows * stride, 0, 9);
            long mantissa = m.base(old);
            long pair = m.base(old);
            kernels.mantissas(mantissa, pair, m.base(x), stride, m.base(e), rows, width);
            assertThat(readBase(mantissa, old.length)).isEqualTo(
                    panel(old, stride, rows, width, (r, t) -> Math.floorDiv(x[r * stride + t], 1 << e[t])));
            assertThat(readBase(pair, old.length)).isEqualTo(
                    panel(old, stride, rows, width, (r, t) -> (1 << e[t]) + Math.floorMod(x[r * stride + t],
                            1 << e[t])));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,16,16,17", "9,48,64,1", "3,32,32,16"})
    void scaleRound(int rows, int width, int stride, int s) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int[] x = m.integers(rows * stride, -2048, 2048);
            int[] factor = m.integers(width, 0, 1 << 17);
            int[] old = m.integers(rows * stride, 0, 9);
            long rem = m.base(old);
            long px = m.base(x);
            kernels.scaleRound(px, rem, px, stride, m.base(factor), s, rows, width);
            IntBinaryOperator p = (r, t) -> (2 * x[r * stride + t] + 1) * factor[t] + (1 << (s - 1));
            assertThat(readBase(px, x.length)).isEqualTo(
                    panel(x, stride, rows, width, (r, t) -> Math.floorDiv(p.applyAsInt(r, t), 1 << s)));
            assertThat(readBase(rem, x.length)).isEqualTo(
                    panel(old, stride, rows, width, (r, t) -> Math.floorMod(p.applyAsInt(r, t), 1 << s)));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 33})
    void lookup(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] table = m.integers(700, Integer.MIN_VALUE, Integer.MAX_VALUE);
            int[] x = m.integers(n, -300, 400);
            x[0] = -300;
            x[n - 1] = 399;
            long dst = m.emptyBase(n);
            assertThat(kernels.lookup(dst, m.base(table), -300, 700, m.base(x), n)).isTrue();
            assertThat(readBase(dst, n)).isEqualTo(Arrays.stream(x).map(v -> table[v + 300]).toArray());
            for (int outside : new int[] {-301, 400, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                x[n / 2] = outside;
                assertThat(kernels.lookup(dst, m.base(table), -300, 700, m.base(x), n))
                        .as("index %d", outside).isFalse();
            }
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,16,16", "9,48,64", "1000,16,32"})
    void neighbours(int rows, int width, int stride) {
        try (KernelBuffers m = new KernelBuffers(SEED + rows)) {
            int limit = 900;
            int[] table = m.integers(limit + 2, 0, 1 << 20);
            int[] x = m.integers(rows * stride, -600, 500);
            int[] offset = m.integers(width, 500, 1000);
            x[0] = offset[0];
            x[stride * (rows - 1) + 1] = -(1 << 30);
            int[] old = m.integers(rows * stride, 0, 9);
            long px = m.base(x);
            long before = m.base(old);
            long at = m.base(old);
            long address = m.base(table);
            IntBinaryOperator entry = (r, t) -> Math.min(offset[t] - x[r * stride + t], limit);
            for (int t : new int[] {0, 1, width - 1}) {
                long sumBefore = 0;
                long sumAt = 0;
                for (int r = 0; r < rows; r++) {
                    sumBefore += table[entry.applyAsInt(r, t)];
                    sumAt += table[entry.applyAsInt(r, t) + 1];
                }
                assertThat(kernels.neighbourSums(px + 4L * t, stride, offset[t], address, limit, rows))
                        .as("sums of lane %d", t).isEqualTo(sumAt << 32 | sumBefore);
            }
            kernels.neighbours(before, at, px, stride, m.base(offset), address, limit, rows, width);
            assertThat(readBase(px, x.length))
                    .isEqualTo(panel(x, stride, rows, width, (r, t) -> offset[t] - x[r * stride + t]));
            assertThat(readBase(before, x.length)).isEqualTo(
                    panel(old, stride, rows, width, (r, t) -> table[entry.applyAsInt(r, t)]));
            assertThat(readBase(at, x.length)).isEqualTo(
                    panel(old, stride, rows, width, (r, t) -> table[entry.applyAsInt(r, t) + 1]));
            m.assertGuardsIntact();
        }
    }

    @Test
    void exponentialSumsAreClose() {
        int rows = 500;
        int width = 48;
        int stride = 64;
        float one = 1 << 20;
        double rate = 1.4e-5;
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int[] x = m.integers(rows * stride, -1_500_000, 0);
            x[0] = 0;
            x[1] = -(1 << 30);
            int[] offset = m.integers(width, 0, 100_000);
            offset[0] = 0;
            long dst = m.emptyBase(width);
            kernels.exponentialSums(dst, m.base(x), stride, m.base(offset), (float) rate, one, rows, width);
            for (int t = 0; t < width; t++) {
                double sum = 0;
                for (int r = 0; r < rows; r++) {
                    sum += Math.rint(one * Math.exp(-rate * (offset[t] - x[r * stride + t])));
                }
                assertThat((double) Memory.getInt(dst, t)).as("lane %d", t).isBetween(sum * (1 - 1e-5) - 5,
                        sum * (1 + 1e-5) + 5);
            }
            m.assertGuardsIntact();
        }
    }
}
