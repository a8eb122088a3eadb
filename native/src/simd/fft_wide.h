/*
 * The circle FFT on 64-bit lanes with multiplications of 52 bits. A butterfly takes five instructions: q = b t' / 2^52
 * with t' = 2^52 t / p, r = b t - q p, a + r and a - r. Nothing is reduced: r is below 2 p whatever b below 2^52 is
 * (Shoup's trick), so that values grow by less than 2 p a layer; they start at a multiple of p and stay positive.
 * Multiplications ignore what is above 52 bits, and so may lanes.
 */
#ifndef CHK_FFT_WIDE_H
#define CHK_FFT_WIDE_H

#include <type_traits>

#include "fft_blocks.h"

#if defined(__AVX512F__)

namespace chk::CHK_ISA {

/* Where values start, for as many layers as a block in the first-level cache has, and some. */
constexpr u64 OFFSET = 32 * u64{P};

/* A twiddle and 2^52 / p times it, rounded down but for less than 2. */
struct WideFactor {
  V t, quotient;
};

CHK_INLINE u64 quotient(u32 t) { return (u64{t} << 21) + (t >> 10); }
/* The same of lanes: t (2^31 + 1) / 2^10. */
CHK_INLINE WideFactor wide(V t) { return {t, srl64<10>(mul_u32(t, splat64((u64{1} << 31) + 1)))}; }
CHK_INLINE WideFactor wide(u32 t) { return {splat64(t), splat64(quotient(t))}; }

/* Zero in a register of its own, to accumulate in; the compiler would copy one that it keeps, which takes longer. */
CHK_INLINE V fresh_zero(V unlike) {
  V x;
  asm("vpxord %0, %0, %0" : "=v"(x) : "v"(unlike));
  return x;
}

/* (a, b) to (a + t b, 2 a - (a + t b)). */
CHK_INLINE void wide_butterfly(V &a, V &b, const WideFactor &f) {
  V q = _mm512_madd52hi_epu64(fresh_zero(b), b, f.quotient), twice = add64(a, a);
  V sum = _mm512_madd52lo_epu64(a, b, f.t);
  a = _mm512_madd52lo_epu64(sum, q, splat64((u64{1} << 52) - P));
  b = sub64(twice, a);
}
/* Lanes below 2^42 to words below 2^31 + 2^11. */
CHK_INLINE V narrowed(V x) { return _mm512_madd52hi_epu64(and_(x, splat64(P)), x, splat64(u64{1} << 21)); }

/* Words at even, at odd places in 64-bit lanes. */
CHK_INLINE V even_lanes(V x) { return and_(x, splat64(0xffffffff)); }
CHK_INLINE V odd_lanes(V x) { return srl64<32>(x); }

/* Layers of N vectors x from node NODE of a tree of twiddles on: root 1, children of n are 2 n and 2 n + 1. */
template <int N, int NODE> CHK_INLINE void wide_layers(V *x, const WideFactor *t) {
  if constexpr (N > 1) {
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++) wide_butterfly(x[i], x[N / 2 + i], t[NODE]);
    wide_layers<N / 2, 2 * NODE>(x, t);
    wide_layers<N / 2, 2 * NODE + 1>(x + N / 2, t);
  }
}

/* The tree of twiddles of R layers from `top` down of block b. */
template <int R> CHK_INLINE void wide_tree(WideFactor *t, int top, size_t b, const Twiddles &w) {
  for (int l = 0; l < R; l++) {
    for (size_t i = 0; i < size_t{1} << l; i++) t[(size_t{1} << l) + i] = wide(w.at(top - l, b << l)[i]);
  }
}

}  // namespace chk::CHK_ISA

#endif

#endif
