package dev.chagres.gpt2.evaluate;

/// How much of its domain the residual stream uses, and how its norms take it.
///
/// @param layer        a block with both its writes; the block -1 is the embedding, before any
/// @param firstLargest largest magnitude in rows of position 0, as a share of 2^26
/// @param largest      the same in all other rows
public record StreamRange(int layer, double firstLargest, double largest) {
    /// How far the stream could grow before a run fails: 2^26 over its largest magnitude.
    public double headroom() {
        return 1 / Math.max(firstLargest, largest);
    }
}
