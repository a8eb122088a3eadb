package dev.chagres.field;

/// A point of the unit circle x^2 + y^2 = 1 over M31.
///
/// The points form a cyclic group of order p + 1 = 2^31 under the addition of angles,
/// (x0, y0) + (x1, y1) = (x0 x1 - y0 y1, x0 y1 + y0 x1), with neutral element (1, 0)
/// (Haboeck, Levit, Papini: Circle STARKs, eprint 2024/278, section 3).
///
/// @param x abscissa, canonical
/// @param y ordinate, canonical
public record CirclePoint(int x, int y) {
    /// log2 of the order of the group.
    public static final int LOG_ORDER = 31;

    /// The neutral element.
    public static final CirclePoint IDENTITY = new CirclePoint(1, 0);

    /// A generator of the whole group, of order 2^31.
    public static final CirclePoint GENERATOR = new CirclePoint(2, 1268011823);

    /// @throws IllegalArgumentException if the coordinates are not canonical or not on the circle
    public CirclePoint {
        if (!M31.isCanonical(x) || !M31.isCanonical(y) || M31.add(M31.mul(x, x), M31.mul(y, y)) != 1) {
            throw new IllegalArgumentException("not a point of the circle over M31: (" + x + ", " + y + ")");
        }
    }

    /// The generator of the subgroup of order 2^logOrder, namely 2^(31 - logOrder) times [#GENERATOR].
    ///
    /// @param logOrder in [0, 31]
    public static CirclePoint subgroupGenerator(int logOrder) {
        if (logOrder < 0 || logOrder > LOG_ORDER) {
            throw new IllegalArgumentException("log2 of a subgroup order must be in [0, 31]: " + logOrder);
        }
        CirclePoint g = GENERATOR;
        for (int i = logOrder; i < LOG_ORDER; i++) {
            g = g.twice();
        }
        return g;
    }

    /// The sum of two points (of their angles).
    public CirclePoint plus(CirclePoint o) {
        return new CirclePoint(
                M31.sub(M31.mul(x, o.x), M31.mul(y, o.y)),
                M31.add(M31.mul(x, o.y), M31.mul(y, o.x)));
    }

    /// This point doubled: (2 x^2 - 1, 2 x y).
    public CirclePoint twice() {
        int xy = M31.mul(x, y);
        return new CirclePoint(doubleX(x), M31.add(xy, xy));
    }

    /// The opposite point (x, -y).
    public CirclePoint conjugate() {
        return new CirclePoint(x, M31.neg(y));
    }

    /// This point `k` times; `k` counts modulo 2^31 and may be negative.
    public CirclePoint times(long k) {
        CirclePoint sum = IDENTITY;
        CirclePoint power = this;
        for (long e = k & ((1L << LOG_ORDER) - 1); e != 0; e >>= 1) {
            if ((e & 1) == 1) {
                sum = sum.plus(power);
            }
            power = power.twice();
        }
        return sum;
    }

    /// The doubling map on abscissas, pi(x) = 2 x^2 - 1.
    public static int doubleX(int x) {
        int square = M31.mul(x, x);
        return M31.sub(M31.add(square, square), 1);
    }
}
