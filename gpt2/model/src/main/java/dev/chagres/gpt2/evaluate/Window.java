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
        List<Window> all = new ArrayList<>();
        int done = 1;
        for (int start = 0; done < text.length; start += stride) {
            int end = Math.min(text.length, start + context);
            if (end - start >= 2) {
                all.add(new Window(start, Arrays.copyOfRange(text, start, end), Math.max(0, done - start - 1)));
            }
            done = Math.max(done, end);
        }
        if (most == 0 || most >= all.size()) {
            return all;
        }
        List<Window> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            some.add(all.get((int) ((long) i * all.size() / most)));
        }
        return some;
    }
}
