package dev.chagres.proof;

import dev.chagres.model.ModelLimits;
import dev.chagres.statement.TokenSequence;

/// How the output of a statement ends. Every prefix of what a model generates is a true statement, so a reader must
/// know whether the model would have gone on.
public enum Ending {
    /// The last generated id is the end of text of the model.
    END_OF_TEXT,
    /// Every position of the context is used: the model cannot go on.
    CONTEXT_FULL,
    /// The output stops where whoever made the proof wanted it to; the model goes on.
    CUT;

    /// The ending of a sequence that keeps to the limits of its model.
    public static Ending of(TokenSequence sequence, ModelLimits limits) {
        if (limits.ends(sequence.lastId())) {
            return END_OF_TEXT;
        }
        return sequence.rows() == limits.context() ? CONTEXT_FULL : CUT;
    }

    /// Whether nothing can follow the output.
    public boolean complete() {
        return this != CUT;
    }
}
