package dev.chagres.model;

import java.util.List;

/// What a sequence of token ids must keep to.
///
/// @param context most positions that a sequence may run on
/// @param vocabulary token ids are 0 .. vocabulary - 1
/// @param endOfText token ids that end a text, at most [#MAX_ENDS], ascending, not all ids; empty when there is none
public record ModelLimits(int context, int vocabulary, List<Integer> endOfText) {
    /// The most ids that end a text.
    public static final int MAX_ENDS = 8;

    public ModelLimits {
        endOfText = List.copyOf(endOfText);
    }

    /// Whether a text ends with this id.
    public boolean ends(int id) {
        return endOfText.contains(id);
    }

    /// The least id that ends no text, for sequences of which only the length matters.
    public int anyId() {
        int id = 0;
        while (ends(id)) {
            id++;
        }
        return id;
    }
}
