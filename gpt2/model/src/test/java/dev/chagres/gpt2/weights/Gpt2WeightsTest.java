package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.TestData;
import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class Gpt2WeightsTest {
    private static final long SEED = 11;
    private static final Architecture CONFIG = SyntheticModel.shape("2x2x8x11x6");

    /// A tensor to be written.
    private record Tensor(List<Integer> shape, float[] values) {
        static Tensor random(Random random, List<Integer> shape) {
            float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            return new Tensor(shape, values);
        }
    }

    @TempDir
    Path folder;

    private final Map<String, Tensor> model = new LinkedHashMap<>();
    private Path file;

    @BeforeEach
    void createModel() throws IOException {
        Random random = new Random(SEED);
        TensorShapes.of(CONFIG).forEach((name, shape) -> model.put(name, Tensor.random(random, shape)));
        file = folder.resolve("model.safetensors");
        Files.writeString(folder.resolve("config.json"), CONFIG.toJson());
    }

    @Test
    void everyTensorWithAndWithoutPrefix() throws IOException {
        for (String prefix : List.of("", "transformer.")) {
            Map<String, Tensor> renamed = new LinkedHashMap<>();
            model.forEach((name, tensor) -> renamed.put(prefix + name, tensor));
            write(file, renamed);
            try (TensorStore store = TensorStore.open(folder)) {
            Gpt2Weights weights = Gpt2Weights.of(folder, CONFIG, store);
                model.forEach((name, tensor) -> assertThat(weights.tensor(name)).as(name).isEqualTo(tensor.values()));
                LayerWeights layer = weights.layer(1);
                assertThat(layer.up().weights())
                        .isEqualTo(DenseMatrix.transpose(model.get("h.1.mlp.c_fc.weight").values(), 8, 32));
                float[] attention = model.get("h.1.attn.c_attn.weight").values();
                for (int i = 0; i < 64; i++) {
                    assertThat(layer.query().weights()[i]).isEqualTo(attention[i % 8 * 24 + i / 8]);
                    assertThat(layer.key().weights()[i]).isEqualTo(attention[i % 8 * 24 + 8 + i / 8]);
                    assertThat(layer.value().weights()[i]).isEqualTo(attention[i % 8 * 24 + 16 + i / 8]);
                }
                assertThat(layer.value().bias())
                        .isEqualTo(Arrays.copyOfRange(model.get("h.1.attn.c_attn.bias").values(), 16, 24));
                assertThat(layer.output().bias()).isEqualTo(model.get("h.1.attn.c_proj.bias").values());
                assertThat(layer.norm2Shift()).isEqualTo(model.get("h.1.ln_2.bias").values());
                float[] wte = model.get("wte.weight").values();
                assertThat(weights.tokenRows(3, 4)).isEqualTo(Arrays.copyOfRange(wte, 24, 32));
                assertThat(weights.positionRows(2, 4))
                        .isEqualTo(Arrays.copyOfRange(model.get("wpe.weight").values(), 16, 32));
                assertThat(weights.headRows(9, 11)).isEqualTo(Arrays.copyOfRange(wte, 72, 88));
                assertThat(weights.headBias()).isEqualTo(new float[11]);
                assertThatThrownBy(() -> weights.headRows(9, 12)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> weights.layer(2)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> weights.tensor("h.2.ln_1.bias")).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void missingBiasesAreZeroAndMaskBuffersIgnored() throws IOException {
        model.keySet().removeIf(name -> name.endsWith(".bias"));
        model.put("h.0.attn.bias", new Tensor(List.of(1, 1, 6, 6), new float[36]));
        model.put("h.1.attn.masked_bias", new Tensor(List.of(), new float[1]));
        write(file, model);
        try (ModelWeights weights = ModelWeights.open(folder)) {
            assertThat(weights.layer(0).key().bias()).isEqualTo(new float[8]);
            assertThat(weights.finalNormShift()).isEqualTo(new float[8]);
        }
    }

    @Test
    void brokenModelsAreRefusedInOneLine() throws IOException {
        refuse(m -> m.remove("h.1.ln_2.weight"), "tensor h.1.ln_2.weight is missing");
        refuse(
                m -> m.put("h.0.mlp.c_fc.weight", new Tensor(List.of(32, 8), new float[256])),
                "tensor h.0.mlp.c_fc.weight has shape [32, 8], config.json implies [8, 32]");
        refuse(m -> m.put("h.2.ln_1.weight", new Tensor(List.of(8), new float[8])),
                "h.2.ln_1.weight is not part of the GPT-2 model");
        refuse(
                m -> m.put("transformer.wpe.weight", m.get("wpe.weight")),
                "tensor transformer.wpe.weight is also in " + file + " as wpe.weight");
        refuse(m -> m.put("lm_head.bias", new Tensor(List.of(11), new float[11])), "\"lm_head_bias\": true");
        refuse(
                m -> m.put("lm_head.weight", new Tensor(List.of(11, 8), new float[88])),
                "tensor lm_head.weight differs from wte.weight");
    }

    @Test
    void tiedHeadMayBeStoredTwice() throws IOException {
        model.put("lm_head.weight", model.get("wte.weight"));
        write(file, model);
        try (TensorStore store = TensorStore.open(folder)) {
            Gpt2Weights weights = Gpt2Weights.of(folder, CONFIG, store);
            assertThat(weights.headRows(0, 11)).isEqualTo(model.get("wte.weight").values());
        }
    }

    @Test
    void valuesThatAreNotFiniteAreFoundWhenRead() throws IOException {
        model.get("h.1.attn.c_attn.weight").values()[17] = Float.NaN;
        model.get("wte.weight").values()[80] = Float.NEGATIVE_INFINITY;
        write(file, model);
        try (ModelWeights weights = ModelWeights.open(folder)) {
            assertThat(weights.layer(0)).isNotNull();
            assertThatThrownBy(() -> weights.layer(1))
                    .isInstanceOf(FileFormatException.class)
                    .hasMessage(file + ": tensor h.1.attn.c_attn.weight has value NaN at element 17");
            assertThat(weights.tokenRows(9, 10)).hasSize(8);
            assertThatThrownBy(() -> weights.tokenRows(10, 11))
                    .hasMessageContaining("wte.weight has value -Infinity at element 80");
        }
    }

    @Test
    void shardedCheckpoint() throws IOException {
        StringBuilder index = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
        Map<String, Map<String, Tensor>> shards = new LinkedHashMap<>();
        model.forEach((name, tensor) -> {
            String shard = name.startsWith("h.1.") ? "model-00002-of-00002.safetensors"
                    : "model-00001-of-00002.safetensors";
            shards.computeIfAbsent(shard, _ -> new LinkedHashMap<>()).put("transformer." + name, tensor);
            index.append(index.charAt(index.length() - 1) == '{' ? "" : ", ");
            index.append("\"transformer.%s\": \"%s\"".formatted(name, shard));
        });
        for (Map.Entry<String, Map<String, Tensor>> shard : shards.entrySet()) {
            write(folder.resolve(shard.getKey()), shard.getValue());
        }
        Path indexFile = Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
        try (TensorStore store = TensorStore.open(folder)) {
            Gpt2Weights weights = Gpt2Weights.of(folder, CONFIG, store);
            model.forEach((name, tensor) -> assertThat(weights.tensor(name)).as(name).isEqualTo(tensor.values()));
        }
        shards.get("model-00002-of-00002.safetensors").remove("transformer.h.1.ln_1.bias");
        write(folder.resolve("model-00002-of-00002.safetensors"), shards.get("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> ModelWeights.open(folder))
                .hasMessageContaining("tensor transformer.h.1.ln_1.bias is missing");
        Files.writeString(indexFile, "{\"weight_map\": {\"wte.weight\": \"../other.safetensors\"}}");
        assertThatThrownBy(() -> ModelWeights.open(folder))
                .hasMessageContaining("\"../other.safetensors\", which is not a file name");
        Files.writeString(indexFile, "{}");
        assertThatThrownBy(() -> ModelWeights.open(folder)).hasMessageContaining("weight_map is missing");
        Files.delete(indexFile);
        assertThatThrownBy(() -> ModelWeights.open(folder)).hasMessageContaining("has neither model.safetensors nor");
    }

    /// GPT-2 small's published tensors of two layers have the shapes its configuration implies and hold the values
    /// other projects print; the folder alone is refused as incomplete.
    @Test
    void partialGpt2Small() throws IOException {
        Path partial = TestData.path("models/gpt2-small-partial");
        Architecture config = Architecture.read(partial.resolve("config.json"));
        Map<String, List<Integer>> shapes = TensorShapes.of(config);
        try (SafetensorsFile tensors = SafetensorsFile.open(partial.resolve("layer0_layer11_only.safetensors"))) {
            assertThat(tensors.names()).hasSize(22);
            for (String name : tensors.names()) {
                List<Long> expected = shapes.get(name).stream().map(Integer::longValue).toList();
                assertThat(tensors.info(name).shape()).as(name).isEqualTo(expected);
            }
            JsonNode published = Json.read(TestData.path("reference/gpt2_small_published_reference.json"));
            int compared = 0;
            for (JsonNode spot : published.get("weight_spot_values_4_decimals")) {
                String name = spot.get("tensor").stringValue();
                if (tensors.names().contains(name)) {
                    float[] values = tensors.read(name);
                    for (int i = 0; i < 10; i++) {
                        assertThat(values[i]).isCloseTo(spot.get("first10").get(i).floatValue(), within(6e-5f));
                        assertThat(values[values.length - 10 + i]).isCloseTo(spot.get("last10").get(i).floatValue(),
                                within(6e-5f));
                    }
                    compared++;
                }
            }
            assertThat(compared).isEqualTo(2);
        }
        assertThatThrownBy(() -> ModelWeights.open(partial)).hasMessageContaining("has neither model.safetensors nor");
    }

    private void refuse(Consumer<Map<String, Tensor>> damage, String cause) throws IOException {
        Map<String, Tensor> damaged = new LinkedHashMap<>(model);
        damage.accept(damaged);
        write(file, damaged);
        assertThatThrownBy(() -> ModelWeights.open(folder))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(cause)
                .message().doesNotContain("\n");
    }

    private static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        try (SafetensorsWriter writer = new SafetensorsWriter(file, shapes, Map.of())) {
            for (Tensor tensor : tensors.values()) {
                writer.append(tensor.values());
            }
        }
    }
}
