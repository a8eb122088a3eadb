package dev.chagres.sumcheck;

import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Point;
import dev.chagres.relation.PrivateValue;
import java.util.Map;

/// Where a sumcheck ended.
///
/// @param point the final point
/// @param derived claimed values of derived factors at that point; each must be proved by its owner
public record SumcheckResult(Point point, Map<DerivedFactor, PrivateValue> derived) {}
