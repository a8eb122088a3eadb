package dev.chagres.graph.op;

import dev.chagres.lookup.Table;

/// The tables of RMSNorm, shared by all norms of a model.
///
/// @param exponent tuples (e, 2^e, eps_e, \[e > 0\]) for e in 0..15
/// @param scale tuples (k, 4^k, 2^k, half of 2^k rounded down) for k in 0..7
/// @param floorLog2 pairs (i, floor(log2 i))
/// @param peak values m + 4096 \[e > 0\] for m in [-2^11, 2^11), with m outside [-2^10, 2^10) when e > 0
/// @param rsqrt pairs (mant, RSQRT\[mant\]) for mant in [2^14, 2^16)
/// @param mantissa the range of m + 2^11
/// @param remainder the range of the remainder of shift s_n
/// @param output the range of n, shifted to start at 0
/// @param quotientLow the range of the low limb of a shifted sum, 13 bits
/// @param rhoLimb the range of a limb of rho, 9 bits
/// @param groupRest the range of what the shift of a sum leaves, t bits
/// @param quotientHigh the range of the high limb, 17 - t bits: a sum has 30 bits, more would have two witnesses
/// @param groupShift t: what the sum of squares of a group is shifted by
public record NormLookups(
        Table exponent, Table scale, Table floorLog2, Table peak, Table rsqrt, Table mantissa, Table remainder,
        Table output, Table quotientLow, Table rhoLimb, Table groupRest, Table quotientHigh, int groupShift) {
    /// Bits of the low limb of a shifted sum.
    static final int LIMB = 13;
    /// Bits of a limb of rho.
    static final int RHO_LIMB = 9;
    /// Bits of both limbs of a shifted sum and its shift.
    private static final int SUM_BITS = 30;

    /// @param groupShift t, that of the width ([dev.chagres.semantics.IntegerSemantics#groupShift(int)])
    /// @param eps eps_e for e in 0..15
    /// @param shift s_n
    /// @param outputBits n is in [-2^(outputBits-1), 2^(outputBits-1))
    public static NormLookups of(LookupTables tables, int groupShift, int[] eps, int shift, int outputBits) {
        long[] powers = new long[16];
        long[] epsilons = new long[16];
        long[] positive = new long[16];
        long[] fours = new long[16];
        long[] twos = new long[16];
        long[] halves = new long[16];
        for (int e = 0; e < 16; e++) {
            powers[e] = 1L << e;
            epsilons[e] = eps[e];
            positive[e] = e > 0 ? 1 : 0;
            int k = e & 7;
            fours[e] = 1L << (2 * k);
            twos[e] = 1L << k;
            halves[e] = twos[e] >> 1;
        }
        return new NormLookups(
                tables.explicit("norm.e", 4, powers, epsilons, positive),
                tables.explicit("norm.k", 3, fours, twos, halves),
                tables.floorLog2(),
                tables.index("norm.peak", -2048, 13, 10, 0, 1024, 2048, 3072, 4096, 7168),
                tables.function("norm.rsqrt", 0, 14, 1 << 14, 2 << 14, 3 << 14),
                tables.range(12), tables.range(shift), tables.range(outputBits),
                tables.range(LIMB), tables.range(RHO_LIMB), tables.range(groupShift),
                tables.range(SUM_BITS - LIMB - groupShift), groupShift);
    }
}
