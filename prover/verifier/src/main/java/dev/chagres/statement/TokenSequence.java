package dev.chagres.statement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The token ids of a statement: a prompt and what was generated after it. The last id is never fed back, so a sequence
/// of n + 1 ids takes n rows. A value: two sequences of the same ids and prompt length are equal.
public final class TokenSequence implements PublicStatement {
    /// Ids shown at each end of a long sequence.
    private static final int SHOWN = 8;

    private final int[] ids;
    private final int promptLength;

    /// @param ids prompt, then generated ids
    /// @param promptLength at least 1, less than the number of ids
    public TokenSequence(int[] ids, int promptLength) {
        if (promptLength < 1 || promptLength >= ids.length) {
            throw new IllegalArgumentException(
                    "a prompt of " + promptLength + " in a sequence of " + ids.length
                            + " ids; at least one is generated");
        }
        this.ids = ids.clone();
        this.promptLength = promptLength;
    }

    /// A sequence of `count` equal ids after a prompt, for what depends on the length alone.
    public static TokenSequence ofLength(int[] prompt, int count, int id) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + count);
        Arrays.fill(ids, prompt.length, ids.length, id);
        return new TokenSequence(ids, prompt.length);
    }

    /// All ids.
    public int[] ids() {
        return ids.clone();
    }

    /// The ids that were given.
    public int[] prompt() {
        return Arrays.copyOf(ids, promptLength);
    }

    /// The ids that the model chose.
    public int[] generated() {
        return Arrays.copyOfRange(ids, promptLength, ids.length);
    }

    public int promptLength() {
        return promptLength;
    }

    /// Number of ids that the model chose, at least 1.
    public int generatedLength() {
        return ids.length - promptLength;
    }

    /// The last id that the model chose.
    public int lastId() {
        return ids[ids.length - 1];
    }

    /// Rows that the model runs on: every id but the last.
    @Override
    public int rows() {
        return ids.length - 1;
    }

    /// Ids that are fed in.
    public int[] inputs() {
        return Arrays.copyOf(ids, ids.length - 1);
    }

    /// Prompt length, number of ids, ids, 32 bits each.
    @Override
    public byte[] encode() {
        ByteBuffer b = ByteBuffer.allocate(8 + 4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(promptLength).putInt(ids.length);
        for (int id : ids) {
            b.putInt(id);
        }
        return b.array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSequence s && promptLength == s.promptLength && Arrays.equals(ids, s.ids);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + promptLength;
    }

    /// The ids of prompt and output; of a long part its ends.
    @Override
    public String toString() {
        return "prompt " + list(prompt()) + ", output " + list(generated());
    }

    private static String list(int[] part) {
        if (part.length <= 2 * SHOWN) {
            return Arrays.toString(part);
        }
        String head = Arrays.toString(Arrays.copyOf(part, SHOWN));
        String tail = Arrays.toString(Arrays.copyOfRange(part, part.length - SHOWN, part.length));
        return head.substring(0, head.length() - 1) + ", ... " + (part.length - 2 * SHOWN) + " more ..., "
                + tail.substring(1);
    }
}
