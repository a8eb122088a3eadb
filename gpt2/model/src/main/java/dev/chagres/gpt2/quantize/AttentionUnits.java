package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;

/// Units of q, k and v per channel of a key head; the queries that read it share its units. For every channel unit(q) *
/// unit(k) is the one logit unit of the model. Both channels of a rotated pair have one range, hence one unit.
///
/// @param expBits   b: softmax weights are in units of 2^-b
/// @param logitUnit the product
/// @param query     `[layer][Hkv dh]`, of queries scaled so that `q . k` is a score
/// @param key       `[layer][Hkv dh]`
/// @param value     `[layer][Hkv dh]`
record AttentionUnits(int expBits, double logitUnit, double[][] query, double[][] key, double[][] value) {
    /// The least b of a key.
    private static final int LEAST_EXP_BITS = 4;

    /// Weighted sums of values are below this.
    private static final long SUM_LIMIT = 1L << 29;

    /// The finest units at which no calibrated value is clamped, with the largest b that leaves room for weighted sums.
    ///
    /// @throws QuantizationException naming the layer whose queries and keys are too large for any unit of a score
    static AttentionUnits of(WeightSource weights, Calibration calibration, QuantizerOptions options) {
        int largest = TableDefinitions.expBits(options.context());
        for (int bits = largest; bits >= LEAST_EXP_BITS; bits--) {
            AttentionUnits units = of(weights, calibration, options, bits);
            if (options.vBound() * (double) TableDefinitions.rMax(bits, units.logitUnit) < SUM_LIMIT) {
                return units;
            }
        }
        throw new QuantizationException("context " + options.context() + " leaves no exp bits");
    }

    private static AttentionUnits of(WeightSource weights, Calibration calibration, QuantizerOptions options,
            int expBits) {
        Calibration.Layer[] layers = calibration.layers();
        double[][] query = new double[layers.length][];
        double[][] key = new double[layers.length][];
        double[][] value = new double[layers.length][];
        double factor = options.attentionMargin() / options.qkBound();
        // EXP[0] <= Rmax < EXP[-1] needs 2^b us well above 1, the support about (b + 1) ln 2 / us entries.
        double logitUnit = Math.max(options.minLogitUnit(), 4.0 / (1 << expBits));
        logitUnit = Math.max(logitUnit, (expBits + 2) * 0.6932 / IntervalCheck.MAX_SUPPORT);
        for (int l = 0; l < layers.length; l++) {
            int width = layers[l].valueRange().length;
            query[l] = new double[width];
            key[l] = new double[width];
            for (int c = 0; c < width; c++) {
                query[l][c] = layers[l].queryRange()[c] * factor;
                key[l][c] = layers[l].keyRange()[c] * factor;
                logitUnit = Math.max(logitUnit, query[l][c] * key[l][c]);
            }
            if (!hasSoftmax(logitUnit, expBits, options.context())) {
                throw new QuantizationException("layer " + l + ": attention scores are too large, their steps would be "
                        + (float) logitUnit + " nats; " + Suspects.attention(weights, l));
            }
            value[l] = floored(layers[l].valueRange(), options.valueMargin() / options.vBound());
        }
        for (int l = 0; l < layers.length; l++) {
            for (int c = 0; c < query[l].length; c++) {
                spread(query[l], key[l], c, logitUnit);
            }
        }
        return new AttentionUnits(expBits, logitUnit, query, key, value);
    }

    /// Whether a softmax over the whole context can be computed with this unit: row sums are at most 2^21, and a row of
    /// the largest entries of the table stays below the modulus.
    private static boolean hasSoftmax(double unit, int expBits, int context) {
        double one = 1L << expBits;
        return one * Math.exp(unit / 2) + 1 <= 1 << 21
                && context * (one * Math.exp(unit) + 1) < IntegerSemantics.MODULUS;
    }

    /// Coarsens both units by the same factor until their product is the logit unit.
    private static void spread(double[] query, double[] key, int c, double logitUnit) {
        double root = Math.sqrt(logitUnit);
        double q = Math.max(query[c], root * 1e-3);
        double k = Math.max(key[c], root * 1e-3);
        if (q * k >= logitUnit) {
            // One side is constant on calibration: the other keeps its range.
            query[c] = query[c] >= key[c] ? query[c] : logitUnit / key[c];
            key[c] = logitUnit / query[c];
            return;
        }
        query[c] = q * Math.sqrt(logitUnit / (q * k));
        key[c] = logitUnit / query[c];
    }

    /// `range * factor`, no channel below a millionth of the largest.
    private static double[] floored(double[] range, double factor) {
        double max = 1e-9;
        for (double r : range) {
            max = Math.max(max, r);
        }
        double[] units = new double[range.length];
        for (int c = 0; c < units.length; c++) {
            units[c] = Math.max(range[c], max * 1e-6) * factor;
        }
        return units;
    }
}
