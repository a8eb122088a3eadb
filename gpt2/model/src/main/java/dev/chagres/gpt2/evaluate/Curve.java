package dev.chagres.gpt2.evaluate;

import java.util.Arrays;

/// Means by position in the window, for plots.
///
/// @param counts      how often a position was counted, `[context - 1]`
/// @param integerLoss mean loss of the integer model, nats; NaN where nothing was counted
/// @param floatLoss   of the float model; NaN without one
/// @param divergence  mean KL(float || integer), nats; NaN without a float model
public record Curve(long[] counts, double[] integerLoss, double[] floatLoss, double[] divergence) {
    /// Sums that become a curve.
    static final class Sums {
        private long[] counts = {};
        private double[] integer = {};
        private double[] floating = {};
        private double[] divergence = {};

        void add(int position, double integerLoss, double floatLoss, double kl) {
            if (position >= counts.length) {
                int length = Math.max(position + 1, 2 * counts.length);
                counts = Arrays.copyOf(counts, length);
                integer = Arrays.copyOf(integer, length);
                floating = Arrays.copyOf(floating, length);
                divergence = Arrays.copyOf(divergence, length);
            }
            counts[position]++;
            integer[position] += integerLoss;
            floating[position] += floatLoss;
            divergence[position] += kl;
        }

        /// @param positions how many
        Curve curve(int positions) {
            long[] n = Arrays.copyOf(counts, positions);
            return new Curve(n, means(integer, n), means(floating, n), means(divergence, n));
        }

        private static double[] means(double[] sums, long[] counts) {
            double[] means = Arrays.copyOf(sums, counts.length);
            Arrays.setAll(means, i -> means[i] / counts[i]);
            return means;
        }
    }
}
