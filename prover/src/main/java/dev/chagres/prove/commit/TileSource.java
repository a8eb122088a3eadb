package dev.chagres.prove.commit;

import dev.chagres.tensor.Column;

/// Where the values of committed columns are read. Called from several threads at once, each with its own
/// destination, and several times for the same values, which must not change between commitment and opening.
public interface TileSource {
    /// Writes values [from, from + count) of a tile as canonical base-field elements to the base array at `dst`.
    ///
    /// @param column a column of the matrix
    /// @param tile number of the tile in the column's shape
    /// @param from first value inside the tile; a multiple of `count`
    /// @param count a power of two, at most the tile's size
    /// @param dst address of a base array; whole blocks of 16 may be overwritten
    void fill(Column column, int tile, long from, long count, long dst);
}
