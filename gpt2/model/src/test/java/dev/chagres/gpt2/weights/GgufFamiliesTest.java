package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GGUF files of each architecture: the order of rows, biases, what is optional, what is refused.
class GgufFamiliesTest {
    private static final Architecture LLAMA = new Architecture(2, 4, 2, 4, 16, 24, 32, 11, NormKind.RMS, 1e-5,
            new PositionKind.Rotary(10_000), MlpKind.GATED, Activation.SILU, false, false, ScoreScale.STANDARD, List.of());

    @TempDir
    private Path folder;

    private ModelWeights open(GgufFile file) throws IOException {
        return ModelWeights.open(Files.write(folder.resolve("model.gguf"), file.bytes()));
    }

    /// Rows 2j and 2j + 1 of a head become j and j + 2 (of 4 channels), biases alike; values are left alone.
    @Test
    void rowsOfLlamaAreInterleaved() throws IOException {
        GgufFile file = new GgufFile("llama", LLAMA, 1);
        file.metadata().put("tokenizer.ggml.eos_token_id", 7);
        file.metadata().put("tokenizer.ggml.eot_token_id", 3);
        file.metadata().put("tokenizer.ggml.eom_token_id", 99);
        file.put("rope_freqs.weight", List.of(2), new float[] {1, 8});
        int[] source = {0, 2, 1, 3, 4, 6, 5, 7};
        try (ModelWeights weights = open(file)) {
            assertThat(weights.architecture().endOfText()).containsExactly(3, 7);
            assertThat(weights.notes()).singleElement().asString()
                    .contains("tokenizer.ggml.eom_token_id 99 is outside the vocabulary of 11");
            assertThat(weights.architecture().positions())
                    .isEqualTo(new PositionKind.Rotary(10_000, 1, List.of(1f, 8f)));
            assertThat(weights.architecture().tiedEmbeddings()).isFalse();
            LayerWeights layer = weights.layer(1);
            float[] stored = file.values("blk.1.attn_k.weight");
            for (int row = 0; row < 8; row++) {
                assertThat(Arrays.copyOfRange(layer.key().weights(), row * 16, row * 16 + 16)).as("row %d", row)
                        .isEqualTo(Arrays.copyOfRange(stored, source[row] * 16, source[row] * 16 + 16));
                assertThat(layer.key().bias()[row]).isEqualTo(file.values("blk.1.attn_k.bias")[source[row]]);
            }
            assertThat(layer.value().weights()).isEqualTo(file.values("blk.1.attn_v.weight"));
            assertThat(layer.gate().orElseThrow().weights()).isEqualTo(file.values("blk.1.ffn_gate.weight"));
            assertThat(weights.headRows(2, 4))
                    .isEqualTo(Arrays.copyOfRange(file.values("output.weight"), 32, 64));
            assertThatThrownBy(() -> weights.layer(2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void rowsOfQwenAreNot() throws IOException {
        GgufFile file = new GgufFile("qwen2", LLAMA, 2);
        file.remove("output.weight");
        try (ModelWeights weights = open(file)) {
            assertThat(weights.layer(0).query().weights()).isEqualTo(file.values("blk.0.attn_q.weight"));
            assertThat(weights.layer(0).query().bias()).isEqualTo(file.values("blk.0.attn_q.bias"));
            assertThat(weights.layer(0).output().bias()).isEqualTo(new float[16]);
            assertThat(weights.architecture().tiedEmbeddings()).isTrue();
            assertThat(weights.headRows(1, 3)).isEqualTo(weights.tokenRows(1, 3));
        }
    }

    /// One matrix before attention, `[3 d][d]`; positions and shifts of norms.
    @Test
    void gpt2() throws IOException {
        Architecture a = SyntheticModel.shape("2x2x8x11x6");
        GgufFile file = new GgufFile("gpt2", a, 3);
        try (ModelWeights weights = open(file)) {
            Architecture read = weights.architecture();
            assertThat(read.norm()).isEqualTo(NormKind.LAYER);
            assertThat(read.learnedPositions()).isTrue();
            assertThat(read.activation()).isEqualTo(Activation.GELU_TANH);
            float[] stored = file.values("blk.1.attn_qkv.weight");
            LayerWeights layer = weights.layer(1);
            assertThat(layer.query().weights()).isEqualTo(Arrays.copyOf(stored, 64));
            assertThat(layer.key().weights()).isEqualTo(Arrays.copyOfRange(stored, 64, 128));
            assertThat(layer.value().weights()).isEqualTo(Arrays.copyOfRange(stored, 128, 192));
            assertThat(layer.value().bias()).isEqualTo(Arrays.copyOfRange(file.values("blk.1.attn_qkv.bias"), 16, 24));
            assertThat(layer.norm1Shift()).isEqualTo(file.values("blk.1.attn_norm.bias"));
            assertThat(layer.gate()).isEmpty();
            assertThat(weights.positions()).isEqualTo(file.values("position_embd.weight"));
            assertThat(weights.positionRows(2, 3)).isEqualTo(Arrays.copyOfRange(weights.positions(), 16, 24));
        }
    }

    /// A bias that a family has is never taken for zero, and one that it has not is no part of it.
    @Test
    void biasesAreThoseOfTheFamily() throws IOException {
        for (String name : List.of("attn_q", "attn_k", "attn_v")) {
            GgufFile qwen = new GgufFile("qwen2", LLAMA, 2);
            qwen.remove("blk.1." + name + ".bias");
            refused(qwen, "tensor blk.1." + name + ".bias is missing");
            GgufFile one = new GgufFile("llama", LLAMA, 2);
            one.remove("blk.0." + name + ".bias");
            refused(one, "tensor blk.0." + name + ".bias is missing");
            GgufFile none = new GgufFile("llama", LLAMA, 2);
            none.remove("blk.0." + name + ".bias");
            none.remove("blk.1." + name + ".bias");
            open(none).close();
        }
        GgufFile output = new GgufFile("qwen2", LLAMA, 2);
        output.put("blk.0.attn_output.bias", List.of(16), new float[16]);
        refused(output, "tensor blk.0.attn_output.bias is not part of the qwen2 model");
        for (String family : List.of("llama", "qwen2")) {
            for (String name : List.of("ffn_gate", "ffn_up", "ffn_down")) {
                GgufFile file = new GgufFile(family, LLAMA, 2);
                file.put("blk.0." + name + ".bias", List.of(name.equals("ffn_down") ? 16 : 24), new float[24]);
                refused(file, "tensor blk.0." + name + ".bias is not part of the " + family + " model");
            }
        }
        for (String name : List.of("blk.1.attn_qkv", "blk.0.attn_output", "blk.1.ffn_up", "blk.0.ffn_down",
                "blk.1.attn_norm", "output_norm")) {
            GgufFile file = new GgufFile("gpt2", SyntheticModel.shape("2x2x8x11x6"), 3);
            file.remove(name + ".bias");
            refused(file, "tensor " + name + ".bias is missing");
        }
    }

    /// As llama.cpp has them.
    @Test
    void factorsOfRotations() throws IOException {
        assertThat(divisor("rope.scaling.factor", 4f)).isEqualTo(4);
        assertThat(divisor("rope.scale_linear", 2f)).isEqualTo(2);
        assertThat(divisor("rope.scaling.factor", 4f, "rope.scale_linear", 2f)).isEqualTo(4);
        assertThat(divisor("rope.scaling.factor", 0f)).isEqualTo(1);
        assertThat(divisor("rope.scaling.type", "linear")).isEqualTo(1);
        for (String name : List.of("rope.scaling.factor", "rope.scale_linear")) {
            GgufFile file = new GgufFile("llama", LLAMA, 4);
            file.metadata().put("llama.rope.scaling.type", "none");
            file.metadata().put("llama." + name, 4f);
            try (ModelWeights weights = open(file)) {
                assertThat(weights.architecture().positions()).isEqualTo(new PositionKind.Rotary(10_000));
                assertThat(weights.notes()).singleElement().asString()
                        .contains("llama." + name + " 4.0 has no effect, as llama.rope.scaling.type is none");
            }
        }
    }

    private double divisor(Object... keys) throws IOException {
        GgufFile file = new GgufFile("llama", LLAMA, 4);
        for (int i = 0; i < keys.length; i += 2) {
            file.metadata().put("llama." + keys[i], keys[i + 1]);
        }
        try (ModelWeights weights = open(file)) {
            assertThat(weights.notes()).isEmpty();
            return ((PositionKind.Rotary) weights.architecture().positions()).divisor();
        }
    }

    /// A head has 4 channels.
    @Test
    void scalesOfScores() throws IOException {
        for (float scale : new float[] {0, 0.5f}) {
            GgufFile file = new GgufFile("llama", LLAMA, 4);
            file.metadata().put("llama.attention.scale", scale);
            open(file).close();
        }
        for (float scale : new float[] {1, 0.25f, -0.5f, Float.NaN}) {
            refused(f -> f.metadata().put("llama.attention.scale", scale), "llama.attention.scale is " + scale);
        }
    }

    @Test
    void windowsAndLinearScaling() throws IOException {
        GgufFile file = new GgufFile("llama", LLAMA, 4);
        file.metadata().put("llama.attention.sliding_window", 20);
        file.metadata().put("llama.rope.scaling.type", "linear");
        file.metadata().put("llama.rope.scaling.factor", 4f);
        file.metadata().put("llama.expert_count", 0);
        try (ModelWeights weights = open(file)) {
            assertThat(weights.architecture().context()).isEqualTo(20);
            assertThat(weights.notes()).singleElement().asString().contains("so the context is 20 in place of 32");
            assertThat(weights.architecture().positions()).isEqualTo(new PositionKind.Rotary(10_000, 4, List.of()));
        }
    }

    @Test
    void refusals() {
        for (String family : List.of("gemma2", "gemma3", "qwen3", "qwen2moe", "bloom", "mamba")) {
            refused(f -> f.metadata().put("general.architecture", family),
                    "general.architecture is " + family + ", need llama, qwen2 or gpt2");
        }
        refused(f -> f.metadata().put("llama.expert_count", 8), "llama.expert_count is 8: a mixture of experts");
        refused(f -> f.metadata().put("llama.attn_logit_softcapping", 50f), "llama.attn_logit_softcapping is 50.0");
        refused(f -> f.metadata().put("llama.attention.max_alibi_bias", 8f), "llama.attention.max_alibi_bias is 8.0");
        refused(f -> f.metadata().put("llama.embedding_scale", 12f), "llama.embedding_scale is 12.0");
        refused(f -> f.metadata().put("llama.rope.scaling.type", "yarn"), "llama.rope.scaling.type is yarn");
        refused(f -> f.metadata().put("llama.rope.scaling.attn_factor", 1.5f), "llama.rope.scaling.attn_factor is 1.5");
        refused(f -> f.metadata().put("llama.attention.value_length", 8), "llama.attention.value_length is 8");
        for (String key : List.of("attention.sliding_window_pattern", "attention.layer_norm_epsilon",
                "attention.temperature_scale", "rope.dimension_sections", "rope.freq_base_swa",
                "rope.scaling.yarn_log_multiplier")) {
            refused(f -> f.metadata().put("llama." + key, 1f), "the metadata key llama." + key + " is not supported");
        }
        refused(f -> f.metadata().put("llama.rope.dimension_count", 2), "llama.rope.dimension_count is 2");
        refused(f -> f.metadata().put("llama.attention.causal", false), "attention is not causal");
        refused(f -> f.metadata().put("split.count", 3), "is one of 3 parts of a model");
        refused(f -> f.metadata().remove("llama.block_count"), "llama.block_count is missing");
        refused(f -> f.metadata().put("llama.block_count", "two"), "llama.block_count is not a whole number");
        refused(f -> f.metadata().put("llama.block_count", 3), "tensor blk.2.attn_norm.weight is missing");
        refused(f -> f.metadata().put("llama.feed_forward_length", 32), "tensor blk.0.ffn_gate.weight has shape [16, 24]");
        refused(f -> f.remove("token_embd.weight"), "tensor token_embd.weight is missing");
        refused(f -> f.put("blk.0.attn_q_norm.weight", List.of(4), new float[4]),
                "tensor blk.0.attn_q_norm.weight is not part of the llama model");
        refused(f -> f.put("rope_freqs.weight", List.of(3), new float[] {1, 1, 1}), "3 factors of the rotation");
    }

    private void refused(Consumer<GgufFile> edit, String cause) {
        GgufFile file = new GgufFile("llama", LLAMA, 5);
        edit.accept(file);
        refused(file, cause);
    }

    private void refused(GgufFile file, String cause) {
        assertThatThrownBy(() -> open(file).close()).isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(folder.resolve("model.gguf") + ": ")
                .hasMessageContaining(cause).message().doesNotContain("\n");
    }

    @Test
    void valuesThatAreNotFiniteAndFilesThatAreNone() throws IOException {
        GgufFile file = new GgufFile("llama", LLAMA, 6);
        file.values("blk.1.ffn_up.weight")[5] = Float.NaN;
        try (ModelWeights weights = open(file)) {
            assertThat(weights.layer(0)).isNotNull();
            assertThatThrownBy(() -> weights.layer(1)).isInstanceOf(FileFormatException.class)
                    .hasMessageContaining("tensor blk.1.ffn_up.weight has value NaN at element 5");
        }
        Path none = folder.resolve("none.gguf");
        assertThatThrownBy(() -> ModelWeights.open(none)).hasMessage(none + ": no such file");
        Path other = Files.writeString(folder.resolve("other.gguf"), "GG");
        assertThatThrownBy(() -> ModelWeights.open(other)).hasMessage(other + ": is not a GGUF file");
    }
}
