package dev.chagres.model.decoder;

/// The sizes of a decoder-only transformer.
///
/// @param layers    transformer blocks
/// @param heads     attention heads per block
/// @param headWidth channels per head; `heads * headWidth` is the attention width
/// @param width     channels of the residual stream, d
/// @param mlpWidth  hidden channels of the MLP, F
/// @param vocab     token ids are 0 .. vocab - 1
/// @param context   positions are 0 .. context - 1
/// @param endOfText token id that ends a text, -1 when there is none
public record ModelShape(
        int layers, int heads, int headWidth, int width, int mlpWidth, int vocab, int context, int endOfText) {
    public ModelShape {
        positive(layers, "layers", 1 << 12);
        positive(heads, "heads", 1 << 12);
        positive(headWidth, "headWidth", 1 << 12);
        positive(width, "width", 1 << 16);
        positive(mlpWidth, "mlpWidth", 1 << 20);
        positive(vocab, "vocab", 1 << 24);
        positive(context, "context", 1 << 20);
        if (endOfText < -1 || endOfText >= vocab) {
            throw new IllegalArgumentException("endOfText " + endOfText + " is not a token id below " + vocab);
        }
    }

    /// Channels of q, k, v and o over all heads.
    public int attentionWidth() {
        return heads * headWidth;
    }

    private static void positive(int value, String name, int limit) {
        if (value <= 0 || value > limit) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 1.." + limit);
        }
    }
}
