package dev.chagres.chat;

import dev.chagres.tokenizer.TokenizerException;

/// A conversation that cannot be written as the model wants it: the template refuses it, or asks for what this package
/// does not do. The message is one line for the user that names the cause, whatever the template puts into it.
public final class ChatException extends TokenizerException {
    private static final long serialVersionUID = 1L;
    /// Longest message.
    private static final int MAX_LENGTH = 400;

    public ChatException(String message) {
        super(line(message));
    }

    private static String line(String message) {
        String start = message.substring(0, Math.min(message.length(), MAX_LENGTH)).replaceAll("\\p{Cntrl}+", " ");
        return message.length() > MAX_LENGTH ? start + " ..." : start;
    }
}
