package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SafetensorsFile;
import dev.chagres.gpt2.weights.SafetensorsWriter;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attention and norm weights of GPT-2 small, first and last block, inside an otherwise synthetic model.
class PublishedAttentionTest {
    private static final long SEED = 8;

    @Test
    void firstAndLastBlockOfGpt2Small(@TempDir Path folder) throws IOException {
        Path published = TestData.path("models/gpt2-small-partial/layer0_layer11_only.safetensors");
        Path synthetic = folder.resolve("synthetic");
        Path merged = folder.resolve("merged");
        Architecture config = SyntheticModel.shape("2x12x768x400x64");
        SyntheticModel.write(synthetic, config, SEED);
        merge(synthetic, published, merged, config);
        try (ModelWeights weights = ModelWeights.open(merged);
                Arena arena = Arena.ofShared()) {
            IntegerModel model = new Quantizer(weights)
                    .quantise(arena, "merged", TokenizerInfo.NONE, Quantizer.randomCalibration(config, SEED));
            // Rounding q, k and v alone changes a block of published attention by 1-3 %.
            int[] ids = Quantizer.randomCalibration(config, SEED + 1).getFirst();
            double error = logitError(
                    new FloatModel(weights).logits(ids), new ReferenceInference(model).logits(ids), model.logitUnit());
            assertThat(error).as("relative error of the logits, seed %d", SEED).isLessThan(0.03);
            // Channels of the published attention span two orders of magnitude; one logit unit still fits them.
            assertThat(model.softmax().logitUnit()).isBetween(2e-4, 2e-3);
            for (IntegerLayer layer : model.layers()) {
                assertThat(layer.query().shift()).isBetween(10, 16);
                assertThat(layer.output().shift()).isBetween(0, 12);
            }
        }
    }

    /// Euclidean length of the difference over that of the centred float logits.
    private static double logitError(double[][] expected, long[][] actual, double unit) {
        double difference = 0;
        double length = 0;
        for (int t = 0; t < expected.length; t++) {
            double mean = Arrays.stream(expected[t]).average().orElseThrow();
            for (int v = 0; v < expected[t].length; v++) {
                difference += Math.pow(actual[t][v] * unit - expected[t][v], 2);
                length += Math.pow(expected[t][v] - mean, 2);
            }
        }
        return Math.sqrt(difference / length);
    }

    private static void merge(Path synthetic, Path published, Path merged, Architecture config) throws IOException {
        Files.createDirectories(merged);
        Files.copy(synthetic.resolve("config.json"), merged.resolve("config.json"));
        try (SafetensorsFile base = SafetensorsFile.open(synthetic.resolve("model.safetensors"));
                SafetensorsFile real = SafetensorsFile.open(published)) {
            LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>();
            for (String name : base.names()) {
                shapes.put(name, shape(name, base.read(name).length, config));
            }
            try (SafetensorsWriter writer =
                    new SafetensorsWriter(merged.resolve("model.safetensors"), shapes, Map.of())) {
                int replaced = 0;
                for (String name : shapes.keySet()) {
                    String source = name.replace("h.1.", "h.11.");
                    boolean known = real.names().contains(source);
                    replaced += known ? 1 : 0;
                    writer.append(
                            known ? real.read(source) : name.equals("h.0.mlp.c_proj.weight") ? plain(config)
                                    : base.read(name));
                }
                assertThat(replaced).as("tensors taken from the published file").isEqualTo(22);
            }
        }
    }

    /// The synthetic neurons that write massive channels are tuned to the synthetic norms; drawn anew they are plain.
    private static float[] plain(Architecture config) {
        Random random = new Random(SEED);
        float[] weights = new float[config.mlpWidth() * config.width()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.13 * random.nextGaussian());
        }
        return weights;
    }

    private static List<Integer> shape(String name, int length, Architecture config) {
        if (name.endsWith("bias") || name.contains("ln_")) {
            return List.of(length);
        }
        int columns = name.contains("c_attn")
                ? 3 * config.width()
                : name.contains("c_fc") ? config.mlpWidth() : config.width();
        return List.of(length / columns, columns);
    }
}
