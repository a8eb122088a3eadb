package dev.chagres.model.decoder;

import dev.chagres.semantics.Interval;

/// The public numbers of a projection of a normalised row.
///
/// @param shift of its accumulators
/// @param u proved interval of the shifted accumulators; it holds 0
public record ProjectionSpec(int shift, Interval u) {}
