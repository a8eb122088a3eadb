package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.prove.Inference;
import dev.chagres.semantics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds how near the wide writes of a model come to the ends of their tables. Narrow ones have none.
final class WriteCounter {
    private final List<Write> writes = new ArrayList<>();

    WriteCounter(IntegerModel model) {
        Map<Integer, Interval> tables = model.writes();
        String before = "embedding.x";
        for (int l = 0; l < model.layers().size(); l++) {
            String middle = "layer" + l + ".output.x";
            String after = "layer" + l + ".down.x";
            add(new Write(l, "output", model.layers().get(l).output(), before, middle), tables);
            add(new Write(l, "down", model.layers().get(l).down(), middle, after), tables);
            before = after;
        }
    }

    private void add(Write write, Map<Integer, Interval> tables) {
        if (write.linear.shift() > IntervalCheck.NARROW_SHIFT) {
            write.allowed = tables.get(write.linear.shift());
            writes.add(write);
        }
    }

    void add(Inference run) {
        writes.forEach(w -> w.add(run));
    }

    List<WriteRange> ranges() {
        return writes.stream().map(Write::range).toList();
    }

    /// One wide write.
    private static final class Write {
        private final int layer;
        private final String matrix;
        private final IntegerLinear linear;
        private final String before;
        private final String after;
        private Interval allowed;
        private double firstLargest;
        private double largest;

        /// @param before the stream that is read
        /// @param after  the stream that is written
        Write(int layer, String matrix, IntegerLinear linear, String before, String after) {
            this.layer = layer;
            this.matrix = matrix;
            this.linear = linear;
            this.before = before;
            this.after = after;
        }

        void add(Inference run) {
            Inference.Values from = values(run, before);
            Inference.Values to = values(run, after);
            for (int row = 0; row < run.rows(); row++) {
                int least = 0;
                int most = 0;
                for (int c = 0; c < to.channels(); c++) {
                    int added = to.get(row, c) - from.get(row, c);
                    least = Math.min(least, added);
                    most = Math.max(most, added);
                }
                double share = Math.max(share(least, allowed.lo()), share(most, allowed.hi()));
                if (row == 0) {
                    firstLargest = Math.max(firstLargest, share);
                } else {
                    largest = Math.max(largest, share);
                }
            }
        }

        /// What a value is of the end on its side.
        private static double share(int value, long end) {
            return value == 0 ? 0 : (double) value / end;
        }

        private static Inference.Values values(Inference run, String column) {
            return run.values(column).orElseThrow(() -> new IllegalStateException("no column " + column));
        }

        WriteRange range() {
            return new WriteRange(layer, matrix, linear.shift(), allowed,
                    allowed.contains(linear.acc().shifted(linear.shift())), firstLargest, largest);
        }
    }
}
