package dev.chagres.gpt2.evaluate;

import dev.chagres.prove.Inference;

/// The distributions of an integer run, row by row in ascending order; a few rows of logits are in memory at a time.
final class IntegerRows {
    private static final int ROWS = 64;

    private final Inference run;
    private final double unit;
    private int from;
    private int[][] logits = {};

    /// @param unit what an integer logit of 1 stands for
    IntegerRows(Inference run, double unit) {
        this.run = run;
        this.unit = unit;
    }

    Distribution row(int t) {
        if (t < from || t >= from + logits.length) {
            from = t;
            logits = run.logits(t, Math.min(run.rows(), t + ROWS));
        }
        int[] row = logits[t - from];
        double[] scaled = new double[row.length];
        for (int v = 0; v < scaled.length; v++) {
            scaled[v] = row[v] * unit;
        }
        return new Distribution(scaled);
    }
}
