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
/// @param limb13 range of 13 bits
/// @param limb9 range of 9 bits
/// @param limb4 range of 4 bits
public record NormLookups(
        Table exponent, Table scale, Table floorLog2, Table peak, Table rsqrt, Table mantissa, Table remainder,
        Table output, Table limb13, Table limb9, Table limb4) {
    /// @param eps eps_e for e in 0..15
    /// @param shift s_n
    /// @param outputBits n is in [-2^(outputBits-1), 2^(outputBits-1))
    public static NormLookups of(LookupTables tables, int[] eps, int shift, int outputBits) {
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
                tables.range(13), tables.range(9), tables.range(4));
    }
}
