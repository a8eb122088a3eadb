package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.gpt2.weights.Gpt2Config;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.tokenizer.BpeTokenizer;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Texts and ids for the byte-pair tokenizer, and any bytes as the files of a character model.
class TokenizerFuzz {
    private static final BpeTokenizer BPE = new BpeTokenizer();
    private static final String CONFIG = """
            {"model_type": "gpt2", "n_layer": 1, "n_head": 1, "n_embd": 16, "vocab_size": 4, "n_positions": 8, "n_ctx": 8,
             "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}""";

    @FuzzTest(maxDuration = "5s")
    void textsIdsAndFiles(FuzzedDataProvider data) throws IOException {
        switch (data.consumeInt(0, 2)) {
            case 0 -> text(data.consumeRemainingAsString());
            case 1 -> ids(data.consumeInts(64));
            default -> files(data);
        }
    }

    private static void text(String text) {
        // What is no text (a surrogate alone) is read as the character that stands for it.
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        try {
            assertThat(BPE.decode(BPE.encode(valid))).isEqualTo(valid);
        } catch (TokenizerException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    private static void ids(int[] ids) {
        try {
            assertThat(BPE.decode(ids)).isNotNull();
        } catch (TokenizerException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    private static void files(FuzzedDataProvider data) throws IOException {
        Path folder = Files.createTempDirectory("chagres-fuzz");
        Path config = folder.resolve("config.json");
        Path characters = folder.resolve("chars.json");
        try {
            boolean validConfig = data.consumeBoolean();
            Files.writeString(config, validConfig ? CONFIG : data.consumeString(400), StandardCharsets.UTF_8);
            Files.write(characters, data.consumeRemainingAsBytes());
            Tokenizers.forModel(folder, Gpt2Config.read(config)).ifPresent(t -> assertThat(t.vocabulary()).isPositive());
        } catch (FileFormatException refused) {
            assertThat(refused).hasMessageContaining(folder.toString());
        } finally {
            Files.delete(config);
            Files.deleteIfExists(characters);
            Files.delete(folder);
        }
    }
}
