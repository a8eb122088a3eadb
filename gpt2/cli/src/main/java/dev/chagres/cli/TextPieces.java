package dev.chagres.cli;

import java.util.Arrays;
import java.util.function.Function;

/// Decodes ids one by one. A character may be spread over several ids: what is incomplete waits for the next.
final class TextPieces {
    private static final char INCOMPLETE = '\uFFFD';
    /// No character has more bytes, and no token fewer than one.
    private static final int LONGEST = 4;

    private final Function<int[], String> decode;
    private int[] waiting = {};

    /// @param decode text of ids; of incomplete characters it makes U+FFFD
    TextPieces(Function<int[], String> decode) {
        this.decode = decode;
    }

    /// The text that one more id completes, perhaps none.
    String next(int id) {
        waiting = Arrays.copyOf(waiting, waiting.length + 1);
        waiting[waiting.length - 1] = id;
        String text = decode.apply(waiting);
        if (!text.isEmpty() && text.charAt(text.length() - 1) == INCOMPLETE && waiting.length < LONGEST) {
            return "";
        }
        waiting = new int[0];
        return text;
    }

    /// What is still waiting.
    String end() {
        String text = waiting.length == 0 ? "" : decode.apply(waiting);
        waiting = new int[0];
        return text;
    }
}
