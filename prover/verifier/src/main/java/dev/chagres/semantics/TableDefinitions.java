package dev.chagres.semantics;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;

/// The written definitions of the tables, evaluated with exact arithmetic or [StrictMath] only.
public final class TableDefinitions {
    private TableDefinitions() {}

    /// `round(x)` as `floor(x + 1/2)`.
    public static long round(double x) {
        return (long) StrictMath.floor(x + 0.5);
    }

    /// `RSQRT[mant] = round(2^scaleBits sqrt(d) / sqrt(mant))` for mant in [2^14, 2^16), exact;
    /// `scaleBits` as [#rsqrtBits] says, at most 24.
    public static int[] rsqrt(int width, int scaleBits) {
        int[] table = new int[IntegerSemantics.MANT_LIMIT - IntegerSemantics.MANT_MIN];
        BigInteger square = BigInteger.valueOf(width).shiftLeft(2 * scaleBits + 2);
        for (int i = 0; i < table.length; i++) {
            // round(r) = floor((floor(2 r) + 1) / 2) and floor(2 r) = floor(sqrt(4 d 4^bits / mant)).
            BigInteger twice = square.divide(BigInteger.valueOf(i + IntegerSemantics.MANT_MIN)).sqrt();
            table[i] = twice.add(BigInteger.ONE).shiftRight(1).intValueExact();
        }
        return table;
    }

    /// `s_n + a - 1 - t / 2`, t the group shift of the width: what RSQRT is scaled by.
    ///
    /// @param shift s_n
    /// @param fractionBits a
    public static int rsqrtBits(int width, int shift, int fractionBits) {
        return shift + fractionBits - 1 - IntegerSemantics.groupShift(width) / 2;
    }

    /// `eps_e = round((d/4 + epsilon d 4^(f-e)) / 2^t)` for e = 0..15, exact in the double `epsilon`, t the group shift
    /// of the width; eps_0 at least 2^14, so that every sum of squares has a scale class.
    ///
    /// @throws ArithmeticException if an entry does not fit 31 bits
    public static int[] eps(int width, int residualFractionBits, double epsilon) {
        int[] table = new int[IntegerSemantics.MAX_EXPONENT + 1];
        BigDecimal d = BigDecimal.valueOf(width);
        BigDecimal four = BigDecimal.valueOf(4);
        for (int e = 0; e < table.length; e++) {
            int power = residualFractionBits - e;
            BigDecimal scaled = new BigDecimal(epsilon).multiply(d);
            scaled = power >= 0 ? scaled.multiply(four.pow(power)) : scaled.divide(four.pow(-power));
            table[e] = scaled.add(d.divide(four))
                    .divide(BigDecimal.valueOf(1L << IntegerSemantics.groupShift(width)))
                    .setScale(0, RoundingMode.HALF_UP)
                    .intValueExact();
        }
        table[0] = Math.max(table[0], IntegerSemantics.MANT_MIN);
        return table;
    }

    /// `EXP[D] = round(2^b exp(-D us))` from D = -1 to the first D with EXP\[D\] = 0, at index D + 1.
    ///
    /// @throws ArithmeticException if the table has more than `maxEntries` entries, or one of 2^24 or more
    public static int[] exp(int expBits, double logitUnit, int maxEntries) {
        double one = (double) (1L << expBits);
        if (!(one * StrictMath.exp(logitUnit) < 1 << 24)) {
            throw new ArithmeticException("the exp table of unit " + logitUnit + " has entries of 2^24 or more");
        }
        // EXP[D] = 0 exactly from 2^b exp(-D us) < 1/2 on; two entries of slack for rounding.
        double estimate = (expBits + 1) * StrictMath.log(2) / logitUnit + 4;
        if (!(estimate <= maxEntries)) {
            throw new ArithmeticException("the exp table of unit " + logitUnit + " has about " + (long) estimate
                    + " entries, more than " + maxEntries);
        }
        int[] table = new int[(int) estimate];
        for (int i = 0; i < table.length; i++) {
            table[i] = (int) round(one * StrictMath.exp(-(i - 1) * logitUnit));
            if (table[i] == 0) {
                return Arrays.copyOf(table, i + 1);
            }
        }
        throw new ArithmeticException("the exp table of unit " + logitUnit + " does not end");
    }

    /// `Rmax = round(2^b exp(us / 2))`.
    public static int rMax(int expBits, double logitUnit) {
        return Math.toIntExact(round((double) (1L << expBits) * StrictMath.exp(logitUnit / 2)));
    }

    /// `b = min(20, 30 - ceil(log2(context)))`.
    public static int expBits(int context) {
        return Math.min(20, 30 - (32 - Integer.numberOfLeadingZeros(context - 1)));
    }
}
