/*
 * Sums of products e T of QM31 elements over many blocks, without a reduction in the loop.
 *
 * With AVX-512 by multiply-and-add of 52 bits (IFMA): a product is split at 2^52, and each part is added to its own
 * accumulator. Factors need not be reduced below 2^31, so that T may be what is left of sums of products after one
 * fold, and products may be those of sums of coordinates: nine instead of sixteen, Karatsuba's way twice. With AVX2 T
 * is canonical, and sixteen products go into four accumulators.
 */
#ifndef CHK_SUMS_H
#define CHK_SUMS_H

#include "ext.h"

namespace chk::CHK_ISA {

/* --- M31 and QM31 one at a time, for what is done once in a call --- */

CHK_INLINE u32 mul(u32 a, u32 b) { return static_cast<u32>(static_cast<u64>(a) * b % P); }
CHK_INLINE u32 add(u32 a, u32 b) { return static_cast<u32>((static_cast<u64>(a) + b) % P); }
CHK_INLINE u32 sub(u32 a, u32 b) { return static_cast<u32>((static_cast<u64>(a) + P - b) % P); }
CHK_INLINE Scalar add(Scalar a, Scalar b) {
  return {{add(a.c[0], b.c[0]), add(a.c[1], b.c[1]), add(a.c[2], b.c[2]), add(a.c[3], b.c[3])}};
}
CHK_INLINE Scalar sub(Scalar a, Scalar b) {
  return {{sub(a.c[0], b.c[0]), sub(a.c[1], b.c[1]), sub(a.c[2], b.c[2]), sub(a.c[3], b.c[3])}};
}
CHK_INLINE Scalar mul(Scalar a, u32 b) { return {{mul(a.c[0], b), mul(a.c[1], b), mul(a.c[2], b), mul(a.c[3], b)}}; }
CHK_INLINE Scalar mul(Scalar a, Scalar b) {
  u32 s = sub(add(b.c[2], b.c[2]), b.c[3]);
  u32 t = add(add(b.c[3], b.c[3]), b.c[2]);
  const u32 right[4][4] = {{b.c[0], sub(0, b.c[1]), s, sub(0, t)}, {b.c[1], b.c[0], t, s},
      {b.c[2], sub(0, b.c[3]), b.c[0], sub(0, b.c[1])}, {b.c[3], b.c[2], b.c[1], b.c[0]}};
  Scalar r;
  for (int k = 0; k < 4; k++) {
    r.c[k] = add(add(mul(a.c[0], right[k][0]), mul(a.c[1], right[k][1])),
        add(mul(a.c[2], right[k][2]), mul(a.c[3], right[k][3])));
  }
  return r;
}
CHK_INLINE void store(u64 out, int element, Scalar x) {
  for (int k = 0; k < 4; k++) {
    words(out)[4 * element + k] = x.c[k];
  }
}

#if defined(__AVX512F__)

/* Blocks that may be added between two calls of settle(): a block adds less than 2^53 to a lane. */
constexpr u64 SETTLE_BLOCKS = 1024;

/* 64-bit lanes below 2^49. */
using Term = WideExt;

CHK_INLINE Wide lanes(V a) { return {and_(a, splat64(0xffffffff)), srl64<32>(a)}; }
CHK_INLINE Term term(Ext a) { return {lanes(a.c0), lanes(a.c1), lanes(a.c2), lanes(a.c3)}; }

/* x plus a multiple of P, for x above minus that multiple. */
template <int SHIFT> CHK_INLINE Wide lift(Wide x) { return plus(x, both(splat64(static_cast<u64>(P) << SHIFT))); }

/* a b */
CHK_INLINE Term product(WideExt a, WideExt b) {
  WideExt x = times(a, factor(b));
  return {lift<2>(fold_signed(x.c0)), fold(x.c1), lift<2>(fold_signed(x.c2)), fold(x.c3)};
}

/*
 * a b + c d. The products of coordinates 2 and 3 are multiplied by u^2 = 2 + i after a fold, which spares s and t. A
 * sum of four products fits 64 bits, signed if two of them are subtracted.
 */
CHK_INLINE Term products(WideExt a, WideExt b, WideExt c, WideExt d) {
  Wide x = fold_signed(minus(plus(minus(times(a.c0, b.c0), times(a.c1, b.c1)), times(c.c0, d.c0)), times(c.c1, d.c1)));
  Wide y = fold(plus(plus(times(a.c0, b.c1), times(a.c1, b.c0)), plus(times(c.c0, d.c1), times(c.c1, d.c0))));
  Wide z = fold_signed(minus(plus(minus(times(a.c2, b.c2), times(a.c3, b.c3)), times(c.c2, d.c2)), times(c.c3, d.c3)));
  Wide w = fold(plus(plus(times(a.c2, b.c3), times(a.c3, b.c2)), plus(times(c.c2, d.c3), times(c.c3, d.c2))));
  Wide u1 = minus(plus(minus(times(a.c0, b.c2), times(a.c1, b.c3)), times(a.c2, b.c0)), times(a.c3, b.c1));
  Wide u2 = minus(plus(minus(times(c.c0, d.c2), times(c.c1, d.c3)), times(c.c2, d.c0)), times(c.c3, d.c1));
  Wide v1 = plus(plus(times(a.c0, b.c3), times(a.c1, b.c2)), plus(times(a.c2, b.c1), times(a.c3, b.c0)));
  Wide v2 = plus(plus(times(c.c0, d.c3), times(c.c1, d.c2)), plus(times(c.c2, d.c1), times(c.c3, d.c0)));
  /* Folded signed numbers are above -2^32 - 1, folded unsigned ones below 2^34. */
  return {lift<5>(plus(x, minus(plus(z, z), w))), lift<2>(plus(y, plus(z, plus(w, w)))),
      lift<3>(plus(fold_signed(u1), fold_signed(u2))), plus(fold(v1), fold(v2))};
}

/* e for sums: its coordinates and their sums, as 64-bit lanes. */
struct Weight {
  Wide e0, e1, e2, e3, e01, e23, e02, e13, all;
};
CHK_INLINE Weight weight(Term e) {
  Wide e01 = plus(e.c0, e.c1);
  Wide e23 = plus(e.c2, e.c3);
  return {e.c0, e.c1, e.c2, e.c3, e01, e23, plus(e.c0, e.c2), plus(e.c1, e.c3), plus(e01, e23)};
}
CHK_INLINE Weight weight(Ext e) { return weight(term(e)); }

/* A sum of products of lanes: low + 2^52 high. */
struct LaneSum {
  V low, high;
};
CHK_INLINE void add(LaneSum &s, Wide a, Wide b) {
  s.low = madd_low(madd_low(s.low, a.even, b.even), a.odd, b.odd);
  s.high = madd_high(madd_high(s.high, a.even, b.even), a.odd, b.odd);
}
CHK_INLINE void settle(LaneSum &s) {
  s.high = add64(s.high, srl64<52>(s.low));
  s.low = and_(s.low, splat64((1ull << 52) - 1));
}
/* The sum of all lanes in M31; 2^52 = 2^21. */
CHK_INLINE u32 total(const LaneSum &s) {
  return static_cast<u32>(sum64(fold(add64(fold(s.low), sll64<21>(fold(s.high))))) % P);
}

struct ExtSum {
  LaneSum m0, m1, m01, m2, m3, m23, m02, m13, all;
};
CHK_INLINE ExtSum no_sum() {
  LaneSum z = {zero(), zero()};
  return {z, z, z, z, z, z, z, z, z};
}
CHK_INLINE void add(ExtSum &s, const Weight &e, const Term &t) {
  Wide t01 = plus(t.c0, t.c1);
  Wide t23 = plus(t.c2, t.c3);
  add(s.m0, e.e0, t.c0);
  add(s.m1, e.e1, t.c1);
  add(s.m01, e.e01, t01);
  add(s.m2, e.e2, t.c2);
  add(s.m3, e.e3, t.c3);
  add(s.m23, e.e23, t23);
  add(s.m02, e.e02, plus(t.c0, t.c2));
  add(s.m13, e.e13, plus(t.c1, t.c3));
  add(s.all, e.all, plus(t01, t23));
}
CHK_INLINE void settle(ExtSum &s) {
  settle(s.m0);
  settle(s.m1);
  settle(s.m01);
  settle(s.m2);
  settle(s.m3);
  settle(s.m23);
  settle(s.m02);
  settle(s.m13);
  settle(s.all);
}
CHK_INLINE Scalar complex_product(const LaneSum &re, const LaneSum &im, const LaneSum &both) {
  u32 x = total(re);
  u32 y = total(im);
  return {{sub(x, y), sub(sub(total(both), x), y), 0, 0}};
}
/* After settle(). */
CHK_INLINE Scalar total(const ExtSum &s) {
  Scalar a = complex_product(s.m0, s.m1, s.m01);
  Scalar b = complex_product(s.m2, s.m3, s.m23);
  Scalar c = sub(sub(complex_product(s.m02, s.m13, s.all), a), b);
  Scalar square = {{sub(add(b.c[0], b.c[0]), b.c[1]), add(b.c[0], add(b.c[1], b.c[1])), 0, 0}};
  Scalar sum = add(a, square);
  return {{sum.c[0], sum.c[1], c.c[0], c.c[1]}};
}

#else

/* A vector adds less than 2^35 to a lane. */
constexpr u64 SETTLE_BLOCKS = 1 << 20;

using Term = Ext;
using Weight = Factor;

CHK_INLINE Term term(Ext a) { return a; }
CHK_INLINE Term product(WideExt a, WideExt b) { return mul(a, b); }
CHK_INLINE Wide lift(Wide x) { return plus(x, both(splat64(static_cast<u64>(P) << 3))); }
CHK_INLINE Term products(WideExt a, WideExt b, WideExt c, WideExt d) {
  WideExt x = times(a, factor(b));
  WideExt y = times(c, factor(d));
  return {reduce_folded(lift(plus(fold_signed(x.c0), fold_signed(y.c0)))), reduce_folded(plus(fold(x.c1), fold(y.c1))),
      reduce_folded(lift(plus(fold_signed(x.c2), fold_signed(y.c2)))), reduce_folded(plus(fold(x.c3), fold(y.c3)))};
}
CHK_INLINE Weight weight(Ext e) { return factor(split(e)); }

/* Signed lanes. */
struct ExtSum {
  V c0, c1, c2, c3;
};
CHK_INLINE ExtSum no_sum() { return {zero(), zero(), zero(), zero()}; }
CHK_INLINE V merge(Wide x) { return add64(x.even, x.odd); }
CHK_INLINE void add(ExtSum &s, const Weight &e, const Term &t) {
  WideExt x = times(split(t), e);
  s.c0 = add64(s.c0, merge(fold_signed(x.c0)));
  s.c1 = add64(s.c1, merge(fold(x.c1)));
  s.c2 = add64(s.c2, merge(fold_signed(x.c2)));
  s.c3 = add64(s.c3, merge(fold(x.c3)));
}
CHK_INLINE u32 lanes_total(V x) {
  /* Folded and lifted lanes are below 2^36. */
  return static_cast<u32>(sum64(add64(fold_signed(x), splat64(static_cast<u64>(P) << 3))) % P);
}
CHK_INLINE void settle(ExtSum &s) {
  s = {fold_signed(s.c0), fold_signed(s.c1), fold_signed(s.c2), fold_signed(s.c3)};
}
CHK_INLINE Scalar total(const ExtSum &s) {
  return {{lanes_total(s.c0), lanes_total(s.c1), lanes_total(s.c2), lanes_total(s.c3)}};
}

#endif

}  // namespace chk::CHK_ISA

#endif
