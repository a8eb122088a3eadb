package dev.chagres.gpt2.quantize;

/// A model that cannot be quantised within the bounds of the integer program. The message is one line.
public final class QuantizationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QuantizationException(String message) {
        super(message);
    }

    public QuantizationException(String message, Throwable cause) {
        super(message, cause);
    }
}
