package dev.chagres.gpt2.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A stretch of a text that both models see at once. Row t of the models predicts token t + 1 of the window; the last
/// token is predicted and not read.
///
/// @param start   place of the first token in the text
/// @param ids     its tokens, at least two
/// @param counted first row whose prediction counts; those before have been counted in an earlier window
public record Window(int start, int[] ids, int counted) {
    public Window {
        if (ids.length < 2 || counted < 0 || counted > ids.length - 2) {
            throw new IllegalArgumentException("a window of " + ids.length + " tokens, counted from row " + counted);
        }
    }

    /// Rows of the models.
    public int rows() {
        return ids.length - 1;
    }

    /// The tokens that the models read.
    public int[] inputs() {
        return Arrays.copyOf(ids, rows());
    }

    /// The token that row t predicts.
    public int target(int t) {
        return ids[t + 1];
    }

    /// Windows of `context` tokens every `stride` tokens, the last one as long as the text allows: every token but the
    /// first of the text is predicted once if `stride < context`, all but the first of each window if they are equal.
    ///
    /// @param context at least 2
    /// @param stride  1 to `context`
    /// @param most    how many windows, spread evenly over the text; 0 for all
    /// @throws IllegalArgumentException if the text has fewer than two tokens or a number is out of its range
    public static List<Window> of(int[] text, int context, int stride, int most) {
        if (context < 2 || stride < 1 || stride > context || most < 0) {
            throw new IllegalArgumentException("windows of " + context + " tokens every " + stride
                    + ": a window has at least 2 tokens, and the stride is 1 to the window");
        }
        if (text.length < 2) {
            throw new IllegalArgumentException("a text of " + text.length + " tokens has nothing to predict");
        }
        // All windows but the first predict what is behind the one before; a last one of a single token is none.
        int all = 1 + (int) Math.ceilDiv(Math.max(0L, (long) text.length - context), stride);
        all -= all > 1 && text.length - (long) (all - 1) * stride < 2 ? 1 : 0;
        int count = most == 0 ? all : Math.min(most, all);
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = (int) ((long) i * all / count);
            int start = number * stride;
            int[] ids = Arrays.copyOfRange(text, start, (int) Math.min(text.length, (long) start + context));
            windows.add(new Window(start, ids, number == 0 ? 0 : Math.max(0, context - stride - 1)));
        }
        return windows;
    }

    /// After which windows a group ends. Windows that overlap have most of their tokens in common and are no independent
    /// samples: they are one until together they have as many predictions as a window has rows.
    ///
    /// @param windows in the order of the text
    static boolean[] groupEnds(List<Window> windows) {
        boolean[] ends = new boolean[windows.size()];
        int predictions = 0;
        for (int i = 0; i < ends.length; i++) {
            Window w = windows.get(i);
            predictions += w.rows() - w.counted;
            ends[i] = i == ends.length - 1 || windows.get(i + 1).start >= w.start + w.ids.length
                    || predictions >= w.rows();
            predictions = ends[i] ? 0 : predictions;
        }
        return ends;
    }
}
