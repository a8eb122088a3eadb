package dev.chagres.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QM31Test {
    private static final BigInteger P = BigInteger.valueOf(M31.P);

    private static final List<QM31> VALUES = values();

    private static List<QM31> values() {
        int[] special = {0, 1, 2, M31.P - 1, M31.P / 2, 1 << 30};
        List<QM31> values = new ArrayList<>();
        for (int s : special) {
            values.add(new QM31(s, s, s, s));
            values.add(new QM31(0, s, 0, s));
            values.add(QM31.of(s));
        }
        SplittableRandom random = new SplittableRandom(124);
        for (int i = 0; i < 12; i++) {
            values.add(new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P),
                    random.nextInt(M31.P)));
        }
        return values;
    }

    /// Schoolbook product of polynomials in i and u, reduced by i^2 = -1 and u^2 = 2 + i.
    private static QM31 schoolbook(QM31 a, QM31 b) {
        BigInteger[] c = {BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO};
        for (int j = 0; j < 4; j++) {
            for (int k = 0; k < 4; k++) {
                BigInteger term = BigInteger.valueOf(a.coordinate(j)).multiply(BigInteger.valueOf(b.coordinate(k)));
                int i = (j & 1) + (k & 1);
                int u = (j >> 1) + (k >> 1);
                if (u == 2) { // (2 + i) i^i
                    addMonomial(c, term.shiftLeft(1), i, 0);
                    addMonomial(c, term, i + 1, 0);
                } else {
                    addMonomial(c, term, i, u);
                }
            }
        }
        return new QM31(c[0].mod(P).intValueExact(), c[1].mod(P).intValueExact(), c[2].mod(P).intValueExact(),
                c[3].mod(P).intValueExact());
    }

    private static void addMonomial(BigInteger[] c, BigInteger term, int powerOfI, int powerOfU) {
        int at = 2 * powerOfU + (powerOfI & 1);
        c[at] = (powerOfI & 2) == 0 ? c[at].add(term) : c[at].subtract(term);
    }

    @Test
    void uSquaredIsTwoPlusI() {
        QM31 u = new QM31(0, 0, 1, 0);
        QM31 i = new QM31(0, 1, 0, 0);
        assertThat(u.square()).isEqualTo(new QM31(2, 1, 0, 0));
        assertThat(i.square()).isEqualTo(QM31.ONE.neg());
        assertThat(i.mul(u)).isEqualTo(new QM31(0, 0, 0, 1));
    }

    @Test
    void productAgreesWithBigInteger() {
        for (QM31 a : VALUES) {
            for (QM31 b : VALUES) {
                assertThat(a.mul(b)).as("%s * %s", a, b).isEqualTo(schoolbook(a, b));
            }
        }
    }

    @Test
    void fieldLaws() {
        for (QM31 a : VALUES) {
            assertThat(a.add(QM31.ZERO)).isEqualTo(a);
            assertThat(a.mul(QM31.ONE)).isEqualTo(a);
            assertThat(a.add(a.neg())).isEqualTo(QM31.ZERO);
            for (QM31 b : VALUES) {
                assertThat(a.add(b)).isEqualTo(b.add(a));
                assertThat(a.sub(b)).isEqualTo(a.add(b.neg()));
                assertThat(a.mul(b)).isEqualTo(b.mul(a));
                assertThat(a.mul(b.c0())).isEqualTo(a.mul(QM31.of(b.c0())));
                for (QM31 c : VALUES) {
                    assertThat(a.add(b).add(c).equals(a.add(b.add(c)))).as("(%s + %s) + %s", a, b, c).isTrue();
                    assertThat(a.mul(b).mul(c).equals(a.mul(b.mul(c)))).as("(%s * %s) * %s", a, b, c).isTrue();
                    assertThat(a.mul(b.add(c)).equals(a.mul(b).add(a.mul(c)))).as("%s (%s + %s)", a, b, c).isTrue();
                }
            }
        }
    }

    @Test
    void everyNonZeroElementHasAnInverse() {
        for (QM31 a : VALUES) {
            if (a.isZero()) {
                assertThatThrownBy(a::inv).isInstanceOf(ArithmeticException.class);
            } else {
                assertThat(a.mul(a.inv())).as("inverse of %s", a).isEqualTo(QM31.ONE);
            }
        }
    }

    @Test
    void dotIsTheSumOfProducts() {
        QM31[] a = VALUES.toArray(QM31[]::new);
        int[] b = new int[a.length - 3];
        Arrays.setAll(b, i -> i % 2 == 0 ? M31.P - 1 : VALUES.get(i).c0());
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < b.length; i++) {
            sum = sum.add(a[i + 3].mul(b[i]));
        }
        assertThat(QM31.dot(a, 3, b)).isEqualTo(sum);
        assertThat(QM31.dot(a, 0, new int[0])).isEqualTo(QM31.ZERO);
    }

    @Test
    void manyLargeProductsDoNotOverflow() {
        QM31[] a = new QM31[1 << 16];
        Arrays.fill(a, new QM31(M31.P - 1, M31.P - 1, M31.P - 1, 1));
        int[] b = new int[a.length];
        Arrays.fill(b, M31.P - 1);
        // (-1)(-1) n and -n
        assertThat(QM31.dot(a, 0, b)).isEqualTo(new QM31(1 << 16, 1 << 16, 1 << 16, M31.P - (1 << 16)));
    }

    @Test
    void equalElementsHaveEqualCoordinates() {
        QM31 a = new QM31(1, 2, 3, 4);
        assertThat(a).isEqualTo(new QM31(1, 2, 3, 4)).hasSameHashCodeAs(new QM31(1, 2, 3, 4));
        assertThat(List.of(new QM31(0, 2, 3, 4), new QM31(1, 0, 3, 4), new QM31(1, 2, 0, 4), new QM31(1, 2, 3, 0)))
                .doesNotContain(a);
        assertThat(a.equals(null)).isFalse();
    }

    @Test
    void powersMultiply() {
        QM31 a = VALUES.getLast();
        assertThat(a.pow(0)).isEqualTo(QM31.ONE);
        assertThat(a.pow(5)).isEqualTo(a.mul(a).mul(a).mul(a).mul(a));
        // The Frobenius map a -> a^p has order 4 on QM31.
        QM31 b = a;
        for (int k = 0; k < 4; k++) {
            b = b.pow(M31.P);
        }
        assertThat(b).isEqualTo(a);
    }

    @Test
    void coordinatesAreChecked() {
        QM31 a = new QM31(1, 2, 3, 4);
        assertThat(a.coordinate(3)).isEqualTo(4);
        assertThatThrownBy(() -> a.coordinate(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(QM31.embed(-3)).isEqualTo(QM31.of(M31.P - 3));
    }
}
