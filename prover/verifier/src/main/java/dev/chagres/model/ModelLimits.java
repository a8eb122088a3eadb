package dev.chagres.model;

/// What a sequence of token ids must keep to.
///
/// @param context most positions that a sequence may run on
/// @param vocabulary token ids are 0 .. vocabulary - 1
/// @param endOfText token id that ends a text, -1 when there is none
public record ModelLimits(int context, int vocabulary, int endOfText) {
    /// An id that ends no text, for sequences of which only the length matters.
    public int anyId() {
        return endOfText == 0 ? 1 : 0;
    }
}
