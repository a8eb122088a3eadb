package dev.chagres.tokenizer;

/// A tokenizer file in good order that asks for what this package does not do. The message names file and feature.
final class UnsupportedTokenizerException extends TokenizerException {
    private static final long serialVersionUID = 1L;

    UnsupportedTokenizerException(String message) {
        super(message);
    }
}
