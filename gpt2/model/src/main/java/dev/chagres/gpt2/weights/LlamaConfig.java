package dev.chagres.gpt2.weights;

import java.util.List;
import java.util.Set;

/// The fields of `config.json` that change what a model of the Llama family computes: Llama 1 to 3, SmolLM2, Mistral,
/// Qwen 2 and 2.5.
///
/// Defaults are those of Hugging Face's LlamaConfig, MistralConfig and Qwen2Config. What changes the function and is
/// not supported is refused by its name.
final class LlamaConfig {
    /// What a model of this family lacks; a cap or a scale of scores changes the function whatever its value is.
    private static final List<String> NEUTRAL_IF_ABSENT = List.of("attn_logit_softcapping", "final_logit_softcapping",
            "attention_multiplier", "qk_layernorm", "use_qk_norm", "alibi");

    /// Factors.
    private static final List<String> NEUTRAL_AT_ONE =
            List.of("embedding_multiplier", "residual_multiplier", "logits_scaling");

    private final ConfigFields fields;
    private final String type;

    private LlamaConfig(ConfigFields fields, String type) {
        this.fields = fields;
        this.type = type;
    }

    static Architecture read(ConfigFields fields, String type) {
        return new LlamaConfig(fields, type).read();
    }

    private Architecture read() {
        refuse();
        int heads = fields.integer("num_attention_heads");
        int width = fields.integer("hidden_size");
        int vocabulary = fields.integer("vocab_size");
        int headWidth = headWidth(width, heads);
        int context = fields.integer("max_position_embeddings");
        return new Architecture(
                fields.integer("num_hidden_layers"),
                heads,
                fields.present("num_key_value_heads") ? fields.integer("num_key_value_heads") : heads,
                headWidth,
                width,
                fields.integer("intermediate_size"),
                window(context),
                vocabulary,
                NormKind.RMS,
                fields.number("rms_norm_eps", 1e-6),
                Rotations.ofConfig(fields, headWidth),
                MlpKind.GATED,
                fields.activation("hidden_act", Activation.SILU),
                fields.bool("tie_word_embeddings", false),
                false,
                ScoreScale.STANDARD,
                fields.endOfText(vocabulary));
    }

    /// Ends of the names of the matrices that have a bias.
    static Set<String> biases(ConfigFields fields, String type) {
        return switch (type) {
            case "qwen2" -> Set.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
            case "llama" -> fields.bool("attention_bias", false) ? Naming.LLAMA.attention() : Set.of();
            default -> Set.of();
        };
    }

    private int headWidth(int width, int heads) {
        if (fields.present("head_dim")) {
            return fields.integer("head_dim");
        }
        if (heads < 1 || width % heads != 0) {
            throw fields.bad("hidden_size " + width + " is not a multiple of num_attention_heads " + heads);
        }
        return width / heads;
    }

    private void refuse() {
        for (String key : NEUTRAL_IF_ABSENT) {
            if (fields.present(key) && !(fields.get(key).isBoolean() && !fields.get(key).booleanValue())) {
                throw fields.bad(key + " is " + fields.shown(key) + ", which is not supported");
            }
        }
        for (String key : NEUTRAL_AT_ONE) {
            if (fields.number(key, 1) != 1) {
                throw fields.bad(key + " is " + fields.shown(key) + ", which is not supported");
            }
        }
        if (fields.bool("mlp_bias", false)) {
            throw fields.bad("mlp_bias = true is not supported");
        }
        if (fields.present("layer_types")) {
            fields.get("layer_types").forEach(kind -> {
                if (!kind.asString("").equals("full_attention")) {
                    throw fields.bad("layer_types has " + kind + ", need full_attention in every layer");
                }
            });
        }
    }

    /// The context, cut to the window of attention: up to there a window changes nothing. Qwen 2 states a window that
    /// acts only if `use_sliding_window` says so.
    private int window(int context) {
        boolean acts = fields.present("sliding_window") && fields.bool("use_sliding_window", !type.equals("qwen2"));
        if (!acts) {
            return context;
        }
        int window = fields.integer("sliding_window");
        if (window >= 1 && window < context) {
            fields.note(fields.file() + ": sliding_window " + window + " is not supported, so the context is "
                    + window + " in place of " + context);
            return window;
        }
        return context;
    }
}
