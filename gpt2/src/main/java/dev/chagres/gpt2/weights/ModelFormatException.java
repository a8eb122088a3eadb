package dev.chagres.gpt2.weights;

import java.nio.file.Path;

/// A model file that cannot be used: broken, incomplete, or of a kind that is not supported.
/// The message is one line and names the file and the cause.
public final class ModelFormatException extends RuntimeException {
    private final Path file;

    public ModelFormatException(Path file, String cause) {
        super(file + ": " + cause);
        this.file = file;
    }

    public ModelFormatException(Path file, String cause, Throwable origin) {
        super(file + ": " + cause, origin);
        this.file = file;
    }

    /// The offending file or folder.
    public Path file() {
        return file;
    }
}
