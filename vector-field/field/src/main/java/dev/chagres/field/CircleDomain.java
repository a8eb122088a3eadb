package dev.chagres.field;

/// The canonic coset of 2^logN points (the standard position coset of eprint 2024/278, section 3.2): the odd
/// multiples of Q, the generator of the subgroup of order 2^(logN + 1).
///
/// ## Order
/// Q = 2^(30 - logN) G with G = [CirclePoint#GENERATOR]. Let rev(m) be the reversal of the logN - 1 low bits of
/// m. Position k, 0 <= k < 2^logN, holds the point
///
/// ```text
/// P_k =  (1 + 4 rev(k / 2)) Q    for even k,
/// P_k = -(1 + 4 rev(k / 2)) Q    for odd k      (the conjugate of its left neighbour).
/// ```
///
/// With it bit i of the position is the sign of factor i of the tensor basis: flipping bit 0 negates y and
/// leaves every other factor; flipping bit i >= 1 adds 2^(logN + 1 - i) Q to an even position's point, which
/// negates pi^(i-1)(x) and leaves all later factors. So layer i of the FFT is a butterfly between positions
/// that differ in bit i, and the transform works in place.
public final class CircleDomain {
    /// The largest supported log2 size.
    public static final int MAX_LOG_SIZE = CirclePoint.LOG_ORDER - 1;

    private final int logN;
    /// powers\[j\] = 2^j Q for j in \[0, logN\].
    private final CirclePoint[] powers;

    private CircleDomain(int logN) {
        this.logN = logN;
        this.powers = new CirclePoint[logN + 1];
        powers[0] = CirclePoint.subgroupGenerator(logN + 1);
        for (int j = 1; j <= logN; j++) {
            powers[j] = powers[j - 1].twice();
        }
    }

    /// The domain of 2^logN points.
    ///
    /// @param logN in [1, 30]
    public static CircleDomain of(int logN) {
        if (logN < 1 || logN > MAX_LOG_SIZE) {
            throw new IllegalArgumentException("log2 of a circle domain size must be in [1, 30]: " + logN);
        }
        return new CircleDomain(logN);
    }

    /// log2 of the number of points.
    public int logSize() {
        return logN;
    }

    /// The point at position `k` of a codeword; O(logN) multiplications.
    ///
    /// @param k in [0, 2^logN)
    public CirclePoint point(long k) {
        if (k < 0 || k >= 1L << logN) {
            throw new IllegalArgumentException("position " + k + " outside a domain of 2^" + logN + " points");
        }
        CirclePoint p = powers[0];
        for (int i = 1; i < logN; i++) {
            if ((k >>> i & 1) == 1) {
                p = p.plus(powers[logN + 1 - i]);
            }
        }
        return (k & 1) == 0 ? p : p.conjugate();
    }

    /// The first `bits` factors (y, x, pi(x), pi(pi(x)), ...) of the tensor basis at [#point(long)]. The basis
    /// function of index j = sum j_i 2^i has there the value of the product of the factors i with j_i = 1.
    ///
    /// @param bits in [0, logN]
    public int[] basis(long k, int bits) {
        if (bits < 0 || bits > logN) {
            throw new IllegalArgumentException("a domain of 2^" + logN + " points has no " + bits + " factors");
        }
        CirclePoint p = point(k);
        int[] factors = new int[bits];
        int x = p.x();
        for (int i = 0; i < bits; i++) {
            if (i == 0) {
                factors[0] = p.y();
            } else {
                factors[i] = x;
                x = CirclePoint.doubleX(x);
            }
        }
        return factors;
    }
}
