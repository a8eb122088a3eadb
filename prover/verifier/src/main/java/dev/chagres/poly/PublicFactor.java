package dev.chagres.poly;

import dev.chagres.field.QM31;

/// A polynomial that the verifier evaluates by itself.
public abstract non-sealed class PublicFactor implements Factor {
    /// Value at a point that has all its variable groups.
    public abstract QM31 evaluate(Point point);

    /// Calls `sink` with every non-zero entry of the table over the Boolean cube of [#variables()], the first group
    /// lowest.
    public abstract void table(Sink sink);

    /// Receiver of table entries; an index may come more than once, entries add up.
    @FunctionalInterface
    public interface Sink {
        void add(long index, QM31 value);
    }
}
