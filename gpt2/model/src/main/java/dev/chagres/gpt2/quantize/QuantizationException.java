package dev.chagres.gpt2.quantize;

import dev.chagres.prove.file.PrintableText;

/// A model that cannot be quantised within the bounds of the integer program. The message is one line.
public final class QuantizationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QuantizationException(String message) {
        super(message);
    }

    public QuantizationException(String message, Throwable cause) {
        super(message, cause);
    }

    /// As `cause`, with a place before its message.
    static QuantizationException at(String place, RuntimeException cause) {
        return new QuantizationException(PrintableText.line(place + ": " + cause.getMessage()), cause);
    }
}
