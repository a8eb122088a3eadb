package dev.chagres.model.decoder;

import dev.chagres.semantics.Interval;

/// The public numbers of a write to the residual stream.
///
/// @param shift of its accumulators; up to [#NARROW] the domain of the stream alone makes the quotient unique
/// @param quotient interval of what can be added, which holds 0, if the shift is above [#NARROW]: then the quotient is
///     looked up, and a run that adds more cannot be proved; \[0, 0\] else
public record WriteSpec(int shift, Interval quotient) {
    /// The largest shift whose quotient is not looked up.
    public static final int NARROW = 3;

    /// The largest shift.
    public static final int MAX_SHIFT = 12;

    private static final Interval NONE = new Interval(0, 0);

    /// A write whose quotients lie in an interval; 0 counts as one of them.
    public static WriteSpec of(int shift, Interval quotient) {
        return new WriteSpec(shift, shift > NARROW ? quotient.union(NONE) : NONE);
    }

    /// Whether the quotient is looked up.
    public boolean isWide() {
        return shift > NARROW;
    }
}
