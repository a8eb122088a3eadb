package dev.chagres.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class M31Test {
    private static final BigInteger P = BigInteger.valueOf(M31.P);

    private static final int[] VALUES = values();

    private static int[] values() {
        SplittableRandom random = new SplittableRandom(31);
        int[] values = new int[40];
        int[] special = {0, 1, 2, M31.P - 1, M31.P / 2, 1 << 30};
        for (int i = 0; i < values.length; i++) {
            values[i] = i < special.length ? special[i] : random.nextInt(M31.P);
        }
        return values;
    }

    private static int residue(BigInteger x) {
        return x.mod(P).intValueExact();
    }

    private static BigInteger big(long x) {
        return BigInteger.valueOf(x);
    }

    @Test
    void operationsAgreeWithBigInteger() {
        for (int a : VALUES) {
            assertThat(M31.neg(a)).as("-%d", a).isEqualTo(residue(big(a).negate()));
            assertThat(M31.pow(a, 1_000_003)).as("power of %d", a).isEqualTo(residue(big(a).modPow(big(1_000_003), P)));
            for (int b : VALUES) {
                assertThat(M31.add(a, b)).as("%d + %d", a, b).isEqualTo(residue(big(a).add(big(b))));
                assertThat(M31.sub(a, b)).as("%d - %d", a, b).isEqualTo(residue(big(a).subtract(big(b))));
                assertThat(M31.mul(a, b)).as("%d * %d", a, b).isEqualTo(residue(big(a).multiply(big(b))));
            }
        }
    }

    @Test
    void fieldLaws() {
        for (int a : VALUES) {
            assertThat(M31.add(a, M31.neg(a))).isZero();
            for (int b : VALUES) {
                assertThat(M31.mul(a, b)).isEqualTo(M31.mul(b, a));
                for (int c : VALUES) {
                    assertThat(M31.add(M31.add(a, b), c) == M31.add(a, M31.add(b, c))).as("(%d + %d) + %d", a, b, c)
                            .isTrue();
                    assertThat(M31.mul(M31.mul(a, b), c) == M31.mul(a, M31.mul(b, c))).as("(%d * %d) * %d", a, b, c)
                            .isTrue();
                    assertThat(M31.mul(a, M31.add(b, c)) == M31.add(M31.mul(a, b), M31.mul(a, c)))
                            .as("%d * (%d + %d)", a, b, c).isTrue();
                }
            }
        }
    }

    @Test
    void inverseTimesValueIsOne() {
        for (int a : VALUES) {
            if (a != 0) {
                assertThat(M31.mul(a, M31.inv(a))).as("%d / %d", a, a).isOne();
            }
        }
        assertThatThrownBy(() -> M31.inv(0)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void reduceCoversAllNonNegativeLongs() {
        LongStream edges = LongStream.of(0, 1, M31.P - 1L, M31.P, M31.P + 1L, 2L * M31.P, 1L << 32, (1L << 32) - 1,
                1L << 62, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE - M31.P, (0xFFFFFFFFL << 31));
        LongStream random = new SplittableRandom(7).longs(1000, 0, Long.MAX_VALUE);
        LongStream.concat(edges, random)
                .forEach(x -> assertThat(M31.reduce(x)).as("reduce(%d)", x).isEqualTo(residue(big(x))));
    }

    @Test
    void embedCoversAllLongs() {
        LongStream edges = LongStream.of(0, -1, M31.P, -M31.P, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE);
        LongStream random = new SplittableRandom(8).longs(1000);
        LongStream.concat(edges, random)
                .forEach(x -> assertThat(M31.embed(x)).as("embed(%d)", x).isEqualTo(residue(big(x))));
    }

    @Test
    void centredIsTheSmallestRepresentative() {
        for (int a : VALUES) {
            int c = M31.centred(a);
            assertThat(M31.embed(c)).isEqualTo(a);
            assertThat(Math.abs(c)).isLessThanOrEqualTo(M31.P / 2);
        }
    }

    @Test
    void onlyResiduesAreCanonical() {
        assertThat(M31.isCanonical(0)).isTrue();
        assertThat(M31.isCanonical(M31.P - 1)).isTrue();
        assertThat(M31.isCanonical(M31.P)).isFalse();
        assertThat(M31.isCanonical(-1)).isFalse();
        assertThat(M31.isCanonical(Integer.MIN_VALUE)).isFalse();
    }
}
