package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What quantisation costs on trained models.
class AgreementTest {
    private static final long SEED = 2026;

    /// Calibrated on the training part of the text, measured on the last tenth.
    @Test
    void tinyShakespeare() throws IOException {
        Path folder = TestData.path("models/tinyshakespeare-char-0.8m");
        String text = Files.readString(TestData.path("eval/tinyshakespeare/input.txt"));
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            Tokenizer tokenizer = Tokenizers.ofFolder(folder, weights.architecture().vocabulary()).info().tokenizer()
                    .orElseThrow();
            int split = text.length() * 9 / 10;
            List<int[]> calibration = windows(tokenizer, text.substring(0, split), 16, 128);
            IntegerModel model = new Quantizer(weights)
                    .quantise(arena, "tiny", TokenizerInfo.NONE, calibration);
            QuantizationReport report = QuantizationReport.compare(
                    new FloatModel(weights), model, windows(tokenizer, text.substring(split), 24, 128));
            assertThat(report.topOneAgreement()).as(report.summary()).isGreaterThan(0.98);
            assertThat(report.perplexityChange().orElseThrow()).as(report.summary()).isLessThan(0.002);
            assertThat(report.meanDivergence().orElseThrow()).as(report.summary()).isLessThan(6e-4);
        }
    }

    /// The published task: six digits out of {0, 1, 2}, then the same digits sorted.
    @Test
    void sortModelSortsAsWellAsTheFloatModel() {
        Path folder = TestData.path("models/gpt-nano-sort");
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            IntegerModel model = new Quantizer(weights)
                    .quantise(arena, "sort", TokenizerInfo.NONE, Quantizer.randomCalibration(weights.architecture(), SEED));
            ReferenceInference inference = new ReferenceInference(model);
            FloatModel reference = new FloatModel(weights);
            Random random = new Random(SEED);
            for (int i = 0; i < 60; i++) {
                int[] prompt = random.ints(6, 0, 3).toArray();
                int[] sorted = Arrays.stream(prompt).sorted().toArray();
                int[] expected = reference.generate(prompt, 6);
                assertThat(inference.generate(prompt, 6)).as("seed %d prompt %d", SEED, i).isEqualTo(expected);
                assertThat(expected).isEqualTo(sorted);
            }
        }
    }

    /// Untied head with bias, 4096 tokens; on texts the model itself samples.
    @Test
    void basicModelOnItsOwnSamples() {
        Path folder = TestData.path("models/gpt2-basic-463k");
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            FloatModel reference = new FloatModel(weights);
            Random random = new Random(SEED);
            List<int[]> samples = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                samples.add(sample(reference, random, 48));
            }
            IntegerModel model = new Quantizer(weights)
                    .quantise(arena, "basic", TokenizerInfo.NONE, samples.subList(0, 5));
            QuantizationReport report = QuantizationReport.compare(reference, model, samples.subList(5, 8));
            assertThat(report.topOneAgreement()).as("seed %d: %s", SEED, report.summary()).isGreaterThan(0.98);
            assertThat(report.meanDivergence().orElseThrow()).as("seed %d: %s", SEED, report.summary())
                    .isLessThan(2e-3);
        }
    }

    private static int[] sample(FloatModel model, Random random, int length) {
        int[] ids = {random.nextInt(model.architecture().vocabulary())};
        while (ids.length < length) {
            double[] logits = model.logits(ids)[ids.length - 1];
            double max = Arrays.stream(logits).max().orElseThrow();
            double sum = Arrays.stream(logits).map(v -> Math.exp(v - max)).sum();
            double u = random.nextDouble() * sum;
            int next = 0;
            for (; next < logits.length - 1; next++) {
                u -= Math.exp(logits[next] - max);
                if (u < 0) {
                    break;
                }
            }
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = next;
        }
        return ids;
    }

    private static List<int[]> windows(Tokenizer tokenizer, String text, int count, int length) {
        List<int[]> windows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) ((long) i * (text.length() - length) / count);
            windows.add(tokenizer.encode(text.substring(at, at + length)));
        }
        return windows;
    }
}
