package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;

/// What a reduction keeps for the stage after the join: points, which both parties know, and values that follow from
/// messages.
///
/// @param points coordinates, in an order that the reduction knows
/// @param values in an order that the reduction knows
public record Kept(QM31[] points, PrivateValue[] values) {
    /// Of a reduction that puts nothing off.
    public static final Kept NOTHING = new Kept(new QM31[0], new PrivateValue[0]);
}
