package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One model in the many forms in which exporters store it: all of them are the same weights.
class WeightFormsTest {
    private static final Architecture CONFIG = SyntheticModel.shape("2x2x8x11x6");
    private static final int[] IDS = {3, 1, 4, 1, 5};

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"transformer.", "_orig_mod.", "module.", "model.", "_orig_mod.transformer.",
            "module.transformer.",
        "model.transformer.", "module._orig_mod.transformer.", "_orig_mod.module.model."})
    void prefixesOfWrappersDoNotCount(String prefix) throws IOException {
        same(m -> {
            Map<String, ModelFolder.Tensor> renamed = new LinkedHashMap<>();
            m.tensors().forEach((name, t) -> renamed.put(prefix + name, t));
            m.tensors().clear();
            m.tensors().putAll(renamed);
            m.tensors().put(prefix + "lm_head.weight", renamed.get(prefix + "wte.weight"));
        });
    }

    @Test
    void matricesOfNnLinear() throws IOException {
        same(WeightFormsTest::transposeProjections);
    }

    /// With F = d only the attention's input matrix tells the layouts apart.
    @Test
    void squareMatricesFollowTheOthers() throws IOException {
        Architecture square = Architecture.gpt2(
                2, 2, 8, 8, 6, 11, 1e-5, Activation.GELU_TANH, true, false, CONFIG.endOfText());
        ModelFolder plain = new ModelFolder(square, 3);
        ModelFolder linear = new ModelFolder(square, 3);
        transposeProjections(linear);
        try (ModelWeights a = ModelWeights.open(plain.write(folder.resolve("a")));
                ModelWeights b = ModelWeights.open(linear.write(folder.resolve("b")))) {
            assertThat(b.layer(1)).usingRecursiveComparison().isEqualTo(a.layer(1));
        }
    }

    @Test
    void oneModelHasOneLayout() throws IOException {
        refused(m -> m.edit("h.1.mlp.c_fc.weight", ModelFolder.Tensor::transposed),
                "tensor h.1.mlp.c_fc.weight has shape [32, 8], config.json implies [8, 32]");
        refused(m -> m.edit("attn.c_attn.weight", ModelFolder.Tensor::transposed),
                "tensor h.0.mlp.c_fc.weight has shape [8, 32], config.json implies [32, 8]");
    }

    @Test
    void aTiedHeadInPlaceOfTheTokenEmbedding() throws IOException {
        same(m -> m.tensors().put("lm_head.weight", m.tensors().remove("wte.weight")));
        refused(m -> {
            m.config().put("tie_word_embeddings", false);
            m.tensors().put("lm_head.weight", m.tensors().remove("wte.weight"));
        }, "tensor wte.weight is missing");
    }

    @ParameterizedTest
    @EnumSource(value = TensorType.class, names = {"F64", "F32", "F16", "BF16"})
    void aTiedHeadBesideTheTokenEmbedding(TensorType type) throws IOException {
        same(m -> m.tensors().put("lm_head.weight", m.tensors().get("wte.weight").as(type)));
        refused(m -> m.tensors().put("lm_head.weight", m.tensors().get("wte.weight").map(v -> v * 1.01f).as(type)),
                "tensor lm_head.weight differs from wte.weight");
    }

    @Test
    void theContextIsInThePositionEmbedding() throws IOException {
        same(m -> {
            m.config().remove("n_positions");
            m.config().remove("n_ctx");
        });
        refused(m -> {
            m.config().remove("n_positions");
            m.config().remove("n_ctx");
            m.tensors().remove("wpe.weight");
        }, "n_positions is missing");
    }

    /// Scores of block l are `q k / (l + 1)`, without the root: the same as queries multiplied by hand.
    @Test
    void scalesOfScoresAreFoldedIntoQueries() throws IOException {
        ModelFolder flags = new ModelFolder(CONFIG, 3);
        flags.config().put("scale_attn_weights", false);
        flags.config().put("scale_attn_by_inverse_layer_idx", true);
        ModelFolder byHand = new ModelFolder(CONFIG, 3);
        for (int l = 0; l < 2; l++) {
            float factor = 2f / (l + 1);
            for (String part : List.of("weight", "bias")) {
                float[] values = byHand.tensors().get("h." + l + ".attn.c_attn." + part).values();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= i % 24 < 8 ? factor : 1;
                }
            }
        }
        try (ModelWeights a = ModelWeights.open(flags.write(folder.resolve("a")));
                ModelWeights b = ModelWeights.open(byHand.write(folder.resolve("b")))) {
            assertThat(new FloatModel(a).logits(IDS)).isDeepEqualTo(new FloatModel(b).logits(IDS));
            assertThat(new FloatModel(a).logits(IDS)[4]).isNotEqualTo(plainLogits()[4]);
        }
    }

    @Test
    void namesFromFilesCannotDrawOnTheTerminal() throws IOException {
        ModelFolder m = new ModelFolder(CONFIG, 3);
        m.tensors().put("\u202e\u001b[2Jred" + "x".repeat(3000), m.tensors().get("ln_f.bias"));
        Path model = m.write(folder);
        assertThatThrownBy(() -> ModelWeights.open(model)).hasMessage(model.resolve("model.safetensors")
                + ": tensor <U+202E><U+001B>[2Jred" + "x".repeat(72)
                + "... (3008 characters) is not part of the GPT-2 model"
                + " in config.json");
    }

    @Test
    void missingShardsAndOtherFormatsAreNamed() throws IOException {
        Path model = new ModelFolder(CONFIG, 3).write(folder);
        Files.move(model.resolve("model.safetensors"), model.resolve("model-00001-of-00002.safetensors"));
        assertThatThrownBy(() -> ModelWeights.open(model))
                .hasMessageContaining("has neither model.safetensors nor")
                .hasMessageContaining("but model-00001-of-00002.safetensors");
        Files.writeString(model.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"wte.weight\": \"model-00002-of-00002.safetensors\"}}");
        assertThatThrownBy(() -> ModelWeights.open(model)).hasMessage(model.resolve("model-00002-of-00002.safetensors")
                + ": no such file, but model.safetensors.index.json lists it; download all files that it lists");
    }

    private static void transposeProjections(ModelFolder m) {
        for (String end : List.of("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")) {
            m.edit(end, ModelFolder.Tensor::transposed);
        }
    }

    private double[][] plainLogits() throws IOException {
        try (ModelWeights plain = ModelWeights.open(new ModelFolder(CONFIG, 3).write(folder.resolve("plain")))) {
            return new FloatModel(plain).logits(IDS);
        }
    }

    private void same(Consumer<ModelFolder> edit) throws IOException {
        ModelFolder m = new ModelFolder(CONFIG, 3);
        edit.accept(m);
        try (ModelWeights weights = ModelWeights.open(m.write(folder.resolve("edited")))) {
            assertThat(new FloatModel(weights).logits(IDS)).isDeepEqualTo(plainLogits());
        }
    }

    private void refused(Consumer<ModelFolder> edit, String cause) throws IOException {
        ModelFolder m = new ModelFolder(CONFIG, 3);
        edit.accept(m);
        Path model = m.write(folder.resolve("edited"));
        assertThatThrownBy(() -> ModelWeights.open(model))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(model.toString())
                .hasMessageContaining(cause)
                .message().doesNotContain("\n");
    }
}
