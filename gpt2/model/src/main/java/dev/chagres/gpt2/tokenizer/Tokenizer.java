package dev.chagres.gpt2.tokenizer;

/// Turns text into token ids and back. Implementations are thread-safe.
public interface Tokenizer {
    /// Token ids of a text; empty for the empty text.
    ///
    /// @throws TokenizerException if the text cannot be encoded, naming the character and its position
    int[] encode(String text);

    /// Text of token ids. `decode(encode(text))` is `text`; the ids of a part of a text need not end at a character
    /// boundary, incomplete characters come out as U+FFFD.
    ///
    /// @throws TokenizerException if an id is not in the vocabulary
    String decode(int[] ids);

    /// Number of ids; they are `0 .. vocabulary() - 1`.
    int vocabulary();
}
