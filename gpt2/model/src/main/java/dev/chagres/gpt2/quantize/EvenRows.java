package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.StreamMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// More reflections of the stream, which make ordinary rows even. A norm reads rows as mantissas of 11 bits of their
/// largest entry: where a few channels are 20 times the others, those others keep 6 bits. Greedily, the channel whose
/// largest entries cost most is sent to a flat vector, as long as that helps. All rows count alike here, a massive one
/// as any other, and a reflection may well raise its peak: whoever owns the range of the stream says what is allowed.
final class EvenRows {
    /// Reflections are kept when they lower the mean square of the largest entries at least by this factor in all.
    private static final double WORTH = 1.1;

    /// Of these, as many as are within this factor of the best.
    private static final double NEARLY = 1.02;

    /// The most reflections that are added; an eighth of the width at most.
    private static final int MOST = 32;

    /// Values of a stage that are looked at.
    private static final int SAMPLE = 1 << 17;

    private final StreamMap map;
    private final int d;
    private final List<double[]> targets;

    /// @param map so far
    /// @param targets where its reflections send their directions
    EvenRows(StreamMap map, int d, List<double[]> targets) {
        this.map = map;
        this.d = d;
        this.targets = new ArrayList<>(targets);
    }

    /// The reflections of the map and more of them.
    ///
    /// @param stages  arrays of `[rows][d]`
    /// @param allowed whether reflections, those of the map first, may be used; those of the map alone may
    List<double[]> of(float[][] stages, Predicate<List<double[]>> allowed) {
        List<double[]> reflections = new ArrayList<>(map.reflections());
        double[][] rows = Arrays.stream(stages).flatMap(stage -> IntStream.range(0, rows(stage))
                .mapToObj(i -> row(stage, (int) ((long) i * (stage.length / d) / rows(stage)))))
                .filter(row -> row.length > 0).toArray(double[][]::new);
        List<Double> costs = new ArrayList<>();
        int known = reflections.size();
        while (true) {
            double[] scores = scores(rows);
            costs.add(Arrays.stream(scores).sum());
            if (costs.size() > Math.min(MOST, d / 8) || rows.length == 0) {
                break;
            }
            double[] u = new double[d];
            u[IntStream.range(0, d).reduce(0, (a, b) -> scores[b] > scores[a] ? b : a)] = 1;
            for (double[] t : targets) {
                StreamBasis.subtract(u, t, StreamBasis.dot(u, t));
            }
            if (!StreamBasis.normalise(u)) {
                break;
            }
            double[] target = StreamBasis.flat(d, targets);
            double[] w = StreamBasis.reflection(u, target);
            targets.add(target);
            reflections.add(w);
            Arrays.stream(rows).parallel().forEach(row ->
                    StreamBasis.subtract(row, w, 2 * StreamBasis.dot(row, w)));
        }
        double best = costs.stream().mapToDouble(c -> c).min().orElseThrow();
        int more = 0;
        while (costs.get(more) > NEARLY * best) {
            more++;
        }
        while (more > 0 && costs.get(more) * WORTH < costs.getFirst()
                && !allowed.test(reflections.subList(0, known + more))) {
            more--;
        }
        return reflections.subList(0, known + (costs.get(more) * WORTH < costs.getFirst() ? more : 0));
    }

    private int rows(float[] stage) {
        return Math.min(stage.length / d, Math.max(16, SAMPLE / d));
    }

    /// A row in the basis so far, of root mean square 1; empty if it is 0.
    private double[] row(float[] stage, int index) {
        double[] row = new double[d];
        for (int c = 0; c < d; c++) {
            row[c] = stage[index * d + c];
        }
        map.apply(row, 0, d);
        if (!StreamBasis.normalise(row)) {
            return new double[0];
        }
        for (int c = 0; c < d; c++) {
            row[c] *= Math.sqrt(d);
        }
        return row;
    }

    /// By channel, the squares of the entries that are the largest of their row.
    private double[] scores(double[][] rows) {
        int[] largest = Arrays.stream(rows).parallel().mapToInt(row ->
                IntStream.range(0, d).reduce(0, (a, b) -> Math.abs(row[b]) > Math.abs(row[a]) ? b : a)).toArray();
        double[] scores = new double[d];
        for (int i = 0; i < rows.length; i++) {
            scores[largest[i]] += rows[i][largest[i]] * rows[i][largest[i]];
        }
        return scores;
    }
}
