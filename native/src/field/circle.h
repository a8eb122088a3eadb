/* Points of the circle x^2 + y^2 = 1 over M31, a group of order 2^31 (eprint 2024/278, section 3). */
#ifndef CHG_CIRCLE_H
#define CHG_CIRCLE_H

#include "m31.h"

namespace chg {

struct CirclePoint {
  u32 x, y;
};

CHG_FN CirclePoint circle_add(CirclePoint p, CirclePoint q) {
  return {m31_sub(m31_mul(p.x, q.x), m31_mul(p.y, q.y)), m31_add(m31_mul(p.x, q.y), m31_mul(p.y, q.x))};
}

/* A generator of the subgroup of order 2^log_order, 0 to 31: the generator of the whole group, doubled. */
CHG_FN CirclePoint circle_generator(int log_order) {
  CirclePoint g = {2, 1268011823};
  for (int i = log_order; i < 31; i++) g = circle_add(g, g);
  return g;
}

}  // namespace chg

#endif
