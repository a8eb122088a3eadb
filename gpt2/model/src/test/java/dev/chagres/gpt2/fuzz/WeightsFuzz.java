package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.gpt2.weights.SafetensorsFile;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A safetensors file with edits: refused by name, or a file whose tensors can all be read.
class WeightsFuzz {
    @FuzzTest(maxDuration = "5s")
    void editedWeights(FuzzedDataProvider data) throws IOException {
        byte[] bytes = data.consumeBoolean()
                ? Edits.of(Victim.instance().safetensors(), data) : data.consumeRemainingAsBytes();
        Path file = Files.createTempFile("chagres-fuzz", ".safetensors");
        try {
            Files.write(file, bytes);
            try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                for (String name : weights.names()) {
                    read(weights, name);
                }
            } catch (FileFormatException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void read(SafetensorsFile weights, String name) {
        try {
            assertThat(weights.read(name)).hasSizeGreaterThanOrEqualTo(0);
        } catch (FileFormatException notFloat) {
            assertThat(notFloat).hasMessageContaining(PrintableText.of(name));
        }
    }
}
