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

    @Test
    void wrongNumbersAreRefused() {
        assertThatThrownBy(() -> Window.of(text(9), 1, 1, 0)).hasMessageContaining("at least 2 tokens");
        assertThatThrownBy(() -> Window.of(text(9), 4, 5, 0)).hasMessageContaining("the stride is 1 to the window");
        assertThatThrownBy(() -> Window.of(text(1), 4, 4, 0)).hasMessageContaining("nothing to predict");
    }
}
