package dev.chagres.gpt2.weights;

import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import dev.chagres.gguf.GgufTensor;
import dev.chagres.prove.file.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The architecture in the metadata of a GGUF file: keys `A.name`, where A is `general.architecture`. Keys that change
/// the function and are not supported are refused by their name.
final class GgufArchitecture {
    private static final Map<String, String> UNSUPPORTED = Map.of(
            "gemma", "scales its embeddings",
            "gemma2", "has norms behind attention and MLP, and soft caps",
            "gemma3", "has norms behind attention and MLP, and windows of attention",
            "qwen3", "has norms of the heads of queries and keys",
            "qwen2moe", "is a mixture of experts",
            "qwen3moe", "is a mixture of experts",
            "phi3", "has fused matrices and scaled rotations",
            "bloom", "has positions by ALiBi",
            "mpt", "has positions by ALiBi");

    private final GgufHeader header;
    private final float[] factors;
    private final String family;
    private final List<String> notes = new ArrayList<>();

    /// @param factors divisors of frequencies, none or one for each pair of channels
    GgufArchitecture(GgufHeader header, float[] factors) {
        this.header = header;
        this.factors = factors;
        family = header.string("general.architecture")
                .orElseThrow(() -> new GgufException("general.architecture is missing"));
    }

    /// `general.architecture`.
    String family() {
        return family;
    }

    /// One line each, after [#read].
    List<String> notes() {
        return notes;
    }

    /// @throws GgufException naming the key
    /// @throws IllegalArgumentException if values do not fit together
    Architecture read() {
        boolean gpt2 = family.equals("gpt2");
        if (!gpt2 && !family.equals("llama") && !family.equals("qwen2")) {
            String reason = UNSUPPORTED.get(family);
            throw new GgufException("general.architecture is " + PrintableText.of(family)
                    + ", need llama, qwen2 or gpt2" + (reason == null ? "" : ": such a model " + reason));
        }
        refuse();
        int heads = integer("attention.head_count");
        int width = integer("embedding_length");
        int headWidth = headWidth(width, heads);
        int vocabulary = vocabulary();
        return new Architecture(
                integer("block_count"),
                heads,
                header.metadata().containsKey(key("attention.head_count_kv"))
                        ? integer("attention.head_count_kv") : heads,
                headWidth,
                width,
                integer("feed_forward_length"),
                gpt2 ? integer("context_length") : window(integer("context_length")),
                vocabulary,
                gpt2 ? NormKind.LAYER : NormKind.RMS,
                number(gpt2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"),
                gpt2 ? new PositionKind.Learned() : rotary(headWidth),
                gpt2 ? MlpKind.PLAIN : MlpKind.GATED,
                gpt2 ? Activation.GELU_TANH : Activation.SILU,
                !header.tensors().containsKey("output.weight"),
                false,
                ScoreScale.STANDARD,
                endOfText(vocabulary));
    }

    private int vocabulary() {
        GgufTensor tokens = header.tensors().get("token_embd.weight");
        if (tokens == null || tokens.extents().size() != 2 || tokens.extents().getLast() > Integer.MAX_VALUE) {
            throw new GgufException("tensor token_embd.weight is missing or no matrix");
        }
        return tokens.extents().getLast().intValue();
    }

    private int headWidth(int width, int heads) {
        if (header.metadata().containsKey(key("attention.key_length"))) {
            int length = integer("attention.key_length");
            if (header.integer(key("attention.value_length")).orElse((long) length) != length) {
                throw new GgufException(key("attention.value_length") + " is not " + key("attention.key_length") + " "
                        + length);
            }
            return length;
        }
        if (heads < 1 || width % heads != 0) {
            throw new GgufException(key("embedding_length") + " " + width + " is not a multiple of "
                    + key("attention.head_count") + " " + heads);
        }
        return width / heads;
    }

    private void refuse() {
        if (header.integer("split.count").orElse(1L) > 1) {
            throw new GgufException("is one of " + header.integer("split.count").get()
                    + " parts of a model; merge them with llama-gguf-split first");
        }
        if (header.integer(key("expert_count")).orElse(0L) > 0) {
            throw new GgufException(key("expert_count") + " is " + header.integer(key("expert_count")).get()
                    + ": a mixture of experts is not supported");
        }
        for (String name : List.of("attn_logit_softcapping", "final_logit_softcapping", "attention.max_alibi_bias",
                "attention.clamp_kqv")) {
            if (header.number(key(name)).orElse(0.0) != 0) {
                throw new GgufException(key(name) + " is " + header.number(key(name)).get()
                        + ", which is not supported");
            }
        }
        for (String name : List.of("attention.scale", "logit_scale", "embedding_scale", "residual_scale")) {
            // The reader of llama.cpp takes 0 for absent.
            double scale = header.number(key(name)).orElse(0.0);
            if (scale != 0 && scale != 1) {
                throw new GgufException(key(name) + " is " + scale + ", which is not supported");
            }
        }
        if (header.bool(key("use_parallel_residual")).orElse(false)
                || !header.bool(key("attention.causal")).orElse(true)) {
            throw new GgufException("blocks are parallel or attention is not causal, which is not supported");
        }
    }

    /// The context, cut to the window of attention: up to there a window changes nothing.
    private int window(int context) {
        long window = header.integer(key("attention.sliding_window")).orElse(0L);
        if (window < 1 || window >= context) {
            return context;
        }
        notes.add(key("attention.sliding_window") + " " + window + " is not supported, so the context is " + window
                + " in place of " + context);
        return (int) window;
    }

    private PositionKind rotary(int headWidth) {
        if (header.integer(key("rope.dimension_count")).orElse((long) headWidth) != headWidth) {
            throw new GgufException(key("rope.dimension_count") + " is "
                    + header.integer(key("rope.dimension_count")).get() + ", need rotations of whole heads of "
                    + headWidth + " channels");
        }
        String scaling = header.string(key("rope.scaling.type")).orElse("none");
        double divisor = switch (scaling) {
            case "none" -> 1;
            case "linear" -> number("rope.scaling.factor");
            default -> throw new GgufException(key("rope.scaling.type") + " is " + PrintableText.of(scaling)
                    + ", need none or linear");
        };
        if (scaling.equals("none") && header.number(key("rope.scale_linear")).orElse(1.0) != 1) {
            divisor = number("rope.scale_linear");
        }
        List<Float> list = new ArrayList<>();
        for (float factor : factors) {
            list.add(factor);
        }
        return new PositionKind.Rotary(header.number(key("rope.freq_base")).orElse(10_000.0), divisor, list);
    }

    /// Ends of sequences, turns and messages; ids that the vocabulary does not have can never be generated.
    private List<Integer> endOfText(int vocabulary) {
        TreeSet<Integer> ids = new TreeSet<>();
        for (String kind : List.of("eos", "eot", "eom")) {
            String name = "tokenizer.ggml." + kind + "_token_id";
            header.integer(name).ifPresent(id -> {
                if (id >= 0 && id < vocabulary) {
                    ids.add(id.intValue());
                } else {
                    notes.add(name + " " + id + " is outside the vocabulary of " + vocabulary
                            + " and can never be generated");
                }
            });
        }
        return List.copyOf(ids);
    }

    private String key(String name) {
        return family + "." + name;
    }

    private int integer(String name) {
        long value = header.integer(key(name)).orElseThrow(() -> new GgufException(key(name) + " is missing"));
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new GgufException(key(name) + " is " + value + ", need an integer below 2^31");
        }
        return (int) value;
    }

    private double number(String name) {
        return header.number(key(name)).orElseThrow(() -> new GgufException(key(name) + " is missing"));
    }
}
