package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Reads the fields of `config.json` that change what GPT-2 computes; training-only fields are ignored.
final class ConfigReader {
    private final Path file;
    private final JsonNode root;

    private ConfigReader(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    static Gpt2Config read(Path file) {
        JsonNode root = Json.read(file);
        if (!root.isObject()) {
            throw new FileFormatException(file, "is not a JSON object");
        }
        return new ConfigReader(file, root).config();
    }

    private Gpt2Config config() {
        if (present("model_type") && !root.get("model_type").asString("").equals("gpt2")) {
            throw new FileFormatException(file, "model_type is " + root.get("model_type") + ", need gpt2");
        }
        refuse("add_cross_attention", true);
        refuse("scale_attn_by_inverse_layer_idx", true);
        refuse("scale_attn_weights", false);
        int width = integer("n_embd");
        try {
            return new Gpt2Config(
                    integer("n_layer"),
                    integer("n_head"),
                    width,
                    present("n_inner") ? integer("n_inner") : Math.multiplyExact(4, width),
                    integer(present("n_positions") ? "n_positions" : "n_ctx"),
                    integer("vocab_size"),
                    number("layer_norm_epsilon", 1e-5),
                    activation(),
                    bool("tie_word_embeddings", true),
                    bool("lm_head_bias", false),
                    present("eos_token_id") ? OptionalInt.of(integer("eos_token_id")) : OptionalInt.empty());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new FileFormatException(file, e.getMessage(), e);
        }
    }

    private Activation activation() {
        if (!present("activation_function")) {
            return Activation.GELU_TANH;
        }
        return switch (root.get("activation_function").asString("")) {
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU_ERF;
            default -> throw new FileFormatException(file, "activation_function is " + root.get("activation_function")
                    + ", need gelu_new, gelu_pytorch_tanh or gelu");
        };
    }

    private boolean present(String key) {
        return root.hasNonNull(key);
    }

    private int integer(String key) {
        if (!present(key)) {
            throw new FileFormatException(file, key + " is missing");
        }
        JsonNode node = root.get(key);
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw new FileFormatException(file, key + " is " + node + ", need an integer below 2^31");
        }
        return node.intValue();
    }

    private double number(String key, double otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isNumber()) {
            throw new FileFormatException(file, key + " is " + root.get(key) + ", need a number");
        }
        return root.get(key).doubleValue();
    }

    private boolean bool(String key, boolean otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isBoolean()) {
            throw new FileFormatException(file, key + " is " + root.get(key) + ", need true or false");
        }
        return root.get(key).booleanValue();
    }

    private void refuse(String key, boolean value) {
        if (bool(key, !value) == value) {
            throw new FileFormatException(file, key + " = " + value + " is not supported");
        }
    }
}
