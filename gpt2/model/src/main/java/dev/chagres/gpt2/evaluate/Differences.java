package dev.chagres.gpt2.evaluate;

/// Magnitudes of many values by size, to three digits: quantiles of billions of them in half a megabyte.
final class Differences {
    /// Bits of a float that are dropped: 8 bits of the mantissa stay.
    private static final int DROPPED = 15;

    private final long[] counts = new long[1 << 31 - DROPPED];
    private long count;
    private double largest;

    /// @param value its sign does not matter
    void add(double value) {
        double magnitude = Math.abs(value);
        counts[Float.floatToIntBits((float) magnitude) >> DROPPED]++;
        count++;
        largest = Math.max(largest, magnitude);
    }

    double largest() {
        return largest;
    }

    /// The value below which a share of all lies, at the lower end of its class; NaN if there are none.
    ///
    /// @param share 0 to 1
    double quantile(double share) {
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            if (below > 0 && below >= share * count) {
                return Float.intBitsToFloat(i << DROPPED);
            }
        }
        return Double.NaN;
    }
}
