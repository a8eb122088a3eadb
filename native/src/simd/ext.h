/*
 * QM31 on vectors: the field (a0 + a1 i) + (a2 + a3 i) u with i^2 = -1 and u^2 = 2 + i; a vector for each coordinate.
 *
 * With s = 2 b2 - b3 and t = b2 + 2 b3 every coordinate of a product is a sum of four products of words:
 *   c0 = a0 b0 - a1 b1 + a2 s - a3 t    c1 = a0 b1 + a1 b0 + a2 t + a3 s
 *   c2 = a0 b2 - a1 b3 + a2 b0 - a3 b1  c3 = a0 b3 + a1 b2 + a2 b1 + a3 b0
 * c0 and c2 are signed numbers of 64 bits, c1 and c3 unsigned ones; each is reduced once.
 */
#ifndef CHK_EXT_H
#define CHK_EXT_H

#include "lanes.h"

namespace chk::CHK_ISA {

/* Words of a block of an ext array, and from one coordinate to the next. */
constexpr u64 EXT_BLOCK = 64;
constexpr u64 BLOCK = 16;

struct Ext {
  V c0, c1, c2, c3;
};

/* At coordinate 0 of the first of LANES elements. */
CHK_INLINE Ext load_ext(const u32 *p) { return {load(p), load(p + 16), load(p + 32), load(p + 48)}; }
CHK_INLINE void store_ext(u32 *p, Ext x) {
  store(p, x.c0);
  store(p + 16, x.c1);
  store(p + 32, x.c2);
  store(p + 48, x.c3);
}
CHK_INLINE Ext add(Ext a, Ext b) { return {add(a.c0, b.c0), add(a.c1, b.c1), add(a.c2, b.c2), add(a.c3, b.c3)}; }
CHK_INLINE Ext sub(Ext a, Ext b) { return {sub(a.c0, b.c0), sub(a.c1, b.c1), sub(a.c2, b.c2), sub(a.c3, b.c3)}; }
CHK_INLINE Ext and_(Ext a, V mask) { return {and_(a.c0, mask), and_(a.c1, mask), and_(a.c2, mask), and_(a.c3, mask)}; }
/* Differences of words from -P to P. */
CHK_INLINE Ext sub_words(Ext a, Ext b) {
  return {sub32(a.c0, b.c0), sub32(a.c1, b.c1), sub32(a.c2, b.c2), sub32(a.c3, b.c3)};
}

/* The words of an element, and four sums of 64 bits. */
struct WideExt {
  Wide c0, c1, c2, c3;
};
CHK_INLINE WideExt split(Ext a) { return {split(a.c0), split(a.c1), split(a.c2), split(a.c3)}; }
/* From memory that was not written a moment ago: a load that two stores must answer waits for them. */
CHK_INLINE WideExt load_split_ext(const u32 *p) {
  return {load_split(p), load_split(p + 16), load_split(p + 32), split(load(p + 48))};
}

/* A right factor. */
struct Factor {
  Wide b0, b1, b2, b3, s, t;
};
CHK_INLINE Factor factor(WideExt b) {
  V b2 = b.c2.even;
  V b3 = b.c3.even;
  return {b.c0, b.c1, b.c2, b.c3, split(add(sub(b2, b3), b2)), split(add(add(b3, b3), b2))};
}

/* a b of canonical factors, not reduced: c0 and c2 signed, c1 and c3 unsigned. */
CHK_INLINE WideExt times(WideExt a, Factor b) {
  return {minus(plus(minus(times(a.c0, b.b0), times(a.c1, b.b1)), times(a.c2, b.s)), times(a.c3, b.t)),
      plus(plus(times(a.c0, b.b1), times(a.c1, b.b0)), plus(times(a.c2, b.t), times(a.c3, b.s))),
      plus(minus(times(a.c0, b.b2), times(a.c1, b.b3)), minus(times(a.c2, b.b0), times(a.c3, b.b1))),
      plus(plus(times(a.c0, b.b3), times(a.c1, b.b2)), plus(times(a.c2, b.b1), times(a.c3, b.b0)))};
}
CHK_INLINE Ext reduce(WideExt x) {
  return {reduce_signed(x.c0), reduce_products(x.c1), reduce_signed(x.c2), reduce_products(x.c3)};
}
CHK_INLINE Ext mul(WideExt a, WideExt b) { return reduce(times(a, factor(b))); }
CHK_INLINE Ext mul(Ext a, Ext b) { return mul(split(a), split(b)); }

/* --- One constant factor --- */

/* The representative of x nearest to 0, from -P / 2 to P / 2. */
CHK_INLINE i32 centred(u32 x) { return static_cast<i32>(x > P / 2 ? x - P : x); }

/* A field constant as the ABI passes it. */
struct Scalar {
  u32 c[4];
};
CHK_INLINE Scalar scalar(u64 x01, u64 x23) {
  return {{static_cast<u32>(x01), static_cast<u32>(x01 >> 32), static_cast<u32>(x23), static_cast<u32>(x23 >> 32)}};
}

/* A constant right factor with centred words. */
struct ConstantFactor {
  V r0, r1, r2, r3, s, t;
};
CHK_INLINE V splat_centred(u64 x) { return splat(static_cast<u32>(centred(static_cast<u32>(x % P)))); }
CHK_INLINE ConstantFactor constant_factor(Scalar r) {
  u64 r2 = r.c[2];
  u64 r3 = r.c[3];
  return {splat_centred(r.c[0]), splat_centred(r.c[1]), splat_centred(r2), splat_centred(r3),
      splat_centred(2 * r2 + P - r3), splat_centred(r2 + 2 * r3)};
}
/* a r, signed, for words of a from -P to P: four products with a factor of at most P / 2 are at most 2 P^2. */
CHK_INLINE WideExt times(WideExt a, ConstantFactor r) {
  Wide r0 = both(r.r0);
  Wide r1 = both(r.r1);
  Wide r2 = both(r.r2);
  Wide r3 = both(r.r3);
  Wide s = both(r.s);
  Wide t = both(r.t);
  return {minus(plus(minus(times_signed(a.c0, r0), times_signed(a.c1, r1)), times_signed(a.c2, s)),
              times_signed(a.c3, t)),
      plus(plus(times_signed(a.c0, r1), times_signed(a.c1, r0)), plus(times_signed(a.c2, t), times_signed(a.c3, s))),
      plus(minus(times_signed(a.c0, r2), times_signed(a.c1, r3)),
          minus(times_signed(a.c2, r0), times_signed(a.c3, r1))),
      plus(plus(times_signed(a.c0, r3), times_signed(a.c1, r2)),
          plus(times_signed(a.c2, r1), times_signed(a.c3, r0)))};
}
/* a r for words of a from -P to P. */
CHK_INLINE Ext scale(WideExt a, ConstantFactor r) {
  WideExt x = times(a, r);
  return {reduce_signed(x.c0), reduce_signed(x.c1), reduce_signed(x.c2), reduce_signed(x.c3)};
}
/* a r + y */
CHK_INLINE Ext scale_plus(WideExt a, ConstantFactor r, Ext y) {
  WideExt x = times(a, r);
  return {reduce_signed_plus(x.c0, y.c0), reduce_signed_plus(x.c1, y.c1), reduce_signed_plus(x.c2, y.c2),
      reduce_signed_plus(x.c3, y.c3)};
}
/* lo + r (hi - lo) */
CHK_INLINE Ext fold(Ext lo, Ext hi, ConstantFactor r) { return scale_plus(split(sub_words(hi, lo)), r, lo); }

}  // namespace chk::CHK_ISA

#endif
