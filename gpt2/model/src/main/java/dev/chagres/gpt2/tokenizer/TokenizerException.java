package dev.chagres.gpt2.tokenizer;

/// Text or token ids that a tokenizer cannot represent. The message is one line for the user.
public final class TokenizerException extends RuntimeException {
    public TokenizerException(String message) {
        super(message);
    }
}
