package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.reference.ActivationSite;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.semantics.Interval;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {
    private static final long SEED = 77;

    /// Shapes of one block of GPT-2 small, medium, and of a narrow model; from width 64 on the synthetic weights have
    /// massive channels and attention sinks.
    @ParameterizedTest
    @ValueSource(strings = {"1x12x768x600x128", "1x16x1024x300x64", "2x3x48x100x64", "3x5x80x100x64"})
    void syntheticModelsAgreeWithTheFloatModel(String shape, @TempDir Path folder) {
        try (SyntheticFixture fixture = new SyntheticFixture(shape, SEED, folder)) {
            IntegerModel model = fixture.model();
            List<int[]> windows = windows(2, Math.min(48, model.shape().context()), model.shape().vocab());
            QuantizationReport report =
                    QuantizationReport.compare(new FloatModel(fixture.weights()), model, windows);
            // Untrained models have many near ties; the divergence is the sharper measure.
            assertThat(report.topOneAgreement()).as("seed %d: %s", SEED, report.summary()).isGreaterThan(0.9);
            assertThat(report.meanDivergence().orElseThrow()).as("seed %d: %s", SEED, report.summary())
                    .isLessThan(5e-3);
            for (IntegerLayer layer : model.layers()) {
                assertThat(layer.output().shift()).isBetween(0, 12);
                assertThat(layer.down().shift()).isBetween(0, 12);
                assertThat(layer.mlp().table().length).isBetween(1 << 14, 1 << 16);
                assertThat(largestWeight(layer.query())).as("no precision is wasted").isGreaterThan(500);
                assertThat(largestWeight(layer.down())).as("no precision is wasted").isGreaterThan(500);
            }
        }
    }

    /// What an accumulator within its limit is shifted to has a table, whatever the shift; 2^s more has none.
    @Test
    void everyAccumulatorWithinItsLimitHasATable() {
        for (int shift = 1; shift <= 16; shift++) {
            long limit = Quantizer.accumulatorLimit(shift);
            assertThat(IntervalCheck.isTabulated(Interval.symmetric(limit).shifted(shift), shift)).as("shift %d", shift)
                    .isTrue();
            assertThat(IntervalCheck.isTabulated(Interval.symmetric(limit + (1L << shift)).shifted(shift), shift))
                    .as("shift %d", shift).isFalse();
        }
    }

    @Test
    void equalInputsGiveEqualFiles(@TempDir Path folder) throws IOException {
        byte[][] files = new byte[2][];
        for (int i = 0; i < 2; i++) {
            try (SyntheticFixture fixture = new SyntheticFixture("2x4x64x50x32", SEED, folder.resolve("m" + i))) {
                IntegerModelFile.write(fixture.model(), folder.resolve(i + ".cgm"));
                files[i] = Files.readAllBytes(folder.resolve(i + ".cgm"));
            }
        }
        assertThat(files[0]).isEqualTo(files[1]);
    }

    /// The synthetic weights drive two channels to about +-3000 at position 0.
    @Test
    void massiveChannelsAreReflectedAway(@TempDir Path folder) throws IOException {
        SyntheticModel.write(folder, SyntheticModel.shape("2x12x768x200x64"), SEED);
        try (ModelWeights weights = ModelWeights.open(folder)) {
            List<int[]> sequences = windows(2, 24, 200);
            double[] peak = {0};
            new FloatModel(weights).hidden(sequences.getFirst(), (site, _, _, values, _, _) -> {
                if (site == ActivationSite.RESIDUAL_OUT) {
                    for (double value : values) {
                        peak[0] = Math.max(peak[0], Math.abs(value));
                    }
                }
            });
            assertThat(peak[0]).isGreaterThan(1500);
            StreamBasis stream = Calibration.run(weights, QuantizerOptions.standard(weights.architecture()), 0,
                    sequences).stream();
            assertThat(stream.reflections()).isPositive();
            assertThat(stream.peak()).isLessThan(peak[0] / 8);
            // An orthogonal map of the zero-sum subspace: lengths of centred rows are kept.
            double[] row = new Random(SEED).doubles(768, -1, 1).toArray();
            double mean = Arrays.stream(row).average().orElseThrow();
            double length = Arrays.stream(row).map(v -> (v - mean) * (v - mean)).sum();
            stream.apply(row, 0, 768);
            assertThat(Arrays.stream(row).map(v -> v * v).sum()).isCloseTo(length, within(1e-9));
        }
    }

    @Test
    void theErfFormIsTabulatedToo(@TempDir Path folder) throws IOException {
        SyntheticModel.write(folder, SyntheticModel.shape("2x4x64x50x32"), SEED);
        Path config = folder.resolve("config.json");
        String erf = Files.readString(config).replace("\"gelu_new\"", "\"gelu\"");
        Files.writeString(config, erf);
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            IntegerModel model = new Quantizer(weights)
                    .quantise(arena, "erf", TokenizerInfo.NONE, Quantizer.randomCalibration(weights.architecture(), 1));
            IntegerLayer layer = model.layers().getFirst();
            double minusHalf = layer.mlp().activation(Math.round(-0.5 / layer.mlp().inputUnit())) * layer.mlp().outputUnit();
            // -0.5 * Phi(-0.5) = -0.154269; the tanh form gives -0.154286.
            assertThat(minusHalf).isBetween(-0.1543 - layer.mlp().outputUnit(), -0.1542 + layer.mlp().outputUnit());
            assertThat(erf).contains("\"gelu\"");
            QuantizationReport report =
                    QuantizationReport.compare(new FloatModel(weights), model, windows(2, 32, 50));
            assertThat(report.meanDivergence().orElseThrow()).as(report.summary()).isLessThan(5e-3);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine(@TempDir Path folder) throws IOException {
        SyntheticModel.write(folder, SyntheticModel.shape("1x2x32x20x16"), SEED);
        try (ModelWeights weights = ModelWeights.open(folder);
                Arena arena = Arena.ofShared()) {
            WeightSource source = weights;
            // Projections that amplify each channel by 2^22: no residual unit can hold both them and epsilon.
            refused(scaledProjection(source, 1 << 22), arena, "residual stream");
            refused(scaledProjection(source, Float.MAX_VALUE / (1 << 10)), arena, "");
        }
    }

    private static void refused(WeightSource source, Arena arena, String cause) {
        assertThatThrownBy(() -> new Quantizer(source)
                        .quantise(arena, "x", TokenizerInfo.NONE, Quantizer.randomCalibration(source.architecture(), 1)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining(cause)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    /// The source with the attention projections of every block multiplied.
    private static WeightSource scaledProjection(WeightSource source, float factor) {
        return (WeightSource) Proxy.newProxyInstance(
                WeightSource.class.getClassLoader(), new Class<?>[] {WeightSource.class}, (_, method, arguments) -> {
                    Object result = method.invoke(source, arguments);
                    if (!(result instanceof LayerWeights w)) {
                        return result;
                    }
                    float[] output = w.output().weights().clone();
                    for (int i = 0; i < output.length; i++) {
                        output[i] *= factor;
                    }
                    return new LayerWeights(
                            w.norm1Gain(), w.norm1Shift(), w.query(), w.key(), w.value(),
                            new DenseMatrix(output, w.output().bias(), w.output().outputs(), w.output().inputs()),
                            w.norm2Gain(), w.norm2Shift(), w.gate(), w.up(), w.down());
                });
    }

    private static List<int[]> windows(int count, int length, int vocabulary) {
        Random random = new Random(SEED);
        List<int[]> windows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            windows.add(random.ints(length, 0, vocabulary).toArray());
        }
        return windows;
    }

    private static int largestWeight(IntegerLinear linear) {
        int largest = 0;
        for (int j = 0; j < linear.outputs(); j++) {
            for (int k = 0; k < linear.inputs(); k++) {
                largest = Math.max(largest, Math.abs(linear.weight(j, k)));
            }
        }
        return largest;
    }
}
