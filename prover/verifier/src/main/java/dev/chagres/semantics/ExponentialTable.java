package dev.chagres.semantics;

/// EXP and Rmax (docs/semantics.md, section 2): what they are follows from two numbers, so a table that somebody else
/// states is never needed. A value.
public final class ExponentialTable {
    /// The largest support.
    public static final int MAX_SUPPORT = 1 << 20;

    /// The largest Rmax.
    public static final int MAX_SUM = 1 << 21;

    /// EXP\[-1\] is below.
    private static final int FIRST_LIMIT = 1 << 24;

    private final int bits;
    private final double unit;
    private final int[] values;
    private final int largestSum;

    /// @param bits b in 4..20: a weight e stands for e 2^-b
    /// @param unit us, a score S stands for S us; positive
    /// @throws IllegalArgumentException if there is no such table: the support is above 2^20, Rmax above 2^21, an entry
    ///     2^24 or more, the entries do not fall, or `EXP[0] <= Rmax < EXP[-1]` fails
    public ExponentialTable(int bits, double unit) {
        if (bits < 4 || bits > 20 || !(unit > 0)) {
            throw new IllegalArgumentException("exp bits " + bits + ", unit of a score " + unit);
        }
        this.bits = bits;
        this.unit = unit;
        try {
            this.values = TableDefinitions.exp(bits, unit, MAX_SUPPORT + 8);
            this.largestSum = TableDefinitions.rMax(bits, unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (support() > MAX_SUPPORT || largestSum > MAX_SUM || values[0] >= FIRST_LIMIT) {
            throw new IllegalArgumentException(
                    "support " + support() + ", Rmax " + largestSum + ", EXP[-1] " + values[0]);
        }
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[i - 1]) {
                throw new IllegalArgumentException("EXP[" + (i - 1) + "] is above the entry before it");
            }
        }
        if (values[1] > largestSum || largestSum >= values[0]) {
            throw new IllegalArgumentException(
                    "EXP[0] = " + values[1] + ", Rmax = " + largestSum + ", EXP[-1] = " + values[0] + " do not rise");
        }
    }

    /// b.
    public int bits() {
        return bits;
    }

    /// us.
    public double unit() {
        return unit;
    }

    /// EXP\[-1\] .. EXP\[support\], the last of which is the only 0.
    public int[] values() {
        return values.clone();
    }

    /// EXP\[-1\], the largest entry.
    public int first() {
        return values[0];
    }

    /// The first D with EXP\[D\] = 0; EXP\[D\] = 0 from there on.
    public int support() {
        return values.length - 2;
    }

    /// Rmax, the largest row sum of softmax weights.
    public int largestSum() {
        return largestSum;
    }

    /// The shift of attention outputs, b - 3.
    public int outputShift() {
        return bits - 3;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExponentialTable t && bits == t.bits && unit == t.unit;
    }

    @Override
    public int hashCode() {
        return 31 * bits + Double.hashCode(unit);
    }

    @Override
    public String toString() {
        return "EXP of " + bits + " bits and the unit " + unit + ", 0 from " + support() + " on";
    }
}
