package dev.chagres.graph;

import dev.chagres.tensor.Axis;

/// A channel dimension cut into `count` groups of 2^bits channels; channels past `size` are zero in every weight.
///
/// @param size real number of channels
/// @param bits low variables
/// @param count groups
public record Width(int size, int bits, int count) {
    private static final int MAX_BITS = 12;

    /// The widest groups that waste at most a 32nd, or at most up to the next multiple of 16.
    public static Width of(int size) {
        long allowed = Math.max(size + size / 32, (size + 15L) & -16L);
        for (int bits = MAX_BITS; ; bits--) {
            int count = (size + (1 << bits) - 1) >> bits;
            if ((long) count << bits <= allowed) {
                return new Width(size, bits, count);
            }
        }
    }

    /// `heads` groups of headWidth channels, each group padded to a power of two.
    public static Width heads(int heads, int headWidth) {
        return new Width(heads * headWidth, Axis.ceilLog2(headWidth), heads);
    }

    /// All channels, padded ones included.
    public int padded() {
        return count << bits;
    }

    /// Low axis `name`.
    public Axis low(String name) {
        return Axis.low(name, bits);
    }

    /// High axis `name` of the groups; by convention the low name followed by `^`.
    public Axis high(String name) {
        return Axis.high(name + "^", count);
    }
}
