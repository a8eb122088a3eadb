package dev.chagres.ffm.embed;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;

/// What a call returns, `enum chagres_status` of the header.
enum Status {
    OK(0), ARGUMENT(1), INPUT(2), CANCELLED(3), MEMORY(4), RUNTIME(5), INTERNAL(6);

    private final int code;

    Status(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /// What a failure is for the host.
    static Status of(Throwable failure) {
        return switch (failure) {
            case ClosedException _ -> ARGUMENT;
            case CancellationException _ -> CANCELLED;
            case FileFormatException _, TokenizerException _, DomainException _, IllegalArgumentException _,
                    IOException _, UncheckedIOException _ -> INPUT;
            case OutOfMemoryError _ -> MEMORY;
            default -> INTERNAL;
        };
    }

    /// The line about a failure.
    static String line(Throwable failure) {
        String said = switch (failure) {
            case UncheckedIOException e -> e.getMessage() + ": " + reason(e.getCause());
            case IOException e -> reason(e);
            case StackOverflowError _ -> "the stack of a thread of the library is full";
            default -> String.valueOf(failure.getMessage());
        };
        String line = switch (of(failure)) {
            case MEMORY -> "out of memory: " + said + "; give a larger heap or a memory limit";
            case INTERNAL -> "internal error: " + failure.getClass().getSimpleName() + ": " + said;
            default -> said;
        };
        return line.replaceAll("\\s*\\R\\s*", " ");
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException f ? f.getFile() + ": " + (f.getReason() == null
                ? f.getClass().getSimpleName() : f.getReason()) : String.valueOf(e.getMessage());
    }
}
