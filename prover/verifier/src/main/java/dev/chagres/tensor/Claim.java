package dev.chagres.tensor;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;

/// The claim that a column has `value` at a point. This is the only form of claim that the commitment opens.
///
/// @param column the committed polynomial
/// @param at a point of its shape
/// @param value the claimed value
public record Claim(Column column, TilePoint at, PrivateValue value) {
    public Claim {
        if (at.low().length != column.shape().lowBits() || at.first() < 0
                || at.first() > column.shape().tileCount() - at.weights().length) {
            throw new IllegalArgumentException("claim does not fit column " + column.name());
        }
    }

    /// @param weights one weight per present tile
    public Claim(Column column, QM31[] low, QM31[] weights, PrivateValue value) {
        this(column, new TilePoint(low, weights), value);
        if (weights.length != column.shape().tileCount()) {
            throw new IllegalArgumentException("claim does not fit column " + column.name());
        }
    }

    /// @param weights one weight per present tile
    public Claim(Column column, QM31[] low, QM31[] weights, QM31 value) {
        this(column, low, weights, PrivateValue.known(value));
    }

    /// The claim of a value that both parties know.
    public Claim(Column column, TilePoint at, QM31 value) {
        this(column, at, PrivateValue.known(value));
    }

    /// Coordinates of the point inside a tile.
    public QM31[] low() {
        return at.low();
    }

    /// Tile that the first weight belongs to.
    public int first() {
        return at.first();
    }

    /// Weights of the point.
    public QM31[] weights() {
        return at.weights();
    }
}
