package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.chat.ChatException;
import dev.chagres.chat.Conversation;
import dev.chagres.tokenizer.CharacterPairOptions;
import dev.chagres.tokenizer.CharacterPairs;
import dev.chagres.tokenizer.ChatTemplate;
import dev.chagres.tokenizer.FoundTokenizer;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Texts and ids for GPT-2's tokenizer and for a pair encoding of characters, any bytes as the files of a model's
/// tokenizer, any bytes as a tokenizer in a key, any text as a chat template.
class TokenizerFuzz {
    private static final Tokenizer GPT2 = TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();
    private static final List<String> FILES =
            List.of("chars.json", "tokenizer.json", "vocab.json", "merges.txt", "config.json",
                    "tokenizer_config.json", "chat_template.jinja");
    private static final int VOCABULARY = 300;
    private static final Tokenizer CHARACTERS = characters().tokenizer().orElseThrow();

    /// All bytes, and a few letters that merge.
    private static TokenizerInfo characters() {
        List<String> tokens = new ArrayList<>(List.of("\u2581", "a", "b", "ab", "\u2581ab", "\u2581\u2581"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        return TokenizerInfo.ofCharacterPairs(CharacterPairs.byScore(tokens, new double[tokens.size()], List.of(),
                new CharacterPairOptions(CharacterPairOptions.Prefix.EACH, true)));
    }

    @FuzzTest(maxDuration = "5s")
    void textsIdsFilesAndEncodings(FuzzedDataProvider data) throws IOException {
        switch (data.consumeInt(0, 6)) {
            case 0 -> text(GPT2, data.consumeRemainingAsString());
            case 1 -> assertThat(GPT2.decode(data.consumeInts(64))).isNotNull();
            case 2 -> encoding(data.consumeRemainingAsBytes());
            case 3 -> text(CHARACTERS, data.consumeRemainingAsString().replace('\u2581', ' '));
            case 4 -> characterEncoding(data.consumeRemainingAsBytes());
            case 5 -> template(data.consumeRemainingAsString());
            default -> files(data);
        }
    }

    private static void text(Tokenizer tokenizer, String text) {
        // What is no text (a surrogate alone) is read as the character that stands for it.
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(tokenizer.decode(tokenizer.encode(valid))).isEqualTo(valid);
    }

    private static void encoding(byte[] bytes) {
        TokenizerInfo info;
        try {
            info = TokenizerInfo.decode(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
            return;
        }
        assertThat(info.encode()).isEqualTo(bytes);
        info.tokenizer().ifPresent(t -> assertThat(t.decode(new int[] {0, t.size(), -1})).isNotNull());
    }

    /// Bytes that begin as a pair encoding of characters does.
    private static void characterEncoding(byte[] bytes) {
        byte[] whole = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, 0, whole, 1, bytes.length);
        whole[0] = (byte) TokenizerInfo.Kind.CHARACTER_PAIR.ordinal();
        encoding(whole);
    }

    private static void template(String text) {
        ChatTemplate template;
        try {
            template = new ChatTemplate(text, "<s>", "</s>");
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
            return;
        }
        try {
            assertThat(Conversation.ofUser(Optional.of("Be brief."), "Hi").render(template)).isNotNull();
        } catch (ChatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    private static void files(FuzzedDataProvider data) throws IOException {
        Path folder = Files.createTempDirectory("chagres-fuzz");
        try {
            for (String name : FILES) {
                if (data.consumeBoolean()) {
                    Files.write(folder.resolve(name), data.consumeBytes(data.consumeInt(0, 400)));
                }
            }
            FoundTokenizer found = Tokenizers.ofFolder(folder, VOCABULARY);
            assertThat(found.info().size()).isBetween(0, VOCABULARY);
            assertThat(found.note()).isNotBlank();
        } catch (TokenizerException refused) {
            assertThat(refused).hasMessageContaining(folder.toString());
        } finally {
            for (String name : FILES) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.delete(folder);
        }
    }
}
