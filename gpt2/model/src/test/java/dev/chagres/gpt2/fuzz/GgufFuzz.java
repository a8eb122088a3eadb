package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.gpt2.weights.GgufFile;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// A GGUF model with edits: refused by name, or a model whose weights can all be read.
class GgufFuzz {
    private static final byte[] VALID = new GgufFile(
            "llama", SyntheticModel.llama("1x2x8x5x8", OptionalInt.of(1), OptionalInt.of(8)), 1).bytes();

    @FuzzTest(maxDuration = "5s")
    void editedModel(FuzzedDataProvider data) throws IOException {
        byte[] bytes = data.consumeBoolean() ? Edits.of(VALID, data) : data.consumeRemainingAsBytes();
        Path file = Files.createTempFile("chagres-fuzz", ".gguf");
        try {
            Files.write(file, bytes);
            try (ModelWeights weights = ModelWeights.open(file)) {
                for (int l = 0; l < weights.architecture().layers(); l++) {
                    assertThat(weights.layer(l)).isNotNull();
                }
                assertThat(weights.headRows(0, weights.architecture().vocabulary())).isNotEmpty();
                assertThat(weights.finalNormGain()).hasSize(weights.architecture().width());
            } catch (FileFormatException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
            }
        } finally {
            Files.delete(file);
        }
    }
}
