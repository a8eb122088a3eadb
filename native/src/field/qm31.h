/* QM31 = CM31[u] / (u^2 - 2 - i), CM31 = M31[i] / (i^2 + 1): c[0] + c[1] i + (c[2] + c[3] i) u, and its arrays. */
#ifndef CHG_QM31_H
#define CHG_QM31_H

#include "m31.h"

namespace chg {

struct Q31 {
  u32 a, b, c, d;
};

CHG_FN Q31 q31_of(u32 base) { return {base, 0, 0, 0}; }

CHG_FN Q31 q31_add(Q31 x, Q31 y) {
  return {m31_add(x.a, y.a), m31_add(x.b, y.b), m31_add(x.c, y.c), m31_add(x.d, y.d)};
}

CHG_FN Q31 q31_sub(Q31 x, Q31 y) {
  return {m31_sub(x.a, y.a), m31_sub(x.b, y.b), m31_sub(x.c, y.c), m31_sub(x.d, y.d)};
}

CHG_FN Q31 q31_scale(Q31 x, u32 s) { return {m31_mul(x.a, s), m31_mul(x.b, s), m31_mul(x.c, s), m31_mul(x.d, s)}; }

/*
 * Every sum is of four products of canonical words, at most 4 (P - 1)^2 < 2^64; operands are negated, not products.
 * With B = c + d i, B (2 + i) = (2 c - d) + (2 d + c) i.
 */
CHG_FN Q31 q31_mul_with(Q31 x, Q31 y, u32 s, u32 t, u32 nb, u32 nd) {
  return {m31_reduce(u64{x.a} * y.a + u64{nb} * y.b + u64{x.c} * s + u64{nd} * t),
          m31_reduce(u64{x.a} * y.b + u64{x.b} * y.a + u64{x.c} * t + u64{x.d} * s),
          m31_reduce(u64{x.a} * y.c + u64{nb} * y.d + u64{x.c} * y.a + u64{nd} * y.b),
          m31_reduce(u64{x.a} * y.d + u64{x.b} * y.c + u64{x.c} * y.b + u64{x.d} * y.a)};
}

CHG_FN Q31 q31_mul(Q31 x, Q31 y) {
  return q31_mul_with(x, y, m31_sub(m31_add(y.c, y.c), y.d), m31_add(m31_add(y.d, y.d), y.c), m31_neg(x.b),
                      m31_neg(x.d));
}

/* low + r (high - low) */
CHG_FN Q31 q31_line(Q31 low, Q31 high, Q31 r) { return q31_add(low, q31_mul(q31_sub(high, low), r)); }

/* Elements of an ext array lie in blocks of sixteen: words 16 apart. */
CHG_FN u64 ext_index(u64 i) { return (i >> 4 << 6) + (i & 15); }

CHG_FN Q31 ext_get(const u32 *array, u64 i) {
  const u32 *at = array + ext_index(i);
  return {at[0], at[16], at[32], at[48]};
}

CHG_FN void ext_set(u32 *array, u64 i, Q31 v) {
  u32 *at = array + ext_index(i);
  at[0] = v.a;
  at[16] = v.b;
  at[32] = v.c;
  at[48] = v.d;
}

}  // namespace chg

#endif
