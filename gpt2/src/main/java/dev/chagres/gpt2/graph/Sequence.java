package dev.chagres.gpt2.graph;

import java.util.Arrays;

/// The token ids of a statement: a prompt and what was generated after it. The last id is never fed back, so a sequence of
/// n + 1 ids takes n rows.
public final class Sequence {
    private final int[] ids;
    private final int promptLength;

    /// @param ids prompt, then generated ids
    /// @param promptLength at least 1, less than the number of ids
    public Sequence(int[] ids, int promptLength) {
        if (promptLength < 1 || promptLength >= ids.length) {
            throw new IllegalArgumentException(
                    "a prompt of " + promptLength + " in a sequence of " + ids.length + " ids; at least one is generated");
        }
        this.ids = ids.clone();
        this.promptLength = promptLength;
    }

    /// All ids.
    public int[] ids() {
        return ids.clone();
    }

    public int[] prompt() {
        return Arrays.copyOf(ids, promptLength);
    }

    public int[] generated() {
        return Arrays.copyOfRange(ids, promptLength, ids.length);
    }

    public int promptLength() {
        return promptLength;
    }

    /// Rows that the model runs on: every id but the last.
    public int rows() {
        return ids.length - 1;
    }

    /// Ids that are fed in.
    public int[] inputs() {
        return Arrays.copyOf(ids, ids.length - 1);
    }
}
