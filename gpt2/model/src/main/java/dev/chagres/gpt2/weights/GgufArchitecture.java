package dev.chagres.gpt2.weights;

import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import dev.chagres.gguf.GgufTensor;
import dev.chagres.prove.file.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The architecture in the metadata of a GGUF file: keys `A.name`, where A is `general.architecture`. Keys that change
/// the function and are not supported are refused by their name, and so is every key of attention and of rotations that
/// is not known here.
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

    private static final String ATTENTION = "attention.";
    private static final String ROTATION = "rope.";

    /// The keys of attention that are read or held to their neutral value.
    private static final Set<String> ATTENTION_KEYS = Set.of("head_count", "head_count_kv", "key_length",
            "value_length", "causal", "scale", "max_alibi_bias", "clamp_kqv", "sliding_window");

    /// The keys of rotations that are read, held to their neutral value, or without effect: the last two are for other
    /// types of scaling.
    private static final Set<String> ROTATION_KEYS = Set.of("dimension_count", "freq_base", "scale_linear",
            "scaling.type", "scaling.factor", "scaling.attn_factor", "scaling.original_context_length",
            "scaling.finetuned");

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
        String epsilon = gpt2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon";
        refuse();
        refuseUnknown(epsilon, gpt2);
        int heads = integer("attention.head_count");
        int width = integer("embedding_length");
        int headWidth = headWidth(width, heads);
        checkScale(headWidth);
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
                number(epsilon),
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
        boolean stated = header.metadata().containsKey(key("attention.key_length"));
        if (!stated && (heads < 1 || width % heads != 0)) {
            throw new GgufException(key("embedding_length") + " " + width + " is not a multiple of "
                    + key("attention.head_count") + " " + heads);
        }
        int length = stated ? integer("attention.key_length") : width / heads;
        if (header.integer(key("attention.value_length")).orElse((long) length) != length) {
            throw new GgufException(key("attention.value_length") + " is "
                    + header.integer(key("attention.value_length")).get() + ", need the width of keys, " + length);
        }
        return length;
    }

    /// A scale of scores that llama.cpp would take in place of the usual one; it takes 0 for absent.
    private void checkScale(int headWidth) {
        double scale = header.number(key("attention.scale")).orElse(0.0);
        if (scale != 0 && scale != (float) (1 / Math.sqrt(headWidth))) {
            throw new GgufException(key("attention.scale") + " is " + scale
                    + ", need 1 over the root of the width of a head, " + (float) (1 / Math.sqrt(headWidth)));
        }
    }

    private void refuseUnknown(String epsilon, boolean gpt2) {
        for (String name : header.metadata().keySet()) {
            boolean unknown = name.startsWith(key(ATTENTION)) && !name.equals(key(epsilon))
                    && !ATTENTION_KEYS.contains(name.substring(key(ATTENTION).length()))
                    || name.startsWith(key(ROTATION))
                            && (gpt2 || !ROTATION_KEYS.contains(name.substring(key(ROTATION).length())));
            if (unknown) {
                throw new GgufException("the metadata key " + PrintableText.of(name) + " is not supported");
            }
        }
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
        for (String name : List.of("logit_scale", "embedding_scale", "residual_scale")) {
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
        double divisor = divisor();
        List<Float> list = new ArrayList<>();
        for (float factor : factors) {
            list.add(factor);
        }
        return new PositionKind.Rotary(header.number(key("rope.freq_base")).orElse(10_000.0), divisor, list);
    }

    /// What positions are divided by, as llama.cpp has it: a factor without a type is linear, under its first name where
    /// it has no other, and 0 stands for none. A file of type none is a model that is never scaled: there a factor is
    /// left over from the conversion, and a note says so.
    private double divisor() {
        String scaling = header.string(key("rope.scaling.type")).orElse("linear");
        if (!scaling.equals("none") && !scaling.equals("linear")) {
            throw new GgufException(key("rope.scaling.type") + " is " + PrintableText.of(scaling)
                    + ", need none or linear");
        }
        double attention = header.number(key("rope.scaling.attn_factor")).orElse(1.0);
        if (attention != 1) {
            throw new GgufException(key("rope.scaling.attn_factor") + " is " + attention + ", need 1");
        }
        String name = header.metadata().containsKey(key("rope.scaling.factor")) ? "rope.scaling.factor"
                : "rope.scale_linear";
        double factor = header.number(key(name)).filter(f -> f != 0).orElse(1.0);
        if (scaling.equals("none") && factor != 1) {
            notes.add(key(name) + " " + factor + " has no effect, as " + key("rope.scaling.type") + " is none");
            return 1;
        }
        return factor;
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
