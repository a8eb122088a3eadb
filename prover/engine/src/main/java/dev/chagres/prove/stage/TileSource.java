package dev.chagres.prove.stage;

import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.Optional;

/// Where the values of committed columns are read. Called from several threads at once, each with its own scratch
/// memory, and several times for the same values, which must not change between commitment and opening.
public interface TileSource {
    /// Bits of every value of the column as it is stored: 8, 16 or 32.
    int bits(Column column);

    /// The whole column as a tensor of the host with an epoch, for who keeps copies; it may be read until the matrix is
    /// closed. Empty if its memory may move, or nobody says when its values change.
    default Optional<IntTensor> whole(Column column) {
        return Optional.empty();
    }

    /// Values [from, from + count) of a tile as signed integers of [#bits(Column)] bits.
    ///
    /// @param column a column of the matrix
    /// @param tile number of the tile in the column's shape
    /// @param from first value inside the tile; a multiple of `count`
    /// @param count a power of two, at most the tile's size
    /// @param scratch room for `count` values, at a multiple of 64
    /// @return where the values are: where they are stored, or `scratch` after they have been read to there
    long ints(Column column, int tile, long from, long count, long scratch);
}
