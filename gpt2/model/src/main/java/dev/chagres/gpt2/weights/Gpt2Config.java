package dev.chagres.gpt2.weights;

import java.util.OptionalInt;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The fields of `config.json` that change what GPT-2 computes; training-only fields are ignored.
final class Gpt2Config {
    private static final String ACTIVATION = "activation_function";
    private static final String EPSILON = "layer_norm_epsilon";
    private static final double DEFAULT_EPSILON = 1e-5;

    private final ConfigFields fields;

    private Gpt2Config(ConfigFields fields) {
        this.fields = fields;
    }

    static Architecture read(ConfigFields fields, OptionalInt storedContext) {
        return new Gpt2Config(fields).read(storedContext);
    }

    private Architecture read(OptionalInt storedContext) {
        if (fields.bool("add_cross_attention", false)) {
            throw fields.bad("add_cross_attention = true is not supported");
        }
        int width = fields.integer("n_embd", "hidden_size");
        ignored("hidden_act", ACTIVATION, v -> v.asString("").equals(Activation.GELU_TANH.configName()));
        ignored("hidden_activation", ACTIVATION, v -> v.asString("").equals(Activation.GELU_TANH.configName()));
        ignored("layer_norm_eps", EPSILON, v -> v.asDouble(0) == DEFAULT_EPSILON);
        ignored("intermediate_size", "n_inner", v -> v.asLong(0) == 4L * width);
        int vocabulary = fields.integer("vocab_size");
        return Architecture.gpt2(
                fields.integer("n_layer", "num_hidden_layers"),
                fields.integer("n_head", "num_attention_heads"),
                width,
                fields.present("n_inner") ? fields.integer("n_inner") : fourTimes(width),
                context(storedContext),
                vocabulary,
                fields.number(EPSILON, DEFAULT_EPSILON),
                fields.activation(ACTIVATION, Activation.GELU_TANH),
                fields.bool("tie_word_embeddings", true),
                fields.bool("lm_head_bias", false),
                fields.endOfText(vocabulary))
                .withScoreScale(new ScoreScale(
                        fields.bool("scale_attn_weights", true),
                        fields.bool("scale_attn_by_inverse_layer_idx", false)));
    }

    private int fourTimes(int width) {
        if (width > Integer.MAX_VALUE / 4) {
            throw fields.bad("n_embd is " + width + ", need less than 2^29");
        }
        return 4 * width;
    }

    /// `n_ctx` is the older name; where both are, it is not read any more.
    private int context(OptionalInt stored) {
        if (!fields.present("n_positions") && !fields.present("max_position_embeddings")) {
            if (fields.present("n_ctx")) {
                return fields.integer("n_ctx");
            }
            if (stored.isPresent()) {
                return stored.getAsInt();
            }
        }
        return fields.integer("n_positions", "max_position_embeddings");
    }

    /// Refuses a field under a name of other model families, which Hugging Face's GPT-2 does not read: its writer
    /// meant it, its reader computes with the default.
    private void ignored(String foreign, String name, Predicate<JsonNode> isDefault) {
        if (fields.present(foreign) && !fields.present(name) && !isDefault.test(fields.get(foreign))) {
            throw fields.bad(foreign + " is " + fields.shown(foreign) + ", but GPT-2 reads " + name
                    + "; state that one");
        }
    }
}
