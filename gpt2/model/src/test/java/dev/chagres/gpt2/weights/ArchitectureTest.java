package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    private static final String MINIMAL =
            "\"n_layer\": 2, \"n_head\": 3, \"n_embd\": 12, \"vocab_size\": 7, \"n_ctx\": 5";

    @TempDir
    Path folder;

    @Test
    void defaults() throws IOException {
        assertThat(Architecture.read(write("{" + MINIMAL + "}")))
                .isEqualTo(Architecture.gpt2(2, 3, 12, 48, 5, 7, 1e-5, Activation.GELU_TANH, true, false,
                        List.of()));
    }

    @Test
    void everyField() throws IOException {
        Architecture config = Architecture.read(write("{" + MINIMAL + """
                , "model_type": "gpt2", "n_positions": 6, "n_inner": 20, "layer_norm_epsilon": 1e-6, \
                "activation_function": "gelu",
                "tie_word_embeddings": false, "lm_head_bias": true, "eos_token_id": 6, "resid_pdrop": 0.1}"""));
        assertThat(config)
                .isEqualTo(Architecture.gpt2(2, 3, 12, 20, 6, 7, 1e-6, Activation.GELU_ERF, false, true,
                        List.of(6)));
        assertThat(Architecture.read(write(config.toJson()))).isEqualTo(config);
    }

    @Test
    void nullsCountAsAbsent() throws IOException {
        Architecture config = Architecture.read(write("{" + MINIMAL + ", \"n_inner\": null, \"eos_token_id\": null}"));
        assertThat(config.mlpWidth()).isEqualTo(48);
        assertThat(config.endOfText()).isEmpty();
    }

    @Test
    void refusals() throws IOException {
        refuse("", "is empty; download");
        refuse("{", "not valid JSON");
        refuse("[]", "is not a JSON object");
        refuse("{}", "n_embd is missing");
        refuse("{" + MINIMAL + ", \"n_layer\": 3}", "Duplicate");
        refuse("{" + MINIMAL + ", \"n_inner\": 0}", "n_inner is 0");
        refuse("{" + MINIMAL + ", \"n_inner\": 1.5}", "n_inner is 1.5, need an integer");
        refuse("{" + MINIMAL + ", \"n_inner\": 99999999999}", "n_inner is 99999999999");
        refuse("{" + MINIMAL + ", \"n_inner\": 2000000000}", "a tensor would have");
        refuse("{" + MINIMAL + ", \"activation_function\": \"mish\"}",
                "activation_function is \"mish\", need one of gelu_new");
        refuse("{" + MINIMAL + ", \"model_type\": \"bert\"}", "model_type is \"bert\", need gpt2, llama, mistral or qwen2");
        refuse("{" + MINIMAL + ", \"layer_norm_epsilon\": 0}", "layer_norm_epsilon is 0.0");
        refuse("{" + MINIMAL + ", \"tie_word_embeddings\": 1}", "tie_word_embeddings is 1, need true or false");
        refuse("{" + MINIMAL + ", \"add_cross_attention\": true}", "add_cross_attention = true is not supported");
        refuse("{" + MINIMAL.replace("12", "13") + "}", "n_embd 13 is not a multiple of n_head 3");
    }

    @Test
    void namesOfHuggingFacesBaseClass() throws IOException {
        Architecture config = Architecture.read(write("""
                {"num_hidden_layers": 2, "num_attention_heads": 3, "hidden_size": 12,
                "max_position_embeddings": 5, "vocab_size": 7}"""));
        assertThat(config).isEqualTo(Architecture.read(write("{" + MINIMAL + "}")));
        refuse("{" + MINIMAL + ", \"hidden_size\": 24}", "n_embd is 12, but hidden_size, the same field, is 24");
    }

    /// Names of other families: Hugging Face's GPT-2 would compute with its default instead.
    @Test
    void foreignNamesAreNotGuessedAt() throws IOException {
        refuse("{" + MINIMAL + ", \"hidden_act\": \"relu\"}",
                "hidden_act is \"relu\", but GPT-2 reads activation_function");
        refuse("{" + MINIMAL + ", \"layer_norm_eps\": 1e-6}", "but GPT-2 reads layer_norm_epsilon");
        refuse("{" + MINIMAL + ", \"intermediate_size\": 24}", "but GPT-2 reads n_inner");
        Architecture plain = Architecture.read(write("{" + MINIMAL + "}"));
        assertThat(Architecture.read(write("{" + MINIMAL + """
                , "hidden_act": "gelu_new", "layer_norm_eps": 1e-05, "intermediate_size": 48}"""))).isEqualTo(plain);
    }

    /// The names of `ACT2FN` in Hugging Face transformers.
    @ParameterizedTest
    @CsvSource({
        "gelu_new, GELU_TANH", "gelu_fast, GELU_TANH", "gelu_pytorch_tanh, GELU_TANH", "gelu_accurate, GELU_TANH",
        "gelu, GELU_ERF", "gelu_python, GELU_ERF", "relu, RELU", "silu, SILU", "swish, SILU", "tanh, TANH",
        "quick_gelu, QUICK_GELU"
    })
    void activationNames(String name, Activation activation) throws IOException {
        Architecture config = Architecture.read(write("{" + MINIMAL + ", \"activation_function\": \"" + name + "\"}"));
        assertThat(config.activation()).isEqualTo(activation);
        assertThat(Architecture.read(write(config.toJson()))).isEqualTo(config);
    }

    @Test
    void scalesOfAttentionScores() throws IOException {
        Architecture config = Architecture.read(write("{" + MINIMAL + """
                , "scale_attn_weights": false, "scale_attn_by_inverse_layer_idx": true,
                "reorder_and_upcast_attn": true}"""));
        assertThat(config.queryFactor(0)).isEqualTo(2);
        assertThat(config.queryFactor(1)).isEqualTo(1);
        assertThat(Architecture.read(write(config.toJson()))).isEqualTo(config);
        assertThat(Architecture.read(write("{" + MINIMAL + "}")).queryFactor(1)).isEqualTo(1);
    }

    @Test
    void endOfText() throws IOException {
        assertThat(end("3")).containsExactly(3);
        assertThat(end("[3]")).containsExactly(3);
        assertThat(end("[5, 3, 3, 50256]")).containsExactly(3, 5);
        assertThat(end("[]")).isEmpty();
        assertThat(end("50256")).as("the vocabulary has 7").isEmpty();
        assertThat(end("-1")).isEmpty();
        refuse("{" + MINIMAL + ", \"eos_token_id\": \"3\"}", "need an integer below 2^31 or a list of them");
        ConfigReader reader = ConfigReader.open(write("{" + MINIMAL + ", \"eos_token_id\": 50256}"));
        assertThat(reader.architecture().endOfText()).isEmpty();
        assertThat(reader.notes()).singleElement().asString()
                .contains("config.json: eos_token_id 50256 is outside the vocabulary of 7 and can never be generated");
        Architecture several = Architecture.read(write("{" + MINIMAL + ", \"eos_token_id\": [5, 3]}"));
        assertThat(Architecture.read(write(several.toJson()))).isEqualTo(several);
    }

    @Test
    void theGenerationConfigurationComesFirst() throws IOException {
        Path generation = Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 2}");
        assertThat(end("3")).containsExactly(2);
        Files.writeString(generation, "{\"eos_token_id\": null}");
        assertThat(end("3")).containsExactly(3);
        Files.writeString(generation, "{\"eos_token_id\": [1, 2]}");
        assertThat(end("3")).containsExactly(1, 2);
    }

    private List<Integer> end(String value) throws IOException {
        return Architecture.read(write("{" + MINIMAL + ", \"eos_token_id\": " + value + "}")).endOfText();
    }

    /// Sizes that no computer holds are refused before anything of that size is made.
    @Test
    void sizesOutOfReach() throws IOException {
        refuse("{" + MINIMAL.replace("\"n_layer\": 2", "\"n_layer\": 2147483647") + "}",
                "n_layer is 2147483647, need at most");
        refuse("{" + MINIMAL.replace("\"vocab_size\": 7", "\"vocab_size\": 2147483647") + "}", "a tensor would have");
        refuse("{" + MINIMAL.replace("\"n_embd\": 12", "\"n_embd\": 2147483646") + "}",
                "n_embd is 2147483646, need less than 2^29");
    }

    private void refuse(String json, String cause) throws IOException {
        Path file = write(json);
        assertThatThrownBy(() -> Architecture.read(file))
                .as(json)
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(cause)
                .message().doesNotContain("\n");
    }

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("config.json"), json);
    }
}
