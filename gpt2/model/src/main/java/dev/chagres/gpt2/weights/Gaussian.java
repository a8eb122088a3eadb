package dev.chagres.gpt2.weights;

/// Reproducible normal variates from integer arithmetic, the same on every machine and in every release: the sum of
/// four 16-bit uniforms (Irwin-Hall), which stays within 3.47 standard deviations. Streams are SplitMix64
/// (Steele, Lea and Flood, 2014), one per key.
final class Gaussian {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final int MEAN = 2 * 65535;

    /// Standard deviation of the sum: `sqrt(4 (2^32 - 1) / 12)`.
    private static final float DEVIATION = 37837.227f;

    private long state;

    /// @param seed of the model
    /// @param tensor name of the tensor
    /// @param row of the tensor
    Gaussian(long seed, String tensor, int row) {
        state = mix(mix(mix(seed) + tensor.hashCode()) + row);
    }

    /// Mean 0, variance 1.
    float next() {
        state += GOLDEN_GAMMA;
        long bits = mix(state);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - MEAN) / DEVIATION;
    }

    /// Fills `target[from .. to - 1]` with the given mean and deviation.
    void fill(float[] target, int from, int to, float mean, float deviation) {
        for (int i = from; i < to; i++) {
            target[i] = mean + deviation * next();
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
