/* M31 and QM31 on 16 lanes, and the kernels of dev.chagres.kernel.FieldKernels, same layouts and algorithms. */
#ifndef FIELD_H
#define FIELD_H
#include "harness.h"

#define P512 _mm512_set1_epi32(P31)
#define P64 _mm512_set1_epi64(P31)

/* ---- scalar, for the checks ---- */

typedef struct { u32 c[4]; } Ext;

static u32 s_add(u32 a, u32 b) { u32 s = a + b; return s >= P31 ? s - P31 : s; }
static u32 s_sub(u32 a, u32 b) { return a >= b ? a - b : a + P31 - b; }
static u32 s_mul(u32 a, u32 b) { return (u64) a * b % P31; }
static u32 s_embed(int a) { return a < 0 ? a + P31 : (u32) a; }

static Ext e_get(const u32 *a, size_t i) {
  Ext x;
  for (int k = 0; k < 4; k++) x.c[k] = a[i / 16 * 64 + 16 * k + i % 16];
  return x;
}
static void e_set(u32 *a, size_t i, Ext x) {
  for (int k = 0; k < 4; k++) a[i / 16 * 64 + 16 * k + i % 16] = x.c[k];
}
static Ext e_of(u32 b) { return (Ext) {{b, 0, 0, 0}}; }
static Ext e_add(Ext a, Ext b) {
  for (int k = 0; k < 4; k++) a.c[k] = s_add(a.c[k], b.c[k]);
  return a;
}
static Ext e_sub(Ext a, Ext b) {
  for (int k = 0; k < 4; k++) a.c[k] = s_sub(a.c[k], b.c[k]);
  return a;
}
/* (a0 + a1 i + (a2 + a3 i) u)(...), i^2 = -1, u^2 = 2 + i */
static Ext e_mul(Ext x, Ext y) {
  const u32 *a = x.c, *b = y.c;
  u32 s = s_sub(s_add(b[2], b[2]), b[3]), t = s_add(s_add(b[3], b[3]), b[2]);
  return (Ext) {{
      s_sub(s_add(s_sub(s_mul(a[0], b[0]), s_mul(a[1], b[1])), s_mul(a[2], s)), s_mul(a[3], t)),
      s_add(s_add(s_mul(a[0], b[1]), s_mul(a[1], b[0])), s_add(s_mul(a[2], t), s_mul(a[3], s))),
      s_sub(s_add(s_sub(s_mul(a[0], b[2]), s_mul(a[1], b[3])), s_mul(a[2], b[0])), s_mul(a[3], b[1])),
      s_add(s_add(s_mul(a[0], b[3]), s_mul(a[1], b[2])), s_add(s_mul(a[2], b[1]), s_mul(a[3], b[0])))}};
}
static Ext e_fold(Ext lo, Ext hi, Ext r) { return e_add(lo, e_mul(r, e_sub(hi, lo))); }

/* ---- vectors: canonical 32-bit lanes, products as sums over even and odd lanes ---- */

INLINE V load(const u32 *a) { return _mm512_load_si512(a); }
INLINE void store(u32 *a, V v) { _mm512_store_si512(a, v); }
INLINE V add(V a, V b) { V s = _mm512_add_epi32(a, b); return _mm512_min_epu32(s, _mm512_sub_epi32(s, P512)); }
INLINE V sub(V a, V b) { V d = _mm512_sub_epi32(a, b); return _mm512_min_epu32(d, _mm512_add_epi32(d, P512)); }
INLINE V odd(V a) { return _mm512_srli_epi64(a, 32); }

typedef struct { V e, o; } W;

/* Factors: the multiplication ignores upper words. Terms: upper words clear. */
INLINE W split(V a) { return (W) {a, odd(a)}; }
INLINE W widen(V a) { return (W) {_mm512_and_si512(a, _mm512_set1_epi64(0xffffffff)), odd(a)}; }
INLINE W times(W a, W b) { return (W) {_mm512_mul_epu32(a.e, b.e), _mm512_mul_epu32(a.o, b.o)}; }
INLINE W plus(W a, W b) { return (W) {_mm512_add_epi64(a.e, b.e), _mm512_add_epi64(a.o, b.o)}; }
INLINE W splat(u32 a) { V v = _mm512_set1_epi64(a); return (W) {v, v}; }

/* Low words of both, high words of both. */
INLINE V lows(W x) {
  return _mm512_castps_si512(_mm512_mask_moveldup_ps(_mm512_castsi512_ps(x.e), 0xaaaa, _mm512_castsi512_ps(x.o)));
}
INLINE V highs(W x) {
  return _mm512_castps_si512(_mm512_mask_movehdup_ps(_mm512_castsi512_ps(x.o), 0x5555, _mm512_castsi512_ps(x.e)));
}

/* Canonical form of products one factor of which was doubled. */
INLINE V reduce_doubled(W x) { return add(_mm512_srli_epi32(lows(x), 1), highs(x)); }
INLINE V fold64(V x) { return _mm512_add_epi64(_mm512_and_si512(x, P64), _mm512_srli_epi64(x, 31)); }
INLINE W fold_wide(W x) { return (W) {fold64(x.e), fold64(x.o)}; }
INLINE V reduce_folded(W x) {
  V low = _mm512_and_si512(lows(x), P512);
  V high = _mm512_mask_mov_epi32(_mm512_srli_epi64(x.e, 31), 0xaaaa, _mm512_slli_epi64(x.o, 1));
  return add(low, high);
}
INLINE V reduce_wide(W x) { return reduce_folded(fold_wide(x)); }

INLINE V mul(V a, V b) { return reduce_doubled(times(split(_mm512_add_epi32(a, a)), split(b))); }

typedef struct { V c0, c1, c2, c3; } X;

INLINE X xload(const u32 *a) { return (X) {load(a), load(a + 16), load(a + 32), load(a + 48)}; }
INLINE void xstore(u32 *a, X x) {
  store(a, x.c0);
  store(a + 16, x.c1);
  store(a + 32, x.c2);
  store(a + 48, x.c3);
}
INLINE X xadd(X a, X b) { return (X) {add(a.c0, b.c0), add(a.c1, b.c1), add(a.c2, b.c2), add(a.c3, b.c3)}; }
INLINE X xsub(X a, X b) { return (X) {sub(a.c0, b.c0), sub(a.c1, b.c1), sub(a.c2, b.c2), sub(a.c3, b.c3)}; }

/* Four unreduced coordinates of a product, each below 2^64 (see ExtEmitter). */
typedef struct { W c0, c1, c2, c3; } XW;

INLINE W sum4(W a, W b, W c, W d, W e, W f, W g, W h) {
  return plus(plus(times(a, b), times(c, d)), plus(times(e, f), times(g, h)));
}
INLINE XW xproduct(X a, X b) {
  W x0 = split(a.c0), x1 = split(a.c1), x2 = split(a.c2), x3 = split(a.c3);
  W y0 = split(b.c0), y1 = split(b.c1), y2 = split(b.c2), y3 = split(b.c3);
  W n1 = split(_mm512_xor_si512(a.c1, P512)), n3 = split(_mm512_xor_si512(a.c3, P512));
  W s = split(add(sub(b.c2, b.c3), b.c2)), t = split(add(add(b.c3, b.c3), b.c2));
  return (XW) {sum4(x0, y0, n1, y1, x2, s, n3, t), sum4(x0, y1, x1, y0, x2, t, x3, s),
               sum4(x0, y2, n1, y3, x2, y0, n3, y1), sum4(x0, y3, x1, y2, x2, y1, x3, y0)};
}

/* A constant factor; signs go to its splats. */
typedef struct { W r0, r1, r2, r3, n1, n3, s, t, nt; } C;

INLINE C constant(Ext r) {
  u32 s = s_sub(s_add(r.c[2], r.c[2]), r.c[3]), t = s_add(s_add(r.c[3], r.c[3]), r.c[2]);
  return (C) {splat(r.c[0]), splat(r.c[1]), splat(r.c[2]), splat(r.c[3]), splat(s_sub(0, r.c[1])), splat(s_sub(0, r.c[3])),
              splat(s), splat(t), splat(s_sub(0, t))};
}
INLINE XW xscaled(X a, C r) {
  W x0 = split(a.c0), x1 = split(a.c1), x2 = split(a.c2), x3 = split(a.c3);
  return (XW) {sum4(x0, r.r0, x1, r.n1, x2, r.s, x3, r.nt), sum4(x0, r.r1, x1, r.r0, x2, r.t, x3, r.s),
               sum4(x0, r.r2, x1, r.n3, x2, r.r0, x3, r.n1), sum4(x0, r.r3, x1, r.r2, x2, r.r1, x3, r.r0)};
}
INLINE X xreduce(XW x) { return (X) {reduce_wide(x.c0), reduce_wide(x.c1), reduce_wide(x.c2), reduce_wide(x.c3)}; }
INLINE X xmul(X a, X b) { return xreduce(xproduct(a, b)); }
INLINE X xfold(X lo, X hi, C r) { return xadd(lo, xreduce(xscaled(xsub(hi, lo), r))); }

/* a b + c d with one reduction. */
INLINE X xmulsum(X a, X b, X c, X d) {
  XW f = xproduct(a, b), g = xproduct(c, d);
  return (X) {reduce_folded(plus(fold_wide(f.c0), fold_wide(g.c0))), reduce_folded(plus(fold_wide(f.c1), fold_wide(g.c1))),
              reduce_folded(plus(fold_wide(f.c2), fold_wide(g.c2))), reduce_folded(plus(fold_wide(f.c3), fold_wide(g.c3)))};
}

/* Sums of products, folded but not reduced. */
typedef struct { V c0, c1, c2, c3; } A;

INLINE V gather2(V s, W x) { return _mm512_add_epi64(s, _mm512_add_epi64(fold64(x.e), fold64(x.o))); }
INLINE A accumulate(A s, XW x) {
  return (A) {gather2(s.c0, x.c0), gather2(s.c1, x.c1), gather2(s.c2, x.c2), gather2(s.c3, x.c3)};
}
static A zero(void) { V z = _mm512_setzero_si512(); return (A) {z, z, z, z}; }
static u32 lane_sum(V v) {
  u64 lanes[8], sum = 0;
  _mm512_storeu_si512(lanes, v);
  for (int i = 0; i < 8; i++) sum += lanes[i] % P31;
  return sum % P31;
}
static Ext total(A s) { return (Ext) {{lane_sum(s.c0), lane_sum(s.c1), lane_sum(s.c2), lane_sum(s.c3)}}; }

/* ---- base arrays ---- */

KERNEL void add_base(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < n; i += 16) store(d + i, add(load(a + i), load(b + i)));
}
KERNEL void mul_base(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < n; i += 16) store(d + i, mul(load(a + i), load(b + i)));
}
KERNEL void mul_add_base(u32 *d, const u32 *a, const u32 *b, const u32 *c, size_t n) {
  for (size_t i = 0; i < n; i += 16) store(d + i, add(mul(load(a + i), load(b + i)), load(c + i)));
}

/* With stores that bypass the caches, which Java cannot make. */
KERNEL void add_base_stream(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < n; i += 16) _mm512_stream_si512((V *) (d + i), add(load(a + i), load(b + i)));
}
KERNEL void mul_base_stream(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < n; i += 16) _mm512_stream_si512((V *) (d + i), mul(load(a + i), load(b + i)));
}
KERNEL void mul_add_base_stream(u32 *d, const u32 *a, const u32 *b, const u32 *c, size_t n) {
  for (size_t i = 0; i < n; i += 16) _mm512_stream_si512((V *) (d + i), add(mul(load(a + i), load(b + i)), load(c + i)));
}

/* ---- small values: tiles of 512 columns, four rows at a time, 64-bit accumulators in the L1 cache ---- */

#define TILE 512
static V accumulators[TILE / 16 * 8];

INLINE W weighted(W x0, W x1, W x2, W x3, u32 w0, u32 w1, u32 w2, u32 w3) {
  return sum4(x0, splat(w0), x1, splat(w1), x2, splat(w2), x3, splat(w3));
}
INLINE void add_accumulated(u32 *d, size_t columns) {
  for (size_t i = 0; i < columns / 16; i++) {
    V *acc = accumulators + 8 * i;
    for (int k = 0; k < 4; k++) {
      u32 *at = d + 64 * i + 16 * k;
      store(at, add(load(at), reduce_wide((W) {acc[2 * k], acc[2 * k + 1]})));
    }
  }
}
INLINE void four_rows(const u32 *a, size_t stride, const Ext *w, size_t columns) {
  for (size_t i = 0; i < columns; i += 16) {
    V *acc = accumulators + i / 2;
    W x0 = split(load(a + i)), x1 = split(load(a + stride + i));
    W x2 = split(load(a + 2 * stride + i)), x3 = split(load(a + 3 * stride + i));
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
      W s = fold_wide(weighted(x0, x1, x2, x3, w[0].c[k], w[1].c[k], w[2].c[k], w[3].c[k]));
      acc[2 * k] = _mm512_add_epi64(acc[2 * k], s.e);
      acc[2 * k + 1] = _mm512_add_epi64(acc[2 * k + 1], s.o);
    }
  }
}
KERNEL void combine_rows(u32 *d, const u32 *src, size_t width, const Ext *w, size_t rows) {
  for (size_t from = 0; from < width; from += TILE) {
    size_t columns = width - from < TILE ? width - from : TILE;
    memset(accumulators, 0, columns * 32);
    for (size_t r = 0; r < rows; r += 4) four_rows(src + r * width + from, width, w + r, columns);
    add_accumulated(d + 4 * from, columns);
  }
}

/* 16-bit rows, biased to be unsigned: products below 2^47, no reduction until the end. */
INLINE V biased(const int16_t *a) {
  return _mm512_cvtepu16_epi32(_mm256_xor_si256(_mm256_load_si256((const __m256i *) a), _mm256_set1_epi16(INT16_MIN)));
}
INLINE void bias_accumulators(const Ext *w, size_t rows, size_t columns) {
  Ext sum = e_of(0);
  for (size_t r = 0; r < rows; r++) sum = e_add(sum, w[r]);
  for (size_t i = 0; i < columns / 16 * 8; i++) {
    accumulators[i] = _mm512_set1_epi64(s_sub(0, s_mul(sum.c[i % 8 / 2], 1 << 15)));
  }
}
INLINE void four_rows16(const int16_t *a, size_t stride, const Ext *w, size_t columns) {
  for (size_t i = 0; i < columns; i += 16) {
    V *acc = accumulators + i / 2;
    W x0 = split(biased(a + i)), x1 = split(biased(a + stride + i));
    W x2 = split(biased(a + 2 * stride + i)), x3 = split(biased(a + 3 * stride + i));
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
      W s = weighted(x0, x1, x2, x3, w[0].c[k], w[1].c[k], w[2].c[k], w[3].c[k]);
      acc[2 * k] = _mm512_add_epi64(acc[2 * k], s.e);
      acc[2 * k + 1] = _mm512_add_epi64(acc[2 * k + 1], s.o);
    }
  }
}
INLINE void four_rows16_ifma(const int16_t *a, size_t stride, const Ext *w, size_t columns) {
  for (size_t i = 0; i < columns; i += 16) {
    V *acc = accumulators + i / 2;
    V s[8];
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) s[k] = acc[k];
#pragma GCC unroll 4
    for (int r = 0; r < 4; r++) {
      W x = widen(biased(a + r * stride + i)); /* vpmadd52 reads 52 bits */
#pragma GCC unroll 4
      for (int k = 0; k < 4; k++) {
        V weight = _mm512_set1_epi64(w[r].c[k]);
        s[2 * k] = _mm512_madd52lo_epu64(s[2 * k], x.e, weight);
        s[2 * k + 1] = _mm512_madd52lo_epu64(s[2 * k + 1], x.o, weight);
      }
    }
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) acc[k] = s[k];
  }
}
KERNEL void combine_rows16(u32 *d, const int16_t *src, size_t width, const Ext *w, size_t rows) {
  for (size_t from = 0; from < width; from += TILE) {
    size_t columns = width - from < TILE ? width - from : TILE;
    bias_accumulators(w, rows, columns);
    for (size_t r = 0; r < rows; r += 4) four_rows16(src + r * width + from, width, w + r, columns);
    add_accumulated(d + 4 * from, columns);
  }
}
KERNEL void combine_rows16_ifma(u32 *d, const int16_t *src, size_t width, const Ext *w, size_t rows) {
  for (size_t from = 0; from < width; from += TILE) {
    size_t columns = width - from < TILE ? width - from : TILE;
    bias_accumulators(w, rows, columns);
    for (size_t r = 0; r < rows; r += 4) four_rows16_ifma(src + r * width + from, width, w + r, columns);
    add_accumulated(d + 4 * from, columns);
  }
}
KERNEL Ext dot_base(const u32 *a, const u32 *b, size_t n) {
  A s = zero();
  for (size_t i = 0; i < n; i += 16) {
    W x = split(load(a + i));
    X y = xload(b + 4 * i);
    W p0 = times(x, split(y.c0)), p1 = times(x, split(y.c1)), p2 = times(x, split(y.c2)), p3 = times(x, split(y.c3));
    s.c0 = _mm512_add_epi64(s.c0, fold64(_mm512_add_epi64(p0.e, p0.o)));
    s.c1 = _mm512_add_epi64(s.c1, fold64(_mm512_add_epi64(p1.e, p1.o)));
    s.c2 = _mm512_add_epi64(s.c2, fold64(_mm512_add_epi64(p2.e, p2.o)));
    s.c3 = _mm512_add_epi64(s.c3, fold64(_mm512_add_epi64(p3.e, p3.o)));
  }
  return total(s);
}
KERNEL void add_scaled_base(u32 *d, const u32 *a, Ext r, size_t n) {
  W r0 = splat(2 * r.c[0]), r1 = splat(2 * r.c[1]), r2 = splat(2 * r.c[2]), r3 = splat(2 * r.c[3]);
  for (size_t i = 0; i < n; i += 16) {
    W x = split(load(a + i));
    X y = {reduce_doubled(times(x, r0)), reduce_doubled(times(x, r1)), reduce_doubled(times(x, r2)), reduce_doubled(times(x, r3))};
    xstore(d + 4 * i, xadd(xload(d + 4 * i), y));
  }
}

/* ---- ext arrays and folds ---- */

KERNEL void mul_ext(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < 4 * n; i += 64) xstore(d + i, xmul(xload(a + i), xload(b + i)));
}
KERNEL void mul_ext_by_base(u32 *d, const u32 *a, const u32 *b, size_t n) {
  for (size_t i = 0; i < n; i += 16) {
    V y = load(b + i);
    W t = split(_mm512_add_epi32(y, y));
    X x = xload(a + 4 * i);
    xstore(d + 4 * i, (X) {reduce_doubled(times(split(x.c0), t)), reduce_doubled(times(split(x.c1), t)),
                           reduce_doubled(times(split(x.c2), t)), reduce_doubled(times(split(x.c3), t))});
  }
}
KERNEL void fold_base(u32 *d, const u32 *lo, const u32 *hi, Ext r, size_t n) {
  W r0 = splat(2 * r.c[0]), r1 = splat(2 * r.c[1]), r2 = splat(2 * r.c[2]), r3 = splat(2 * r.c[3]);
  for (size_t i = 0; i < n; i += 16) {
    V low = load(lo + i);
    W x = split(sub(load(hi + i), low));
    xstore(d + 4 * i, (X) {add(low, reduce_doubled(times(x, r0))), reduce_doubled(times(x, r1)), reduce_doubled(times(x, r2)),
                           reduce_doubled(times(x, r3))});
  }
}
KERNEL void fold_ext(u32 *d, const u32 *lo, const u32 *hi, Ext r, size_t n) {
  C c = constant(r);
  for (size_t i = 0; i < 4 * n; i += 64) xstore(d + i, xfold(xload(lo + i), xload(hi + i), c));
}

/* ---- sumcheck rounds: value at 0 and leading coefficient ---- */

typedef struct { Ext e[3]; } Round;

KERNEL Round round_product(const u32 *al, const u32 *ah, const u32 *bl, const u32 *bh, size_t n) {
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X a = xload(al + i), b = xload(bl + i);
    at0 = accumulate(at0, xproduct(a, b));
    lead = accumulate(lead, xproduct(xsub(xload(ah + i), a), xsub(xload(bh + i), b)));
  }
  return (Round) {{total(at0), total(lead)}};
}
KERNEL Round round_eq_product(const u32 *eq, const u32 *al, const u32 *ah, const u32 *bl, const u32 *bh, size_t n) {
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X e = xload(eq + i), a = xload(al + i), b = xload(bl + i);
    at0 = accumulate(at0, xproduct(e, xmul(a, b)));
    lead = accumulate(lead, xproduct(e, xmul(xsub(xload(ah + i), a), xsub(xload(bh + i), b))));
  }
  return (Round) {{total(at0), total(lead)}};
}
/* Values at 0, 2 and 3. */
KERNEL Round round_eq_product3(const u32 *eq, u32 *const *f, size_t n) {
  A s0 = zero(), s2 = zero(), s3 = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X e = xload(eq + i), a = xload(f[0] + i), b = xload(f[2] + i), c = xload(f[4] + i);
    s0 = accumulate(s0, xproduct(xmul(e, a), xmul(b, c)));
    X ah = xload(f[1] + i), bh = xload(f[3] + i), ch = xload(f[5] + i);
    X da = xsub(ah, a), db = xsub(bh, b), dc = xsub(ch, c);
    a = xadd(ah, da), b = xadd(bh, db), c = xadd(ch, dc);
    s2 = accumulate(s2, xproduct(xmul(e, a), xmul(b, c)));
    a = xadd(a, da), b = xadd(b, db), c = xadd(c, dc);
    s3 = accumulate(s3, xproduct(xmul(e, a), xmul(b, c)));
  }
  return (Round) {{total(s0), total(s2), total(s3)}};
}
/* Fractions p0/q0 + p1/q1, arrays p0 lo, p0 hi, p1 lo, ..., q1 hi. */
KERNEL Round round_fractions(const u32 *eq, u32 *const *f, Ext lambda, size_t n) {
  C l = constant(lambda);
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X e = xload(eq + i), p0 = xload(f[0] + i), p1 = xload(f[2] + i), q0 = xload(f[4] + i), q1 = xload(f[6] + i);
    at0 = accumulate(at0, xproduct(e, xmulsum(p0, q1, q0, xadd(p1, xreduce(xscaled(q1, l))))));
    X d0 = xsub(xload(f[1] + i), p0), d1 = xsub(xload(f[3] + i), p1);
    X g0 = xsub(xload(f[5] + i), q0), g1 = xsub(xload(f[7] + i), q1);
    lead = accumulate(lead, xproduct(e, xmulsum(d0, g1, g0, xadd(d1, xreduce(xscaled(g1, l))))));
  }
  return (Round) {{total(at0), total(lead)}};
}
KERNEL Round round_merged(const u32 *eq, u32 *const *f, size_t n) {
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X e = xload(eq + i), p0 = xload(f[0] + i), p1 = xload(f[2] + i), q0 = xload(f[4] + i), q1 = xload(f[6] + i);
    at0 = accumulate(at0, xproduct(e, xmulsum(p0, q1, q0, p1)));
    X d0 = xsub(xload(f[1] + i), p0), d1 = xsub(xload(f[3] + i), p1);
    X g0 = xsub(xload(f[5] + i), q0), g1 = xsub(xload(f[7] + i), q1);
    lead = accumulate(lead, xproduct(e, xmulsum(d0, g1, g0, d1)));
  }
  return (Round) {{total(at0), total(lead)}};
}

/* The fold of one challenge and the next round: an array is four quarters of n elements. */
INLINE void fold_quarters(u32 *a, size_t n, size_t i, C r, X *lo, X *hi) {
  *lo = xfold(xload(a + i), xload(a + 8 * n + i), r);
  *hi = xfold(xload(a + 4 * n + i), xload(a + 12 * n + i), r);
  xstore(a + i, *lo);
  xstore(a + 4 * n + i, *hi);
}
KERNEL Round fold_round_product(u32 *a, u32 *b, Ext r, size_t n) {
  C c = constant(r);
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X al, ah, bl, bh;
    fold_quarters(a, n, i, c, &al, &ah);
    fold_quarters(b, n, i, c, &bl, &bh);
    at0 = accumulate(at0, xproduct(al, bl));
    lead = accumulate(lead, xproduct(xsub(ah, al), xsub(bh, bl)));
  }
  return (Round) {{total(at0), total(lead)}};
}
KERNEL Round fold_round_eq_product(const u32 *eq, u32 *a, u32 *b, Ext r, size_t n) {
  C c = constant(r);
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X al, ah, bl, bh, e = xload(eq + i);
    fold_quarters(a, n, i, c, &al, &ah);
    fold_quarters(b, n, i, c, &bl, &bh);
    at0 = accumulate(at0, xproduct(e, xmul(al, bl)));
    lead = accumulate(lead, xproduct(e, xmul(xsub(ah, al), xsub(bh, bl))));
  }
  return (Round) {{total(at0), total(lead)}};
}
KERNEL Round fold_round_merged(const u32 *eq, u32 *const *f, Ext r, size_t n) {
  C c = constant(r);
  A at0 = zero(), lead = zero();
  for (size_t i = 0; i < 4 * n; i += 64) {
    X pl, ph, ml, mh, ql, qh, sl, sh, e = xload(eq + i);
    fold_quarters(f[0], n, i, c, &pl, &ph);
    fold_quarters(f[1], n, i, c, &ml, &mh);
    fold_quarters(f[2], n, i, c, &ql, &qh);
    fold_quarters(f[3], n, i, c, &sl, &sh);
    at0 = accumulate(at0, xproduct(e, xmulsum(pl, sl, ql, ml)));
    lead = accumulate(lead, xproduct(e, xmulsum(xsub(ph, pl), xsub(sh, sl), xsub(qh, ql), xsub(mh, ml))));
  }
  return (Round) {{total(at0), total(lead)}};
}

/* ---- fraction trees ---- */

KERNEL void add_fractions(u32 *p, u32 *q, const u32 *p0, const u32 *q0, const u32 *p1, const u32 *q1, size_t n) {
  for (size_t i = 0; i < 4 * n; i += 64) {
    X d0 = xload(q0 + i), d1 = xload(q1 + i);
    xstore(p + i, xmulsum(xload(p0 + i), d1, xload(p1 + i), d0));
    xstore(q + i, xmul(d0, d1));
  }
}
KERNEL void add_unit_fractions(u32 *p, u32 *q, const u32 *q0, const u32 *q1, size_t n) {
  for (size_t i = 0; i < 4 * n; i += 64) {
    X d0 = xload(q0 + i), d1 = xload(q1 + i);
    xstore(p + i, xadd(d0, d1));
    xstore(q + i, xmul(d0, d1));
  }
}

INLINE V embedded(const int16_t *a) {
  V v = _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *) a));
  return _mm512_min_epu32(v, _mm512_add_epi32(v, P512));
}
/* Sum of 1 / (c - a0) and 1 / (c - a1): p = 2c - s, q = c^2 - c s + t. */
KERNEL void leaf_pair(u32 *p, u32 *q, const int16_t *a0, const int16_t *a1, Ext c, size_t n) {
  Ext square = e_mul(c, c), minus = e_sub(e_of(0), c), twice = e_add(c, c);
  V t0 = _mm512_set1_epi32(twice.c[0]);
  V t1 = _mm512_set1_epi32(twice.c[1]), t2 = _mm512_set1_epi32(twice.c[2]), t3 = _mm512_set1_epi32(twice.c[3]);
  W n0 = splat(minus.c[0]), n1 = splat(2 * minus.c[1]), n2 = splat(2 * minus.c[2]), n3 = splat(2 * minus.c[3]);
  W s0 = splat(square.c[0]), s1 = splat(2 * square.c[1]), s2 = splat(2 * square.c[2]), s3 = splat(2 * square.c[3]);
  for (size_t i = 0; i < n; i += 16) {
    V x = embedded(a0 + i), y = embedded(a1 + i), sum = add(x, y);
    W s = split(sum);
    xstore(p + 4 * i, (X) {sub(t0, sum), t1, t2, t3});
    xstore(q + 4 * i, (X) {reduce_wide(plus(plus(times(split(x), split(y)), times(s, n0)), s0)),
                           reduce_doubled(plus(times(s, n1), s1)), reduce_doubled(plus(times(s, n2), s2)),
                           reduce_doubled(plus(times(s, n3), s3))});
  }
}
/* w0 x0 + w1 x1 + w2 x2 + k, one coordinate. */
INLINE W weighted3(W k, W x0, W x1, W x2, u32 w0, u32 w1, u32 w2) {
  return plus(plus(k, times(x0, splat(w0))), plus(times(x1, splat(w1)), times(x2, splat(w2))));
}
/* Four fractions, by elementary symmetric sums: q = c^4 - e1 c^3 + e2 c^2 - e3 c + e4 and p = dq/dc. */
KERNEL void leaf_quad(u32 *p, u32 *q, int16_t *const *a, Ext c, size_t n) {
  Ext c2 = e_mul(c, c), c3 = e_mul(c2, c), c4 = e_mul(c2, c2), nil = e_of(0);
  Ext q1 = e_sub(nil, c3), q3 = e_sub(nil, c);
  Ext p0 = e_mul(c3, e_of(4)), p1 = e_mul(c2, e_of(P31 - 3)), p2 = e_add(c, c), p3 = e_of(P31 - 1);
  for (size_t i = 0; i < n; i += 16) {
    V x0 = embedded(a[0] + i), x1 = embedded(a[1] + i), x2 = embedded(a[2] + i), x3 = embedded(a[3] + i);
    V s = add(x0, x1), t = add(x2, x3);
    V left = mul(x0, x1), right = mul(x2, x3);
    W u = split(left), v = split(right), ws = split(s), wt = split(t);
    W e1 = split(add(s, t));
    W e2 = split(reduce_wide(plus(plus(widen(left), widen(right)), times(ws, wt))));
    W e3 = split(reduce_wide(plus(times(ws, v), times(wt, u))));
    W e4 = times(u, v); /* below 2^62, with the other three products below 2^64 */
    X qx = {reduce_wide(weighted3(plus(splat(c4.c[0]), e4), e1, e2, e3, q1.c[0], c2.c[0], q3.c[0])),
            reduce_wide(weighted3(splat(c4.c[1]), e1, e2, e3, q1.c[1], c2.c[1], q3.c[1])),
            reduce_wide(weighted3(splat(c4.c[2]), e1, e2, e3, q1.c[2], c2.c[2], q3.c[2])),
            reduce_wide(weighted3(splat(c4.c[3]), e1, e2, e3, q1.c[3], c2.c[3], q3.c[3]))};
    xstore(q + 4 * i, qx);
    X px = {reduce_wide(weighted3(splat(p0.c[0]), e1, e2, e3, p1.c[0], p2.c[0], p3.c[0])),
            reduce_wide(plus(plus(splat(p0.c[1]), times(e1, splat(p1.c[1]))), times(e2, splat(p2.c[1])))),
            reduce_wide(plus(plus(splat(p0.c[2]), times(e1, splat(p1.c[2]))), times(e2, splat(p2.c[2])))),
            reduce_wide(plus(plus(splat(p0.c[3]), times(e1, splat(p1.c[3]))), times(e2, splat(p2.c[3]))))};
    xstore(p + 4 * i, px);
  }
}

#endif
