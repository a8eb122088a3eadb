package dev.chagres.model.decoder;

import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.KeyContent;

/// What the key columns of a model hold.
public sealed interface DecoderContent extends KeyContent {
    /// A matrix of a model.
    enum Matrix { QUERY, KEY, VALUE, OUTPUT, GATE, UP, DOWN, HEAD }

    /// The embedding table, low axes (channel, token).
    record Tokens() implements DecoderContent {}

    /// The position table.
    record Positions() implements DecoderContent {}

    /// The cosines of a rotary model, by position and pair of channels.
    record Cosines() implements DecoderContent {}

    /// The sines, alike.
    record Sines() implements DecoderContent {}

    /// The weights of a matrix.
    ///
    /// @param layer -1 for the head
    record Weight(int layer, Matrix matrix) implements DecoderContent {}

    /// The bias of a matrix.
    ///
    /// @param layer -1 for the head
    record Bias(int layer, Matrix matrix) implements DecoderContent {}

    /// The table of the activation function of a layer.
    record Activation(int layer) implements DecoderContent {}

    /// RSQRT.
    record ReciprocalRoot() implements DecoderContent {}

    /// The values of a function of the entry that the numbers of the key define.
    record Defined(TablePolynomial function) implements DecoderContent {}
}
