package dev.chagres.gpt2.evaluate;

/// The integer model against the float model, prediction by prediction.
///
/// @param floatLoss          loss of the float model, nats a token
/// @param lossChange         loss of the integer model less that of the float model
/// @param divergence         KL(float || integer), nats
/// @param firstDivergence    the same over rows of position 0 alone
/// @param divergence999      99.9 % quantile of KL
/// @param largestDivergence  its largest value
/// @param largestAt          place in the text of the token whose prediction has it
/// @param topOne             share of predictions whose most likely token is the same
/// @param largestDifference  largest difference of two logits, after the means of both rows are taken off
/// @param medianDifference   median of all these differences' magnitudes
/// @param difference99       99 % quantile
public record Comparison(Estimate floatLoss, Estimate lossChange, Estimate divergence, Estimate firstDivergence,
        double divergence999, double largestDivergence, int largestAt, Estimate topOne, double largestDifference,
        double medianDifference, double difference99) {
    /// Perplexity of the float model.
    public double floatPerplexity() {
        return Math.exp(floatLoss.mean());
    }

    /// Relative change of the perplexity, 0.001 for a tenth of a percent, with its paired standard error.
    public Estimate perplexityChange() {
        double ratio = Math.exp(lossChange.mean());
        return new Estimate(ratio - 1, ratio * lossChange.error(), lossChange.count());
    }
}
