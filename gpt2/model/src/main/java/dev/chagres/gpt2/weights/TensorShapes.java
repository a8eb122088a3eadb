package dev.chagres.gpt2.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Names and shapes of the tensors of a GPT-2 language model.
final class TensorShapes {
    private TensorShapes() {}

    /// Every tensor of the model, biases included, in the order of computation, named without the `transformer.`
    /// prefix. A tied model has no `lm_head.weight`, one without head bias no `lm_head.bias`.
    ///
    /// Models with rotated positions have Llama's names, and no biases.
    static LinkedHashMap<String, List<Integer>> of(Architecture config) {
        if (!config.learnedPositions()) {
            return Naming.LLAMA.shapes(config, Set.of());
        }
        int d = config.width();
        LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("wte.weight", List.of(config.vocabulary(), d));
        shapes.put("wpe.weight", List.of(config.context(), d));
        for (int layer = 0; layer < config.layers(); layer++) {
            String block = "h." + layer + ".";
            shapes.put(block + "ln_1.weight", List.of(d));
            shapes.put(block + "ln_1.bias", List.of(d));
            shapes.put(block + "attn.c_attn.weight", List.of(d, 3 * d));
            shapes.put(block + "attn.c_attn.bias", List.of(3 * d));
            shapes.put(block + "attn.c_proj.weight", List.of(d, d));
            shapes.put(block + "attn.c_proj.bias", List.of(d));
            shapes.put(block + "ln_2.weight", List.of(d));
            shapes.put(block + "ln_2.bias", List.of(d));
            shapes.put(block + "mlp.c_fc.weight", List.of(d, config.mlpWidth()));
            shapes.put(block + "mlp.c_fc.bias", List.of(config.mlpWidth()));
            shapes.put(block + "mlp.c_proj.weight", List.of(config.mlpWidth(), d));
            shapes.put(block + "mlp.c_proj.bias", List.of(d));
        }
        shapes.put("ln_f.weight", List.of(d));
        shapes.put("ln_f.bias", List.of(d));
        if (!config.tiedEmbeddings()) {
            shapes.put("lm_head.weight", List.of(config.vocabulary(), d));
        }
        if (config.headBias()) {
            shapes.put("lm_head.bias", List.of(config.vocabulary()));
        }
        return shapes;
    }

    /// Whether a tensor is a matrix that `nn.Linear` stores `[out][in]` and GPT-2's own Conv1D `[in][out]`.
    static boolean isProjection(String name) {
        return name.matches("h\\.\\d+\\.(attn\\.c_attn|attn\\.c_proj|mlp\\.c_fc|mlp\\.c_proj)\\.weight");
    }

    /// Whether a missing tensor counts as zero.
    static boolean isOptional(String name) {
        return name.endsWith(".bias");
    }

    /// Whether a stored tensor is a causal mask or a list of frequencies, as old exports contain.
    static boolean isBuffer(String name) {
        return name.matches("h\\.\\d+\\.attn\\.(bias|masked_bias)|(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");
    }
}
