/* Signed words: what kernels of integers and of panels need beside lanes.h. */
#ifndef CHK_WORDS_H
#define CHK_WORDS_H

#include <cstring>

#include "edges.h"
#include "transpose.h"

namespace chk::CHK_ISA {

using i8 = int8_t;
using i16 = int16_t;

/*
 * Sums in a loop, V as a vector of words: with V itself g++ 12 copies each sum after each vpdpwssd, which works on this
 * type.
 */
using Sums = i32 __attribute__((vector_size(BYTES), may_alias));

#if defined(__AVX512F__)

CHK_INLINE V max_i32(V a, V b) { return _mm512_max_epi32(a, b); }
CHK_INLINE V mul_low32(V a, V b) { return _mm512_mullo_epi32(a, b); }
CHK_INLINE V max_u32(V a, V b) { return _mm512_max_epu32(a, b); }
/* Each lane shifted by its own number. */
CHK_INLINE V sra_each(V a, V n) { return _mm512_srav_epi32(a, n); }
CHK_INLINE V sll_each(V a, V n) { return _mm512_sllv_epi32(a, n); }
/* sum + a0 b0 + a1 b1 modulo 2^32, words seen as pairs of signed 16-bit integers (VNNI). */
CHK_INLINE Sums add_pairs(Sums sum, V a, V b) {
  return reinterpret_cast<Sums>(_mm512_dpwssd_epi32(reinterpret_cast<V>(sum), a, b));
}
/* Low 16 bits of `low` and, above them, those of `high`. */
CHK_INLINE V join16(V low, V high) { return _mm512_mask_blend_epi16(0xaaaaaaaa, low, sll32<16>(high)); }
/* High 16 bits of `low` and, above them, those of `high`. */
CHK_INLINE V join16_high(V low, V high) { return _mm512_mask_blend_epi16(0xaaaaaaaa, srl32<16>(low), high); }
/* Low 16 bits of each word, those of `a` first. */
CHK_INLINE V narrow16(V a, V b) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(a)), _mm512_cvtepi32_epi16(b), 1);
}
/* The first n 16-bit integers at p, n below 2 LANES, and zeros. */
CHK_INLINE V load_first16(const void *p, int n) { return _mm512_maskz_loadu_epi16((1u << n) - 1, p); }
CHK_INLINE bool any(V a) { return _mm512_test_epi32_mask(a, a) != 0; }
CHK_INLINE __m256i halves_added(V a) {
  return _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
}
CHK_INLINE i32 max_of(V a) { return _mm512_reduce_max_epi32(a); }
/* Signed 16-bit integers from words, cut off. */
CHK_INLINE void store_i16(void *p, V a) { _mm256_storeu_si256(static_cast<__m256i *>(p), _mm512_cvtepi32_epi16(a)); }

#else

CHK_INLINE V max_i32(V a, V b) { return _mm256_max_epi32(a, b); }
CHK_INLINE V mul_low32(V a, V b) { return _mm256_mullo_epi32(a, b); }
CHK_INLINE V max_u32(V a, V b) { return _mm256_max_epu32(a, b); }
CHK_INLINE V sra_each(V a, V n) { return _mm256_srav_epi32(a, n); }
CHK_INLINE V sll_each(V a, V n) { return _mm256_sllv_epi32(a, n); }
CHK_INLINE Sums add_pairs(Sums sum, V a, V b) {
  return reinterpret_cast<Sums>(add32(reinterpret_cast<V>(sum), _mm256_madd_epi16(a, b)));
}
CHK_INLINE V join16(V low, V high) { return _mm256_blend_epi16(low, sll32<16>(high), 0xaa); }
CHK_INLINE V join16_high(V low, V high) { return _mm256_blend_epi16(srl32<16>(low), high, 0xaa); }
CHK_INLINE V narrow16(V a, V b) {
  V low = splat(0xffff);
  return _mm256_permute4x64_epi64(_mm256_packus_epi32(and_(a, low), and_(b, low)), 0xd8);
}
CHK_INLINE V load_first16(const void *p, int n) {
  alignas(32) i16 a[2 * LANES] = {};
  memcpy(a, p, static_cast<size_t>(2 * n));
  return load(a);
}
CHK_INLINE bool any(V a) { return !_mm256_testz_si256(a, a); }
CHK_INLINE __m256i halves_added(V a) { return a; }
CHK_INLINE i32 max_of(V a) {
  __m128i s = _mm_max_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  s = _mm_max_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_max_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s);
}
CHK_INLINE void store_i16(void *p, V a) {
  V low = and_(a, splat(0xffff));
  V packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
  _mm_storeu_si128(static_cast<__m128i *>(p), _mm256_castsi256_si128(packed));
}

#endif

/* The sum of the words modulo 2^32: the compiler's own reductions end in an addition that must not overflow. */
CHK_INLINE u32 sum_of(V a) {
  __m256i half = halves_added(a);
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return static_cast<u32>(_mm_cvtsi128_si32(s));
}

CHK_INLINE const i16 *shorts(u64 address) { return reinterpret_cast<const i16 *>(address); }
CHK_INLINE i32 *ints(u64 address) { return reinterpret_cast<i32 *>(address); }

/* Sums of the words of each of LANES vectors, in order: a tree of additions, pairs of neighbours first. */
CHK_INLINE V sums_of_each(const V *a) {
  V four[LANES / 4];
  for (int i = 0; i < LANES / 4; i++) {
    V first = add32(unpack_low32(a[4 * i], a[4 * i + 1]), unpack_high32(a[4 * i], a[4 * i + 1]));
    V second = add32(unpack_low32(a[4 * i + 2], a[4 * i + 3]), unpack_high32(a[4 * i + 2], a[4 * i + 3]));
    four[i] = add32(unpack_low64(first, second), unpack_high64(first, second));
  }
#if defined(__AVX512F__)
  V low = add32(_mm512_shuffle_i32x4(four[0], four[1], 0x44), _mm512_shuffle_i32x4(four[0], four[1], 0xee));
  V high = add32(_mm512_shuffle_i32x4(four[2], four[3], 0x44), _mm512_shuffle_i32x4(four[2], four[3], 0xee));
  return add32(_mm512_shuffle_i32x4(low, high, 0x88), _mm512_shuffle_i32x4(low, high, 0xdd));
#else
  return add32(_mm256_permute2x128_si256(four[0], four[1], 0x20), _mm256_permute2x128_si256(four[0], four[1], 0x31));
#endif
}

}  // namespace chk::CHK_ISA

#endif
