package dev.chagres.proof;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Which tokenizer turns text into the token ids of a model.
///
/// @param kind   the scheme
/// @param tokens for [Kind#CHARACTERS] the text of token id 0, 1, ...; empty otherwise
public record TokenizerInfo(Kind kind, List<String> tokens) {
    /// The model speaks token ids only.
    public static final TokenizerInfo NONE = new TokenizerInfo(Kind.NONE, List.of());

    /// GPT-2's byte-pair encoding.
    public static final TokenizerInfo R50K_BASE = new TokenizerInfo(Kind.R50K_BASE, List.of());

    private static final int MAX_TABLE_BYTES = 1 << 19;

    public enum Kind {
        /// No tokenizer.
        NONE,
        /// One token per character, from a table.
        CHARACTERS,
        /// The 50,257-token byte-pair encoding of GPT-2, called r50k_base.
        R50K_BASE
    }

    public TokenizerInfo {
        tokens = List.copyOf(tokens);
        int total = 0;
        for (String token : tokens) {
            int bytes = token.getBytes(StandardCharsets.UTF_8).length;
            total += bytes + 1;
            if (bytes > 255 || total > MAX_TABLE_BYTES) {
                throw new IllegalArgumentException("the token table is too long");
            }
        }
        if (kind == Kind.CHARACTERS == tokens.isEmpty()) {
            throw new IllegalArgumentException("a token table belongs to a character tokenizer and to no other");
        }
    }

    /// A character tokenizer with the given table.
    public static TokenizerInfo characters(List<String> tokens) {
        return new TokenizerInfo(Kind.CHARACTERS, tokens);
    }
}
