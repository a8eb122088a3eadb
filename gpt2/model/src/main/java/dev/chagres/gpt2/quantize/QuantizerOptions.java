package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.weights.Architecture;

/// Widths and margins of the quantiser.
///
/// @param context           longest sequence of the integer model, at most the float model's
/// @param normFractionBits  a: normalised values are in units of 2^-a
/// @param qkBound           clamp of q and k
/// @param vBound            clamp of v
/// @param rotationBits      x: bits that projections have beyond q and k before they are rotated
/// @param hiddenBound       clamp of hidden values g of a gated MLP, largest one of a plain MLP
/// @param gateShift         shift of the accumulators of a gated MLP
/// @param attentionMargin   calibrated ranges of q and k are widened by this factor, at least 1
/// @param valueMargin       the same for v
/// @param hiddenMargin      the same for g
/// @param hiddenFloor       no channel of g has a range below this many times the layer's median one: channels of a
///                          trained MLP are rarely on, and what calibration saw of one says little
/// @param streamHeadroom    how far the residual stream may exceed its calibrated peak
/// @param minLogitUnit      smallest logit unit; it limits the exp table to about `14.6 / minLogitUnit` entries
/// @param reachMargin       how far differences of scores may exceed their calibrated range, 0 if as far as they can
/// @param errorFeedback     whether rounding errors are handed on ([ErrorFeedback])
public record QuantizerOptions(
        int context,
        int normFractionBits,
        int qkBound,
        int vBound,
        int rotationBits,
        int hiddenBound,
        int gateShift,
        double attentionMargin,
        double valueMargin,
        double hiddenMargin,
        double hiddenFloor,
        double streamHeadroom,
        double minLogitUnit,
        double reachMargin,
        boolean errorFeedback) {
    /// The context of an integer model unless another is asked for, or the float model's is shorter.
    public static final int CONTEXT = 4096;

    /// Widths that cost a proof little. Rotated queries and keys need more than 10 bits: the basis of a head cannot be
    /// chosen under a rotation, channels of one head differ much, and all layers of a model share one unit of scores. What
    /// they may cost is the table of exponentials, whose length grows with the square of their bound.
    public static QuantizerOptions standard(Architecture architecture) {
        int context = Math.min(CONTEXT, architecture.context());
        return architecture.learnedPositions()
                ? new QuantizerOptions(context, 7, 127, 255, 0, 2047, 9, 1.05, 1.05, 1.25, 8, 4, 0x1p-12, 0, false)
                : new QuantizerOptions(context, 8, 723, 511, 3, 8191, 12, 1.05, 1.5, 1.25, 8, 4, 0x1p-14, 3, true);
    }

    /// More bits of queries and keys; where positions are learned, of activations and values as well.
    public static QuantizerOptions high(Architecture architecture) {
        int context = Math.min(CONTEXT, architecture.context());
        return architecture.learnedPositions()
                ? new QuantizerOptions(context, 7, 255, 511, 0, 4095, 12, 1.05, 1.5, 1.25, 8, 4, 0x1p-13, 0, true)
                : new QuantizerOptions(context, 8, 1023, 511, 4, 8191, 12, 1.05, 1.5, 1.25, 8, 4, 0x1p-15, 3, true);
    }

    /// The same widths for another longest sequence.
    public QuantizerOptions withContext(int rows) {
        return new QuantizerOptions(rows, normFractionBits, qkBound, vBound, rotationBits, hiddenBound, gateShift,
                attentionMargin, valueMargin, hiddenMargin, hiddenFloor, streamHeadroom, minLogitUnit, reachMargin,
                errorFeedback);
    }

    /// The unit of normalised values.
    double normUnit() {
        return Math.scalb(1.0, -normFractionBits);
    }
}
