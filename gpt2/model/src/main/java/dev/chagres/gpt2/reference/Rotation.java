package dev.chagres.gpt2.reference;

/// Rotates queries or keys by their position (Su et al., "RoFormer", 2021): channels j and j + dh/2 of every head turn
/// together by the angle position times frequency.
final class Rotation {
    private final double[] frequencies;

    /// @param frequencies radians for each of the dh/2 pairs
    Rotation(double[] frequencies) {
        this.frequencies = frequencies;
    }

    /// Rotates in place.
    ///
    /// @param rows `[count][width]`, whole heads in a row
    /// @param start position of the first row
    void apply(double[] rows, int start, int count, int width) {
        int half = frequencies.length;
        double[] cosines = new double[half];
        double[] sines = new double[half];
        for (int t = 0; t < count; t++) {
            for (int j = 0; j < half; j++) {
                double angle = (start + t) * frequencies[j];
                cosines[j] = StrictMath.cos(angle);
                sines[j] = StrictMath.sin(angle);
            }
            for (int head = t * width; head < (t + 1) * width; head += 2 * half) {
                for (int j = 0; j < half; j++) {
                    double a = rows[head + j];
                    double b = rows[head + half + j];
                    rows[head + j] = cosines[j] * a - sines[j] * b;
                    rows[head + half + j] = cosines[j] * b + sines[j] * a;
                }
            }
        }
    }
}
