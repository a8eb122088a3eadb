package dev.chagres.gpt2.model;

import dev.chagres.semantics.IntegerSemantics;

/// The tables of the integer RMSNorm, one set for all norms of a model.
///
/// @param fractionBits a: a normalised value n stands for n 2^-a
/// @param shift        s_n: `n = rsh((2 m + 1) rho, s_n)`
/// @param epsilon      the norm's epsilon, for information
/// @param rsqrt        `rsqrt[mant - 2^14] = round(2^(s_n + a - 1 - t/2) sqrt(d) / sqrt(mant))`, mant in [2^14, 2^16),
///                     t the group shift of the width
/// @param eps          `eps[e] = round((d/4 + epsilon d 4^(f-e)) / 2^t)` for the row exponent e in 0..15; eps\[0\] at
///                     least 2^14
/// @param bound        proved bound of |n|
public record NormTables(int fractionBits, int shift, double epsilon, int[] rsqrt, int[] eps, int bound) {
    public NormTables {
        if (fractionBits < 1 || fractionBits > 12 || shift < 1 || shift > 20) {
            throw new IllegalArgumentException("norm with " + fractionBits + " fraction bits and shift " + shift);
        }
        if (rsqrt.length != IntegerSemantics.MANT_LIMIT - IntegerSemantics.MANT_MIN) {
            throw new IllegalArgumentException("rsqrt table has " + rsqrt.length + " entries");
        }
        if (eps.length != IntegerSemantics.MAX_EXPONENT + 1) {
            throw new IllegalArgumentException("eps table has " + eps.length + " entries");
        }
    }

    /// The scale of a row: `rsh(RSQRT[mant], k)`.
    public int rho(int mant, int k) {
        return (int) IntegerSemantics.rsh(rsqrt[mant - IntegerSemantics.MANT_MIN], k);
    }
}
