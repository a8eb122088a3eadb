package dev.chagres.gpt2.model;

/// A model whose integers could leave the intervals of the integer program. The message is one line and names
/// the layer, matrix and channel.
public final class IntervalCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IntervalCheckException(String message) {
        super(message);
    }

    public IntervalCheckException(String message, Throwable cause) {
        super(message, cause);
    }
}
