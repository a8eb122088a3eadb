package dev.chagres.gpt2.evaluate;

import dev.chagres.semantics.Interval;

/// How much a wide write added of what the model states that writes of its shift may add. A run that adds more leaves
/// its domain.
///
/// @param layer        the block
/// @param matrix       `output` or `down`
/// @param shift        of the write
/// @param allowed      what writes of this shift may add
/// @param whole        whether that is all that the weights of this write could add: then it is never passed
/// @param firstLargest the largest addition in rows of position 0, as a share of the end that it is nearest to pass
/// @param largest      the same in all other rows
public record WriteRange(int layer, String matrix, int shift, Interval allowed, boolean whole, double firstLargest,
        double largest) {
    /// The largest share in any row.
    public double share() {
        return Math.max(firstLargest, largest);
    }
}
