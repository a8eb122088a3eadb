package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.List;

/// What a decoder-only transformer computes, whichever family it belongs to: pre-norm blocks of causal attention and
/// an MLP on a residual stream, a final norm and a head. Loaders fill it; nothing else looks at names of families.
///
/// Messages call sizes by their names in `config.json`: those of GPT-2 for learned positions, those of Llama for
/// rotated ones.
///
/// @param layers transformer blocks, at least 1
/// @param heads query heads H
/// @param keyHeads key and value heads, a divisor of `heads`: query head h reads head `floor(h keyHeads / heads)`
/// @param headWidth channels of a head, even for rotated positions
/// @param width model width d
/// @param mlpWidth hidden width of the MLP
/// @param context longest sequence
/// @param vocabulary token ids are `0 .. vocabulary - 1`
/// @param norm all norms of the model
/// @param normEpsilon added to the variance or the mean of squares, between 0 and 1
/// @param positions how positions enter
/// @param mlp plain or gated
/// @param activation the MLP's non-linearity
/// @param tiedEmbeddings whether the head uses the token embedding
/// @param headBias whether logits have a bias
/// @param scoreScale of the file; readers fold it, see [ScoreScale]
/// @param endOfText the ids that end a text, strictly ascending; empty if none does
public record Architecture(
        int layers,
        int heads,
        int keyHeads,
        int headWidth,
        int width,
        int mlpWidth,
        int context,
        int vocabulary,
        NormKind norm,
        double normEpsilon,
        PositionKind positions,
        MlpKind mlp,
        Activation activation,
        boolean tiedEmbeddings,
        boolean headBias,
        ScoreScale scoreScale,
        List<Integer> endOfText) {
    /// The most blocks of a model, far above every published one: the names of its tensors are kept in memory.
    private static final int MAX_LAYERS = 1 << 12;

    /// Checks that all counts are positive, fit together, and that every tensor fits one array.
    ///
    /// @throws IllegalArgumentException naming the field
    public Architecture {
        Names names = positions instanceof PositionKind.Learned ? Names.GPT2 : Names.LLAMA;
        positive(names.layers, layers);
        require(layers <= MAX_LAYERS, names.layers + " is " + layers + ", need at most " + MAX_LAYERS);
        positive(names.heads, heads);
        positive("num_key_value_heads", keyHeads);
        positive("head_dim", headWidth);
        positive(names.width, width);
        positive(names.mlpWidth, mlpWidth);
        positive(names.context, context);
        positive("vocab_size", vocabulary);
        require(heads % keyHeads == 0, names.heads + " " + heads + " is not a multiple of num_key_value_heads "
                + keyHeads);
        require(
                normEpsilon > 0 && normEpsilon < 1,
                names.epsilon + " is " + normEpsilon + ", need a value between 0 and 1");
        long attention = (long) heads * headWidth;
        long longest = Math.max(Math.max(3 * Math.max(width, attention), mlpWidth), Math.max(context, vocabulary));
        require(
                longest * Math.max(width, 1) < 1L << 31 && attention * width < 1L << 31,
                "a tensor would have " + longest + " x " + width + " elements, need less than 2^31");
        if (positions instanceof PositionKind.Rotary rotary) {
            require(headWidth % 2 == 0, "head_dim is " + headWidth + ", need an even number of channels to rotate");
            require(rotary.factors().isEmpty() || rotary.factors().size() == headWidth / 2,
                    rotary.factors().size() + " factors of the rotation for heads of " + headWidth + " channels");
        }
        endOfText = List.copyOf(endOfText);
        for (int i = 0; i < endOfText.size(); i++) {
            int id = endOfText.get(i);
            require(id >= 0 && id < vocabulary, "eos_token_id " + id + " is not in the vocabulary of " + vocabulary);
            require(i == 0 || id > endOfText.get(i - 1), "eos_token_id " + endOfText + " is not ascending");
        }
    }

    /// Names of fields in messages.
    private enum Names {
        GPT2("n_layer", "n_head", "n_embd", "n_inner", "n_positions", "layer_norm_epsilon"),
        LLAMA("num_hidden_layers", "num_attention_heads", "hidden_size", "intermediate_size",
                "max_position_embeddings", "rms_norm_eps");

        private final String layers;
        private final String heads;
        private final String width;
        private final String mlpWidth;
        private final String context;
        private final String epsilon;

        Names(String layers, String heads, String width, String mlpWidth, String context, String epsilon) {
            this.layers = layers;
            this.heads = heads;
            this.width = width;
            this.mlpWidth = mlpWidth;
            this.context = context;
            this.epsilon = epsilon;
        }
    }

    /// A GPT-2: layer norms, learned positions, one key head for each query head, a plain MLP, standard scores.
    ///
    /// @throws IllegalArgumentException naming the field
    public static Architecture gpt2(
            int layers,
            int heads,
            int width,
            int mlpWidth,
            int context,
            int vocabulary,
            double normEpsilon,
            Activation activation,
            boolean tiedEmbeddings,
            boolean headBias,
            List<Integer> endOfText) {
        require(heads > 0, "n_head is " + heads + ", need a positive number");
        require(width % heads == 0, "n_embd " + width + " is not a multiple of n_head " + heads);
        return new Architecture(layers, heads, heads, width / heads, width, mlpWidth, context, vocabulary,
                NormKind.LAYER, normEpsilon, new PositionKind.Learned(), MlpKind.PLAIN, activation, tiedEmbeddings,
                headBias, ScoreScale.STANDARD, endOfText);
    }

    /// The same model with another scale of scores.
    public Architecture withScoreScale(ScoreScale scale) {
        return new Architecture(layers, heads, keyHeads, headWidth, width, mlpWidth, context, vocabulary, norm,
                normEpsilon, positions, mlp, activation, tiedEmbeddings, headBias, scale, endOfText);
    }

    /// The same model with another longest sequence.
    public Architecture withContext(int rows) {
        return new Architecture(layers, heads, keyHeads, headWidth, width, mlpWidth, rows, vocabulary, norm,
                normEpsilon, positions, mlp, activation, tiedEmbeddings, headBias, scoreScale, endOfText);
    }

    /// What the queries of a block are to be multiplied with so that the usual scores, divided by the root of the head
    /// width, are those of this model.
    ///
    /// @param layer the block, from 0
    public double queryFactor(int layer) {
        return scoreScale.queryFactor(layer, headWidth);
    }

    /// Channels of all query heads.
    public int queryWidth() {
        return heads * headWidth;
    }

    /// Channels of all key heads, and of all value heads.
    public int keyWidth() {
        return keyHeads * headWidth;
    }

    /// Whether the position enters the embedding, not the queries and keys.
    public boolean learnedPositions() {
        return positions instanceof PositionKind.Learned;
    }

    /// Number of weights, a tied head counted once. Models with layer norms are counted with all biases, others with
    /// none.
    public long parameters() {
        long d = width;
        boolean biases = norm == NormKind.LAYER;
        long attention = 2 * d * queryWidth() + 2 * d * keyWidth() + (biases ? queryWidth() + 2L * keyWidth() + d : 0);
        long hidden = (mlp == MlpKind.GATED ? 3 : 2) * d * mlpWidth + (biases ? mlpWidth + d : 0);
        long norms = biases ? 2 * d : d;
        long head = (tiedEmbeddings ? 0 : d * vocabulary) + (headBias ? vocabulary : 0);
        return d * vocabulary + (learnedPositions() ? d * context : 0) + layers * (attention + hidden + 2 * norms)
                + norms + head;
    }

    /// Reads `config.json`, and the end of text from `generation_config.json` beside it, if that is there.
    ///
    /// @throws FileFormatException if the file is missing, not JSON, incomplete, out of range or asks for an
    ///     unsupported variant
    public static Architecture read(Path file) {
        return ConfigReader.open(file).architecture();
    }

    /// The Hugging Face `config.json` of this model.
    ///
    /// @throws IllegalArgumentException if no family of that format has this combination
    public String toJson() {
        return ConfigWriter.json(this);
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
