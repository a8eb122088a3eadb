package dev.chagres.gpt2.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.reference.FloatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BundledModelTest {
    @ParameterizedTest
    @CsvSource({"GPT2, 818048, I will thee shall be the souls, 128, 1.4, 1.9",
        "LLAMA, 795904, And therefore the season of th, 256, 1.3, 1.8"})
    void continuesAPromptAndPredictsUnseenText(BundledModel.Kind kind, long parameters, String continued, int context,
            double least, double most) {
        Path folder;
        try (BundledModel demo = BundledModel.open(kind)) {
            folder = demo.folder();
            assertThat(demo.weights().architecture().parameters()).isEqualTo(parameters);
            FloatModel model = new FloatModel(demo.weights());
            int[] prompt = demo.tokenizer().encode("ROMEO:\n");
            assertThat(demo.tokenizer().decode(model.generate(prompt, 30))).isEqualTo(continued);
            int[] text = demo.tokenizer().encode(BundledModel.validationText());
            double nats = 0;
            int windows = 1024 / context;
            for (int i = 0; i < windows; i++) {
                nats += model.negativeLogLikelihood(Arrays.copyOfRange(text, context * i, context * i + context + 1));
            }
            assertThat(nats / (context * windows)).as("nats per character").isBetween(least, most);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void textsAreInTheVocabularyAndDoNotOverlap() {
        try (BundledModel demo = BundledModel.open(BundledModel.Kind.GPT2)) {
            String calibration = BundledModel.calibrationText();
            String validation = BundledModel.validationText();
            assertThat(demo.tokenizer().encode(calibration)).hasSizeBetween(19_000, 20_480);
            assertThat(demo.tokenizer().encode(validation)).hasSizeBetween(19_000, 20_480);
            assertThat(calibration).startsWith("First Citizen:").doesNotContain(validation.substring(0, 200));
        }
    }

    @ParameterizedTest
    @EnumSource
    void readmeTravelsWithTheModel(BundledModel.Kind kind) throws Exception {
        try (BundledModel demo = BundledModel.open(kind)) {
            assertThat(Files.readString(demo.folder().resolve("README.md"))).contains("public domain");
        }
    }
}
