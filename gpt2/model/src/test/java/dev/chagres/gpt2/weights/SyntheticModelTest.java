package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.reference.ActivationSite;
import dev.chagres.gpt2.reference.FloatModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticModelTest {
    private static final long SEED = 20260101;

    @TempDir
    Path folder;

    @Test
    void shapes() {
        assertThat(SyntheticModel.shape("gpt2").parameters()).isEqualTo(124_439_808);
        assertThat(SyntheticModel.shape("gpt2-medium").parameters()).isEqualTo(354_823_168);
        assertThat(SyntheticModel.shape("gpt2-large").parameters()).isEqualTo(774_030_080);
        assertThat(SyntheticModel.shape("gpt2-xl").parameters()).isEqualTo(1_557_611_200);
        Architecture own = SyntheticModel.shape("2x4x64x1000x256");
        assertThat(own.layers()).isEqualTo(2);
        assertThat(own.headWidth()).isEqualTo(16);
        assertThat(own.mlpWidth()).isEqualTo(256);
        assertThat(own.vocabulary()).isEqualTo(1000);
        assertThat(own.context()).isEqualTo(256);
        assertThat(SyntheticModel.shape("2x4x64x1000").context()).isEqualTo(1024);
        assertThatThrownBy(() -> SyntheticModel.shape("gpt3")).hasMessageContaining("shape gpt3 is unknown");
        assertThatThrownBy(() -> SyntheticModel.shape("2x5x64x10")).hasMessageContaining("not a multiple of n_head 5");
        assertThatThrownBy(() -> SyntheticModel.shape("0x1x64x10")).hasMessageContaining("n_layer is 0");
    }

    @Test
    void equalSeedsGiveEqualFiles() throws IOException {
        Architecture config = SyntheticModel.shape("2x2x16x50x32");
        SyntheticModel.write(folder.resolve("a"), config, SEED);
        SyntheticModel.write(folder.resolve("b"), config, SEED);
        SyntheticModel.write(folder.resolve("c"), config, SEED + 1);
        byte[] a = Files.readAllBytes(folder.resolve("a/model.safetensors"));
        assertThat(Files.readAllBytes(folder.resolve("b/model.safetensors"))).isEqualTo(a);
        assertThat(Files.readAllBytes(folder.resolve("c/model.safetensors"))).hasSize(a.length).isNotEqualTo(a);
        try (ModelWeights weights = ModelWeights.open(folder.resolve("a"))) {
            assertThat(weights.architecture()).isEqualTo(config);
        }
    }

    @Test
    void untiedHeadWithBias() throws IOException {
        Architecture shape = SyntheticModel.shape("1x2x16x50x32");
        Architecture config = Architecture.gpt2(1, 2, 16, 40, 32, 50, 1e-5, Activation.GELU_ERF, false, true,
                shape.endOfText());
        SyntheticModel.write(folder, config, SEED);
        try (ModelWeights weights = ModelWeights.open(folder)) {
            assertThat(weights.architecture()).isEqualTo(config);
            assertThat(weights.headRows(0, 50)).isNotEqualTo(weights.tokenRows(0, 50));
            assertThat(weights.headBias()).isNotEqualTo(new float[50]);
            assertThat(new FloatModel(weights).logits(new int[] {1, 2})).hasDimensions(2, 50);
        }
    }

    @Test
    void shapesOfTheLlamaFamily() {
        assertThat(SyntheticModel.shape("smollm2-135m").parameters()).isEqualTo(134_515_008);
        assertThat(SyntheticModel.shape("tinyllama").parameters()).isEqualTo(1_100_048_384);
        Architecture own = SyntheticModel.llama("2x4x64x1000x256", OptionalInt.of(2), OptionalInt.of(96));
        assertThat(own.keyHeads()).isEqualTo(2);
        assertThat(own.mlpWidth()).isEqualTo(96);
        assertThat(own.context()).isEqualTo(256);
        assertThat(SyntheticModel.llama("2x4x64x1000", OptionalInt.empty(), OptionalInt.empty()).mlpWidth())
                .isEqualTo(192);
        assertThatThrownBy(() -> SyntheticModel.llama("2x4x64x1000", OptionalInt.of(3), OptionalInt.empty()))
                .hasMessageContaining("num_attention_heads 4 is not a multiple of num_key_value_heads 3");
        assertThatThrownBy(() -> SyntheticModel.llama("gpt2", OptionalInt.empty(), OptionalInt.empty()))
                .hasMessageContaining("shape gpt2 is no shape of its own");
    }

    /// Rows of token 0 are massive, the others moderate, and some heads attend to them.
    @ParameterizedTest
    @ValueSource(strings = {"6x6x192x300x64", "24x4x128x64x64"})
    void activationsOfLlamaAreRealistic(String shape) throws IOException {
        Architecture config = SyntheticModel.llama(shape, OptionalInt.of(2), OptionalInt.empty());
        MassiveChannels channels = new MassiveChannels(config);
        int d = config.width();
        float level = channels.level();
        int[] massive = {channels.a(), channels.b()};
        SyntheticModel.write(folder, config, SEED);
        int[] ids = new Random(SEED).ints(64, 1, config.vocabulary()).toArray();
        ids[0] = 0;
        ids[40] = 0;
        double[] largestSink = new double[1];
        try (ModelWeights weights = ModelWeights.open(folder)) {
            assertThat(weights.architecture()).isEqualTo(config);
            new FloatModel(weights).hidden(ids, (site, layer, head, values, rows, columns) -> {
                for (int t = 0; site == ActivationSite.RESIDUAL_OUT && t < rows; t++) {
                    if (ids[t] == 0) {
                        assertThat(values[t * d + massive[0]]).as("layer %d", layer).isBetween(0.5 * level, 2.0 * level);
                        assertThat(values[t * d + massive[1]]).isBetween(-2.0 * level, -0.5 * level);
                        continue;
                    }
                    for (int c = 0; c < d; c++) {
                        assertThat(Math.abs(values[t * d + c])).as("layer %d row %d channel %d", layer, t, c)
                                .isLessThan(80);
                    }
                }
                if (site == ActivationSite.ATTENTION_WEIGHTS && layer == config.layers() / 2) {
                    double sum = 0;
                    for (int t = 1; t < 40; t++) {
                        sum += values[t * columns] / 39;
                    }
                    largestSink[0] = Math.max(largestSink[0], sum);
                }
            });
        }
        assertThat(largestSink[0]).as("mean weight of position 0 in a sink head").isGreaterThan(0.2);
    }

    /// Activations as in trained models: moderate everywhere but in two channels at position 0.
    @ParameterizedTest
    @ValueSource(strings = {"tiny", "6x3x192x300x64", "24x1x64x64x64"})
    void activationsAreRealistic(String shape) throws IOException {
        Architecture config = SyntheticModel.shape(shape);
        MassiveChannels channels = new MassiveChannels(config);
        int d = config.width();
        int a = channels.a();
        int b = channels.b();
        SyntheticModel.write(folder, config, SEED);
        int[] ids = new Random(SEED).ints(64, 0, config.vocabulary()).toArray();
        double[] sinkWeight = new double[1];
        try (ModelWeights weights = ModelWeights.open(folder)) {
            new FloatModel(weights).hidden(ids, (site, layer, head, values, rows, columns) -> {
                if (site == ActivationSite.RESIDUAL_OUT) {
                    assertThat(values[a]).as("layer %d", layer)
                            .isBetween(0.5 * channels.level(), 2.0 * channels.level());
                    assertThat(values[b]).isBetween(-2.0 * channels.level(), -0.5 * channels.level());
                    double squares = 0;
                    for (int t = 1; t < rows; t++) {
                        for (int c = 0; c < d; c++) {
                            squares += values[t * d + c] * values[t * d + c];
                            assertThat(Math.abs(values[t * d + c])).as("layer %d row %d channel %d", layer, t, c)
                                    .isLessThan(80);
                        }
                    }
                    assertThat(Math.sqrt(squares / ((rows - 1) * d))).as("layer %d", layer).isBetween(0.5, 20.0);
                }
                if (site == ActivationSite.MLP_PRE_ACTIVATION) {
                    for (double value : values) {
                        assertThat(Math.abs(value)).isLessThan(60);
                    }
                }
                if (site == ActivationSite.ATTENTION_WEIGHTS && layer == config.layers() - 1 && head == 1) {
                    for (int t = 1; t < rows; t++) {
                        sinkWeight[0] += values[t * columns] / (rows - 1);
                    }
                }
            });
        }
        if (config.heads() > 1) {
            assertThat(sinkWeight[0]).as("mean weight of position 0 in a sink head").isGreaterThan(0.2);
        }
    }
}
