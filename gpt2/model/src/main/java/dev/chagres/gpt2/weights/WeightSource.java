package dev.chagres.gpt2.weights;

import java.util.Arrays;

/// Float weights of a model, read one block, or a few rows, at a time. Every method returns a fresh heap copy.
public interface WeightSource {
    Architecture architecture();

    /// Where the weights come from, for messages.
    default String origin() {
        return "the model";
    }

    /// Block `layer`, copied.
    ///
    /// @throws IndexOutOfBoundsException if there is no such block
    /// @throws dev.chagres.prove.file.FileFormatException if a value is not finite
    LayerWeights layer(int layer);

    /// Rows `from .. to - 1` of the token embedding, `[to - from][d]`.
    float[] tokenRows(int from, int to);

    /// The position embedding, `[context][d]`; empty if positions are not learned.
    float[] positions();

    /// Rows `from .. to - 1` of the position embedding, `[to - from][d]`.
    default float[] positionRows(int from, int to) {
        int d = architecture().width();
        return Arrays.copyOfRange(positions(), from * d, to * d);
    }

    /// Rows `from .. to - 1` of the head, `[to - from][d]`.
    float[] headRows(int from, int to);

    /// `[V]`, zeros if absent.
    float[] headBias();

    /// `[d]`
    float[] finalNormGain();

    /// `[d]`, zeros for an RMS norm.
    float[] finalNormShift();
}
