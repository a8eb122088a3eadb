package dev.chagres.semantics;

import java.io.Serializable;
import java.util.Optional;

/// An input drives a value out of the domain on which the integer program is defined (docs/semantics.md, section 4): the
/// residual stream, what a write adds to it, or a score. No statement about this input can be proved.
public final class DomainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int position;
    private final String what;
    private final Excess excess;

    /// The domains that a run can leave.
    public enum Limit {
        /// What a row of the residual stream may hold.
        STREAM,
        /// What a wide write may add to it.
        WRITE,
        /// How far a score may be from the offset of its row.
        SCORE
    }

    /// A value and the domain that it is outside of, both ends inside.
    ///
    /// @param limit   which domain
    /// @param value   below `lowest` or above `highest`
    public record Excess(Limit limit, long value, long lowest, long highest) implements Serializable {}

    /// @param operation which operation meets the value, with its layer
    /// @param position token position
    /// @param what the value and its domain
    public DomainException(String operation, int position, String what) {
        this(operation, position, what, null);
    }

    /// @param operation which operation meets the value, with its layer
    /// @param position token position
    /// @param what the value and its domain
    /// @param excess the same in numbers; null if they are not known
    public DomainException(String operation, int position, String what, Excess excess) {
        super(operation + ", position " + position + ": " + what);
        this.operation = operation;
        this.position = position;
        this.what = what;
        this.excess = excess;
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

    /// The value and its domain in numbers, where they are known: of a run of this process.
    public Optional<Excess> excess() {
        return Optional.ofNullable(excess);
    }
}
