package dev.chagres.poly;

import dev.chagres.tensor.Axis;

/// A named group of sumcheck variables.
///
/// @param name unique in its statement
/// @param bits number of variables, possibly 0
public record Variable(String name, int bits) {
    /// The variables of an axis.
    public static Variable of(Axis axis) {
        return new Variable(axis.name(), axis.bits());
    }
}
