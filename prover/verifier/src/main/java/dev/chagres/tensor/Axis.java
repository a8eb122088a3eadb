package dev.chagres.tensor;

/// One axis of a [Shape]. A low axis has 2^bits positions inside a tile; a high axis has `count` positions that
/// select the tile and are padded, as a polynomial only, to `bits` = ceil(log2(count)) variables.
///
/// @param name unique inside its shape
/// @param bits number of variables of the axis
/// @param count number of positions; 2^bits for a low axis
/// @param low whether the axis lies inside a tile
public record Axis(String name, int bits, int count, boolean low) {
    /// A low axis of 2^bits positions.
    public static Axis low(String name, int bits) {
        return new Axis(name, bits, 1 << bits, true);
    }

    /// A high axis of `count >= 1` positions.
    public static Axis high(String name, int count) {
        return new Axis(name, ceilLog2(count), count, false);
    }

    /// The least b with 2^b >= n, for n >= 1.
    public static int ceilLog2(long n) {
        return n <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(n - 1);
    }
}
