package dev.chagres.gpt2.model;

import dev.chagres.semantics.IntegerSemantics;
import java.util.Arrays;

/// The tables of the integer softmax, one set for all heads of a model.
///
/// @param expBits   b: an exp weight e stands for e 2^-b
/// @param logitUnit us: a score S stands for S us
/// @param exp       `exp[D + 1] = EXP[D] = round(2^b exp(-D us))` for D = -1 .. support, where support is the
///                  first D with EXP\[D\] = 0; the last entry is that 0
/// @param rMax      `round(2^b exp(us / 2))`, the largest row sum
public record SoftmaxTables(int expBits, double logitUnit, int[] exp, int rMax) {
    public SoftmaxTables {
        if (expBits < 4 || expBits > 20) {
            throw new IllegalArgumentException("exp bits " + expBits + " are not in 4..20");
        }
        if (exp.length < 3 || exp[exp.length - 1] != 0 || exp[exp.length - 2] == 0) {
            throw new IllegalArgumentException("the exp table must end with its first 0");
        }
        if (Arrays.stream(exp).anyMatch(e -> e < 0)) {
            throw new IllegalArgumentException("the exp table has a negative entry");
        }
        if (rMax < 1) {
            throw new IllegalArgumentException("the largest row sum is " + rMax + ", need at least 1");
        }
    }

    /// The first D with EXP\[D\] = 0.
    public int support() {
        return exp.length - 2;
    }

    /// EXP\[d\] for d >= -1.
    public int exp(long d) {
        return IntegerSemantics.exp(exp, d);
    }

    /// The largest difference `L_i - S_ij` of an unmasked score over rows of up to `tokens` scores of magnitude
    /// at most `scoreBound`: L exceeds the largest score by at most the least D with `tokens EXP[D] <= Rmax`.
    public long maxDifference(long scoreBound, int tokens) {
        int d = 0;
        while ((long) tokens * exp(d) > rMax) {
            d++;
        }
        return 2 * scoreBound + d;
    }

    /// The shift that turns a weighted sum of values into an attention output: b - 3.
    public int outputShift() {
        return expBits - 3;
    }
}
