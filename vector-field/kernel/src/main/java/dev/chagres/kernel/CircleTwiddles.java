package dev.chagres.kernel;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.CirclePoint;
import dev.chagres.field.M31;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLongArray;

/// Twiddle factors of the circle FFT in the order of [CircleDomain], as off-heap tables made on first use and
/// kept for the life of the process.
///
/// Layer i >= 1 of the transform of size 2^n multiplies block b (positions k with k / 2^(i+1) = b) by
/// pi^(i-1)(x) at its first position, which depends on m = n - i + 1 and b only. Table m is therefore shared by
/// all sizes: `x(m)[b]` is the abscissa of (1 + 4 rev(b)) Q_m, with Q_m of order 2^(m+1), rev the reversal of
/// m - 2 bits and 0 <= b < 2^(m-2). All tables up to m take 2^(m+1) bytes and some padding.
///
/// Layer 0 multiplies block b by y at position 2b. It needs no table: the ordinate is the abscissa a quarter
/// turn further, so with s = y of the quarter turn 2^(n-1) Q_n, which is 1 or -1, four consecutive ordinates are
/// s (-x[2q+1], x[2q+1], x[2q], -x[2q]) with x = `x(n)`.
public final class CircleTwiddles {
    /// Table entries that may be read past the last one (vector loads); their content is zero.
    public static final int PADDING = 16;

    /// Whether the quarter turn 2^(n-1) Q_n, the same point for all n, is (0, -1) rather than (0, 1).
    public static final boolean QUARTER_TURN_NEGATIVE =
            CirclePoint.subgroupGenerator(2).y() != 1;

    private static final AtomicLongArray TABLES = new AtomicLongArray(CircleDomain.MAX_LOG_SIZE + 1);

    private CircleTwiddles() {}

    /// The address of table `m`: canonical values, 4 bytes each.
    ///
    /// @param m in [2, 30]
    public static long x(int m) {
        long table = TABLES.get(m);
        return table != 0 ? table : create(m);
    }

    /// Factor `i` at position `2^(i+1) b` of the domain of size 2^n: the twiddle of block b of layer i.
    public static int twiddle(int n, int i, long b) {
        if (i > 0) {
            return Memory.getInt(x(n - i + 1), b);
        }
        if (n < 3) {
            return CircleDomain.of(n).point(2 * b).y();
        }
        int value = Memory.getInt(x(n), abscissaOfOrdinate(b));
        return negatedOrdinate((int) (b & 3)) != QUARTER_TURN_NEGATIVE ? M31.neg(value) : value;
    }

    /// The index in `x(n)` of the abscissa that is, up to its sign, the ordinate of block `b` of layer 0.
    public static long abscissaOfOrdinate(long b) {
        return b >> 2 << 1 | (~b >> 1 & 1);
    }

    /// Whether ordinate 4q + r is minus the abscissa it is read from, for a quarter turn (0, 1).
    public static boolean negatedOrdinate(int r) {
        return r == 0 || r == 3;
    }

    private static synchronized long create(int m) {
        if (TABLES.get(m) != 0) {
            return TABLES.get(m);
        }
        int count = 1 << (m - 2);
        int[] x = new int[count];
        int[] y = new int[count];
        CirclePoint first = CirclePoint.subgroupGenerator(m + 1);
        x[0] = first.x();
        y[0] = first.y();
        // Bit j of b adds 4 * 2^(m-3-j) Q_m, a generator of the subgroup of order 2^(j+2).
        for (int j = 0; j < m - 2; j++) {
            CirclePoint step = CirclePoint.subgroupGenerator(j + 2);
            int half = 1 << j;
            for (int b = 0; b < half; b++) {
                x[half + b] = M31.sub(M31.mul(x[b], step.x()), M31.mul(y[b], step.y()));
                y[half + b] = M31.add(M31.mul(x[b], step.y()), M31.mul(y[b], step.x()));
            }
        }
        long table = Memory.allocateBase(Arena.global(), (long) count + PADDING);
        for (int b = 0; b < count; b++) {
            Memory.setInt(table, b, x[b]);
        }
        TABLES.set(m, table);
        return table;
    }
}
