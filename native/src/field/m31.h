/* The field of order P = 2^31 - 1: words in [0, P), before and after every function. */
#ifndef CHG_M31_H
#define CHG_M31_H

#include "lang.h"

namespace chg {

constexpr u32 P = 0x7fffffff;

/* The residue of a word from 0 to 2 P - 1: a word below P wraps above itself. */
CHG_FN u32 m31_lift(u32 x) { return least(x, x - P); }

CHG_FN u32 m31_add(u32 a, u32 b) { return m31_lift(a + b); }

/* A difference below 0 wraps above P, and comes back by adding P. */
CHG_FN u32 m31_sub(u32 a, u32 b) { return least(a - b, a - b + P); }

CHG_FN u32 m31_neg(u32 a) { return m31_sub(0, a); }

/* A product is at most (P - 1)^2: its two parts sum to at most 2 P - 2. */
CHG_FN u32 m31_mul(u32 a, u32 b) {
  return m31_lift(static_cast<u32>(u64{a} * b & P) + static_cast<u32>(u64{a} * b >> 31));
}

/* x modulo P, below 2^33 + 2^31. */
CHG_FN u64 m31_half(u64 x) { return (x & P) + (x >> 31); }

/* The residue of any number: halved twice it is at most P + 5. */
CHG_FN u32 m31_reduce(u64 x) { return m31_lift(static_cast<u32>(m31_half(m31_half(x)))); }

/* The residue of -P < v < P: one below 0 is above P as a word, and wraps to its residue. */
CHG_FN u32 m31_embed(i32 v) { return least(static_cast<u32>(v), static_cast<u32>(v) + P); }

}  // namespace chg

#endif
