package dev.chagres.tokenizer;

/// What a pair encoding of characters does with a text before and besides merging.
///
/// @param prefix       where a space comes in front
/// @param byteFallback whether a character without a token becomes the tokens `<0x00>` to `<0xFF>` of its UTF-8 bytes;
///     tokens with such names then stand for bytes and for nothing else
public record CharacterPairOptions(Prefix prefix, boolean byteFallback) {
    /// Where a space is put in front of a text. A part is what lies between control tokens, where these are sought. The
    /// order is part of the file format.
    public enum Prefix {
        /// Nowhere.
        NONE,
        /// In front of every part (SentencePiece's `add_dummy_prefix`, Hugging Face's `Prepend`).
        EACH,
        /// In front of every part that does not begin with one (Hugging Face's `Metaspace`, scheme `always`).
        EACH_WITHOUT,
        /// In front of the part that begins the text, if it does not begin with one (scheme `first`).
        FIRST_WITHOUT
    }
}
