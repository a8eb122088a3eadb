package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Gpt2ConfigTest {
    private static final String MINIMAL =
            "\"n_layer\": 2, \"n_head\": 3, \"n_embd\": 12, \"vocab_size\": 7, \"n_ctx\": 5";

    @TempDir
    Path folder;

    @Test
    void defaults() throws IOException {
        assertThat(Gpt2Config.read(write("{" + MINIMAL + "}")))
                .isEqualTo(new Gpt2Config(2, 3, 12, 48, 5, 7, 1e-5, Activation.GELU_TANH, true, false, OptionalInt.empty()));
    }

    @Test
    void everyField() throws IOException {
        Gpt2Config config = Gpt2Config.read(write("{" + MINIMAL + """
                , "model_type": "gpt2", "n_positions": 6, "n_inner": 20, "layer_norm_epsilon": 1e-6, "activation_function": "gelu",
                "tie_word_embeddings": false, "lm_head_bias": true, "eos_token_id": 6, "resid_pdrop": 0.1}"""));
        assertThat(config)
                .isEqualTo(new Gpt2Config(2, 3, 12, 20, 6, 7, 1e-6, Activation.GELU_ERF, false, true, OptionalInt.of(6)));
        assertThat(Gpt2Config.read(write(config.toJson()))).isEqualTo(config);
    }

    @Test
    void nullsCountAsAbsent() throws IOException {
        Gpt2Config config = Gpt2Config.read(write("{" + MINIMAL + ", \"n_inner\": null, \"eos_token_id\": null}"));
        assertThat(config.mlpWidth()).isEqualTo(48);
        assertThat(config.endOfText()).isEmpty();
    }

    @Test
    void refusals() throws IOException {
        refuse("", "not valid JSON");
        refuse("[]", "is not a JSON object");
        refuse("{}", "n_embd is missing");
        refuse("{" + MINIMAL + ", \"n_layer\": 3}", "Duplicate");
        refuse("{" + MINIMAL + ", \"n_inner\": 0}", "n_inner is 0");
        refuse("{" + MINIMAL + ", \"n_inner\": 1.5}", "n_inner is 1.5, need an integer");
        refuse("{" + MINIMAL + ", \"n_inner\": 99999999999}", "n_inner is 99999999999");
        refuse("{" + MINIMAL + ", \"n_inner\": 2000000000}", "a tensor would have");
        refuse("{" + MINIMAL + ", \"activation_function\": \"relu\"}", "activation_function is \"relu\", need gelu_new");
        refuse("{" + MINIMAL + ", \"model_type\": \"llama\"}", "model_type is \"llama\", need gpt2");
        refuse("{" + MINIMAL + ", \"eos_token_id\": 7}", "eos_token_id 7 is not in the vocabulary of 7");
        refuse("{" + MINIMAL + ", \"layer_norm_epsilon\": 0}", "layer_norm_epsilon is 0.0");
        refuse("{" + MINIMAL + ", \"tie_word_embeddings\": 1}", "tie_word_embeddings is 1, need true or false");
        refuse("{" + MINIMAL + ", \"scale_attn_weights\": false}", "scale_attn_weights = false is not supported");
        refuse("{" + MINIMAL + ", \"add_cross_attention\": true}", "add_cross_attention = true is not supported");
        refuse("{" + MINIMAL.replace("12", "13") + "}", "n_embd 13 is not a multiple of n_head 3");
    }

    private void refuse(String json, String cause) throws IOException {
        Path file = write(json);
        assertThatThrownBy(() -> Gpt2Config.read(file))
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
