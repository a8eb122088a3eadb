package dev.chagres.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntegerSemanticsTest {
    private static final long SEED = 20261;

    @Test
    void roundingShiftIsFloorOfTheShiftedSum() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            int s = random.nextInt(20);
            long x = random.nextLong() >> (20 + random.nextInt(40));
            long expected = new BigDecimal(x)
                    .divide(new BigDecimal(BigInteger.ONE.shiftLeft(s)))
                    .add(s == 0 ? BigDecimal.ZERO : new BigDecimal("0.5"))
                    .setScale(0, RoundingMode.FLOOR)
                    .longValueExact();
            assertThat(IntegerSemantics.rsh(x, s)).as("seed %d: rsh(%d, %d)", SEED, x, s).isEqualTo(expected);
            long remainder = IntegerSemantics.rshRemainder(x, s);
            assertThat(remainder).isBetween(0L, (1L << s) - 1);
            long half = s == 0 ? 0 : 1L << (s - 1);
            assertThat((expected << s) + remainder).isEqualTo(x + half);
        }
    }

    @Test
    void halvesRoundUpOnBothSides() {
        assertThat(IntegerSemantics.rsh(1, 1)).isEqualTo(1);
        assertThat(IntegerSemantics.rsh(-1, 1)).isEqualTo(0);
        assertThat(IntegerSemantics.rsh(-3, 1)).isEqualTo(-1);
        // A shift can round up to one past the exact power: 2^30 - 1 shifted by 13.
        assertThat(IntegerSemantics.rsh((1L << 30) - 1, 13)).isEqualTo(1 << 17);
    }

    /// Rounded mantissas would accept two exponents here; floors accept one.
    @Test
    void exactlyOneExponentIsAcceptedAtEveryOctaveEdge() {
        for (int bit = 0; bit <= 26; bit++) {
            for (long delta = -3; delta <= 3; delta++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    long x = sign * ((1L << bit) + delta);
                    checkExponent(new long[] {0, x, 1, -1});
                }
            }
        }
    }

    @Test
    void exactlyOneExponentIsAcceptedForRandomRows() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long[] row = new long[1 + random.nextInt(6)];
            int shift = 37 + random.nextInt(27);
            Arrays.setAll(row, _ -> random.nextLong() >> shift);
            checkExponent(row);
        }
    }

    private static void checkExponent(long[] row) {
        boolean inside = Arrays.stream(row).allMatch(x -> -(1L << 26) <= x && x < 1L << 26);
        int least = -1;
        int accepted = 0;
        for (int e = 15; e >= 0; e--) {
            int exponent = e;
            if (Arrays.stream(row).allMatch(x -> IntegerSemantics.mantissaFits(x, exponent))) {
                least = e;
            }
            if (IntegerSemantics.exponentAccepted(row, 0, row.length, e)) {
                accepted++;
                assertThat(IntegerSemantics.rowExponent(row, 0, row.length)).as(Arrays.toString(row)).isEqualTo(e);
            }
        }
        assertThat(accepted).as("accepted exponents of %s", Arrays.toString(row)).isEqualTo(inside ? 1 : 0);
        assertThat(IntegerSemantics.rowExponent(row, 0, row.length)).isEqualTo(least);
    }

    @Test
    void domainEndsAtTwoToTheTwentySix() {
        long edge = 1L << 26;
        assertThat(IntegerSemantics.rowExponent(new long[] {edge - 1, -edge}, 0, 2)).isEqualTo(15);
        assertThat(IntegerSemantics.rowExponent(new long[] {edge}, 0, 1)).isEqualTo(-1);
        assertThat(IntegerSemantics.rowExponent(new long[] {-edge - 1}, 0, 1)).isEqualTo(-1);
        assertThat(IntegerSemantics.rowExponent(new long[] {0, 0}, 0, 2)).isZero();
    }

    @Test
    void everySquareSumHasOneScaleClass() {
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            long sum = i < 4000
                    ? (1L << (14 + i / 300)) + i % 300 - (i < 300 ? 0 : 150)
                    : (1 << 14) + random.nextLong((1L << 29) - (1 << 14));
            int found = 0;
            for (int k = 0; k <= 10; k++) {
                long mant = sum >> (2 * k);
                if (mant >= 1 << 14 && mant < 1 << 16) {
                    found++;
                    assertThat(IntegerSemantics.scaleExponent(sum)).as("sum %d", sum).isEqualTo(k);
                    assertThat(IntegerSemantics.scaleMantissa(sum)).as("sum %d", sum).isEqualTo((int) mant);
                }
            }
            assertThat(found).as("classes of %d", sum).isEqualTo(1);
        }
    }

    @Test
    void softmaxOffsetIsLeastAndAboveEveryScore() {
        Random random = new Random(SEED);
        for (int bits : new int[] {4, 12, 20}) {
            for (double unit : new double[] {0.3, 0.01, 4.0 / (1 << bits)}) {
                if ((bits + 1) / unit > 1 << 18 || unit < 2.0 / (1 << bits)) {
                    continue;
                }
                int[] exp = TableDefinitions.exp(bits, unit, 1 << 20);
                int rMax = TableDefinitions.rMax(bits, unit);
                assertThat(exp[1]).isLessThanOrEqualTo(rMax);
                assertThat(exp[0]).isGreaterThan(rMax);
                for (int i = 0; i < 200; i++) {
                    long[] scores = new long[1 + random.nextInt(64)];
                    int spread = 1 << random.nextInt(21);
                    Arrays.setAll(scores, _ -> random.nextInt(2 * spread + 1) - spread);
                    if (i % 5 == 0) {
                        Arrays.fill(scores, -spread);
                    }
                    long offset = IntegerSemantics.softmaxOffset(exp, rMax, scores, 0, scores.length);
                    long max = Arrays.stream(scores).max().orElseThrow();
                    String name = "seed " + SEED + ", b " + bits + ", us " + unit + ", row " + i;
                    assertThat(offset).as(name).isGreaterThanOrEqualTo(max);
                    assertThat(sum(exp, scores, offset)).as(name).isLessThanOrEqualTo(rMax);
                    assertThat(sum(exp, scores, offset - 1)).as(name).isGreaterThan(rMax);
                    // A row sum is within half a unit of 2^b on the logarithmic scale, up to rounding of entries.
                    double low = (1 << bits) * Math.exp(-unit / 2) - scores.length - 1;
                    assertThat((double) sum(exp, scores, offset)).as(name).isGreaterThanOrEqualTo(low);
                }
            }
        }
    }

    private static long sum(int[] exp, long[] scores, long offset) {
        long sum = 0;
        for (long score : scores) {
            long d = offset - score;
            sum += d + 1 >= exp.length ? 0 : exp[(int) d + 1];
        }
        return sum;
    }
}
