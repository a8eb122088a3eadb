package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `config.json` and tensors of the Llama family: what is read, and what is refused by its name.
class LlamaConfigTest {
    private static final String LLAMA = """
            "model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 11, "max_position_embeddings": 64,
            "rms_norm_eps": 1e-5""";
    private static final Architecture CONFIG =
            SyntheticModel.llama("2x2x8x11x64", OptionalInt.of(1), OptionalInt.of(12));

    @TempDir
    private Path folder;

    @Test
    void fields() throws IOException {
        Architecture a = read(LLAMA + ", \"eos_token_id\": [9, 2], \"rope_theta\": 500000.0");
        assertThat(a).isEqualTo(new Architecture(2, 2, 1, 4, 8, 12, 64, 11, NormKind.RMS, 1e-5,
                new PositionKind.Rotary(500_000), MlpKind.GATED, Activation.SILU, false, false, ScoreScale.STANDARD,
                List.of(2, 9)));
        assertThat(Architecture.read(Files.writeString(folder.resolve("config.json"), a.toJson()))).isEqualTo(a);
        Architecture wide = read(LLAMA + ", \"head_dim\": 6");
        assertThat(wide.headWidth()).isEqualTo(6);
        assertThat(wide.queryWidth()).isEqualTo(12);
        assertThat(read(LLAMA.replace("\"num_key_value_heads\": 1,", "")).keyHeads()).isEqualTo(2);
        assertThat(read(LLAMA + ", \"tie_word_embeddings\": true").tiedEmbeddings()).isTrue();
    }

    @Test
    void rotations() throws IOException {
        assertThat(read(LLAMA + ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}").positions())
                .isEqualTo(new PositionKind.Rotary(10_000, 4, List.of()));
        assertThat(read(LLAMA + ", \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 7000}").positions())
                .isEqualTo(new PositionKind.Rotary(7000));
        // Llama 3.2's scaling on heads of 8 channels: waves of 6, 70, 834 and 9 935 positions in an original context of
        // 1024: shorter than 256 are kept, longer than 1024 are stretched 32-fold, between them in proportion.
        PositionKind.Rotary llama3 = (PositionKind.Rotary) read(LLAMA.replace("\"hidden_size\": 8", "\"hidden_size\": 16")
                + """
                , "rope_theta": 10000.0, "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}""").positions();
        assertThat(llama3.factors().get(0)).isEqualTo(1);
        assertThat(llama3.factors().get(1)).isEqualTo(1);
        assertThat(llama3.factors().get(3)).isEqualTo(32);
        double smooth = (1024 / (200 * Math.PI) - 1) / 3;
        assertThat(llama3.factors().get(2)).isCloseTo((float) (1 / ((1 - smooth) / 32 + smooth)), within(1e-6f));
        assertThat(llama3.frequencies(8)[3]).isCloseTo(1e-3 / 32, within(1e-12));
        for (String kind : List.of("yarn", "dynamic", "longrope", "su")) {
            refused(LLAMA + ", \"rope_scaling\": {\"rope_type\": \"" + kind + "\", \"factor\": 4.0}",
                    "rope_scaling has rope_type \"" + kind + "\", need default, linear or llama3");
        }
        refused(LLAMA + ", \"rope_theta\": 0", "rope_theta is 0.0");
        refused(LLAMA + ", \"partial_rotary_factor\": 0.5", "partial_rotary_factor is 0.5");
        refused(LLAMA.replace("\"hidden_size\": 8", "\"hidden_size\": 6"), "head_dim is 3, need an even number");
    }

    @Test
    void whatChangesTheFunctionIsRefused() throws IOException {
        for (String type : List.of("gemma", "gemma2", "gemma3_text", "qwen3", "mixtral", "mpt", "deepseek_v3")) {
            refused(LLAMA.replace("\"llama\"", "\"" + type + "\""),
                    "model_type is \"" + type + "\", need gpt2, llama, mistral or qwen2");
        }
        refused(LLAMA + ", \"num_local_experts\": 8", "num_local_experts is 8: a mixture of experts");
        refused(LLAMA + ", \"num_experts\": 60", "num_experts is 60: a mixture of experts");
        refused(LLAMA + ", \"attn_logit_softcapping\": 50.0", "attn_logit_softcapping is 50.0");
        for (String key : List.of("attn_logit_softcapping", "final_logit_softcapping", "attention_multiplier")) {
            refused(LLAMA + ", \"" + key + "\": 1.0", key + " is 1.0, which is not supported");
            assertThat(read(LLAMA + ", \"" + key + "\": null")).isEqualTo(read(LLAMA));
        }
        for (String key : List.of("embedding_multiplier", "residual_multiplier", "logits_scaling")) {
            refused(LLAMA + ", \"" + key + "\": 12", key + " is 12, which is not supported");
            assertThat(read(LLAMA + ", \"" + key + "\": 1.0")).isEqualTo(read(LLAMA));
        }
        refused(LLAMA + ", \"mlp_bias\": true", "mlp_bias = true is not supported");
        refused(LLAMA + ", \"alibi\": true", "alibi is true");
        refused(LLAMA + ", \"hidden_act\": \"mish\"", "hidden_act is \"mish\", need one of");
        refused(LLAMA + ", \"layer_types\": [\"full_attention\", \"sliding_attention\"]", "layer_types has");
        refused(LLAMA.replace("\"num_key_value_heads\": 1", "\"num_key_value_heads\": 3"),
                "num_attention_heads 2 is not a multiple of num_key_value_heads 3");
        assertThat(read(LLAMA + ", \"mlp_bias\": false, \"num_local_experts\": 1, \"attn_logit_softcapping\": null"))
                .isEqualTo(read(LLAMA));
    }

    @Test
    void windowsOfAttentionLimitTheContext() throws IOException {
        String mistral = LLAMA.replace("\"llama\"", "\"mistral\"");
        assertThat(read(mistral + ", \"sliding_window\": 64").context()).isEqualTo(64);
        ConfigReader reader = ConfigReader.open(write(mistral + ", \"sliding_window\": 48"));
        assertThat(reader.architecture().context()).isEqualTo(48);
        assertThat(reader.notes()).singleElement().asString()
                .contains("sliding_window 48 is not supported, so the context is 48 in place of 64");
        String qwen = LLAMA.replace("\"llama\"", "\"qwen2\"");
        assertThat(read(qwen + ", \"sliding_window\": 48").context()).isEqualTo(64);
        assertThat(read(qwen + ", \"sliding_window\": 48, \"use_sliding_window\": false").context()).isEqualTo(64);
        assertThat(read(qwen + ", \"sliding_window\": 48, \"use_sliding_window\": true").context()).isEqualTo(48);
    }

    /// The configuration alone says which matrices have biases.
    @Test
    void biases() throws IOException {
        ModelFolder plain = new ModelFolder(CONFIG, 5);
        try (ModelWeights weights = ModelWeights.open(plain.write(folder))) {
            assertThat(weights.layer(1).key().bias()).isEqualTo(new float[4]);
            assertThat(weights.layer(1).key().weights())
                    .isEqualTo(plain.tensors().get("layers.1.self_attn.k_proj.weight").values());
            assertThat(weights.positions()).isEmpty();
        }
        broken(m -> m.config().put("model_type", "qwen2"), "tensor layers.0.self_attn.q_proj.bias is missing");
        broken(m -> m.config().put("attention_bias", true), "tensor layers.0.self_attn.q_proj.bias is missing");
        ModelFolder qwen = biased("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
        qwen.config().put("model_type", "qwen2");
        try (ModelWeights weights = ModelWeights.open(qwen.write(folder))) {
            assertThat(weights.layer(1).value().bias()).isEqualTo(new float[] {0, 1, 2, 3});
        }
        ModelFolder stray = biased("self_attn.q_proj");
        Path model = stray.write(folder);
        assertThatThrownBy(() -> ModelWeights.open(model))
                .hasMessageContaining("tensor layers.0.self_attn.q_proj.bias is not part of the Llama model");
    }

    private static ModelFolder biased(String... ends) {
        ModelFolder m = new ModelFolder(CONFIG, 5);
        Naming.LLAMA.shapes(CONFIG, Set.of(ends)).forEach((name, shape) -> {
            if (!m.tensors().containsKey(name)) {
                float[] values = new float[shape.getFirst()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i;
                }
                m.tensors().put(name, new ModelFolder.Tensor(TensorType.F32, shape, values));
            }
        });
        return m;
    }

    @Test
    void tensorsThatDoNotFit() throws IOException {
        broken(m -> m.tensors().remove("layers.1.mlp.gate_proj.weight"),
                "tensor layers.1.mlp.gate_proj.weight is missing");
        broken(m -> m.edit("k_proj.weight", ModelFolder.Tensor::transposed),
                "tensor layers.0.self_attn.k_proj.weight has shape [8, 4], config.json implies [4, 8]");
        broken(m -> m.tensors().put("layers.0.self_attn.q_norm.weight", m.tensors().get("norm.weight")),
                "tensor layers.0.self_attn.q_norm.weight is not part of the Llama model");
        broken(m -> m.config().put("tie_word_embeddings", false), "tensor lm_head.weight is missing");
        broken(m -> m.tensors().put("lm_head.weight",
                m.tensors().get("embed_tokens.weight").map(v -> 2 * v)), "tensor lm_head.weight differs from embed_tokens");
        ModelFolder buffers = new ModelFolder(CONFIG, 5);
        buffers.tensors().put("model.layers.0.self_attn.rotary_emb.inv_freq", buffers.tensors().get("norm.weight"));
        try (ModelWeights weights = ModelWeights.open(buffers.write(folder))) {
            assertThat(weights.architecture()).isEqualTo(CONFIG);
        }
    }

    private void broken(Consumer<ModelFolder> edit, String cause) throws IOException {
        ModelFolder m = new ModelFolder(CONFIG, 5);
        edit.accept(m);
        Path model = m.write(folder);
        assertThatThrownBy(() -> ModelWeights.open(model)).isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(model.toString()).hasMessageContaining(cause).message().doesNotContain("\n");
    }

    private Path write(String fields) throws IOException {
        return Files.writeString(folder.resolve("config.json"), "{" + fields + "}");
    }

    private Architecture read(String fields) throws IOException {
        return Architecture.read(write(fields));
    }

    private void refused(String fields, String cause) throws IOException {
        Path file = write(fields);
        assertThatThrownBy(() -> Architecture.read(file)).isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + ": ").hasMessageContaining(cause).message().doesNotContain("\n");
    }
}
