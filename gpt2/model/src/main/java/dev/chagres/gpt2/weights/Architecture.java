package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/// Shape of a GPT-2 model, as `config.json` states it.
///
/// @param layers transformer blocks, at least 1
/// @param heads attention heads, a divisor of `width`
/// @param width model width d
/// @param mlpWidth hidden width of the MLP, `4 * width` unless stated
/// @param context longest sequence, rows of the position embedding
/// @param vocabulary token ids are `0 .. vocabulary - 1`
/// @param layerNormEpsilon added to the variance, positive
/// @param activation the MLP's non-linearity
/// @param tiedEmbeddings whether the head uses the token embedding
/// @param headBias whether logits have a bias
/// @param endOfText the id that ends a text, if the model has one
/// @param scaledAttention whether scores are divided by the root of the head width
/// @param inverseLayerScale whether scores of block l are divided by l + 1 too
public record Architecture(
        int layers,
        int heads,
        int width,
        int mlpWidth,
        int context,
        int vocabulary,
        double layerNormEpsilon,
        Activation activation,
        boolean tiedEmbeddings,
        boolean headBias,
        OptionalInt endOfText,
        boolean scaledAttention,
        boolean inverseLayerScale) {
    /// The most blocks of a model, far above every published one: the names of its tensors are kept in memory.
    private static final int MAX_LAYERS = 1 << 12;

    /// Checks that all counts are positive, fit together, and that every tensor fits one array.
    ///
    /// @throws IllegalArgumentException naming the field
    public Architecture {
        positive("n_layer", layers);
        require(layers <= MAX_LAYERS, "n_layer is " + layers + ", need at most " + MAX_LAYERS);
        positive("n_head", heads);
        positive("n_embd", width);
        positive("n_inner", mlpWidth);
        positive("n_positions", context);
        positive("vocab_size", vocabulary);
        require(width % heads == 0, "n_embd " + width + " is not a multiple of n_head " + heads);
        require(
                layerNormEpsilon > 0 && layerNormEpsilon < 1,
                "layer_norm_epsilon is " + layerNormEpsilon + ", need a value between 0 and 1");
        long longest = Math.max(Math.max(3L * width, mlpWidth), Math.max(context, vocabulary));
        require(
                longest * width < 1L << 31,
                "a tensor would have " + longest + " x " + width + " elements, need less than 2^31");
        require(
                endOfText.isEmpty() || endOfText.getAsInt() >= 0 && endOfText.getAsInt() < vocabulary,
                "eos_token_id " + endOfText.orElse(-1) + " is not in the vocabulary of " + vocabulary);
    }

    /// A configuration with the usual scale of attention scores.
    public Architecture(
            int layers,
            int heads,
            int width,
            int mlpWidth,
            int context,
            int vocabulary,
            double layerNormEpsilon,
            Activation activation,
            boolean tiedEmbeddings,
            boolean headBias,
            OptionalInt endOfText) {
        this(layers, heads, width, mlpWidth, context, vocabulary, layerNormEpsilon, activation, tiedEmbeddings,
                headBias, endOfText, true, false);
    }

    /// What the queries of a block are to be multiplied with so that the usual scores, divided by the root of the head
    /// width, are those of this model.
    ///
    /// @param layer the block, from 0
    public double queryFactor(int layer) {
        return (scaledAttention ? 1 : StrictMath.sqrt(headWidth())) / (inverseLayerScale ? layer + 1 : 1);
    }

    /// Width of one attention head.
    public int headWidth() {
        return width / heads;
    }

    /// Number of weights, a tied head counted once.
    public long parameters() {
        long d = width;
        long block = 4 * d + d * 3 * d + 3 * d + d * d + d + 2 * d * mlpWidth + mlpWidth + d;
        long head = (tiedEmbeddings ? 0 : d * vocabulary) + (headBias ? vocabulary : 0);
        return d * vocabulary + d * context + layers * block + 2 * d + head;
    }

    /// Reads `config.json`, and the end of text from `generation_config.json` beside it, if that is there.
    ///
    /// @throws FileFormatException if the file is missing, not JSON, incomplete, out of range or asks for an
    ///     unsupported variant
    public static Architecture read(Path file) {
        return ConfigReader.open(file).config(OptionalInt.empty(), OptionalInt.empty());
    }

    /// The Hugging Face `config.json` of this shape.
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "gpt2");
        json.put("activation_function", activation.configName());
        json.put("layer_norm_epsilon", layerNormEpsilon);
        json.put("n_layer", layers);
        json.put("n_head", heads);
        json.put("n_embd", width);
        json.put("n_inner", mlpWidth);
        json.put("n_positions", context);
        json.put("n_ctx", context);
        json.put("vocab_size", vocabulary);
        json.put("tie_word_embeddings", tiedEmbeddings);
        if (headBias) {
            json.put("lm_head_bias", true);
        }
        if (!scaledAttention) {
            json.put("scale_attn_weights", false);
        }
        if (inverseLayerScale) {
            json.put("scale_attn_by_inverse_layer_idx", true);
        }
        if (endOfText.isPresent()) {
            json.put("eos_token_id", endOfText.getAsInt());
        }
        return Json.write(json) + "\n";
    }

    private static void positive(String name, int value) {
        require(value > 0, name + " is " + value + ", need a positive number");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
