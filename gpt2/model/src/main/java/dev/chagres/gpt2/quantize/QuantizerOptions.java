package dev.chagres.gpt2.quantize;

/// Widths and margins of the quantiser.
///
/// @param normFractionBits a: normalised values are in units of 2^-a
/// @param qkBound          clamp of q and k
/// @param vBound           clamp of v
/// @param hiddenBound      largest MLP hidden value g
/// @param attentionMargin  calibrated ranges of q, k and v are widened by this factor, at least 1
/// @param hiddenMargin     the same for g
/// @param streamHeadroom   how far the residual stream may exceed its calibrated peak
/// @param minLogitUnit     smallest logit unit; it limits the exp table to about `14.6 / minLogitUnit` entries
public record QuantizerOptions(
        int normFractionBits,
        int qkBound,
        int vBound,
        int hiddenBound,
        double attentionMargin,
        double hiddenMargin,
        double streamHeadroom,
        double minLogitUnit) {
    /// The widths of the standard profile.
    public static final QuantizerOptions STANDARD =
            new QuantizerOptions(6, 127, 255, 2047, 1.05, 1.25, 4, 1.0 / (1 << 12));
}
