package dev.chagres.gpt2.weights;

import java.util.ArrayList;
import java.util.List;

/// Rotated positions as `config.json` states them: `rope_theta` and `rope_scaling`, or both in `rope_parameters`.
final class Rotations {
    private static final double DEFAULT_BASE = 10_000;

    private Rotations() {}

    static PositionKind ofConfig(ConfigFields fields, int headWidth) {
        if (fields.number("partial_rotary_factor", 1) != 1) {
            throw fields.bad("partial_rotary_factor is " + fields.shown("partial_rotary_factor")
                    + ", need rotations of whole heads");
        }
        double base = fields.number("rope_theta", DEFAULT_BASE);
        String key = fields.present("rope_parameters") ? "rope_parameters" : "rope_scaling";
        if (!fields.present(key)) {
            return new PositionKind.Rotary(base);
        }
        ConfigFields scaling = fields.object(key);
        base = scaling.number("rope_theta", base);
        String name = scaling.present("rope_type") ? "rope_type" : "type";
        String kind = scaling.present(name) ? scaling.text(name) : "default";
        return switch (kind) {
            case "default" -> new PositionKind.Rotary(base);
            case "linear" -> new PositionKind.Rotary(base, scaling.number("factor"), List.of());
            case "llama3" -> new PositionKind.Rotary(base, 1, llama3(
                    new PositionKind.Rotary(base).frequencies(headWidth),
                    scaling.number("factor"),
                    scaling.number("low_freq_factor"),
                    scaling.number("high_freq_factor"),
                    scaling.integer("original_max_position_embeddings")));
            default -> throw fields.bad(key + " has " + name + " " + scaling.shown(name)
                    + ", need default, linear or llama3");
        };
    }

    /// Llama 3's divisors of the frequencies: 1 for short waves, `factor` for long ones, between them in proportion to
    /// the waves in the original context. Rounded to single precision, as converted files store them, so that a model
    /// is the same function in every format.
    private static List<Float> llama3(double[] frequencies, double factor, double low, double high, int original) {
        if (!(low > 0 && high > low && factor > 0)) {
            throw new IllegalArgumentException("rope_scaling has low_freq_factor " + low + " and high_freq_factor "
                    + high + ", need 0 < low < high, and a positive factor");
        }
        List<Float> factors = new ArrayList<>();
        for (double frequency : frequencies) {
            double length = 2 * StrictMath.PI / frequency;
            double smooth = Math.clamp((original / length - low) / (high - low), 0, 1);
            factors.add((float) (1 / ((1 - smooth) / factor + smooth)));
        }
        return factors;
    }
}
