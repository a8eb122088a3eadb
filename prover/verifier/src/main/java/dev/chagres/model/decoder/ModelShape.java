package dev.chagres.model.decoder;

import dev.chagres.model.ModelLimits;
import java.util.List;

/// The sizes of a decoder-only transformer.
///
/// @param layers    transformer blocks
/// @param heads     query heads per block, H
/// @param keyHeads  key and value heads per block, Hkv, a divisor of H; query head h reads head floor(h Hkv / H)
/// @param headWidth channels per head, dh; `heads * headWidth` is the attention width
/// @param width     channels of the residual stream, d
/// @param mlpWidth  hidden channels of the MLP, F
/// @param vocab     token ids are 0 .. vocab - 1
/// @param context   positions are 0 .. context - 1
/// @param endOfText token ids that end a text: at most [#MAX_ENDS], strictly ascending, not every id
public record ModelShape(int layers, int heads, int keyHeads, int headWidth, int width, int mlpWidth, int vocab,
        int context, List<Integer> endOfText) {
    /// The most ids that may end a text.
    public static final int MAX_ENDS = ModelLimits.MAX_ENDS;

    /// @throws IllegalArgumentException naming the size that is out of its range
    public ModelShape {
        endOfText = List.copyOf(endOfText);
        positive(layers, "layers", 1 << 12);
        positive(heads, "heads", 1 << 12);
        positive(keyHeads, "keyHeads", heads);
        positive(headWidth, "headWidth", 1 << 12);
        positive(width, "width", 1 << 16);
        positive(mlpWidth, "mlpWidth", 1 << 20);
        positive(vocab, "vocab", 1 << 24);
        positive(context, "context", 1 << 20);
        if (heads % keyHeads != 0) {
            throw new IllegalArgumentException(
                    keyHeads + " key heads for " + heads + " heads: one must divide the other");
        }
        if (endOfText.size() > MAX_ENDS) {
            throw new IllegalArgumentException(endOfText.size() + " ids that end a text, at most " + MAX_ENDS);
        }
        int least = 0;
        for (int id : endOfText) {
            if (id < least || id >= vocab) {
                throw new IllegalArgumentException(
                        "endOfText " + endOfText + ": not ascending token ids below " + vocab);
            }
            least = id + 1;
        }
        if (endOfText.size() == vocab) {
            throw new IllegalArgumentException("every id ends a text: a text must have a first id");
        }
    }

    /// Channels of q and o over all heads, A.
    public int attentionWidth() {
        return heads * headWidth;
    }

    /// Channels of k and v over all key and value heads, Akv.
    public int keyWidth() {
        return keyHeads * headWidth;
    }

    /// The key and value head of a query head.
    public int keyHead(int head) {
        return (int) ((long) head * keyHeads / heads);
    }

    private static void positive(int value, String name, int limit) {
        if (value <= 0 || value > limit) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 1.." + limit);
        }
    }
}
