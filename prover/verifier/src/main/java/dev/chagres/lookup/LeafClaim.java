package dev.chagres.lookup;

import dev.chagres.field.QM31;

/// What a fraction tree leaves to prove about a virtual tensor of one segment:
/// `sum_t weights[t] * <tile t, eq(low)> = value`.
///
/// @param low coordinates inside a tile
/// @param weights one per tile of the segment
/// @param value claimed
public record LeafClaim(QM31[] low, QM31[] weights, QM31 value) {
    /// Sum of the weights: what the constant one contributes.
    public QM31 total() {
        QM31 sum = QM31.ZERO;
        for (QM31 w : weights) {
            sum = sum.add(w);
        }
        return sum;
    }
}
