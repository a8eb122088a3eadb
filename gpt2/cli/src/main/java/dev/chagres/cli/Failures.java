package dev.chagres.cli;

import dev.chagres.gpt2.model.IntervalCheckException;
import dev.chagres.gpt2.quantize.QuantizationException;
import dev.chagres.prove.DeviceFailureException;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/// What a failed command says and returns: one line with the cause and the cure, exit code 2 if the user can mend the
/// input, 3 if the program or the machine broke down. With `CHAGRES_DEBUG` in the environment or `-Dchagres.debug` the
/// stack trace follows.
final class Failures {
    private static final String DEBUG_VARIABLE = "CHAGRES_DEBUG";
    private static final String DEBUG_PROPERTY = "chagres.debug";

    private Failures() {}

    /// Prints the line of a failure.
    ///
    /// @param command whose failure it is
    /// @return the exit code
    static int report(String command, Throwable failure, PrintWriter err) {
        boolean input = isInput(failure);
        boolean known = input || failure instanceof DeviceFailureException;
        err.println(command + ": " + clean(known ? cause(failure) : internal(failure)));
        if (System.getenv(DEBUG_VARIABLE) != null || System.getProperty(DEBUG_PROPERTY) != null) {
            failure.printStackTrace(err);
        }
        err.flush();
        return input ? CommandBase.BAD_INPUT : CommandBase.INTERNAL;
    }

    private static boolean isInput(Throwable failure) {
        return switch (failure) {
            case CommandException _, FileFormatException _, QuantizationException _, IntervalCheckException _,
                    TokenizerException _, DomainException _, IllegalArgumentException _, IOException _,
                    UncheckedIOException _ -> true;
            case DeviceFailureException e -> e.memory();
            default -> false;
        };
    }

    private static String cause(Throwable failure) {
        return switch (failure) {
            case IOException e -> reason(e);
            case UncheckedIOException e -> {
                IOException io = e.getCause();
                yield io.toString().equals(e.getMessage()) ? reason(io) : e.getMessage() + ": " + reason(io);
            }
            default -> String.valueOf(failure.getMessage());
        };
    }

    /// `FILE: cause` where the file is known.
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException f -> f.getFile() + ": no such file or folder";
            case AccessDeniedException f -> f.getFile() + ": permission denied";
            case NotDirectoryException f -> f.getFile() + ": is not a folder";
            case FileAlreadyExistsException f -> f.getFile() + ": already exists";
            case FileSystemException f -> f.getFile() + ": " + system(f.getReason());
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : system(e.getMessage());
        };
    }

    /// What the system says, in our words where they are clearer.
    private static String system(String reason) {
        return switch (reason) {
            case null -> "cannot be used";
            case "Is a directory" -> "is a folder, not a file";
            case "Not a directory" -> "a part of this path is not a folder";
            case "No space left on device" -> "no space left on the device";
            default -> {
                boolean sentence = reason.length() > 1 && Character.isLowerCase(reason.charAt(1));
                yield sentence ? reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1) : reason;
            }
        };
    }

    private static String internal(Throwable failure) {
        Throwable root = failure;
        while (!(root instanceof Error) && root.getCause() != null) {
            root = root.getCause();
        }
        String message = failure.getMessage();
        return "internal error: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message) + "; "
                + advice(root);
    }

    private static String advice(Throwable root) {
        String message = String.valueOf(root.getMessage());
        return switch (root) {
            case OutOfMemoryError _ when message.contains("thread") ->
                "use fewer --threads or allow the process more of them (ulimit -u)";
            case OutOfMemoryError _ when message.contains("heap") || message.contains("GC") ->
                "give the machine a larger heap, for example CHAGRES_JVM_ARGS=-Xmx8g";
            case OutOfMemoryError _ -> "free memory, or limit the process with --memory, where the command has it";
            case StackOverflowError _ -> "give its threads a larger stack, for example CHAGRES_JVM_ARGS=-Xss16m";
            case LinkageError _ -> "the build is incomplete or changed while it ran; build again";
            case InternalError _ when message.contains("memory access") ->
                "a file that is in use was cut, or its disk cannot be read";
            default -> "this is a fault of the program; CHAGRES_DEBUG=1 shows where";
        };
    }

    /// One line without characters that could rewrite the terminal.
    static String clean(String message) {
        return Texts.indented(message.replaceAll("\\s*\\R\\s*", " "), 0);
    }
}
