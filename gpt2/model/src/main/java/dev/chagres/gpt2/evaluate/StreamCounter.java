package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.prove.Inference;
import dev.chagres.semantics.IntegerSemantics;
import java.util.ArrayList;
import java.util.List;

/// Counts how the residual stream and its norms use their domains, by layer.
final class StreamCounter {
    private static final double DOMAIN = IntegerModel.RESIDUAL_BOUND;
    /// A sum of squares that epsilon changes by less than this changes no digit of a normalised value.
    private static final double EPSILON_SHARE = 1.0 / 1024;

    private final int layers;
    private final double epsilonExcess;
    private final long[] first;
    private final long[] others;
    private final List<Norm> norms = new ArrayList<>();

    StreamCounter(IntegerModel model) {
        layers = model.layers().size();
        first = new long[layers + 1];
        others = new long[layers + 1];
        for (int l = 0; l < layers; l++) {
            norms.add(new Norm(l, "norm1", "layer" + l + ".norm1"));
            norms.add(new Norm(l, "norm2", "layer" + l + ".norm2"));
        }
        norms.add(new Norm(layers, "final", "head.norm"));
        epsilonExcess = model.norm().eps()[0] - exactEpsilon(model);
    }

    /// eps_0 without its floor (docs/semantics.md, section 3.2).
    private static double exactEpsilon(IntegerModel model) {
        double d = model.shape().width();
        double squares = d / 4 + model.norm().epsilon() * d * Math.scalb(1.0, 2 * model.residualFractionBits());
        return Math.scalb(squares, -IntegerSemantics.groupShift(model.shape().width()));
    }

    void add(Inference run) {
        stream(run, "embedding.x", 0);
        for (int l = 0; l < layers; l++) {
            stream(run, "layer" + l + ".output.x", l + 1);
            stream(run, "layer" + l + ".down.x", l + 1);
        }
        norms.forEach(n -> n.add(run));
    }

    private void stream(Inference run, String column, int stage) {
        Inference.Values x = run.values(column).orElseThrow(() -> new IllegalStateException("no column " + column));
        for (int row = 0; row < run.rows(); row++) {
            long largest = 0;
            for (int c = 0; c < x.channels(); c++) {
                largest = Math.max(largest, Math.abs((long) x.get(row, c)));
            }
            long[] to = row == 0 ? first : others;
            to[stage] = Math.max(to[stage], largest);
        }
    }

    List<StreamRange> stream() {
        List<StreamRange> ranges = new ArrayList<>();
        for (int stage = 0; stage <= layers; stage++) {
            ranges.add(new StreamRange(stage - 1, first[stage] / DOMAIN, others[stage] / DOMAIN));
        }
        return ranges;
    }

    List<NormRange> norms() {
        return norms.stream().map(Norm::range).toList();
    }

    /// One norm of the model.
    private final class Norm {
        private final int layer;
        private final String name;
        private final String column;
        private long rows;
        private long exponents;
        private long floors;

        Norm(int layer, String name, String column) {
            this.layer = layer;
            this.name = name;
            this.column = column;
        }

        void add(Inference run) {
            Inference.Values e = values(run, ".e");
            Inference.Values k = values(run, ".k");
            Inference.Values mant = values(run, ".mant");
            for (int row = 0; row < run.rows(); row++) {
                double squares = Math.scalb((double) mant.get(row, 0), 2 * k.get(row, 0));
                exponents += e.get(row, 0) > 0 ? 1 : 0;
                floors += e.get(row, 0) == 0 && epsilonExcess > EPSILON_SHARE * squares ? 1 : 0;
            }
            rows += run.rows();
        }

        private Inference.Values values(Inference run, String suffix) {
            return run.values(column + suffix)
                    .orElseThrow(() -> new IllegalStateException("no column " + column + suffix));
        }

        NormRange range() {
            return new NormRange(layer, name, rows, exponents, floors);
        }
    }
}
