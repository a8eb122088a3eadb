package dev.chagres.ffm;

/// A tensor of tiles of 2^lowBits ints, bound at some of the low bits and on its tiles. With c the number of a position
/// on the bound low bits, x on the free ones, and h a group of tiles, result `x + h 2^(free bits)` is
/// `sum_j tileWeights[j] sum_c weights[c] * element (x, c) of tile tiles[j]` for starts\[h\] <= j < starts\[h + 1\].
///
/// @param values of all tiles
/// @param size how many there are
/// @param weights ext array, one for each position of the bound low bits
/// @param starts 2^highBits + 1 ints
/// @param tiles ints, one for each entry
/// @param tileWeights ext array, one for each entry
/// @param entries how many there are
/// @param parts ext array with room for all parts of all results; null when there is one part
/// @param free low bits that are not bound, as a set
/// @param lowBits of a tile
/// @param highBits log2 of the number of groups
/// @param lanes threads of a part; a power of two, at most [#MOST_LANES]
/// @param tileSlices parts that the tiles of a group are cut into, a power of two
/// @param lowSlices parts that the bound positions are cut into, a power of two
public record ColumnOperands(DeviceInts values, long size, DeviceBuffer weights, DeviceBuffer starts,
        DeviceBuffer tiles, DeviceBuffer tileWeights, long entries, DeviceBuffer parts, int free, int lowBits,
        int highBits, int lanes, int tileSlices, int lowSlices) {
    /// Threads of a block.
    public static final int MOST_LANES = 256;

    /// How many results there are.
    public long results() {
        return 1L << Integer.bitCount(free) + highBits;
    }

    /// How many parts there are of every result.
    public long slices() {
        return (long) tileSlices * lowSlices;
    }
}
