package dev.chagres.gpt2.reference;

import dev.chagres.gpt2.weights.Gpt2Config;
import dev.chagres.gpt2.weights.Gpt2Weights;

/// GPT-2 in double precision over a whole sequence.
public final class FloatGpt2 {
    private final Gpt2Weights weights;

    /// A model over open weights; the caller closes them.
    public FloatGpt2(Gpt2Weights weights) {
        this.weights = weights;
    }

    public Gpt2Config config() {
        return weights.config();
    }

    /// Receives one row of logits.
    @FunctionalInterface
    public interface LogitConsumer {
        /// @param position the row, `0 .. T - 1`
        /// @param logits `[V]`, valid during the call only
        void accept(int position, double[] logits);
    }

    /// Logits `[T][V]` after each token.
    ///
    /// @throws IllegalArgumentException if `ids` is empty, longer than the context, or has an id outside the vocabulary
    public double[][] logits(int[] ids) {
        throw new UnsupportedOperationException();
    }

    /// The blocks and the final norm, every activation shown to `observer`; returns the final norm's output,
    /// row-major `[T][d]`. The head is not computed.
    public double[] hidden(int[] ids, ActivationObserver observer) {
        throw new UnsupportedOperationException();
    }

    /// Forward pass with the logits of rows `fromPosition .. T - 1` only, in ascending order, few rows in memory at once.
    public void forward(int[] ids, ActivationObserver observer, int fromPosition, LogitConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    /// Greedy continuation, computed incrementally: the new tokens only. Equal logits resolve to the smallest id.
    /// Stops early after the configuration's end-of-text id.
    ///
    /// @throws IllegalArgumentException if `prompt.length + newTokens - 1` exceeds the context
    public int[] generate(int[] prompt, int newTokens) {
        throw new UnsupportedOperationException();
    }

    /// `-sum ln P(ids[t] | ids[0 .. t-1])` over `t = 1 .. T - 1`, nats.
    public double negativeLogLikelihood(int[] ids) {
        throw new UnsupportedOperationException();
    }
}
