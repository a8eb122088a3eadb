package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.cli.BatchLine;
import dev.chagres.gpt2.cluster.LineResult.Kind;
import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.remote.Wire;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Lines and what executors answer to them, as bytes.
class LineTaskTest {
    private static final LineTask TASK = new LineTask(
            new Setting("/k/\u00e9.pk", true, new byte[] {1, 2}, "/out", "m", 3, 1L << 40, "/s", "cuda:1"),
            new BatchLine(7, "id", new int[] {5, -1, Integer.MAX_VALUE}, 9, Binding.of(new byte[] {4})));

    @Test
    void tasksAndResultsComeBackAsTheyWere() throws IOException {
        LineTask task = LineTask.decode(TASK.encode(Wire.build()));
        assertThat(task).usingRecursiveComparison().isEqualTo(TASK);
        LineResult result = new LineResult(Kind.PROVED, "here", 2, 1.5, new byte[] {9, 8}, "\u00e9");
        assertThat(LineResult.decode(result.encode())).usingRecursiveComparison().isEqualTo(result);
    }

    @Test
    void anotherFormatOrBuildIsRefused() {
        assertThatThrownBy(() -> LineTask.decode(TASK.encode("other"))).isInstanceOf(OtherBuildException.class)
                .hasMessage("the driver is another build: other, here " + Wire.build())
                .extracting(e -> ((OtherBuildException) e).writer()).isEqualTo("other");
        byte[] later = TASK.encode(Wire.build());
        later[0]++;
        assertThatThrownBy(() -> LineTask.decode(later)).isInstanceOf(OtherBuildException.class)
                .hasMessageContaining("format 3 of tasks, here 2");
    }

    @Test
    void whatIsCutIsRefused() {
        byte[] whole = TASK.encode(Wire.build());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> LineTask.decode(cut)).as("%s bytes", length).isInstanceOf(IOException.class);
        }
    }
}
