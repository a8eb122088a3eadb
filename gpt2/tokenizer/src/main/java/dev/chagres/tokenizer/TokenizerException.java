package dev.chagres.tokenizer;

/// A text or file that a tokenizer cannot take. The message is one line for the user that names the cause.
public class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenizerException(String message) {
        super(message);
    }

    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
