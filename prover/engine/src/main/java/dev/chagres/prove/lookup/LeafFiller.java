package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// Produces leaves of a fraction tree. Called more than once for the same leaf, with the same result.
@FunctionalInterface
interface LeafFiller {
    /// Writes the leaves at places `place .. place + count`, all of them present; both numbers are multiples of 16.
    ///
    /// @param p ext array for the numerators, or 0 when they are known to be one and not wanted
    /// @param q ext array for the denominators
    /// @param shift added to every denominator
    void fill(long place, long count, long p, long q, QM31 shift);
}
