package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.prove.Inference;
import java.util.ArrayList;
import java.util.List;

/// Counts what the clamps of a model cut, by layer and kind.
final class ClampCounter {
    private final List<Counted> counted = new ArrayList<>();

    ClampCounter(IntegerModel model) {
        int keys = model.shape().keyWidth();
        for (int l = 0; l < model.layers().size(); l++) {
            String at = "layer" + l + ".";
            boolean rotary = model.rotation().isPresent();
            counted.add(new Counted(l, "query", at + (rotary ? "queryRotation.u" : "query.u"), true, model.qkBound(),
                    model.shape().attentionWidth()));
            counted.add(new Counted(l, "key", at + (rotary ? "keyRotation.u" : "key.u"), true, model.qkBound(), keys));
            counted.add(new Counted(l, "value", at + "value.u", true, model.vBound(), keys));
            int hidden = model.shape().mlpWidth();
            counted.add(switch (model.layers().get(l).mlp()) {
                case IntegerMlp.Plain plain ->
                        new Counted(l, "hidden", at + "up.u", false, saturation(plain), hidden);
                case IntegerMlp.Gated _ ->
                        new Counted(l, "hidden", at + "gated.uh", true, model.hiddenBound(), hidden);
            });
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
    private static int saturation(IntegerMlp.Plain mlp) {
        int[] table = mlp.table();
        int last = table.length - 1;
        while (last > 0 && table[last - 1] == table[table.length - 1]) {
            last--;
        }
        return last + mlp.base();
    }

    /// The values of one kind in one layer.
    private static final class Counted {
        private final int layer;
        private final String what;
        private final String column;
        private final boolean bothSigns;
        private final int bound;
        private final int channels;
        private long firstCut;
        private long firstOf;
        private long cut;
        private long of;
        private long largest;

        /// @param column    values before the clamp
        /// @param bothSigns whether they are cut at both ends; activation tables are at their upper end only
        /// @param bound     largest value that is not cut
        /// @param channels  real ones of a row; padded ones are 0 and never cut
        Counted(int layer, String what, String column, boolean bothSigns, int bound, int channels) {
            this.layer = layer;
            this.what = what;
            this.column = column;
            this.bothSigns = bothSigns;
            this.bound = bound;
            this.channels = channels;
        }

        void add(Inference run) {
            Inference.Values values = run.values(column)
                    .orElseThrow(() -> new IllegalStateException("no column " + column));
            for (int row = 0; row < run.rows(); row++) {
                long over = 0;
                for (int c = 0; c < values.channels(); c++) {
                    int magnitude = bothSigns ? Math.abs(values.get(row, c)) : values.get(row, c);
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

        ClampedRange range() {
            return new ClampedRange(layer, what, firstCut, firstOf, cut, of,
                    bound <= 0 ? 0 : (double) largest / bound);
        }
    }
}
