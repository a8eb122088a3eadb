package dev.chagres.tensor;

import dev.chagres.field.QM31;

/// The claim `sum_t weights[t] * <tile t of column, eq(low)> = value`.
///
/// An ordinary evaluation claim has `weights[t]` = eq of the high coordinates; lookups and sums over tiles give other
/// weights. This is the only form of claim that the commitment opens.
///
/// @param column the committed polynomial
/// @param low coordinates inside a tile, `column.shape().lowBits()` of them
/// @param weights one weight per present tile
/// @param value the claimed value
public record Claim(Column column, QM31[] low, QM31[] weights, QM31 value) {
    public Claim {
        if (low.length != column.shape().lowBits() || weights.length != column.shape().tileCount()) {
            throw new IllegalArgumentException("claim does not fit column " + column.name());
        }
    }
}
