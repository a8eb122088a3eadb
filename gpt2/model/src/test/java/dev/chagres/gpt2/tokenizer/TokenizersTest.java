package dev.chagres.gpt2.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.weights.Activation;
import dev.chagres.gpt2.weights.Gpt2Config;
import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
    @TempDir
    Path folder;

    @Test
    void characterTable() throws IOException {
        Files.writeString(folder.resolve("chars.json"), "[\"a\", \"\\n\", \"\\ud83d\\ude00\"]");
        Tokenizer tokenizer = Tokenizers.forModel(folder, config(3)).orElseThrow();
        assertThat(tokenizer.vocabulary()).isEqualTo(3);
        assertThat(tokenizer.encode("a\n😀a")).containsExactly(0, 1, 2, 0);
        assertThat(tokenizer.decode(new int[] {2, 1, 0})).isEqualTo("😀\na");
    }

    @Test
    void unknownCharactersAndIdsAreNamed() {
        CharTokenizer tokenizer = new CharTokenizer(List.of("a", "b"));
        assertThatThrownBy(() -> tokenizer.encode("abé"))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("character 'é' (U+00E9) at position 2 is not among the 2 characters the model knows");
        assertThatThrownBy(() -> tokenizer.encode("\t")).hasMessageStartingWith("character U+0009 at position 0 ");
        assertThatThrownBy(() -> tokenizer.decode(new int[] {0, 2}))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("token 1 is 2, the vocabulary has 2");
    }

    @Test
    void choiceByVocabulary() {
        assertThat(Tokenizers.forModel(folder, config(50257))).containsInstanceOf(BpeTokenizer.class);
        assertThat(Tokenizers.forModel(folder, config(4096))).isEmpty();
    }

    @Test
    void brokenTablesAreRefused() throws IOException {
        refuse("[\"a\", \"b\"]", "is not an array of 3 characters");
        refuse("{\"a\": 1}", "is not an array of 3 characters");
        refuse("[\"a\", \"b\", 3]", "entry 2 is not a string");
        refuse("[\"a\", \"bc\", \"d\"]", "entry 1 has 2 chars");
        refuse("[\"a\", \"b\", \"a\"]", "entries 0 and 2 are both 'a' (U+0061)");
        refuse("[\"a\", ", "not valid JSON");
    }

    private void refuse(String table, String cause) throws IOException {
        Files.writeString(folder.resolve("chars.json"), table);
        assertThatThrownBy(() -> Tokenizers.forModel(folder, config(3)))
                .as(table)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(folder.resolve("chars.json") + ": ")
                .hasMessageContaining(cause);
    }

    private static Gpt2Config config(int vocabulary) {
        return new Gpt2Config(1, 1, 4, 16, 8, vocabulary, 1e-5, Activation.GELU_TANH, true, false, OptionalInt.empty());
    }
}
