package dev.chagres.gpt2.evaluate;

/// The next-token distribution of one row of logits.
final class Distribution {
    private final double[] logits;
    private final double logSum;
    private final double mean;
    private final int best;

    /// The distribution of a float model's logits.
    ///
    /// @param place of the row's token in the text
    /// @throws IllegalArgumentException if a logit is not finite
    static Distribution ofFloats(double[] logits, int place) {
        for (double logit : logits) {
            if (!Double.isFinite(logit)) {
                throw new IllegalArgumentException("the float model has the logit " + logit + " after token " + place
                        + " of the text: its values overflow, so there is nothing to compare with");
            }
        }
        return new Distribution(logits);
    }

    /// @param logits `[V]`, finite, kept
    Distribution(double[] logits) {
        this.logits = logits;
        int largest = 0;
        double total = 0;
        for (int v = 0; v < logits.length; v++) {
            largest = logits[v] > logits[largest] ? v : largest;
            total += logits[v];
        }
        best = largest;
        mean = total / logits.length;
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - logits[best]);
        }
        logSum = logits[best] + Math.log(sum);
    }

    /// The smallest token with the largest logit.
    int best() {
        return best;
    }

    /// `-ln P(token)`, nats.
    double loss(int token) {
        return logSum - logits[token];
    }

    /// KL(this || other), nats.
    double divergence(Distribution other) {
        double sum = 0;
        for (int v = 0; v < logits.length; v++) {
            double logP = logits[v] - logSum;
            double p = Math.exp(logP);
            // Terms of probability 0 are 0, also where the logarithm is minus infinity.
            sum += p == 0 ? 0 : p * (logP - (other.logits[v] - other.logSum));
        }
        return sum;
    }

    /// Adds the differences of all logits after the mean of each row is taken off.
    void differences(Distribution other, Differences to) {
        for (int v = 0; v < logits.length; v++) {
            to.add(logits[v] - mean - (other.logits[v] - other.mean));
        }
    }
}
