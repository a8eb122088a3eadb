package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.prove.Inference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Counts what the clamps of a model cut, by layer and kind.
final class ClampCounter {
    private final List<Counted> counted = new ArrayList<>();

    ClampCounter(IntegerModel model) {
        int query = model.shape().heads() * model.shape().headWidth();
        for (int l = 0; l < model.layers().size(); l++) {
            String at = "layer" + l + ".";
            counted.add(new Counted(l, "query", List.of(at + "query.u", at + "queryRotation.u"), model.qkBound(),
                    query));
            counted.add(new Counted(l, "key", List.of(at + "key.u", at + "keyRotation.u"), model.qkBound(), query));
            counted.add(new Counted(l, "value", List.of(at + "value.u"), model.vBound(), query));
            counted.add(new Counted(l, "hidden", List.of(at + "up.u"), saturation(model.layers().get(l)),
                    model.shape().mlpWidth()));
        }
    }

    /// Counts the rows of a run.
    void add(Inference run) {
        counted.forEach(c -> c.add(run));
    }

    List<ClampedRange> ranges() {
        return counted.stream().map(Counted::range).toList();
    }

    /// The last index of an activation table before it stays at its largest entry; the last of all if it does not.
    private static int saturation(IntegerLayer layer) {
        int[] table = layer.gelu();
        int last = table.length - 1;
        while (last > 0 && table[last - 1] == table[table.length - 1]) {
            last--;
        }
        return last + layer.geluBase();
    }

    /// The values of one kind in one layer.
    private static final class Counted {
        private final int layer;
        private final String what;
        private final List<String> columns;
        private final int bound;
        private final int channels;
        private long firstCut;
        private long firstOf;
        private long cut;
        private long of;
        private long largest;

        /// @param columns  names of the column of values before the clamp, of which a model has one
        /// @param bound    largest magnitude that is not cut
        /// @param channels real ones of a row; padded ones are 0 and never cut
        Counted(int layer, String what, List<String> columns, int bound, int channels) {
            this.layer = layer;
            this.what = what;
            this.columns = columns;
            this.bound = bound;
            this.channels = channels;
        }

        void add(Inference run) {
            Inference.Values values = columns.stream().map(run::values).flatMap(Optional::stream).findFirst()
                    .orElseThrow(() -> new IllegalStateException("no column of " + columns));
            for (int row = 0; row < run.rows(); row++) {
                long over = 0;
                for (int c = 0; c < values.channels(); c++) {
                    int magnitude = magnitude(values.get(row, c));
                    largest = Math.max(largest, magnitude);
                    over += magnitude > bound ? 1 : 0;
                }
                if (row == 0) {
                    firstCut += over;
                    firstOf += channels;
                } else {
                    cut += over;
                    of += channels;
                }
            }
        }

        /// Activation tables are cut at their upper end only.
        private int magnitude(int value) {
            return what.equals("hidden") ? value : Math.abs(value);
        }

        ClampedRange range() {
            return new ClampedRange(layer, what, firstCut, firstOf, cut, of,
                    bound <= 0 ? 0 : (double) largest / bound);
        }
    }
}
