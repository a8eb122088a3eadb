package dev.chagres.cli;

/// Wrong use or bad input: ends the command with exit code 2 and its message, one line that names the cause and the cure.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
