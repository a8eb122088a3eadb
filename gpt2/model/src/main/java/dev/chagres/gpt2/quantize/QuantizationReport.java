package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.FloatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// How far an integer model is from the float model it was made from, on token windows. Every number is finite; what
/// is not, or cannot be computed from so few tokens, is empty and has a warning.
///
/// @param windows           sequences compared, at least 1
/// @param rows              next-token distributions compared, at least 1
/// @param topOneAgreement   share of rows whose most likely token is the same, 0 to 1
/// @param floatLoss         mean negative log-likelihood of the float model's next tokens, nats
/// @param integerLoss       of the integer model
/// @param meanDivergence    mean KL(float || integer) of the rows, nats
/// @param randomCalibration whether the model was calibrated on random token ids
public record QuantizationReport(
        int windows,
        long rows,
        double topOneAgreement,
        OptionalDouble floatLoss,
        OptionalDouble integerLoss,
        OptionalDouble meanDivergence,
        boolean randomCalibration) {
    /// Agreement below this is a warning.
    private static final double GOOD_AGREEMENT = 0.9;

    /// @throws IllegalArgumentException if a number is not finite or nothing was compared
    public QuantizationReport {
        if (windows < 1 || rows < 1 || !(topOneAgreement >= 0 && topOneAgreement <= 1)
                || Stream.of(floatLoss, integerLoss, meanDivergence)
                        .anyMatch(v -> v.isPresent() && !Double.isFinite(v.getAsDouble()))) {
            throw new IllegalArgumentException("a report of " + rows + " rows in " + windows
                    + " windows with agreement " + topOneAgreement + ", losses " + floatLoss + " and "
                    + integerLoss + ", divergence " + meanDivergence);
        }
    }

    /// Runs the integer model over one sequence.
    @FunctionalInterface
    public interface IntegerEngine {
        /// Hands every row of integer logits to the consumer, in order.
        void forward(int[] ids, ReferenceInference.LogitConsumer consumer);
    }

    /// Compares with the reference interpreter as the integer engine.
    public static QuantizationReport compare(FloatModel reference, IntegerModel model, List<int[]> windows) {
        ReferenceInference inference = new ReferenceInference(model);
        return compare(
                reference, (ids, consumer) -> inference.forward(ids, 0, consumer), model.logitUnit(), windows);
    }

    /// Compares with any engine.
    ///
    /// @param logitUnit what an integer logit of 1 stands for
    /// @param windows at least one, of at least one id each
    /// @throws QuantizationException if there is nothing to compare
    public static QuantizationReport compare(
            FloatModel reference, IntegerEngine engine, double logitUnit, List<int[]> windows) {
        if (windows.isEmpty() || windows.stream().anyMatch(ids -> ids.length == 0)) {
            throw new QuantizationException("nothing to compare the models on; the least length of a text is "
                    + SampleText.leastIds(reference.architecture()) + " token ids");
        }
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
                finite(sums.floatLoss / sums.targets),
                finite(sums.integerLoss / sums.targets),
                finite(sums.divergence / sums.rows),
                false);
    }

    /// The same report of a model that was calibrated on random token ids.
    public QuantizationReport calibratedOnRandomIds() {
        return new QuantizationReport(windows, rows, topOneAgreement, floatLoss, integerLoss, meanDivergence, true);
    }

    /// Perplexity of the float model on the windows.
    public OptionalDouble floatPerplexity() {
        return perplexity(floatLoss);
    }

    /// Perplexity of the integer model on the windows.
    public OptionalDouble integerPerplexity() {
        return perplexity(integerLoss);
    }

    /// Relative change of the perplexity: 0.001 is one tenth of a percent worse. Empty where one of the perplexities
    /// is.
    public OptionalDouble perplexityChange() {
        return floatPerplexity().isPresent() && integerPerplexity().isPresent()
                ? finite(integerPerplexity().getAsDouble() / floatPerplexity().getAsDouble() - 1)
                : OptionalDouble.empty();
    }

    /// Why the model may not be worth using, one line each; empty if nothing stands out.
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (topOneAgreement < GOOD_AGREEMENT) {
            warnings.add(String.format(Locale.ROOT, "the integer model prefers the float model's token in %.2f %% of %d"
                    + " rows only: it is another model; calibrate on more text that is like its use",
                    100 * topOneAgreement, rows));
        }
        if (floatLoss.isEmpty() || integerLoss.isEmpty()) {
            warnings.add(rows == windows ? "no perplexity: every window has one token"
                    : "no perplexity: logits of the " + (floatLoss.isEmpty() ? "float" : "integer")
                    + " model are not finite");
        } else if (floatPerplexity().isEmpty() || integerPerplexity().isEmpty()) {
            warnings.add(String.format(Locale.ROOT,
                    "the perplexity is too large for a number: %.3g nats a token (float),"
                    + " %.3g (integer); the model does not know this text", floatLoss.getAsDouble(),
                    integerLoss.getAsDouble()));
        }
        if (meanDivergence.isEmpty()) {
            warnings.add("the divergence from the float model is not finite");
        }
        if (randomCalibration) {
            warnings.add("calibrated on random token ids: ranges of real text may be larger, and real values be cut");
        }
        return List.copyOf(warnings);
    }

    /// One line for people.
    public String summary() {
        return String.format(
                Locale.ROOT,
                "top-1 agreement %.2f %% of %d rows, perplexity %s -> %s (%s %%), KL %s nats",
                100 * topOneAgreement,
                rows,
                shown("%.4f", floatPerplexity(), 1),
                shown("%.4f", integerPerplexity(), 1),
                shown("%+.3f", perplexityChange(), 100),
                shown("%.2e", meanDivergence, 1));
    }

    private static String shown(String format, OptionalDouble value, double factor) {
        return value.isPresent() ? String.format(Locale.ROOT, format, factor * value.getAsDouble()) : "unknown";
    }

    private static OptionalDouble perplexity(OptionalDouble loss) {
        return loss.isPresent() ? finite(Math.exp(loss.getAsDouble())) : OptionalDouble.empty();
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
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
                double p = Math.exp(logP);
                // Terms of probability 0 are 0, also where the logarithm is minus infinity.
                divergence += p == 0 ? 0 : p * (logP - (actual[v] - actualLog));
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
