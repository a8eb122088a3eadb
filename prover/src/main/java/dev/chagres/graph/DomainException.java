package dev.chagres.graph;

/// An input drives a value outside the domain on which the integer program is defined (docs/semantics.md, section 4).
public final class DomainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param operation name of the operation
    /// @param position token position
    public DomainException(String operation, int position, String what) {
        super(operation + ", position " + position + ": " + what);
    }
}
