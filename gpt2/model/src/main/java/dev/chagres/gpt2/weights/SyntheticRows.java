package dev.chagres.gpt2.weights;

/// Draws the rows of the tensors of a random model; every row has a stream of its own.
@FunctionalInterface
interface SyntheticRows {
    /// Draws row `row` of a tensor (row 0 of a vector).
    void fill(String name, int row, float[] target);

    /// Those of a family, told by its positions.
    static SyntheticRows of(Architecture architecture, long seed) {
        return architecture.learnedPositions()
                ? new SyntheticTensors(architecture, seed) : new SyntheticLlama(architecture, seed);
    }

    /// Gains around `mean`; one in a hundred is `outlier` times as large.
    static void fillGain(float mean, float outlier, float[] target, Gaussian random) {
        random.fill(target, 0, target.length, mean, 0.12f * mean);
        for (int c = 0; c < target.length; c++) {
            // Exceeded with probability 0.9 %.
            if (random.next() > 2.3f) {
                target[c] *= outlier;
            }
        }
    }
}
