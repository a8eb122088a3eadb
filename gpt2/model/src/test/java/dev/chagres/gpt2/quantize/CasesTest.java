package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The model folders of `cases/` in the shared data on which an earlier version failed; what is expected of each is in
/// its `EXPECTED.txt`.
class CasesTest {
    private static final int WINDOW = 32;

    @TempDir
    Path folder;

    /// The same weights in other clothes: one integer model, byte for byte.
    @ParameterizedTest
    @ValueSource(strings = {"gelu-fast", "linear-layout", "prefix-orig-mod", "tied-head-other-type"})
    void formsOfOneModel(String name) throws IOException {
        assertThat(Files.readAllBytes(quantised(name)))
                .isEqualTo(Files.readAllBytes(quantised("eos-outside-vocabulary")));
    }

    @Test
    void formsWithoutCalibrationText() throws IOException {
        assertThat(Files.readAllBytes(quantised("lm-head-only")))
                .isEqualTo(Files.readAllBytes(quantised("no-context-length")));
    }

    /// Whatever is quantised can be set up, and generates.
    @ParameterizedTest
    @ValueSource(strings = {"eos-outside-vocabulary", "gelu-python", "inverse-layer-scale", "context-of-one",
            "zero-mlp", "report-nan",
        "padded-vocabulary", "no-context-length"})
    void setUpAndGenerated(String name) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            IntegerModel model = IntegerModelFile.map(quantised(name), arena);
            KeySetup.write(new ModelKeySource(model), folder.resolve("model.pk"), folder.resolve("model.vk"),
                    TestHosts.of(2), Progress.NONE);
            assertThat(new ReferenceInference(model).generate(new int[] {1}, 1)).hasSize(1);
        }
    }

    @Test
    void severalEndsOfTextAreRead() {
        try (ModelWeights weights = open("eos-list")) {
            assertThat(weights.architecture().endOfText()).containsExactly(0, 12);
            assertThat(weights.notes()).isEmpty();
        }
    }

    @Test
    void anEndOfTextOutsideTheVocabularyIsANote() {
        try (ModelWeights weights = open("eos-outside-vocabulary")) {
            assertThat(weights.architecture().endOfText()).isEmpty();
            assertThat(weights.notes()).singleElement().asString()
                    .contains("eos_token_id 50256 is outside the vocabulary of 32");
        }
    }

    @Test
    void reportsHaveFiniteNumbers() throws IOException {
        try (ModelWeights weights = open("report-nan");
                Arena arena = Arena.ofShared()) {
            QuantizationReport report = QuantizationReport.compare(new FloatModel(weights),
                    IntegerModelFile.map(quantised("report-nan"), arena), calibration("report-nan", weights.architecture()));
            assertThat(report.floatPerplexity()).isEmpty();
            assertThat(report.perplexityChange()).isEmpty();
            assertThat(report.warnings()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bidi-tensor-name|model.safetensors: tensor <U+202E>red<U+2066>xxx",
        "lfs-pointer|model.safetensors: is a Git LFS pointer and not the file itself",
    })
    void refusedWhenOpened(String name, String cause) {
        Path model = TestData.path("cases/" + name + "/model");
        assertThatThrownBy(() -> ModelWeights.open(model))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(cause)
                .message().doesNotContain("\n").hasSizeLessThan(400);
    }

    @Test
    void refusedByTheQuantiser() {
        TestData.path("cases/norm-gain-1e8/model"); // or skip
        assertThatThrownBy(() -> quantised("norm-gain-1e8"))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContainingAll("norm-gain-1e8", "layer 0", "layer 0 norm1 gain 1.0E8");
    }

    private Path quantised(String name) throws IOException {
        Path file = folder.resolve(name + ".cgm");
        try (ModelWeights weights = open(name);
                Arena arena = Arena.ofShared()) {
            IntegerModelFile.write(new Quantizer(weights)
                    .quantise(arena, "model", TokenizerInfo.NONE, calibration(name, weights.architecture())), file);
        }
        return file;
    }

    private static ModelWeights open(String name) {
        return ModelWeights.open(TestData.path("cases/" + name + "/model"));
    }

    private static List<int[]> calibration(String name, Architecture config) throws IOException {
        Path text = TestData.path("cases/" + name).resolve("cal.txt");
        if (!Files.exists(text)) {
            return Quantizer.randomCalibration(config, 1);
        }
        int[] ids = Tokenizers.ofFolder(text.resolveSibling("model"), config.vocabulary()).info().tokenizer()
                .orElseThrow().encode(Files.readString(text));
        return SampleText.windows(config, ids, WINDOW, 16);
    }
}
