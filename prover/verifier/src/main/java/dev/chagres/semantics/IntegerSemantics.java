package dev.chagres.semantics;

/// The scalar functions of the integer program: what every engine computes, one value at a time.
///
/// Everything is exact arithmetic on `long`; nothing here depends on a model.
public final class IntegerSemantics {
    /// The field modulus; integers of magnitude below 2^30 embed into it without wrapping.
    public static final long MODULUS = (1L << 31) - 1;

    /// The residual stream satisfies `-2^26 <= x < 2^26`.
    public static final int RESIDUAL_BITS = 26;

    /// Row mantissas satisfy `-2^11 <= m < 2^11`.
    public static final int MANTISSA_BITS = 11;

    /// Row exponents are 0..15.
    public static final int MAX_EXPONENT = 15;

    /// Channels in one group of the sum of squares.
    public static final int GROUP = 256;

    /// The row scale class: `2^14 <= mant < 2^16`.
    public static final int MANT_MIN = 1 << 14;

    public static final int MANT_LIMIT = 1 << 16;

    /// The sum of squares of a row satisfies `S < 2^29`.
    public static final long SQUARE_SUM_LIMIT = 1L << 29;

    /// The widest row whose groups are shifted by 4 bits.
    private static final int NARROW = 1024;

    private IntegerSemantics() {}

    /// t: what sums of squares of groups are shifted by. It is even, so that RSQRT has a whole power of two, and with 4
    /// the sum of a row of 4096 channels would pass 2^29.
    public static int groupShift(int width) {
        return width <= NARROW ? 4 : 6;
    }

    /// 2^(s-1), what [#rsh] adds before it shifts, or 0 for s = 0; s is below 32.
    public static int half(int s) {
        return s == 0 ? 0 : 1 << (s - 1);
    }

    /// `floor((x + 2^(s-1)) / 2^s)` for s > 0 (round half up), x for s = 0.
    public static long rsh(long x, int s) {
        return s == 0 ? x : (x + (1L << (s - 1))) >> s;
    }

    /// The remainder that belongs to [#rsh]: `x + 2^(s-1) - rsh(x, s) 2^s`, in [0, 2^s); 0 for s = 0.
    public static long rshRemainder(long x, int s) {
        return s == 0 ? 0 : (x + (1L << (s - 1))) & ((1L << s) - 1);
    }

    /// Whether `x >> e` is a mantissa.
    public static boolean mantissaFits(long x, int e) {
        long m = x >> e;
        return -(1L << MANTISSA_BITS) <= m && m < 1L << MANTISSA_BITS;
    }

    /// The least e in 0..15 for which every `x[from + c] >> e`, c < width, is a mantissa; -1 when there is none
    /// (some x is outside [-2^26, 2^26)).
    public static int rowExponent(long[] x, int from, int width) {
        long fold = 0;
        for (int c = 0; c < width; c++) {
            // x and ~x have the same number of significant bits, and floor shifts commute with ~.
            fold |= x[from + c] ^ (x[from + c] >> 63);
        }
        int bits = 64 - Long.numberOfLeadingZeros(fold);
        int e = Math.max(0, bits - MANTISSA_BITS);
        return e <= MAX_EXPONENT ? e : -1;
    }

    /// The witness condition on an exponent: `e` fits every channel and, when e > 0, some channel has
    /// `x >> e` outside [-2^10, 2^10). Exactly one e in 0..15 satisfies it inside the domain, none outside.
    public static boolean exponentAccepted(long[] x, int from, int width, int e) {
        if (e < 0 || e > MAX_EXPONENT) {
            return false;
        }
        boolean large = e == 0;
        for (int c = 0; c < width; c++) {
            if (!mantissaFits(x[from + c], e)) {
                return false;
            }
            long m = x[from + c] >> e;
            large |= m < -(1L << (MANTISSA_BITS - 1)) || m >= 1L << (MANTISSA_BITS - 1);
        }
        return large;
    }

    /// The exponent k of the scale class of a sum of squares: `2^14 4^k <= sum < 2^16 4^k`; needs
    /// `2^14 <= sum`.
    public static int scaleExponent(long sum) {
        if (sum < MANT_MIN) {
            throw new IllegalArgumentException("sum of squares " + sum + " below 2^14");
        }
        return (63 - Long.numberOfLeadingZeros(sum) - 14) >> 1;
    }

    /// The mantissa of the scale class, `floor(sum / 4^k)`, in [2^14, 2^16).
    public static int scaleMantissa(long sum) {
        return (int) (sum >> (2 * scaleExponent(sum)));
    }

    /// The least L with `sum_{j < count} exp(L - score[from + j]) <= rMax`, `count >= 1`.
    ///
    /// `exp` holds EXP[-1], EXP[0], ...; it does not increase, its last entry is 0, and
    /// `EXP[0] <= rMax < EXP[-1]`, so the sum falls as L grows, L exists, and `L >= max score`.
    public static long softmaxOffset(int[] exp, int rMax, long[] score, int from, int count) {
        long max = Long.MIN_VALUE;
        for (int j = 0; j < count; j++) {
            max = Math.max(max, score[from + j]);
        }
        // At L = max + support every term is 0, at L = max - 1 the largest term alone is above rMax.
        long low = max;
        long high = max + exp.length - 2;
        while (low < high) {
            long middle = Math.floorDiv(low + high, 2L);
            if (expSum(exp, score, from, count, middle) <= rMax) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// `sum_{j < count} EXP[offset - score[from + j]]`; every index is at least -1.
    public static long expSum(int[] exp, long[] score, int from, int count, long offset) {
        long sum = 0;
        for (int j = 0; j < count; j++) {
            sum += exp(exp, offset - score[from + j]);
        }
        return sum;
    }

    /// EXP\[d\] for d >= -1, 0 beyond the stored part.
    public static int exp(int[] exp, long d) {
        return d + 1 < exp.length ? exp[(int) (d + 1)] : 0;
    }
}
