package dev.chagres.gpt2.weights;

import java.util.LinkedHashMap;
import java.util.Map;

/// Writes `config.json`: the inverse of [ConfigReader], under GPT-2's names or under Llama's.
final class ConfigWriter {
    private ConfigWriter() {}

    static String json(Architecture a) {
        if (a.norm() == NormKind.LAYER && a.learnedPositions() && a.mlp() == MlpKind.PLAIN
                && a.keyHeads() == a.heads() && a.queryWidth() == a.width()) {
            return Json.write(gpt2(a)) + "\n";
        }
        if (a.norm() == NormKind.RMS && a.mlp() == MlpKind.GATED && !a.headBias()
                && a.scoreScale().equals(ScoreScale.STANDARD)
                && a.positions() instanceof PositionKind.Rotary rotary && rotary.factors().isEmpty()) {
            return Json.write(llama(a, rotary)) + "\n";
        }
        throw new IllegalArgumentException("config.json of GPT-2 or Llama cannot state this architecture: " + a);
    }

    private static Map<String, Object> gpt2(Architecture a) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "gpt2");
        json.put("activation_function", a.activation().configName());
        json.put("layer_norm_epsilon", a.normEpsilon());
        json.put("n_layer", a.layers());
        json.put("n_head", a.heads());
        json.put("n_embd", a.width());
        json.put("n_inner", a.mlpWidth());
        json.put("n_positions", a.context());
        json.put("n_ctx", a.context());
        json.put("vocab_size", a.vocabulary());
        json.put("tie_word_embeddings", a.tiedEmbeddings());
        if (a.headBias()) {
            json.put("lm_head_bias", true);
        }
        if (!a.scoreScale().byHeadWidth()) {
            json.put("scale_attn_weights", false);
        }
        if (a.scoreScale().byLayer()) {
            json.put("scale_attn_by_inverse_layer_idx", true);
        }
        endOfText(a, json);
        return json;
    }

    private static Map<String, Object> llama(Architecture a, PositionKind.Rotary rotary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "llama");
        json.put("hidden_act", a.activation().configName());
        json.put("rms_norm_eps", a.normEpsilon());
        json.put("num_hidden_layers", a.layers());
        json.put("num_attention_heads", a.heads());
        json.put("num_key_value_heads", a.keyHeads());
        json.put("head_dim", a.headWidth());
        json.put("hidden_size", a.width());
        json.put("intermediate_size", a.mlpWidth());
        json.put("max_position_embeddings", a.context());
        json.put("vocab_size", a.vocabulary());
        json.put("rope_theta", rotary.base());
        if (rotary.divisor() != 1) {
            json.put("rope_scaling", Map.of("rope_type", "linear", "factor", rotary.divisor()));
        }
        json.put("tie_word_embeddings", a.tiedEmbeddings());
        endOfText(a, json);
        return json;
    }

    private static void endOfText(Architecture a, Map<String, Object> json) {
        if (a.endOfText().size() == 1) {
            json.put("eos_token_id", a.endOfText().getFirst());
        } else if (!a.endOfText().isEmpty()) {
            json.put("eos_token_id", a.endOfText());
        }
    }
}
