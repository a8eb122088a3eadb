package dev.chagres.lookup;

import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.TilePoint;

/// What a fraction tree leaves to prove about a virtual tensor of one segment: its value at a point.
///
/// @param at a point of the shape of the segment
/// @param value claimed
public record LeafClaim(TilePoint at, PrivateValue value) {}
