package dev.chagres.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Point;
import java.util.Map;

/// Where a sumcheck ended.
///
/// @param point the final point
/// @param derived claimed values of derived factors at that point; each must be proved by its owner
public record SumcheckResult(Point point, Map<DerivedFactor, QM31> derived) {}
