package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.StreamMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The basis of the residual stream: mean-centring for layer norms, then, if it pays, a few Householder reflections
/// `I - 2 w w^T` that send the directions of the largest activations to flat vectors of about +-1/sqrt(d).
/// RMSNorm commutes with orthogonal maps, so this one is applied to everything that reads or writes the stream. The
/// stream of RMS norms is not centred: its mean counts.
///
/// Directions are found greedily: the row with the largest entry, less its part along the targets so far. Targets are
/// pairwise orthogonal, so a later reflection leaves the earlier ones in place. Further ones make ordinary rows even
/// ([EvenRows]), as far as the unit of the stream stays as fine as its range lets it be without them.
final class StreamBasis {
    /// Reflections are used when they lower the calibrated peak at least by this factor.
    private static final double WORTH = 2;

    /// One more reflection must lower it at least by this factor.
    private static final double STEP = 1.2;

    private static final int MOST = 6;

    private final StreamMap map;
    private final double peak;
    private final int peakStage;

    private StreamBasis(boolean centred, List<double[]> reflections, double peak, int peakStage) {
        this.map = new StreamMap(centred, reflections);
        this.peak = peak;
        this.peakStage = peakStage;
    }

    /// The row with the largest entry.
    ///
    /// @param row `[d]`, zeros if every row is zero
    /// @param stage the array it was found in
    private record Largest(double[] row, int stage) {}

    /// From calibrated rows of the stream, `stages` arrays of `[rows][d]`.
    ///
    /// @param centred whether rows lose their mean
    /// @param headroom what the range of the stream holds of its calibrated peak
    static StreamBasis of(float[][] stages, int d, boolean centred, double headroom) {
        List<double[]> reflections = new ArrayList<>();
        List<double[]> targets = new ArrayList<>();
        StreamBasis best = null;
        StreamBasis plain = null;
        for (int count = 0; count <= Math.min(MOST, d / 4); count++) {
            Largest found = new StreamBasis(centred, reflections, 0, 0).largestRow(stages, d);
            double[] largest = found.row;
            StreamBasis basis = new StreamBasis(centred, reflections, max(largest), found.stage);
            if (plain == null) {
                plain = basis;
            }
            if (best == null || basis.peak * STEP < best.peak) {
                best = basis;
            }
            for (double[] target : targets) {
                subtract(largest, target, dot(largest, target));
            }
            if (!normalise(largest)) {
                break;
            }
            double[] target = flat(d, targets);
            reflections.add(reflection(largest, target));
            targets.add(target);
        }
        StreamBasis basis = best.peak * WORTH < plain.peak ? best : plain;
        List<double[]> even = new EvenRows(basis.map, d, targets.subList(0, basis.reflections())).of(stages, more ->
                ResidualUnit.byRange(measured(centred, more, stages, d).peak * headroom)
                        >= ResidualUnit.byRange(basis.peak * headroom));
        return measured(centred, even, stages, d);
    }

    /// The basis with its peak.
    private static StreamBasis measured(boolean centred, List<double[]> reflections, float[][] stages, int d) {
        Largest found = new StreamBasis(centred, reflections, 0, 0).largestRow(stages, d);
        return new StreamBasis(centred, reflections, max(found.row), found.stage);
    }

    private Largest largestRow(float[][] stages, int d) {
        List<double[]> rows = Arrays.stream(stages).parallel().map(stage -> largestRow(stage, d)).toList();
        int best = 0;
        for (int s = 1; s < stages.length; s++) {
            best = max(rows.get(s)) > max(rows.get(best)) ? s : best;
        }
        return new Largest(rows.get(best), best);
    }

    private double[] largestRow(float[] stage, int d) {
        double[] row = new double[d];
        double[] largest = new double[d];
        double peak = 0;
        for (int at = 0; at < stage.length; at += d) {
            for (int c = 0; c < d; c++) {
                row[c] = stage[at + c];
            }
            apply(row, 0, d);
            double max = max(row);
            if (max > peak) {
                peak = max;
                System.arraycopy(row, 0, largest, 0, d);
            }
        }
        return largest;
    }

    /// A unit vector of nearly equal magnitudes, orthogonal to the earlier ones. Its sign is chosen by
    /// [#reflection].
    static double[] flat(int d, List<double[]> earlier) {
        double[] t = new double[d];
        for (int c = 0; c < d; c++) {
            // Sign: the top bit of a mixed Weyl sequence (the finaliser of splitmix64).
            long z = ((long) earlier.size() * d + c + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            t[c] = z < 0 ? -1 : 1;
        }
        for (double[] other : earlier) {
            subtract(t, other, dot(t, other));
        }
        normalise(t);
        return t;
    }

    /// The unit vector w whose reflection sends the unit vector u to t or -t, the farther one.
    static double[] reflection(double[] u, double[] t) {
        double[] w = u.clone();
        subtract(w, t, dot(u, t) > 0 ? -1 : 1);
        normalise(w);
        return w;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int c = 0; c < a.length; c++) {
            sum += a[c] * b[c];
        }
        return sum;
    }

    static void subtract(double[] a, double[] b, double factor) {
        for (int c = 0; c < a.length; c++) {
            a[c] -= factor * b[c];
        }
    }

    /// Scales to length 1; false when the vector is 0.
    static boolean normalise(double[] a) {
        double length = Math.sqrt(dot(a, a));
        if (!(length > 0)) {
            return false;
        }
        for (int c = 0; c < a.length; c++) {
            a[c] /= length;
        }
        return true;
    }

    private static double max(double[] row) {
        double max = 0;
        for (double v : row) {
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    /// Number of reflections.
    int reflections() {
        return map.reflections().size();
    }

    /// Largest calibrated |x| in this basis.
    double peak() {
        return peak;
    }

    /// Where the peak is: 0 the embeddings, 2 l + 1 after the attention of layer l, 2 l + 2 after its MLP.
    int peakStage() {
        return peakStage;
    }

    /// Centres, where the norm does, and reflects `row[at .. at + d)`.
    void apply(double[] row, int at, int d) {
        map.apply(row, at, d);
    }

    /// What [#apply] does.
    StreamMap map() {
        return map;
    }

    /// The rows of a stage in this basis.
    float[] apply(float[] rows, int d) {
        float[] mapped = new float[rows.length];
        double[] row = new double[d];
        for (int from = 0; from < rows.length; from += d) {
            for (int c = 0; c < d; c++) {
                row[c] = rows[from + c];
            }
            apply(row, 0, d);
            for (int c = 0; c < d; c++) {
                mapped[from + c] = (float) row[c];
            }
        }
        return mapped;
    }
}
