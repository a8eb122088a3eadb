package dev.chagres.gpt2.evaluate;

/// How often the values of one kind in one layer passed the range that calibration gave them, and were cut.
///
/// @param layer    the block
/// @param what     `query`, `key` (both rotated where the model rotates them), `value` or `hidden`, the MLP's
/// @param firstCut values cut in rows of position 0
/// @param firstOf  values in these rows
/// @param cut      values cut in all other rows
/// @param of       values in these rows
/// @param largest  largest magnitude before the cut, in all rows, as a multiple of the range; 0 if there is no range
public record ClampedRange(int layer, String what, long firstCut, long firstOf, long cut, long of, double largest) {
    /// Share of the values that were cut, rows of position 0 apart; 0 if there are no other rows.
    public double share() {
        return of == 0 ? 0 : (double) cut / of;
    }

    /// Share of the values that were cut in rows of position 0; 0 if there are none.
    public double firstShare() {
        return firstOf == 0 ? 0 : (double) firstCut / firstOf;
    }
}
