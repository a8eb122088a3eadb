package dev.chagres.poly;

import dev.chagres.field.QM31;

/// A polynomial that the verifier evaluates by itself. Its kinds are data: whoever computes makes their tables over
/// the Boolean cube of [#variables()] where it wants them, the first group lowest.
public sealed interface PublicFactor extends Factor permits EqFactor, SparseFactor, TableFactor {
    /// Value at a point that has all its variable groups.
    QM31 evaluate(Point point);
}
