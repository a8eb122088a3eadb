package dev.chagres.statement;

/// A sequence that is no statement about a model, whatever a proof says.
public final class StatementException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String check;

    /// @param check identifier of the failed check, as listed in docs/protocol.md
    /// @param message one line for people
    public StatementException(String check, String message) {
        super(message);
        this.check = check;
    }

    public String check() {
        return check;
    }
}
