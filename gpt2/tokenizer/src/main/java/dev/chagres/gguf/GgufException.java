package dev.chagres.gguf;

/// A GGUF file that cannot be read. The message is the rest of a line that begins with the file's name: the cause.
/// Names from the file in it are not made fit for a terminal.
public final class GgufException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GgufException(String cause) {
        super(cause);
    }

    public GgufException(String cause, Throwable origin) {
        super(cause, origin);
    }
}
