package dev.chagres.kernel;

import static dev.chagres.kernel.KernelBuffers.readBase;
import static dev.chagres.kernel.KernelBuffers.readExt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
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

    private static QM31[] scalars(KernelBuffers m) {
        int top = M31.P - 1;
        return new QM31[] {QM31.ZERO, QM31.ONE, new QM31(top, top, top, top), new QM31(0, 0, 0, top), m.extElement(), m.extElement()};
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
                QM31[] fractions = kernels.roundFractions(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], lambda, n);
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
