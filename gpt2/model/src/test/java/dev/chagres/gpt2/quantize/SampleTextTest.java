package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.tokenizer.ChatTemplate;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTextTest {
    private static final Architecture CONFIG = SyntheticModel.shape("1x1x4x9x6");

    @Test
    void textsThatAreTooShortSayTheLeastLength() {
        assertThatThrownBy(() -> SampleText.check(CONFIG, new int[0]))
                .isInstanceOf(QuantizationException.class)
                .hasMessageStartingWith("a text of 0 token ids, need at least 2");
        assertThatThrownBy(() -> SampleText.windows(CONFIG, new int[] {3}, 4, 1))
                .hasMessageStartingWith("a text of 1 token ids, need at least 2");
        assertThat(SampleText.leastIds(SyntheticModel.shape("1x1x4x9x1"))).isEqualTo(1);
    }

    @Test
    void idsOfAnotherVocabularyAreNamed() {
        assertThatThrownBy(() -> SampleText.check(CONFIG, new int[] {0, 8, 9}))
                .isInstanceOf(QuantizationException.class)
                .hasMessage("token id 9 at position 2 is outside the vocabulary of 9");
        assertThatThrownBy(() -> SampleText.check(CONFIG, new int[] {-1, 8}))
                .hasMessageContaining("token id -1 at position 0");
    }

    @Test
    void windowsAreSpreadOverTheText() {
        int[] ids = IntStream.range(0, 9).toArray();
        assertThat(SampleText.windows(CONFIG, ids, 2, 3)).containsExactly(new int[] {0, 1}, new int[] {3, 4},
                new int[] {6, 7});
        assertThat(SampleText.windows(CONFIG, ids, 100, 3)).containsExactly(new int[] {0, 1, 2, 3, 4, 5});
        assertThat(SampleText.windows(CONFIG, new int[] {5, 6}, 4, 3)).containsExactly(new int[] {5, 6});
        assertThat(SampleText.windows(SyntheticModel.shape("1x1x4x9x1"), ids, 128, 2)).containsExactly(new int[] {0},
                new int[] {4});
    }

    /// GPT-2's tokenizer has one control token and no template.
    @Test
    void controlTokensBeginASequence() {
        Architecture config = SyntheticModel.shape("1x1x4x50257x6");
        List<int[]> sequences = SampleText.control(config, TokenizerInfo.R50K_BASE, new int[] {7, 8, 9}, 3,
                note -> assertThat(note).as("no note").isNull());
        assertThat(sequences).containsExactly(new int[] {50256, 7, 8});
        assertThat(SampleText.control(config, TokenizerInfo.NONE, new int[] {7}, 3, _ -> {})).isEmpty();
        assertThat(SampleText.control(CONFIG, TokenizerInfo.R50K_BASE, new int[] {7}, 3, _ -> {})).isEmpty();
    }

    @Test
    void conversationsAreWrittenByTheTemplate() {
        Architecture config = SyntheticModel.shape("1x1x4x50257x600");
        ChatTemplate template = new ChatTemplate(
                "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + eos_token }}{% endfor %}", "",
                "<|endoftext|>");
        TokenizerInfo info = TokenizerInfo.R50K_BASE.withChat(Optional.of(template));
        List<int[]> sequences = SampleText.control(config, info, new int[] {7}, 600, _ -> {});
        assertThat(sequences).hasSize(2);
        assertThat(Arrays.stream(sequences.get(1)).filter(id -> id == 50256).count()).isEqualTo(3);
        assertThat(sequences.get(1)).endsWith(7);
        List<String> notes = new ArrayList<>();
        ChatTemplate refusing = new ChatTemplate("{{ raise_exception('never') }}", "", "");
        assertThat(SampleText.control(config, TokenizerInfo.R50K_BASE.withChat(Optional.of(refusing)), new int[] {7}, 3,
                notes::add)).hasSize(1);
        assertThat(notes).hasSize(1).first().asString().contains("never");
    }

    @Test
    void theQuantiserChecksBeforeItWorks(@TempDir Path folder) throws IOException {
        SyntheticModel.write(folder, CONFIG, 1);
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            Quantizer quantizer = new Quantizer(
                    weights, QuantizerOptions.standard(weights.architecture()), step -> assertThat(step).as("no work")
                    .isNull());
            refused(quantizer, arena, List.of(), "no calibration sequence; the least length of a text is 2 token ids");
            refused(quantizer, arena, List.of(new int[7]), "a calibration sequence of 7 token ids, need 1 to 6");
            refused(quantizer, arena, List.of(new int[] {1}, new int[0]),
                    "a calibration sequence of 0 token ids, need 1 to 6");
            refused(quantizer, arena, List.of(new int[] {1, 9}),
                    "calibration token id 9 is outside the vocabulary of 9");
        }
    }

    private static void refused(Quantizer quantizer, Arena arena, List<int[]> calibration, String message) {
        assertThatThrownBy(() -> quantizer.quantise(arena, "m", TokenizerInfo.NONE, calibration))
                .isInstanceOf(QuantizationException.class)
                .hasMessage(message);
    }
}
