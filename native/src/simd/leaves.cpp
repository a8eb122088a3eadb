/* Sums of fractions: of elements, and of fractions 1 / (c - a) with integers a. */
#include "blocks.h"
#include "ints.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

#if defined(__AVX512F__)
CHK_INLINE Ext canonical(const Term &t) {
  return {reduce_folded(t.c0), reduce_folded(t.c1), reduce_folded(t.c2), reduce_folded(t.c3)};
}
/* Products of integers of at most 16 bits, in 32 bits: pairs of 16-bit products, of which the second is zero. */
CHK_INLINE V product_words(V a, V b) { return _mm512_madd_epi16(a, and_(b, splat(0xffff))); }
#else
CHK_INLINE Ext canonical(const Term &t) { return t; }
CHK_INLINE V product_words(V a, V b) { return _mm256_madd_epi16(a, and_(b, splat(0xffff))); }
#endif

/* A constant for each coordinate: words of 32 bits, or both words of 64-bit lanes. */
struct Constants {
  V c0, c1, c2, c3;
};
CHK_INLINE Constants canonical_words(Scalar x) { return {splat(x.c[0]), splat(x.c[1]), splat(x.c[2]), splat(x.c[3])}; }
CHK_INLINE Constants doubled_words(Scalar x) {
  return {splat(2 * x.c[0]), splat(2 * x.c[1]), splat(2 * x.c[2]), splat(2 * x.c[3])};
}
CHK_INLINE Constants doubled_lanes(Scalar x) {
  return {splat64(2ull * x.c[0]), splat64(2ull * x.c[1]), splat64(2ull * x.c[2]), splat64(2ull * x.c[3])};
}
CHK_INLINE V splat_scaled(u32 x, i32 scale) { return splat(static_cast<u32>(scale * centred(x))); }
/* Centred words times 1 or 2. */
CHK_INLINE Constants centred_words(Scalar x, i32 scale) {
  return {splat_scaled(x.c[0], scale), splat_scaled(x.c[1], scale), splat_scaled(x.c[2], scale),
      splat_scaled(x.c[3], scale)};
}
CHK_INLINE Scalar negative(Scalar x) { return sub(Scalar{{0, 0, 0, 0}}, x); }

/* --- Pairs: p = 2 c - s, q = c^2 - c s + t with s = a0 + a1 and t = a0 a1 --- */

struct PairConstants {
  Constants twice, minus_c, square;
};

CHK_INLINE V pair_q(Wide s, V minus_c, V square) { return reduce_doubled(plus(times(s, both(minus_c)), both(square))); }

/* s and t canonical */
CHK_INLINE void store_pair(u32 *p, u32 *q, const PairConstants &k, V sum, V t) {
  Wide s = split(sum);
  store_ext(p, {sub(k.twice.c0, sum), k.twice.c1, k.twice.c2, k.twice.c3});
  store_ext(q, {add(pair_q(s, k.minus_c.c0, k.square.c0), t), pair_q(s, k.minus_c.c1, k.square.c1),
                   pair_q(s, k.minus_c.c2, k.square.c2), pair_q(s, k.minus_c.c3, k.square.c3)});
}
template <typename T> CHK_INLINE void pair(u32 *p, u32 *q, const PairConstants &k, const T *a0, const T *a1) {
  V x = load_ints(a0);
  V y = load_ints(a1);
  store_pair(p, q, k, embed(add32(x, y)), embed(product_words(x, y)));
}
CHK_INLINE void pair(u32 *p, u32 *q, const PairConstants &k, const int32_t *a0, const int32_t *a1) {
  V x = embed(load(a0));
  V y = embed(load(a1));
  store_pair(p, q, k, add(x, y), mul(x, y));
}

/*
 * --- Four: with the elementary symmetric sums e1 .. e4,
 * q = c^4 - e1 c^3 + e2 c^2 - e3 c + e4 and p = dq / dc = 4 c^3 - 3 e1 c^2 + 2 e2 c - e3 ---
 */

/* Factors of e1, e2, e3 in q and of e1 and e2 in p, and what does not depend on integers. */
struct QuadConstants {
  Constants q1, q2, q3, q, p1, p2, p;
};

CHK_INLINE QuadConstants quad_constants(Scalar c, i32 scale) {
  Scalar square = mul(c, c);
  Scalar cube = mul(square, c);
  return {centred_words(negative(cube), scale), centred_words(square, scale), centred_words(negative(c), scale),
      canonical_words(mul(square, square)), centred_words(negative(mul(square, 3)), scale),
      centred_words(mul(c, 2), scale), canonical_words(mul(cube, 4))};
}

/*
 * Narrow integers: sums and products are exact in 64 bits. e2 and e3 become words x - 2^30 near 0, so that three
 * products with twice a centred constant stay within 63 bits, and the quotient by 2^31 is a high word.
 */
constexpr u32 OFFSET = 1u << 30;

CHK_INLINE QuadConstants narrow_quad_constants(Scalar c) {
  QuadConstants k = quad_constants(c, 2);
  Scalar square = mul(c, c);
  k.q = doubled_lanes(add(mul(square, square), mul(sub(square, c), OFFSET)));
  k.p = doubled_lanes(add(mul(mul(square, c), 4), mul(mul(c, 2), OFFSET)));
  return k;
}

/* x - 2^30 modulo P for |x| < 2^48, from -2^30 - 2^17 to 2^30 + 2^17. */
CHK_INLINE V offset_words(Wide x) {
  V low = low_words(x);
  return add32(sub32(and_(low, splat(P)), splat(OFFSET)), quotient(high_words(x), low));
}
CHK_INLINE Wide twice(Wide x) { return plus(x, x); }
CHK_INLINE Wide weighted(Wide x, V w) { return times_signed(x, both(w)); }
CHK_INLINE Wide narrow_q(Wide e1, Wide e2, Wide e3, V w1, V w2, V w3, V k) {
  return plus(plus(plus(weighted(e1, w1), both(k)), weighted(e2, w2)), weighted(e3, w3));
}
CHK_INLINE Wide narrow_p(Wide e1, Wide e2, V w1, V w2, V k) {
  return plus(plus(weighted(e1, w1), both(k)), weighted(e2, w2));
}

template <typename T>
CHK_INLINE void quad(u32 *p, u32 *q, const QuadConstants &k, const T *a0, const T *a1, const T *a2, const T *a3) {
  V x0 = load_ints(a0);
  V x1 = load_ints(a1);
  V x2 = load_ints(a2);
  V x3 = load_ints(a3);
  V left = add32(x0, x1);
  V right = add32(x2, x3);
  Wide s0 = split(left);
  Wide s1 = split(right);
  Wide t0 = times_signed(split(x0), split(x1));
  Wide t1 = times_signed(split(x2), split(x3));
  Wide cubic = plus(times_signed(s0, t1), times_signed(s1, t0));
  Wide e1 = split(add32(left, right));
  Wide e2 = split(offset_words(plus(times_signed(s0, s1), plus(t0, t1))));
  Wide e3 = split(offset_words(cubic));
  Wide e4 = times_signed(t0, t1);
  store_ext(q, {reduce_doubled_signed(plus(narrow_q(e1, e2, e3, k.q1.c0, k.q2.c0, k.q3.c0, k.q.c0), twice(e4))),
                   reduce_doubled_signed(narrow_q(e1, e2, e3, k.q1.c1, k.q2.c1, k.q3.c1, k.q.c1)),
                   reduce_doubled_signed(narrow_q(e1, e2, e3, k.q1.c2, k.q2.c2, k.q3.c2, k.q.c2)),
                   reduce_doubled_signed(narrow_q(e1, e2, e3, k.q1.c3, k.q2.c3, k.q3.c3, k.q.c3))});
  store_ext(p, {reduce_doubled_signed(minus(narrow_p(e1, e2, k.p1.c0, k.p2.c0, k.p.c0), twice(cubic))),
                   reduce_doubled_signed(narrow_p(e1, e2, k.p1.c1, k.p2.c1, k.p.c1)),
                   reduce_doubled_signed(narrow_p(e1, e2, k.p1.c2, k.p2.c2, k.p.c2)),
                   reduce_doubled_signed(narrow_p(e1, e2, k.p1.c3, k.p2.c3, k.p.c3))});
}

/* Three products of a word and a centred constant, at most 3 P^2 / 2. */
CHK_INLINE V wide_q(Wide e1, Wide e2, Wide e3, V w1, V w2, V w3, V k) {
  return reduce_signed_plus(plus(plus(weighted(e1, w1), weighted(e2, w2)), weighted(e3, w3)), k);
}
CHK_INLINE V wide_p(Wide e1, Wide e2, V w1, V w2, V k) {
  return reduce_signed_plus(plus(weighted(e1, w1), weighted(e2, w2)), k);
}

CHK_INLINE void quad(u32 *p, u32 *q, const QuadConstants &k, const int32_t *a0, const int32_t *a1, const int32_t *a2,
    const int32_t *a3) {
  V x0 = embed(load(a0));
  V x1 = embed(load(a1));
  V x2 = embed(load(a2));
  V x3 = embed(load(a3));
  V left = add(x0, x1);
  V right = add(x2, x3);
  Wide s0 = split(left);
  Wide s1 = split(right);
  V t0 = mul(x0, x1);
  V t1 = mul(x2, x3);
  V cubic = reduce_products(plus(times(s0, split(t1)), times(s1, split(t0))));
  Wide e1 = split(add(left, right));
  Wide e2 = split(add(mul(left, right), add(t0, t1)));
  Wide e3 = split(cubic);
  store_ext(q, {add(wide_q(e1, e2, e3, k.q1.c0, k.q2.c0, k.q3.c0, k.q.c0), mul(t0, t1)),
                   wide_q(e1, e2, e3, k.q1.c1, k.q2.c1, k.q3.c1, k.q.c1),
                   wide_q(e1, e2, e3, k.q1.c2, k.q2.c2, k.q3.c2, k.q.c2),
                   wide_q(e1, e2, e3, k.q1.c3, k.q2.c3, k.q3.c3, k.q.c3)});
  store_ext(p, {sub(wide_p(e1, e2, k.p1.c0, k.p2.c0, k.p.c0), cubic), wide_p(e1, e2, k.p1.c1, k.p2.c1, k.p.c1),
                   wide_p(e1, e2, k.p1.c2, k.p2.c2, k.p.c2), wide_p(e1, e2, k.p1.c3, k.p2.c3, k.p.c3)});
}

CHK_INLINE QuadConstants quad_constants_for(int8_t, Scalar c) { return narrow_quad_constants(c); }
CHK_INLINE QuadConstants quad_constants_for(int16_t, Scalar c) { return narrow_quad_constants(c); }
CHK_INLINE QuadConstants quad_constants_for(int32_t, Scalar c) { return quad_constants(c, 1); }

}  // namespace

void add_fractions(u64 p, u64 q, u64 p0, u64 q0, u64 p1, u64 q1, u64 n) {
  each(blocks_of(n), [=](u64 i, u64) {
    WideExt left = load_split_ext(words(q0) + i);
    WideExt right = load_split_ext(words(q1) + i);
    store_ext(words(p) + i,
        canonical(products(load_split_ext(words(p0) + i), right, load_split_ext(words(p1) + i), left)));
    store_ext(words(q) + i, mul(left, right));
  });
}

void add_unit_fractions(u64 p, u64 q, u64 q0, u64 q1, u64 n) {
  each(blocks_of(n), [=](u64 i, u64) {
    Ext left = load_ext(words(q0) + i);
    Ext right = load_ext(words(q1) + i);
    store_ext(words(p) + i, add(left, right));
    store_ext(words(q) + i, mul(left, right));
  });
}

void leaf_pair(u64 p, u64 q, u64 a0, u64 a1, i32 bits, u64 c01, u64 c23, u64 n) {
  Scalar c = scalar(c01, c23);
  PairConstants k = {canonical_words(add(c, c)), doubled_words(negative(c)), doubled_lanes(mul(c, c))};
  with_ints(bits, [&](auto type) {
    each(blocks_of(n), [&](u64 i, u64 j) {
      pair(words(p) + i, words(q) + i, k, ints(type, a0) + j, ints(type, a1) + j);
    });
  });
}

void leaf_quad(u64 p, u64 q, u64 a0, u64 a1, u64 a2, u64 a3, i32 bits, u64 c01, u64 c23, u64 n) {
  Scalar c = scalar(c01, c23);
  with_ints(bits, [&](auto type) {
    QuadConstants k = quad_constants_for(type, c);
    each(blocks_of(n), [&](u64 i, u64 j) {
      quad(words(p) + i, words(q) + i, k, ints(type, a0) + j, ints(type, a1) + j, ints(type, a2) + j,
          ints(type, a3) + j);
    });
  });
}

}  // namespace chk::CHK_ISA
