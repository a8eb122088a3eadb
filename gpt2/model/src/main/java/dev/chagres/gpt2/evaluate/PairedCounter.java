package dev.chagres.gpt2.evaluate;

import java.util.Arrays;

/// Collects the predictions of both models.
final class PairedCounter {
    private final WindowedMean floatLoss = new WindowedMean();
    private final WindowedMean change = new WindowedMean();
    private final WindowedMean divergence = new WindowedMean();
    private final WindowedMean first = new WindowedMean();
    private final WindowedMean topOne = new WindowedMean();
    private final Differences differences = new Differences();
    private double[] divergences = new double[1024];
    private int count;
    private double largest = Double.NEGATIVE_INFINITY;
    private int largestAt;

    /// @param place of the target in the text
    /// @param position in its window
    /// @return KL(expected || actual)
    double add(Distribution expected, Distribution actual, int target, int place, int position) {
        double loss = expected.loss(target);
        double kl = expected.divergence(actual);
        floatLoss.add(loss);
        change.add(actual.loss(target) - loss);
        divergence.add(kl);
        if (position == 0) {
            first.add(kl);
        }
        topOne.add(expected.best() == actual.best() ? 1 : 0);
        expected.differences(actual, differences);
        if (count == divergences.length) {
            divergences = Arrays.copyOf(divergences, 2 * count);
        }
        divergences[count++] = kl;
        if (kl > largest) {
            largest = kl;
            largestAt = place;
        }
        return kl;
    }

    void endWindow() {
        for (WindowedMean mean : new WindowedMean[] {floatLoss, change, divergence, first, topOne}) {
            mean.endWindow();
        }
    }

    /// The least value that a share of all does not exceed.
    ///
    /// @param sorted ascending, at least one
    /// @param share  above 0, at most 1
    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    Comparison comparison() {
        double[] sorted = Arrays.copyOf(divergences, count);
        Arrays.sort(sorted);
        return new Comparison(floatLoss.estimate(), change.estimate(), divergence.estimate(), first.estimate(),
                quantile(sorted, 0.999), largest, largestAt,
                topOne.estimate(), differences.largest(), differences.quantile(0.5), differences.quantile(0.99));
    }
}
