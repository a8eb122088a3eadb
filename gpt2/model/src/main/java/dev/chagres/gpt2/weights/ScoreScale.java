package dev.chagres.gpt2.weights;

/// What scores of attention are divided by. Readers of weights multiply any other scale than [#STANDARD] into the
/// queries, so that the scores of every [LayerWeights] are `q . k / sqrt(head width)`.
///
/// @param byHeadWidth whether by the root of the head width
/// @param byLayer whether those of block l by l + 1 too
public record ScoreScale(boolean byHeadWidth, boolean byLayer) {
    /// The root of the head width alone.
    public static final ScoreScale STANDARD = new ScoreScale(true, false);

    /// What the queries of a block are to be multiplied with so that scores divided by the root of the head width are
    /// those of this scale.
    ///
    /// @param layer the block, from 0
    public double queryFactor(int layer, int headWidth) {
        return (byHeadWidth ? 1 : StrictMath.sqrt(headWidth)) / (byLayer ? layer + 1 : 1);
    }
}
