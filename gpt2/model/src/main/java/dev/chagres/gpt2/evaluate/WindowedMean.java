package dev.chagres.gpt2.evaluate;

/// The mean of values that come window by window. Neighbours in a text are alike, so from ten windows on the standard
/// error is that of sums over windows (a ratio estimator, Cochran, "Sampling Techniques", 1977, section 6.4); with
/// fewer the values are taken to be independent. Windows that overlap are alike as well, and count as one
/// ([Window#groupEnds]).
final class WindowedMean {
    /// Windows from which on their scatter says more than that of single values.
    private static final int ENOUGH_WINDOWS = 10;

    private double sum;
    private double squares;
    private long count;
    private double windowSum;
    private long windowCount;
    private int windows;
    /// Sums over windows of S^2, S n and n^2, S being the sum of a window and n its count.
    private double ss;
    private double sn;
    private double nn;

    void add(double value) {
        sum += value;
        squares += value * value;
        count++;
        windowSum += value;
        windowCount++;
    }

    void endWindow() {
        if (windowCount > 0) {
            windows++;
            ss += windowSum * windowSum;
            sn += windowSum * windowCount;
            nn += (double) windowCount * windowCount;
            windowSum = 0;
            windowCount = 0;
        }
    }

    Estimate estimate() {
        double mean = sum / count;
        double variance;
        if (windows >= ENOUGH_WINDOWS) {
            double scatter = ss - 2 * mean * sn + mean * mean * nn;
            variance = scatter / ((double) count * count) * windows / (windows - 1);
        } else {
            variance = (squares / count - mean * mean) / (count - 1);
        }
        return new Estimate(mean, Math.sqrt(Math.max(variance, 0)), count);
    }
}
