package dev.chagres.kernel;

import static dev.chagres.kernel.KernelBuffers.readBase;
import static dev.chagres.kernel.KernelBuffers.readExt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every implementation of [FieldKernels] must do, against the arithmetic of [M31] and [QM31].
///
/// Sizes cover nothing, one element, one block and its neighbours, several chunks and odd counts.
public abstract class FieldKernelLaws {
    private static final long SEED = 0x6368_6167;

    private final FieldKernels kernels;

    protected FieldKernelLaws(FieldKernels kernels) {
        this.kernels = kernels;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 31, 33, 271, 1000, 4096})
    void baseArrays(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] a = m.elements(n);
            int[] b = m.elements(n);
            int[] c = m.elements(n);
            long pa = m.base(a);
            long pb = m.base(b);
            long pc = m.base(c);
            long dst = m.emptyBase(n);

            kernels.addBase(dst, pa, pb, n);
            assertBase("addBase", dst, n, i -> M31.add(a[i], b[i]));
            kernels.subBase(dst, pa, pb, n);
            assertBase("subBase", dst, n, i -> M31.sub(a[i], b[i]));
            kernels.mulBase(dst, pa, pb, n);
            assertBase("mulBase", dst, n, i -> M31.mul(a[i], b[i]));
            kernels.mulAddBase(dst, pa, pb, pc, n);
            assertBase("mulAddBase", dst, n, i -> M31.add(M31.mul(a[i], b[i]), c[i]));
            kernels.mulBase(pa, pa, pb, n);
            assertBase("mulBase in place", pa, n, i -> M31.mul(a[i], b[i]));
            kernels.subBase(pb, pc, pb, n);
            assertBase("subBase in place of the second source", pb, n, i -> M31.sub(c[i], b[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 1000})
    void embeddings(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] wide = m.integers(n, -M31.P + 1, M31.P);
            int[] narrow = m.integers(n, Short.MIN_VALUE, Short.MAX_VALUE + 1);
            if (n >= 3) {
                wide[0] = -M31.P + 1;
                wide[1] = M31.P - 1;
                wide[2] = 0;
                narrow[0] = Short.MIN_VALUE;
                narrow[1] = Short.MAX_VALUE;
                narrow[2] = -1;
            }
            long dst = m.emptyBase(n);
            kernels.embedInt32(dst, m.base(wide), n);
            assertBase("embedInt32", dst, n, i -> M31.embed(wide[i]));
            kernels.embedInt16(dst, m.shorts(narrow), n);
            assertBase("embedInt16", dst, n, i -> M31.embed(narrow[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 31, 33, 271, 1000, 4096})
    void extArrays(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[] a = m.extElements(n);
            QM31[] b = m.extElements(n);
            int[] c = m.elements(n);
            long pa = m.ext(a);
            long pb = m.ext(b);
            long pc = m.base(c);
            long dst = m.emptyExt(n);

            kernels.extFromBase(dst, pc, n);
            assertExt("extFromBase", dst, n, i -> QM31.of(c[i]));
            for (QM31 s : new QM31[] {QM31.ZERO, QM31.ONE, new QM31(M31.P - 1, 1, 2, 3)}) {
                kernels.constantMinusBase(dst, s, pc, n);
                assertExt("constantMinusBase", dst, n, i -> s.sub(QM31.of(c[i])));
            }
            kernels.addExt(dst, pa, pb, n);
            assertExt("addExt", dst, n, i -> a[i].add(b[i]));
            kernels.subExt(dst, pa, pb, n);
            assertExt("subExt", dst, n, i -> a[i].sub(b[i]));
            kernels.mulExt(dst, pa, pb, n);
            assertExt("mulExt", dst, n, i -> a[i].mul(b[i]));
            kernels.mulExtByBase(dst, pa, pc, n);
            assertExt("mulExtByBase", dst, n, i -> a[i].mul(c[i]));
            kernels.mulExt(pa, pa, pb, n);
            assertExt("mulExt in place", pa, n, i -> a[i].mul(b[i]));
            kernels.mulExtByBase(pb, pb, pc, n);
            assertExt("mulExtByBase in place", pb, n, i -> b[i].mul(c[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 1000})
    void scaling(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[] a = m.extElements(n);
            int[] c = m.elements(n);
            QM31[] old = m.extElements(n);
            long pa = m.ext(a);
            long pc = m.base(c);
            for (QM31 s : scalars(m)) {
                long dst = m.ext(old);
                kernels.addScaledExt(dst, pa, s, n);
                assertExt("addScaledExt by " + s, dst, n, i -> old[i].add(a[i].mul(s)));
                dst = m.ext(old);
                kernels.addScaledBase(dst, pc, s, n);
                assertExt("addScaledBase by " + s, dst, n, i -> old[i].add(s.mul(c[i])));
                dst = m.ext(old);
                kernels.scaleExt(dst, pa, s, n);
                assertExt("scaleExt by " + s, dst, n, i -> a[i].mul(s));
                kernels.fillExt(dst, s, n);
                assertExt("fillExt with " + s, dst, n, i -> s);
            }
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 1000})
    void folding(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[] lo = m.extElements(n);
            QM31[] hi = m.extElements(n);
            int[] baseLo = m.elements(n);
            int[] baseHi = m.elements(n);
            long pHi = m.ext(hi);
            for (QM31 r : scalars(m)) {
                long pLo = m.ext(lo);
                kernels.foldExt(pLo, pLo, pHi, r, n);
                assertExt("foldExt at " + r, pLo, n, i -> lo[i].add(r.mul(hi[i].sub(lo[i]))));
                long dst = m.emptyExt(n);
                kernels.foldBase(dst, m.base(baseLo), m.base(baseHi), r, n);
                assertExt("foldBase at " + r, dst, n,
                        i -> QM31.of(baseLo[i]).add(r.mul(M31.sub(baseHi[i], baseLo[i]))));
            }
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"8,0", "8,1", "8,17", "8,271", "16,0", "16,15", "16,16", "16,33", "16,1000", "32,1", "32,31", "32,777"})
    void ints(int bits, int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] a = m.signed(bits, n);
            QM31[] b = m.extElements(n);
            QM31[] old = m.extElements(n);
            long pa = m.ints(bits, a);
            long dst = m.emptyBase(n);
            kernels.embedInts(dst, pa, bits, n);
            assertBase("embedInts", dst, n, i -> M31.embed(a[i]));
            QM31 dot = QM31.ZERO;
            for (int i = 0; i < n; i++) {
                dot = dot.add(b[i].mul(M31.embed(a[i])));
            }
            assertThat(kernels.dotInts(pa, bits, m.ext(b), n)).as("dotInts").isEqualTo(dot);
            for (QM31 s : scalars(m)) {
                long sum = m.ext(old);
                kernels.addScaledInts(sum, pa, bits, s, n);
                assertExt("addScaledInts by " + s, sum, n, i -> old[i].add(s.mul(M31.embed(a[i]))));
            }
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"8,17", "16,0", "16,33", "16,1000", "32,1", "32,31", "32,777"})
    void gatherInts(int bits, int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[] x = m.signed(bits, n);
            int[] inside = m.integers(n, -70, 90);
            for (int i = 0; i < n; i += 2) {
                x[i] = inside[i];
            }
            int[] table = m.integers(200, Integer.MIN_VALUE, Integer.MAX_VALUE);
            for (int base : new int[] {-100, 0, 20}) {
                int[] expected = Arrays.stream(x).mapToLong(v -> (long) v - base)
                        .mapToInt(at -> at >= 0 && at < 150 ? table[(int) at] : 0).toArray();
                long px = m.ints(bits, x);
                long dst = m.emptyBase(n);
                kernels.gatherInts(dst, m.base(table), base, 150, px, bits, n);
                assertThat(readBase(dst, n)).as("base %d", base).isEqualTo(expected);
                if (bits == 32) {
                    kernels.gatherInts(px, m.base(table), base, 150, px, bits, n);
                    assertThat(readBase(px, n)).as("in place").isEqualTo(expected);
                }
            }
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 24, 64})
    void otherWidthsAreRefused(int bits) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            long a = m.emptyExt(64);
            long b = m.emptyExt(64);
            assertThatThrownBy(() -> kernels.embedInts(a, b, bits, 16)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kernels.gatherInts(a, b, 0, 16, b, bits, 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kernels.leafPair(a, a, b, b, bits, QM31.ONE, 16))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static QM31[] scalars(KernelBuffers m) {
        int top = M31.P - 1;
        return new QM31[] {QM31.ZERO, QM31.ONE, new QM31(top, top, top, top), new QM31(0, 0, 0, top), m.extElement(),
            m.extElement()};
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 31, 33, 271, 1000, 4096})
    void reductions(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[] a = m.extElements(n);
            QM31[] b = m.extElements(n);
            int[] c = m.elements(n);
            QM31 sum = QM31.ZERO;
            QM31 dot = QM31.ZERO;
            QM31 dotBase = QM31.ZERO;
            for (int i = 0; i < n; i++) {
                sum = sum.add(a[i]);
                dot = dot.add(a[i].mul(b[i]));
                dotBase = dotBase.add(b[i].mul(c[i]));
            }
            long pa = m.ext(a);
            long pb = m.ext(b);
            assertThat(kernels.sumExt(pa, n)).as("sumExt").isEqualTo(sum);
            assertThat(kernels.dotExt(pa, pb, n)).as("dotExt").isEqualTo(dot);
            assertThat(kernels.dotBase(m.base(c), pb, n)).as("dotBase").isEqualTo(dotBase);
        }
    }

    /// All factors p - 1 give the largest unreduced sums.
    @ParameterizedTest
    @ValueSource(ints = {16, 4096})
    void largestValuesDoNotOverflow(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int top = M31.P - 1;
            QM31[] a = new QM31[n];
            Arrays.fill(a, new QM31(top, top, top, top));
            int[] c = new int[n];
            Arrays.fill(c, top);
            long pa = m.ext(a);
            QM31 count = QM31.embed(n);
            assertThat(kernels.sumExt(pa, n)).isEqualTo(a[0].mul(count));
            assertThat(kernels.dotExt(pa, pa, n)).isEqualTo(a[0].square().mul(count));
            assertThat(kernels.dotBase(m.base(c), pa, n)).isEqualTo(a[0].mul(top).mul(count));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 8, 37})
    void combineRows(int rows) {
        for (int width : new int[] {0, 1, 16, 17, 1000}) {
            try (KernelBuffers m = new KernelBuffers(SEED + 100 * rows + width)) {
                int stride = (int) Memory.padded(width) + 16;
                int[] src = m.elements(rows * stride);
                QM31[] w = m.extElements(rows);
                QM31[] old = m.extElements(width);
                long dst = m.ext(old);
                kernels.combineRows(dst, m.base(src), width, stride, m.ext(w), rows);
                assertExt("combineRows, " + rows + " rows", dst, width, y -> {
                    QM31 sum = old[y];
                    for (int r = 0; r < rows; r++) {
                        sum = sum.add(w[r].mul(src[r * stride + y]));
                    }
                    return sum;
                });
                m.assertGuardsIntact();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 11})
    void eqTable(int variables) {
        try (KernelBuffers m = new KernelBuffers(SEED + variables)) {
            QM31[] point = m.extElements(variables);
            QM31 scale = m.extElement();
            int n = 1 << variables;
            long dst = m.emptyExt(n);
            kernels.eqTable(dst, point, scale);
            assertExt("eqTable", dst, n, x -> {
                QM31 product = scale;
                for (int v = 0; v < variables; v++) {
                    product = product.mul((x >> v & 1) == 1 ? point[v] : QM31.ONE.sub(point[v]));
                }
                return product;
            });
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"8,20,5", "16,0,4", "16,5,0", "16,17,1", "16,16,4", "16,530,7", "16,1040,9", "32,33,6", "32,600,8"})
    void combineRowsInts(int bits, int width, int rows) {
        try (KernelBuffers m = new KernelBuffers(SEED + width)) {
            int stride = (int) Memory.padded(width) + 16;
            int[] src = m.signed(bits, rows * stride);
            QM31[] w = m.extElements(rows);
            QM31[] old = m.extElements(width);
            long dst = m.ext(old);
            kernels.combineRowsInts(dst, m.ints(bits, src), bits, width, stride, m.ext(w), rows);
            assertExt("combineRowsInts", dst, width, y -> {
                QM31 sum = old[y];
                for (int r = 0; r < rows; r++) {
                    sum = sum.add(w[r].mul(M31.embed(src[r * stride + y])));
                }
                return sum;
            });
            m.assertGuardsIntact();
        }
    }

    /// Every product at its largest, and more rows than accumulators take at once: the same row again and again.
    @Test
    void combineManyRowsOfInt16() {
        try (KernelBuffers m = new KernelBuffers(SEED)) {
            int rows = (1 << 17) + 9;
            int[] row = new int[16];
            Arrays.setAll(row, y -> y % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE);
            int top = M31.P - 1;
            QM31 s = new QM31(top, top, top, 1);
            long w = m.emptyExt(rows);
            for (int r = 0; r < rows; r++) {
                Memory.setExt(w, r, s);
            }
            QM31[] old = m.extElements(16);
            long dst = m.ext(old);
            kernels.combineRowsInts(dst, m.shorts(row), 16, 16, 0, w, rows);
            assertExt("combineRowsInts", dst, 16, y -> old[y].add(s.mul(M31.embed((long) rows * row[y]))));
            m.assertGuardsIntact();
        }
    }

    /// The polynomial given by {value at 0, coefficient of X^2} and its value at 1 must agree with direct sums at
    /// 0, 1 and a further point.
    private static void assertQuadratic(String name, QM31[] round, IntFunction<QM31> at) {
        QM31 at0 = at.apply(0);
        QM31 at1 = at.apply(1);
        assertThat(round).hasSize(2);
        assertThat(round[0]).as("%s at 0", name).isEqualTo(at0);
        QM31 linear = at1.sub(at0).sub(round[1]);
        int x = 5;
        assertThat(at0.add(linear.mul(x)).add(round[1].mul(x * x))).as("%s at %d", name, x).isEqualTo(at.apply(x));
    }

    private static QM31 line(QM31 lo, QM31 hi, int x) {
        return lo.add(hi.sub(lo).mul(x));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 271, 1000})
    void rounds(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[][] v = new QM31[9][];
            long[] p = new long[9];
            for (int k = 0; k < 9; k++) {
                v[k] = m.extElements(n);
                p[k] = m.ext(v[k]);
            }
            assertQuadratic("roundProduct", kernels.roundProduct(p[1], p[2], p[3], p[4], n), x -> {
                QM31 sum = QM31.ZERO;
                for (int i = 0; i < n; i++) {
                    sum = sum.add(line(v[1][i], v[2][i], x).mul(line(v[3][i], v[4][i], x)));
                }
                return sum;
            });
            assertQuadratic("roundEqProduct", kernels.roundEqProduct(p[0], p[1], p[2], p[3], p[4], n), x -> {
                QM31 sum = QM31.ZERO;
                for (int i = 0; i < n; i++) {
                    sum = sum.add(v[0][i].mul(line(v[1][i], v[2][i], x)).mul(line(v[3][i], v[4][i], x)));
                }
                return sum;
            });
            for (QM31 lambda : new QM31[] {QM31.ZERO, m.extElement()}) {
                QM31[] fractions = kernels.roundFractions(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7],
                        p[8], lambda, n);
                assertQuadratic("roundFractions", fractions, x -> {
                    QM31 sum = QM31.ZERO;
                    for (int i = 0; i < n; i++) {
                        QM31 p0 = line(v[1][i], v[2][i], x);
                        QM31 p1 = line(v[3][i], v[4][i], x);
                        QM31 q0 = line(v[5][i], v[6][i], x);
                        QM31 q1 = line(v[7][i], v[8][i], x);
                        QM31 numerator = p0.mul(q1).add(p1.mul(q0)).add(lambda.mul(q0.mul(q1)));
                        sum = sum.add(v[0][i].mul(numerator));
                    }
                    return sum;
                });
            }
            QM31[] merged = kernels.roundMerged(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], n);
            assertThat(merged).as("roundMerged").isEqualTo(
                    kernels.roundFractions(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], QM31.ZERO, n));
            QM31[] cubic = kernels.roundEqProduct3(p[0], p[1], p[2], p[3], p[4], p[5], p[6], n);
            int[] points = {0, 2, 3};
            assertThat(cubic).hasSize(3);
            for (int k = 0; k < 3; k++) {
                QM31 sum = QM31.ZERO;
                for (int i = 0; i < n; i++) {
                    QM31 product = line(v[1][i], v[2][i], points[k]).mul(line(v[3][i], v[4][i], points[k]));
                    sum = sum.add(v[0][i].mul(product).mul(line(v[5][i], v[6][i], points[k])));
                }
                assertThat(cubic[k]).as("roundEqProduct3 at %d", points[k]).isEqualTo(sum);
            }
        }
    }

    /// The two steps one after the other, on whole arrays, are the reference.
    @ParameterizedTest
    @CsvSource({"0,16", "1,16", "16,16", "17,48", "271,288", "1000,1024", "512,512"})
    void foldedRounds(int n, int stride) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[][] x = new QM31[4][];
            long[] whole = new long[4];
            for (int k = 0; k < 4; k++) {
                x[k] = m.extElements(4 * stride);
            }
            QM31 r = m.extElement();
            long e = m.ext(m.extElements(n));
            long quarter = stride * (long) Memory.EXT_BYTES;
            for (int k = 0; k < 4; k++) {
                whole[k] = m.ext(x[k]);
                kernels.foldExt(whole[k], whole[k], whole[k] + 2 * quarter, r, n);
                kernels.foldExt(whole[k] + quarter, whole[k] + quarter, whole[k] + 3 * quarter, r, n);
            }
            long[] p = new long[4];
            fill(m, p, x);
            assertThat(kernels.foldRoundMerged(e, p[0], p[1], p[2], p[3], stride, r, n))
                    .as("foldRoundMerged").isEqualTo(
                    kernels.roundMerged(e, whole[0], whole[0] + quarter, whole[1], whole[1] + quarter,
                            whole[2], whole[2] + quarter, whole[3], whole[3] + quarter, n));
            assertQuarters(p, whole, stride, n, 4);
            fill(m, p, x);
            assertThat(kernels.foldRoundEqProduct(e, p[0], p[1], stride, r, n)).as("foldRoundEqProduct").isEqualTo(
                    kernels.roundEqProduct(e, whole[0], whole[0] + quarter, whole[1], whole[1] + quarter, n));
            assertQuarters(p, whole, stride, n, 2);
            fill(m, p, x);
            assertThat(kernels.foldRoundProduct(p[0], p[1], stride, r, n)).as("foldRoundProduct").isEqualTo(
                    kernels.roundProduct(whole[0], whole[0] + quarter, whole[1], whole[1] + quarter, n));
            assertQuarters(p, whole, stride, n, 2);
            m.assertGuardsIntact();
        }
    }

    private static void fill(KernelBuffers m, long[] p, QM31[][] x) {
        for (int k = 0; k < p.length; k++) {
            p[k] = m.ext(x[k]);
        }
    }

    private static void assertQuarters(long[] actual, long[] expected, int stride, int n, int arrays) {
        for (int k = 0; k < arrays; k++) {
            for (int part = 0; part < 2; part++) {
                long skip = part * stride * (long) Memory.EXT_BYTES;
                assertThat(readExt(actual[k] + skip, n)).as("array %d, half %d", k, part)
                        .isEqualTo(readExt(expected[k] + skip, n));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 271, 1000})
    void fractions(int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            QM31[] p0 = m.extElements(n);
            QM31[] p1 = m.extElements(n);
            QM31[] q0 = m.extElements(n);
            QM31[] q1 = m.extElements(n);
            long pq0 = m.ext(q0);
            long pq1 = m.ext(q1);
            long p = m.emptyExt(n);
            long q = m.emptyExt(n);
            kernels.addFractions(p, q, m.ext(p0), pq0, m.ext(p1), pq1, n);
            assertExt("addFractions p", p, n, i -> p0[i].mul(q1[i]).add(p1[i].mul(q0[i])));
            assertExt("addFractions q", q, n, i -> q0[i].mul(q1[i]));
            kernels.addUnitFractions(p, q, pq0, pq1, n);
            assertExt("addUnitFractions p", p, n, i -> q0[i].add(q1[i]));
            assertExt("addUnitFractions q", q, n, i -> q0[i].mul(q1[i]));
            m.assertGuardsIntact();
        }
    }

    @ParameterizedTest
    @CsvSource({"8,0", "8,33", "8,300", "16,0", "16,1", "16,16", "16,271", "16,1000", "32,17", "32,512", "32,1000"})
    void leaves(int bits, int n) {
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[][] a = new int[4][];
            long[] pa = new long[4];
            for (int k = 0; k < 4; k++) {
                a[k] = m.signed(bits, n);
                pa[k] = m.ints(bits, a[k]);
            }
            long p = m.emptyExt(n);
            long q = m.emptyExt(n);
            for (QM31 c : scalars(m)) {
                kernels.leafPair(p, q, pa[0], pa[1], bits, c, n);
                assertExt("leafPair p at " + c, p, n, i -> leaf(c, a[0][i]).add(leaf(c, a[1][i])));
                assertExt("leafPair q at " + c, q, n, i -> leaf(c, a[0][i]).mul(leaf(c, a[1][i])));
                kernels.leafQuad(p, q, pa[0], pa[1], pa[2], pa[3], bits, c, n);
                assertExt("leafQuad p at " + c, p, n, i -> {
                    QM31 left = leaf(c, a[0][i]).mul(leaf(c, a[1][i]));
                    QM31 right = leaf(c, a[2][i]).mul(leaf(c, a[3][i]));
                    QM31 leftSum = leaf(c, a[0][i]).add(leaf(c, a[1][i]));
                    return leftSum.mul(right).add(leaf(c, a[2][i]).add(leaf(c, a[3][i])).mul(left));
                });
                assertExt("leafQuad q at " + c, q, n, i -> leaf(c, a[0][i]).mul(leaf(c, a[1][i]))
                        .mul(leaf(c, a[2][i])).mul(leaf(c, a[3][i])));
            }
            m.assertGuardsIntact();
        }
    }

    /// Corners are random, the other rows follow from them.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 33, 240, 255, 256})
    void grids(int n) {
        int row = FieldKernels.GRID_ROW;
        try (KernelBuffers m = new KernelBuffers(SEED + n)) {
            int[][] grid = new int[4][];
            long[] address = new long[4];
            for (int k = 0; k < 4; k++) {
                grid[k] = m.elements(FieldKernels.GRID_ROWS * row);
                address[k] = m.base(grid[k]);
                for (int v = 0; v < FieldKernels.GRID_ROWS; v++) {
                    for (int i = 0; i < n; i++) {
                        grid[k][v * row + i] = onGrid(grid[k], v, i);
                    }
                }
                kernels.extendGrid(address[k], n);
                for (int v = 0; v < FieldKernels.GRID_ROWS; v++) {
                    int at = v * row;
                    int[] expected = grid[k];
                    assertBase("extendGrid, row " + v, address[k] + 4L * at, n, i -> expected[at + i]);
                }
            }
            QM31[] e = m.extElements(n);
            long pe = m.ext(e);
            QM31[] old = m.extElements(FieldKernels.GRID_ROWS * 16);
            int[][] g = grid;
            assertGridSums("addGridProducts", m, old, e, FieldKernels.GRID_ROWS,
                    sums -> kernels.addGridProducts(sums, pe, address[0], address[1], n),
                    (v, i) -> M31.mul(g[0][v * row + i], g[1][v * row + i]));
            assertGridSums("addGridCross", m, old, e, FieldKernels.GRID_ROWS,
                    sums -> kernels.addGridCross(sums, pe, address[0], address[1], address[2], address[3], n),
                    (v, i) -> M31.add(M31.mul(g[0][v * row + i], g[1][v * row + i]),
                            M31.mul(g[2][v * row + i], g[3][v * row + i])));
            assertGridSums("addGridCorners", m, old, e, 8,
                    sums -> kernels.addGridCorners(sums, pe, address[0], address[1], n),
                    (c, i) -> M31.add(g[0][FieldKernels.cornerRow(c) * row + i],
                            g[1][FieldKernels.cornerRow(c) * row + i]));
            m.assertGuardsIntact();
        }
    }

    /// The value in row `v`: in each digit 2 the value at 1 minus the value at 0.
    private static int onGrid(int[] grid, int v, int i) {
        for (int weight = 1; weight <= 9; weight *= 3) {
            if (v / weight % 3 == 2) {
                return M31.sub(onGrid(grid, v - weight, i), onGrid(grid, v - 2 * weight, i));
            }
        }
        return grid[v * FieldKernels.GRID_ROW + i];
    }

    private static void assertGridSums(String name, KernelBuffers m, QM31[] old, QM31[] e, int rows, LongConsumer kernel,
            IntBinaryOperator factor) {
        long sums = m.ext(Arrays.copyOf(old, rows * 16));
        kernel.accept(sums);
        QM31[] actual = readExt(sums, rows * 16);
        for (int v = 0; v < rows; v++) {
            QM31 expected = QM31.sum(Arrays.copyOfRange(old, 16 * v, 16 * v + 16));
            for (int i = 0; i < e.length; i++) {
                expected = expected.add(e[i].mul(factor.applyAsInt(v, i)));
            }
            assertThat(QM31.sum(Arrays.copyOfRange(actual, 16 * v, 16 * v + 16))).as("%s, row %d", name, v)
                    .isEqualTo(expected);
        }
    }

    private static QM31 leaf(QM31 c, int a) {
        return c.sub(QM31.embed(a));
    }

    private static void assertBase(String name, long actual, int n, IntUnaryOperator expected) {
        int[] values = new int[n];
        Arrays.setAll(values, expected);
        assertThat(readBase(actual, n)).as("%s of %d elements, seed %d", name, n, SEED + n).isEqualTo(values);
    }

    private static void assertExt(String name, long actual, int n, IntFunction<QM31> expected) {
        QM31[] values = new QM31[n];
        Arrays.setAll(values, expected);
        assertThat(readExt(actual, n)).as("%s of %d elements, seed %d", name, n, SEED + n).isEqualTo(values);
    }
}
