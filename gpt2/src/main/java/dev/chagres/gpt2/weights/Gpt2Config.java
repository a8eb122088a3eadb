package dev.chagres.gpt2.weights;

import java.nio.file.Path;
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
public record Gpt2Config(
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
    /// Width of one attention head.
    public int headWidth() {
        return width / heads;
    }

    /// Number of weights, the tied head counted once.
    public long parameters() {
        throw new UnsupportedOperationException();
    }

    /// Reads `config.json`.
    ///
    /// @throws ModelFormatException if the file is missing, not JSON, incomplete, out of range or asks for an
    ///     unsupported variant
    public static Gpt2Config read(Path file) {
        throw new UnsupportedOperationException();
    }

    /// The Hugging Face `config.json` of this shape.
    public String toJson() {
        throw new UnsupportedOperationException();
    }
}
