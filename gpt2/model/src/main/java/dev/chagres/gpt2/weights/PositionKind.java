package dev.chagres.gpt2.weights;

import java.util.Arrays;
import java.util.List;

/// How a model knows positions.
public sealed interface PositionKind {
    /// A row of a table is added to the embedding of the token.
    record Learned() implements PositionKind {}

    /// Queries and keys are rotated (Su et al., "RoFormer", 2021): at position t the channels j and j + dh/2 of a head
    /// of dh channels, j < dh/2, by the angle `t frequency_j`.
    ///
    /// @param base of the frequencies, above 1
    /// @param divisor of all frequencies: positions are stretched linearly by it; 1 for most models
    /// @param factors divisors of single frequencies, one for each pair of channels, as GGUF files store them for
    ///     Llama 3; empty if all are 1
    record Rotary(double base, double divisor, List<Float> factors) implements PositionKind {
        public Rotary {
            if (!(base > 1 && base <= 1e12)) {
                throw new IllegalArgumentException("rope_theta is " + base + ", need a value above 1 and up to 10^12");
            }
            if (!(divisor > 0 && divisor <= 1e6)) {
                throw new IllegalArgumentException("the factor of the rotation is " + divisor
                        + ", need a positive value up to 10^6");
            }
            factors = List.copyOf(factors);
            for (float factor : factors) {
                if (!(factor > 0 && factor <= 1e6f)) {
                    throw new IllegalArgumentException("a factor of the rotation is " + factor
                            + ", need a positive value up to 10^6");
                }
            }
        }

        /// Without any scaling.
        public Rotary(double base) {
            this(base, 1, List.of());
        }

        /// Radians that position 1 turns each pair of channels by, `[headWidth / 2]`:
        /// `base^(-2j / headWidth) / (divisor factor_j)`.
        public double[] frequencies(int headWidth) {
            double[] frequencies = new double[headWidth / 2];
            Arrays.setAll(frequencies, j -> StrictMath.pow(base, -2.0 * j / headWidth)
                    / (divisor * (factors.isEmpty() ? 1 : factors.get(j))));
            return frequencies;
        }
    }
}
