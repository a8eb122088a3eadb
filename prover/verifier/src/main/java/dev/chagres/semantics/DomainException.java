package dev.chagres.semantics;

/// An input drives a value out of the domain on which the integer program is defined (docs/semantics.md, section 4): the
/// residual stream, what a write adds to it, or a score. No statement about this input can be proved.
public final class DomainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int position;
    private final String what;

    /// @param operation which operation meets the value, with its layer
    /// @param position token position
    /// @param what the value and its domain
    public DomainException(String operation, int position, String what) {
        super(operation + ", position " + position + ": " + what);
        this.operation = operation;
        this.position = position;
        this.what = what;
    }

    public String operation() {
        return operation;
    }

    public int position() {
        return position;
    }

    /// The value and its domain.
    public String what() {
        return what;
    }
}
