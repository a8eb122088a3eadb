package dev.chagres.tensor;

import dev.chagres.field.QM31;

/// The claim `sum_t weights[t] * <tile t of column, eq(low)> = value`.
///
/// An ordinary evaluation claim has `weights[t]` = eq of the high coordinates; lookups and sums over tiles give other
/// weights. This is the only form of claim that the commitment opens.
///
/// @param column the committed polynomial
/// @param low coordinates inside a tile, `column.shape().lowBits()` of them
/// @param first tile that the first weight belongs to
/// @param weights of tiles first, first + 1, ...; a tile without one has the weight 0
/// @param value the claimed value
public record Claim(Column column, QM31[] low, int first, QM31[] weights, QM31 value) {
    public Claim {
        if (low.length != column.shape().lowBits() || first < 0 || first > column.shape().tileCount() - weights.length) {
            throw new IllegalArgumentException("claim does not fit column " + column.name());
        }
    }

    /// @param weights one weight per present tile
    public Claim(Column column, QM31[] low, QM31[] weights, QM31 value) {
        this(column, low, 0, weights, value);
        if (weights.length != column.shape().tileCount()) {
            throw new IllegalArgumentException("claim does not fit column " + column.name());
        }
    }

    /// A claim about one tile.
    public static Claim ofTile(Column column, QM31[] low, int tile, QM31 value) {
        return new Claim(column, low, tile, new QM31[] {QM31.ONE}, value);
    }
}
