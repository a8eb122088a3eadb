/*
 * The circle FFT (Haboeck, Levit, Papini: Circle STARKs, eprint 2024/278) on vectors of 32-bit words. Layer i maps the
 * pair (a, b) of positions that differ in bit i to (a + t b, a - t b), t the twiddle of its block of 2^(i + 1)
 * positions; the transposed layer maps (u, v) to (u + v, t (u - v)). Layers run from the top down, transposed ones from
 * 0 up.
 */
#ifndef CHK_FFT_H
#define CHK_FFT_H

#include <cstddef>

#include "transpose.h"

namespace chk::CHK_ISA {

/* Layers of a tail, which works on 64 elements in registers. */
constexpr int TAIL = 6;
constexpr size_t CHUNK = 64;

/* log2 of the largest block that stays in the first-level cache: 16 KiB. */
constexpr int CACHED = 12;

/* log2 of the largest radix of a pass: 2^RADIX data and some temporaries are to fit the registers. */
#if defined(__AVX512F__)
constexpr int RADIX = 4;
#else
constexpr int RADIX = 2;
#endif

/*
 * Twiddles of one transform size: layer i >= 1 has one for each block. Layer 0 has none: with x of layer 1, and as the
 * quarter turn of the group is (0, -1), ordinates 4 q .. 4 q + 3 are x[2 q + 1], -x[2 q + 1], -x[2 q], x[2 q].
 */
struct Twiddles {
  const u32 *layer[31];

  Twiddles(u64 tables, int log_n) {
    const u64 *table = reinterpret_cast<const u64 *>(tables);
    for (int i = 1; i < log_n; i++) layer[i] = words(table[log_n - i + 1]);
  }

  /* Of block b of layer i. */
  const u32 *at(int i, size_t b) const { return layer[i] + b; }
};

/* How `layers` layers are shared out to passes of at most RADIX: the layers of the next one. */
CHK_INLINE int next_radix(int layers) {
  int passes = (layers + RADIX - 1) / RADIX;
  return (layers + passes - 1) / passes;
}

/* --- Products --- */

/* A twiddle, doubled: of the lanes at even and at odd places. */
struct Factor {
  V even, odd;
};

CHK_INLINE Factor broadcast(u32 t) {
  V x = splat(2 * t);
  return {x, x};
}

/* A doubled product has t b >> 31 in its high word and 2 (t b mod 2^31) in its low one. */
CHK_INLINE V reduce_doubled(V even, V odd) {
  V high = high_words(even, odd), low = low_words(even, odd);
  V r = add32(high, srl32<1>(low));
  return min_u32(r, sub32(r, splat(P)));
}

/* t b; b_odd has the words of b at odd places. */
CHK_INLINE V times(V b, V b_odd, Factor t) { return reduce_doubled(mul_u32(b, t.even), mul_u32(b_odd, t.odd)); }
CHK_INLINE V times(V b, Factor t) { return times(b, odd_words(b), t); }

/* --- Moves of lanes on four blocks of sixteen words: pairs of bits of an element's place are exchanged --- */

using Four = V[4][PARTS];

/* The block with the quarter of a block: x[i] quarter j with x[j] quarter i. */
CHK_INLINE void exchange_quarters(Four &x) {
#if defined(__AVX512F__)
  V a = _mm512_shuffle_i32x4(x[0][0], x[1][0], 0x88), b = _mm512_shuffle_i32x4(x[2][0], x[3][0], 0x88);
  V c = _mm512_shuffle_i32x4(x[0][0], x[1][0], 0xdd), d = _mm512_shuffle_i32x4(x[2][0], x[3][0], 0xdd);
  x[0][0] = _mm512_shuffle_i32x4(a, b, 0x88);
  x[1][0] = _mm512_shuffle_i32x4(c, d, 0x88);
  x[2][0] = _mm512_shuffle_i32x4(a, b, 0xdd);
  x[3][0] = _mm512_shuffle_i32x4(c, d, 0xdd);
#else
  V y[4][PARTS];
  for (int p = 0; p < PARTS; p++) {
    for (int h = 0; h < PARTS; h++) {
      y[2 * h][p] = _mm256_permute2x128_si256(x[2 * p][h], x[2 * p + 1][h], 0x20);
      y[2 * h + 1][p] = _mm256_permute2x128_si256(x[2 * p][h], x[2 * p + 1][h], 0x31);
    }
  }
  for (int i = 0; i < 4; i++) {
    for (int p = 0; p < PARTS; p++) x[i][p] = y[i][p];
  }
#endif
}

/* The block with the word of a quarter. */
CHK_INLINE void exchange_words(Four &x) {
  for (int p = 0; p < PARTS; p++) {
    V a = unpack_low32(x[0][p], x[1][p]), b = unpack_low32(x[2][p], x[3][p]);
    V c = unpack_high32(x[0][p], x[1][p]), d = unpack_high32(x[2][p], x[3][p]);
    x[0][p] = unpack_low64(a, b);
    x[1][p] = unpack_high64(a, b);
    x[2][p] = unpack_low64(c, d);
    x[3][p] = unpack_high64(c, d);
  }
}

/* --- Twiddles of a tail, see there --- */

/* Quarter q of sixteen lanes has w[step q]. */
CHK_INLINE void spread(Factor (&t)[PARTS], const u32 *w, int step) {
#if defined(__AVX512F__)
  const V quarters = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  V x = step == 1 ? _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i *>(w)))
                  : _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(w)));
  x = _mm512_permutexvar_epi32(step == 1 ? quarters : add32(quarters, quarters), add32(x, x));
  t[0] = {x, x};
#else
  for (int p = 0; p < PARTS; p++) {
    V x = _mm256_blend_epi32(splat(2 * w[2 * p * step]), splat(2 * w[(2 * p + 1) * step]), 0xf0);
    t[p] = {x, x};
  }
#endif
}

/*
 * Twiddles of layers 5 to 0 for chunk c. Elements have place bits (block, quarter, word): layers 5 and 4 work on
 * blocks, position bits in order; after exchange_quarters layers 3 and 2 work on blocks, and a quarter is a block of
 * layer 3; after exchange_words layers 1 and 0 do, and a lane is a block of layer 1.
 */
struct TailTwiddles {
  Factor five, four[2], three[PARTS], two[2][PARTS], one[PARTS], zero[PARTS];
};

CHK_INLINE TailTwiddles tail_twiddles(const Twiddles &w, size_t c) {
  TailTwiddles t;
  t.five = broadcast(*w.at(5, c));
  t.four[0] = broadcast(w.at(4, 2 * c)[0]);
  t.four[1] = broadcast(w.at(4, 2 * c)[1]);
  spread(t.three, w.at(3, 4 * c), 1);
  spread(t.two[0], w.at(2, 8 * c), 2);
  spread(t.two[1], w.at(2, 8 * c) + 1, 2);
  for (int p = 0; p < PARTS; p++) {
    V x = load(w.at(1, 16 * c) + p * LANES);
    V even = add32(x, x), odds = odd_words(even);
    t.one[p] = {even, odds};
    // Ordinates 4 q and 4 q + 2; 4 q + 1 and 4 q + 3 are minus these.
    t.zero[p] = {odds, sub32(splat(2 * P), even)};
  }
  return t;
}

/* Twice the twiddles of R layers from `top` down of block b: that of block i of layer top - l at 2^l + i. */
template <int R> CHK_INLINE void doubled_twiddles(V *t, int top, size_t b, const Twiddles &w) {
  for (int l = 0; l < R; l++) {
    for (size_t i = 0; i < size_t{1} << l; i++) t[(size_t{1} << l) + i] = splat(2 * w.at(top - l, b << l)[i]);
  }
}

}  // namespace chk::CHK_ISA

#endif
