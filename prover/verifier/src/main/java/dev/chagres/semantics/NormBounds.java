package dev.chagres.semantics;

import java.math.BigInteger;

/// What the integer RMSNorm forces on every row, whatever the input: proved by enumerating all pairs (mant, k).
///
/// A row with square sum S in the class (mant, k) has `S <= (mant + 1) 4^k - 1`. From
/// `S = sum_g floor(G_g / 2^t) + eps_e`, t the group shift, and `sum_c M_c^2 = 4 sum_g G_g + d` follows
/// `sum_c M_c^2 <= 4 2^t (S - eps_e) + 4 (2^t - 1) groups + d`. Then `n_c = rsh(M_c rho, s_n)` differs from
/// `M_c rho 2^-s_n` by at most 1/2.
public final class NormBounds {
    /// Fraction bits of the squared Euclidean bound.
    private static final int SQUARE_FRACTION = 20;

    /// Fraction bits of the root of sum M^2 during the enumeration.
    private static final int ROOT_FRACTION = 12;

    /// The largest |M| = |2 m + 1|.
    private static final long MAX_ODD_MANTISSA = (2L << IntegerSemantics.MANTISSA_BITS) - 1;

    private final long maxRho;
    private final long maxProduct;
    private final long maxSquareSum;
    private final long bound;
    private final BigInteger squaredNorm;

    private NormBounds(long maxRho, long maxProduct, long maxSquareSum, long bound, BigInteger squaredNorm) {
        this.maxRho = maxRho;
        this.maxProduct = maxProduct;
        this.maxSquareSum = maxSquareSum;
        this.bound = bound;
        this.squaredNorm = squaredNorm;
    }

    /// Enumerates every class.
    ///
    /// @param width d
    /// @param shift s_n
    /// @param rsqrt the table RSQRT from mant = 2^14 on
    /// @param eps   the table eps_e
    /// @throws ArithmeticException if an epsilon is negative, or the sum of squares can reach 2^29
    public static NormBounds of(int width, int shift, int[] rsqrt, int[] eps) {
        int t = IntegerSemantics.groupShift(width);
        long groups = (width + IntegerSemantics.GROUP - 1) / IntegerSemantics.GROUP;
        long maxTerm = (1L << IntegerSemantics.MANTISSA_BITS) * ((1L << IntegerSemantics.MANTISSA_BITS) - 1);
        long maxEps = Long.MIN_VALUE;
        long minEps = Long.MAX_VALUE;
        for (int e : eps) {
            maxEps = Math.max(maxEps, e);
            minEps = Math.min(minEps, e);
        }
        long squareSum = maxEps;
        for (int c = 0; c < width; c += IntegerSemantics.GROUP) {
            squareSum += (Math.min(IntegerSemantics.GROUP, width - c) * maxTerm) >> t;
        }
        // Below it, and for no larger one, 4 2^t S with its fraction bits has a root.
        if (minEps < 0 || squareSum >= IntegerSemantics.SQUARE_SUM_LIMIT) {
            throw new ArithmeticException(minEps < 0 ? "norm: an epsilon is " + minEps + ", below 0"
                    : "norm: the sum of squares of a row can reach " + squareSum + " with its epsilon, limit 2^29");
        }
        long maxRho = 0;
        long maxProduct = 0;
        long bound = 0;
        long norm = 0;
        for (int k = 0; ((long) IntegerSemantics.MANT_MIN << (2 * k)) <= squareSum; k++) {
            for (int mant = IntegerSemantics.MANT_MIN; mant < IntegerSemantics.MANT_LIMIT; mant++) {
                if ((long) mant << (2 * k) > squareSum) {
                    break;
                }
                long last = Math.min(((mant + 1L) << (2 * k)) - 1, squareSum);
                long squares = (4L << t) * (last - minEps) + 4 * ((1L << t) - 1) * groups + width;
                long rho = IntegerSemantics.rsh(rsqrt[mant - IntegerSemantics.MANT_MIN], k);
                long product = Math.min(MAX_ODD_MANTISSA, IntegerRoot.floor(squares)) * rho;
                maxRho = Math.max(maxRho, rho);
                maxProduct = Math.max(maxProduct, product);
                norm = Math.max(norm, IntegerRoot.ceil(squares << (2 * ROOT_FRACTION)) * rho);
            }
        }
        bound = IntegerSemantics.rsh(maxProduct, shift);
        int fraction = ROOT_FRACTION + shift;
        BigInteger rounding = ceilRoot(BigInteger.valueOf(width).shiftLeft(2 * fraction - 2));
        BigInteger total = BigInteger.valueOf(norm).add(rounding);
        BigInteger squared = total.multiply(total)
                .shiftRight(2 * fraction - SQUARE_FRACTION)
                .add(BigInteger.ONE);
        return new NormBounds(maxRho, maxProduct, squareSum, bound, squared);
    }

    private static BigInteger ceilRoot(BigInteger x) {
        BigInteger[] root = x.sqrtAndRemainder();
        return root[1].signum() == 0 ? root[0] : root[0].add(BigInteger.ONE);
    }

    /// The largest rho of any class.
    public long maxRho() {
        return maxRho;
    }

    /// Bound of |M rho|.
    public long maxProduct() {
        return maxProduct;
    }

    /// Bound of S.
    public long maxSquareSum() {
        return maxSquareSum;
    }

    /// Bound of |n|.
    public long bound() {
        return bound;
    }

    /// Bound of the Euclidean norm of a row of n, for information.
    public double euclidean() {
        return StrictMath.sqrt(squaredNorm.doubleValue() / (1L << SQUARE_FRACTION));
    }

    /// Proved bound of `|sum_c w_c n_c|` from the two sums of a weight row: the smaller of
    /// `max |n| sum |w|` and Cauchy-Schwarz.
    public long dotBound(long sumOfMagnitudes, long sumOfSquares) {
        long first = Math.multiplyExact(bound, sumOfMagnitudes);
        long second = squaredNorm
                .multiply(BigInteger.valueOf(sumOfSquares))
                .shiftRight(SQUARE_FRACTION)
                .sqrt()
                .longValueExact();
        return Math.min(first, second);
    }
}
