package dev.chagres.chat;

import dev.chagres.tokenizer.TokenizerException;

/// A conversation that cannot be written as the model wants it: the template refuses it, or asks for what this package
/// does not do. The message is one line for the user that names the cause.
public final class ChatException extends TokenizerException {
    private static final long serialVersionUID = 1L;

    public ChatException(String message) {
        super(message);
    }
}
