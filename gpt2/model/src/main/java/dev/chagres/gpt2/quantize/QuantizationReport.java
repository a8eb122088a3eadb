package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.FloatGpt2;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far an integer model is from the float model it was made from, on token windows.
///
/// @param windows           sequences compared
/// @param rows              next-token distributions compared
/// @param topOneAgreement   share of rows whose most likely token is the same
/// @param floatPerplexity   of the float model on the windows
/// @param integerPerplexity of the integer model
/// @param meanDivergence    mean KL(float || integer) of the rows, nats
public record QuantizationReport(
        int windows,
        long rows,
        double topOneAgreement,
        double floatPerplexity,
        double integerPerplexity,
        double meanDivergence) {
    /// Runs the integer model over one sequence.
    @FunctionalInterface
    public interface IntegerEngine {
        /// Hands every row of integer logits to the consumer, in order.
        void forward(int[] ids, ReferenceInference.LogitConsumer consumer);
    }

    /// Compares with the reference interpreter as the integer engine.
    public static QuantizationReport compare(FloatGpt2 reference, IntegerModel model, List<int[]> windows) {
        ReferenceInference inference = new ReferenceInference(model);
        return compare(
                reference, (ids, consumer) -> inference.forward(ids, 0, consumer), model.logitUnit(), windows);
    }

    /// Compares with any engine.
    ///
    /// @param logitUnit what an integer logit of 1 stands for
    public static QuantizationReport compare(
            FloatGpt2 reference, IntegerEngine engine, double logitUnit, List<int[]> windows) {
        Sums sums = new Sums();
        for (int[] ids : windows) {
            List<double[]> expected = new ArrayList<>();
            reference.forward(ids, ActivationObserver.NONE, 0, (_, logits) -> expected.add(logits.clone()));
            engine.forward(ids, (position, logits) -> {
                double[] scaled = new double[logits.length];
                for (int v = 0; v < scaled.length; v++) {
                    scaled[v] = logits[v] * logitUnit;
                }
                sums.row(expected.get(position), scaled, position + 1 < ids.length ? ids[position + 1] : -1);
            });
        }
        return new QuantizationReport(
                windows.size(),
                sums.rows,
                sums.agreed / (double) sums.rows,
                Math.exp(sums.floatLoss / Math.max(1, sums.targets)),
                Math.exp(sums.integerLoss / Math.max(1, sums.targets)),
                sums.divergence / sums.rows);
    }

    /// Relative change of the perplexity: 0.001 is one tenth of a percent worse.
    public double perplexityChange() {
        return integerPerplexity / floatPerplexity - 1;
    }

    /// One line for people.
    public String summary() {
        return String.format(
                Locale.ROOT,
                "top-1 agreement %.2f %% of %d rows, perplexity %.4f -> %.4f (%+.3f %%), KL %.2e nats",
                100 * topOneAgreement,
                rows,
                floatPerplexity,
                integerPerplexity,
                100 * perplexityChange(),
                meanDivergence);
    }

    private static final class Sums {
        private long rows;
        private long targets;
        private long agreed;
        private double floatLoss;
        private double integerLoss;
        private double divergence;

        void row(double[] expected, double[] actual, int target) {
            double expectedLog = logSumExp(expected);
            double actualLog = logSumExp(actual);
            int expectedBest = 0;
            int actualBest = 0;
            for (int v = 0; v < expected.length; v++) {
                double logP = expected[v] - expectedLog;
                divergence += Math.exp(logP) * (logP - (actual[v] - actualLog));
                expectedBest = expected[v] > expected[expectedBest] ? v : expectedBest;
                actualBest = actual[v] > actual[actualBest] ? v : actualBest;
            }
            rows++;
            agreed += expectedBest == actualBest ? 1 : 0;
            if (target >= 0) {
                targets++;
                floatLoss += expectedLog - expected[target];
                integerLoss += actualLog - actual[target];
            }
        }

        private static double logSumExp(double[] logits) {
            double max = Double.NEGATIVE_INFINITY;
            for (double logit : logits) {
                max = Math.max(max, logit);
            }
            double sum = 0;
            for (double logit : logits) {
                sum += Math.exp(logit - max);
            }
            return max + Math.log(sum);
        }
    }
}
