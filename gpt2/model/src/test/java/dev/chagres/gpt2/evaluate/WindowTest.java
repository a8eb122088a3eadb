package dev.chagres.gpt2.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    private static int[] text(int length) {
        return IntStream.range(0, length).map(i -> i * 7 + 3).toArray();
    }

    /// With overlap every token but the first is predicted once, from as much before it as the windows hold.
    @ParameterizedTest
    @CsvSource({"20, 8, 4", "21, 8, 3", "5, 8, 1", "17, 8, 7", "9, 8, 4", "2, 2, 1"})
    void overlappingWindowsPredictEveryTokenOnce(int length, int context, int stride) {
        int[] text = text(length);
        List<Integer> predicted = new ArrayList<>();
        for (Window w : Window.of(text, context, stride, 0)) {
            assertThat(w.rows()).isLessThan(context);
            for (int t = w.counted(); t < w.rows(); t++) {
                assertThat(w.target(t)).isEqualTo(text[w.start() + t + 1]);
                assertThat(w.inputs()[t]).isEqualTo(text[w.start() + t]);
                predicted.add(w.start() + t + 1);
            }
        }
        assertThat(predicted).containsExactlyElementsOf(IntStream.range(1, length).boxed().toList());
    }

    /// Of windows side by side the first token is never predicted.
    @Test
    void windowsSideBySide() {
        List<Window> windows = Window.of(text(21), 8, 8, 0);
        assertThat(windows.stream().map(Window::start)).containsExactly(0, 8, 16);
        assertThat(windows.stream().map(Window::rows)).containsExactly(7, 7, 4);
        assertThat(windows.stream().map(Window::counted)).containsOnly(0);
        // A single last token has nothing before it in its window.
        assertThat(Window.of(text(17), 8, 8, 0)).hasSize(2);
    }

    @Test
    void fewWindowsAreSpread() {
        assertThat(Window.of(text(80), 8, 8, 3).stream().map(Window::start)).containsExactly(0, 24, 48);
    }

    /// Few windows are some of all windows, and are counted from the same rows.
    @ParameterizedTest
    @CsvSource({"80, 8, 4, 5", "81, 8, 8, 4", "83, 9, 2, 11", "30, 8, 3, 100", "2, 2, 2, 1"})
    void fewWindowsAreSomeOfAll(int length, int context, int stride, int most) {
        List<Window> all = Window.of(text(length), context, stride, 0);
        List<Window> some = Window.of(text(length), context, stride, most);
        assertThat(some).hasSize(Math.min(most, all.size()));
        for (int i = 0; i < some.size(); i++) {
            assertThat(some.get(i)).usingRecursiveComparison()
                    .isEqualTo(all.get((int) ((long) i * all.size() / some.size())));
        }
    }

    /// All windows every token would be 40 GB.
    @Test
    void onlyWindowsThatAreRunAreCopied() {
        assertThat(Window.of(new int[10_000_000], 1024, 1, 2)).hasSize(2);
    }

    /// A group has at least the predictions of one whole window, or ends at a gap.
    @Test
    void overlappingWindowsAreOneSample() {
        assertThat(Window.groupEnds(Window.of(text(24), 8, 8, 0))).containsExactly(true, true, true);
        // 7 predictions of the first window, then 2 of each.
        assertThat(Window.groupEnds(Window.of(text(22), 8, 2, 0)))
                .containsExactly(true, false, false, false, true, false, false, true);
        assertThat(Window.groupEnds(Window.of(text(22), 8, 2, 2))).containsExactly(true, true);
        assertThat(Window.groupEnds(Window.of(text(60), 8, 2, 3))).containsExactly(true, true, true);
    }

    @Test
    void wrongNumbersAreRefused() {
        assertThatThrownBy(() -> Window.of(text(9), 1, 1, 0)).hasMessageContaining("at least 2 tokens");
        assertThatThrownBy(() -> Window.of(text(9), 4, 5, 0)).hasMessageContaining("the stride is 1 to the window");
        assertThatThrownBy(() -> Window.of(text(1), 4, 4, 0)).hasMessageContaining("nothing to predict");
    }
}
