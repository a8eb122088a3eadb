package dev.chagres.gpt2.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.reference.FloatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BundledModelTest {
    @Test
    void continuesAPromptAndPredictsUnseenText() {
        Path folder;
        try (BundledModel demo = BundledModel.open()) {
            folder = demo.folder();
            assertThat(demo.weights().architecture().parameters()).isEqualTo(818_048);
            FloatModel model = new FloatModel(demo.weights());
            int[] prompt = demo.tokenizer().encode("ROMEO:\n");
            assertThat(demo.tokenizer().decode(model.generate(prompt, 30))).isEqualTo("I will thee shall be the souls");
            int[] text = demo.tokenizer().encode(BundledModel.validationText());
            double nats = 0;
            int windows = 8;
            for (int i = 0; i < windows; i++) {
                nats += model.negativeLogLikelihood(Arrays.copyOfRange(text, 128 * i, 128 * i + 129));
            }
            assertThat(nats / (128 * windows)).as("nats per character").isBetween(1.4, 1.9);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void textsAreInTheVocabularyAndDoNotOverlap() {
        try (BundledModel demo = BundledModel.open()) {
            String calibration = BundledModel.calibrationText();
            String validation = BundledModel.validationText();
            assertThat(demo.tokenizer().encode(calibration)).hasSizeBetween(19_000, 20_480);
            assertThat(demo.tokenizer().encode(validation)).hasSizeBetween(19_000, 20_480);
            assertThat(calibration).startsWith("First Citizen:").doesNotContain(validation.substring(0, 200));
        }
    }

    @Test
    void readmeTravelsWithTheModel() throws Exception {
        try (BundledModel demo = BundledModel.open()) {
            assertThat(Files.readString(demo.folder().resolve("README.md"))).contains("public domain");
        }
    }
}
