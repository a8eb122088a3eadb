package dev.chagres.model.gpt2;

import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.KeyContent;

/// What the key columns of a GPT-2 model hold.
public sealed interface Gpt2Content extends KeyContent {
    /// A matrix of a model.
    enum Matrix { QUERY, KEY, VALUE, OUTPUT, UP, DOWN, HEAD }

    /// The embedding table, low axes (channel, token).
    record Tokens() implements Gpt2Content {}

    /// The position table.
    record Positions() implements Gpt2Content {}

    /// The weights of a matrix.
    ///
    /// @param layer -1 for the head
    record Weight(int layer, Matrix matrix) implements Gpt2Content {}

    /// The bias of a matrix.
    ///
    /// @param layer -1 for the head
    record Bias(int layer, Matrix matrix) implements Gpt2Content {}

    /// The table of the activation function of a layer.
    record Activation(int layer) implements Gpt2Content {}

    /// RSQRT.
    record ReciprocalRoot() implements Gpt2Content {}

    /// The values of a function of the entry that the numbers of the key define.
    record Defined(TablePolynomial function) implements Gpt2Content {}
}
