package dev.chagres.graph;

import dev.chagres.tensor.IntTensor;

/// A function f(d) of integers d >= -1 that falls about as exp(-d rate) and is 0 from some d on: its values, stored one
/// after the other, and its rate.
///
/// @param values f(-1), f(0), ..., 32 bits wide; the last two values are 0 and stand for all that follow
/// @param rate found from the values; a hint
public record FallingTable(IntTensor values, double rate) {
    /// @param values as above, at least three of them
    public static FallingTable of(IntTensor values) {
        int one = values.get(1);
        long low = 1;
        long high = values.size() - 1;
        // The first value at most a quarter of f(0): far enough to measure the rate, early enough to be accurate.
        while (low < high) {
            long middle = (low + high) / 2;
            if (values.get(middle) > one / 4) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int there = values.get(low);
        return new FallingTable(values, low > 1 && there > 0 ? Math.log((double) one / there) / (low - 1) : 1);
    }

    /// f(0).
    public int one() {
        return values.get(1);
    }
}
