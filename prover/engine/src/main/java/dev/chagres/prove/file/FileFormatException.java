package dev.chagres.prove.file;

import java.nio.file.Path;

/// A model file that cannot be used: broken, incomplete, or of a kind that is not supported.
/// The message is one line and names the file and the cause.
public final class FileFormatException extends RuntimeException {
    private final transient Path file;

    /// @param file the offending file or folder
    /// @param cause what is wrong with it; characters that a terminal would not draw are shown by their number, but
    ///     names and values from the file should be cut with [PrintableText#of] before
    public FileFormatException(Path file, String cause) {
        this(file, cause, null);
    }

    /// As above, with the exception that revealed it.
    public FileFormatException(Path file, String cause, Throwable origin) {
        super(PrintableText.line(file + ": " + cause), origin);
        this.file = file;
    }

    /// The offending file or folder.
    public Path file() {
        return file;
    }
}
