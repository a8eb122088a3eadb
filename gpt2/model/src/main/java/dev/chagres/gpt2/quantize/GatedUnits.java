package dev.chagres.gpt2.quantize;

import java.util.Arrays;

/// Units of a gated MLP: `g = a ub 2^-s_g`, the activation a in one unit, ub and g in units per channel with
/// `unit(g_c) = unit(a) unit(ub_c) 2^s_g`.
///
/// @param activation   unit of a
/// @param productShift s_g
/// @param up           units of ub, `[F]`
/// @param hidden       units of g, `[F]`
record GatedUnits(double activation, int productShift, double[] up, double[] hidden) {
    /// The largest a; larger activations are cut. 15 bits of a committed value cost nothing, and spikes of a channel
    /// need them.
    static final int MAX_ACTIVATION = (1 << 14) - 1;

    /// The largest activation of unseen text, in calibrated ones.
    private static final double MARGIN = 1.5;

    /// Products are below 2^29, so that a table of clamped g has at most 2^20 entries: what a key may have. With 12 the
    /// layers of a model with large activations have units of g up to three times coarser than their ranges ask for.
    private static final int LEAST_SHIFT = 10;
    private static final int MOST_SHIFT = 16;

    /// The finest ub that stays below 2^15 in every channel; with the least shift a channel that would pass it gets a
    /// coarser unit.
    ///
    /// @param scales  the largest scale of the accumulator of ub per channel, infinite where it is 0
    /// @param coarser bits by which the units of g are coarser than its range asks for
    static GatedUnits of(Calibration.Layer ranges, double[] scales, int coarser, QuantizerOptions options) {
        double unit = Math.max(ranges.activation(), 0.5) * MARGIN / MAX_ACTIVATION;
        double[] hidden = hiddenUnits(ranges.hiddenRange(), options);
        for (int c = 0; c < hidden.length; c++) {
            hidden[c] = Math.scalb(hidden[c], coarser);
        }
        double accumulator = 1L << options.gateShift();
        int shift = MOST_SHIFT;
        while (shift > LEAST_SHIFT && !allFit(hidden, unit, shift, scales, accumulator)) {
            shift--;
        }
        double[] up = new double[hidden.length];
        for (int c = 0; c < up.length; c++) {
            up[c] = Math.max(hidden[c] / Math.scalb(unit, shift), accumulator / scales[c] * (1 + 1e-6));
            hidden[c] = up[c] * Math.scalb(unit, shift);
        }
        return new GatedUnits(unit, shift, up, hidden);
    }

    private static boolean allFit(double[] hidden, double unit, int shift, double[] scales, double accumulator) {
        for (int c = 0; c < hidden.length; c++) {
            if (accumulator / (hidden[c] / Math.scalb(unit, shift)) > scales[c] * (1 - 1e-6)) {
                return false;
            }
        }
        return true;
    }

    /// What a channel can be on unseen text: its calibrated range with a margin, and no less than several times that
    /// of an ordinary channel.
    private static double[] hiddenUnits(double[] ranges, QuantizerOptions options) {
        double[] sorted = ranges.clone();
        Arrays.sort(sorted);
        double floor = Math.max(sorted[sorted.length / 2] * options.hiddenFloor(),
                Math.max(sorted[sorted.length - 1] * 1e-3, 1e-6));
        double[] units = new double[ranges.length];
        for (int c = 0; c < units.length; c++) {
            units[c] = Math.max(ranges[c] * options.hiddenMargin(), floor) / options.hiddenBound();
        }
        return units;
    }
}
