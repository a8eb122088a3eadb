package dev.chagres.tokenizer;

/// A token that is found in texts as a whole, before byte pairs are merged: control tokens and the like.
///
/// @param id         its token id
/// @param content    the text it stands for, not empty
/// @param special    whether it controls the model (`<|endoftext|>`); no merge of ordinary text may give such an id
/// @param normalized whether it is sought in the text after normalisation; without a normaliser always false
public record AddedToken(int id, String content, boolean special, boolean normalized) {
    /// @throws IllegalArgumentException if the content is empty or has an unpaired surrogate
    public AddedToken {
        if (content.isEmpty()) {
            throw new IllegalArgumentException("the added token " + id + " is empty");
        }
        if (Texts.unpairedSurrogate(content) >= 0) {
            throw new IllegalArgumentException("the added token " + id + " has half a surrogate pair");
        }
    }
}
