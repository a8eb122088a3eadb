package dev.chagres.gpt2.unique;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where the one choice after a prompt is the end of text, no statement goes on: of all sequences of choices that a
/// key has statements about, none that ends there begins another one.
final class EndOfTextTest {
    private static final int[] CHOICES = {0, 1, 0, 1, 1, 0};
    private static final int END = 1;

    /// Numbers of choices of the outputs that end with the end of text, or go past it.
    private static List<Integer> outputs(DecoderSpec spec) {
        List<Integer> lengths = new ArrayList<>();
        for (int n = 1; n < CHOICES.length; n++) {
            try {
                spec.compile(new TokenSequence(Arrays.copyOf(CHOICES, n + 1), 1));
                if (Arrays.stream(CHOICES, 1, n + 1).anyMatch(id -> id == END)) {
                    lengths.add(n);
                }
            } catch (StatementException refused) {
                assertThat(refused.check()).isEqualTo("statement/end-of-text");
            }
        }
        return lengths;
    }

    private static DecoderSpec spec(Integer... end) {
        DecoderSpec s = RandomKey.of(0).spec();
        return SpecEdits.withShape(s, SpecEdits.withTokens(s.shape(), 2, CHOICES.length, List.of(end)));
    }

    @Test
    void oneOutputEnds() {
        assertThat(outputs(spec(END))).containsExactly(1);
    }

    @Test
    void withoutAnEndOfTextOutputsGoOn() {
        assertThat(outputs(spec())).containsExactly(1, 2, 3, 4, 5);
    }
}
