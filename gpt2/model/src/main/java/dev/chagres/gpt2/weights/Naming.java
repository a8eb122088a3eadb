package dev.chagres.gpt2.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Names of tensors whose matrices are stored `[out][in]`; each has a `.weight` and perhaps a `.bias`.
/// Where queries, keys and values have one name, they are one matrix with all three after each other.
enum Naming {
    /// Of Hugging Face's LlamaForCausalLM and its relatives, without the prefix `model.`.
    LLAMA("embed_tokens", "", "norm", "lm_head", "layers.", "input_layernorm", "self_attn.q_proj", "self_attn.k_proj",
            "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj",
            "mlp.down_proj"),
    /// Of llama.cpp, for architectures with three matrices before attention.
    GGUF("token_embd", "position_embd", "output_norm", "output", "blk.", "attn_norm", "attn_q", "attn_k", "attn_v",
            "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"),
    /// Of llama.cpp, for architectures with one matrix before attention.
    GGUF_FUSED("token_embd", "position_embd", "output_norm", "output", "blk.", "attn_norm", "attn_qkv", "attn_qkv",
            "attn_qkv", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down");

    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final String tokens;
    private final String positions;
    private final String finalNorm;
    private final String head;
    private final String block;
    private final String norm1;
    private final String query;
    private final String key;
    private final String value;
    private final String output;
    private final String norm2;
    private final String gate;
    private final String up;
    private final String down;

    Naming(String tokens, String positions, String finalNorm, String head, String block, String norm1, String query,
            String key, String value, String output, String norm2, String gate, String up, String down) {
        this.tokens = tokens;
        this.positions = positions;
        this.finalNorm = finalNorm;
        this.head = head;
        this.block = block;
        this.norm1 = norm1;
        this.query = query;
        this.key = key;
        this.value = value;
        this.output = output;
        this.norm2 = norm2;
        this.gate = gate;
        this.up = up;
        this.down = down;
    }

    String tokens() {
        return tokens + WEIGHT;
    }

    String positions() {
        return positions + WEIGHT;
    }

    String finalNorm() {
        return finalNorm;
    }

    String head() {
        return head;
    }

    String norm1(int layer) {
        return block + layer + "." + norm1;
    }

    String query(int layer) {
        return block + layer + "." + query;
    }

    String key(int layer) {
        return block + layer + "." + key;
    }

    String value(int layer) {
        return block + layer + "." + value;
    }

    String output(int layer) {
        return block + layer + "." + output;
    }

    String norm2(int layer) {
        return block + layer + "." + norm2;
    }

    String gate(int layer) {
        return block + layer + "." + gate;
    }

    String up(int layer) {
        return block + layer + "." + up;
    }

    String down(int layer) {
        return block + layer + "." + down;
    }

    /// Whether queries, keys and values are one matrix.
    boolean fused() {
        return query.equals(key);
    }

    /// Ends of the names of all matrices of attention that may have a bias.
    Set<String> attention() {
        return fused() ? Set.of(query, output) : Set.of(query, key, value, output);
    }

    /// Ends of the names of the matrices that make queries, keys and values.
    Set<String> readers() {
        return fused() ? Set.of(query) : Set.of(query, key, value);
    }

    /// The bias of a block's matrix whose name ends so.
    String bias(int layer, String end) {
        return block + layer + "." + end + BIAS;
    }

    /// Shapes of all tensors of a model, biases included only where the end of the name before `.bias` is listed.
    LinkedHashMap<String, List<Integer>> shapes(Architecture a, Set<String> biases) {
        int d = a.width();
        LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put(tokens(), List.of(a.vocabulary(), d));
        if (a.learnedPositions()) {
            shapes.put(positions(), List.of(a.context(), d));
        }
        for (int l = 0; l < a.layers(); l++) {
            norm(shapes, norm1(l), a);
            if (fused()) {
                matrix(shapes, query(l), query, a.queryWidth() + 2 * a.keyWidth(), d, biases);
            } else {
                matrix(shapes, query(l), query, a.queryWidth(), d, biases);
                matrix(shapes, key(l), key, a.keyWidth(), d, biases);
                matrix(shapes, value(l), value, a.keyWidth(), d, biases);
            }
            matrix(shapes, output(l), output, d, a.queryWidth(), biases);
            norm(shapes, norm2(l), a);
            if (a.mlp() == MlpKind.GATED) {
                matrix(shapes, gate(l), gate, a.mlpWidth(), d, biases);
            }
            matrix(shapes, up(l), up, a.mlpWidth(), d, biases);
            matrix(shapes, down(l), down, d, a.mlpWidth(), biases);
        }
        norm(shapes, finalNorm, a);
        if (!a.tiedEmbeddings()) {
            shapes.put(head + WEIGHT, List.of(a.vocabulary(), d));
        }
        if (a.headBias()) {
            shapes.put(head + BIAS, List.of(a.vocabulary()));
        }
        return shapes;
    }

    /// Ends of the names of all matrices that may have a bias.
    Set<String> matrices() {
        return fused() ? Set.of(query, output, gate, up, down) : Set.of(query, key, value, output, gate, up, down);
    }

    private static void norm(LinkedHashMap<String, List<Integer>> shapes, String name, Architecture a) {
        shapes.put(name + WEIGHT, List.of(a.width()));
        if (a.norm() == NormKind.LAYER) {
            shapes.put(name + BIAS, List.of(a.width()));
        }
    }

    private static void matrix(LinkedHashMap<String, List<Integer>> shapes, String name, String end, int outputs,
            int inputs, Set<String> biases) {
        shapes.put(name + WEIGHT, List.of(outputs, inputs));
        if (biases.contains(end)) {
            shapes.put(name + BIAS, List.of(outputs));
        }
    }
}
