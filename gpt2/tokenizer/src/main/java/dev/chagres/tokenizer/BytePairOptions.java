package dev.chagres.tokenizer;

/// What a byte-level byte-pair encoding does with a text before and besides merging.
///
/// @param preTokenizer how the text is cut into pieces
/// @param prefixSpace  whether a text that does not begin with a space gets one
/// @param nfc          whether the text is first brought into Unicode's normal form C
/// @param ignoreMerges whether a piece that is a token as a whole becomes that token, whatever merging would give
public record BytePairOptions(PreTokenizer preTokenizer, boolean prefixSpace, boolean nfc, boolean ignoreMerges) {
    /// Nothing but this pre-tokenizer.
    public static BytePairOptions of(PreTokenizer preTokenizer) {
        return new BytePairOptions(preTokenizer, false, false, false);
    }
}
