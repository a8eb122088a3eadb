/*
 * Vectors of one instruction set: V holds LANES words of 32 bits. Canonical means in [0, P), P = 2^31 - 1; "wide" are
 * the 64-bit products of the words at even and at odd places, which the processor multiplies apart.
 */
#ifndef CHK_LANES_H
#define CHK_LANES_H

#include <immintrin.h>

#include <cstdint>

#define CHK_INLINE static inline __attribute__((always_inline))

namespace chk::CHK_ISA {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;

constexpr u32 P = 0x7fffffff;

#if defined(__AVX512F__)

using V = __m512i;
constexpr int LANES = 16;

CHK_INLINE V load(const void *p) { return _mm512_loadu_si512(p); }
CHK_INLINE void store(void *p, V x) { _mm512_storeu_si512(p, x); }
CHK_INLINE V zero() { return _mm512_setzero_si512(); }
CHK_INLINE V splat(u32 x) { return _mm512_set1_epi32(static_cast<i32>(x)); }
CHK_INLINE V splat64(u64 x) { return _mm512_set1_epi64(static_cast<i64>(x)); }
CHK_INLINE V add32(V a, V b) { return _mm512_add_epi32(a, b); }
CHK_INLINE V sub32(V a, V b) { return _mm512_sub_epi32(a, b); }
CHK_INLINE V min_u32(V a, V b) { return _mm512_min_epu32(a, b); }
CHK_INLINE V add64(V a, V b) { return _mm512_add_epi64(a, b); }
CHK_INLINE V sub64(V a, V b) { return _mm512_sub_epi64(a, b); }
CHK_INLINE V and_(V a, V b) { return _mm512_and_si512(a, b); }
CHK_INLINE V or_(V a, V b) { return _mm512_or_si512(a, b); }
CHK_INLINE V xor_(V a, V b) { return _mm512_xor_si512(a, b); }
template <int N> CHK_INLINE V srl64(V a) { return _mm512_srli_epi64(a, N); }
template <int N> CHK_INLINE V sll64(V a) { return _mm512_slli_epi64(a, N); }
template <int N> CHK_INLINE V srl32(V a) { return _mm512_srli_epi32(a, N); }
template <int N> CHK_INLINE V sll32(V a) { return _mm512_slli_epi32(a, N); }
template <int N> CHK_INLINE V sra32(V a) { return _mm512_srai_epi32(a, N); }
/* Products of the low words of 64-bit lanes, unsigned and signed. */
CHK_INLINE V mul_u32(V a, V b) { return _mm512_mul_epu32(a, b); }
CHK_INLINE V mul_i32(V a, V b) { return _mm512_mul_epi32(a, b); }
/* Even words of `even`, odd words of `odd`. */
CHK_INLINE V blend(V even, V odd) { return _mm512_mask_blend_epi32(0xaaaa, even, odd); }
/* Odd words at even places: by a shuffle, as shifts and minima share one port and shuffles have another. */
CHK_INLINE V odd_words(V a) { return _mm512_shuffle_epi32(a, static_cast<_MM_PERM_ENUM>(0xf5)); }
/* Low, or high, words of 64-bit lanes of `even` at even places, of `odd` at odd ones. */
CHK_INLINE V low_words(V even, V odd) {
  return _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, static_cast<_MM_PERM_ENUM>(0xa0));
}
CHK_INLINE V high_words(V even, V odd) {
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, static_cast<_MM_PERM_ENUM>(0xf5));
}
/* The upper words of (high, low) shifted left by one: bits 31 to 62 of a number of 64 bits. */
CHK_INLINE V quotient(V high, V low) { return _mm512_shldi_epi32(high, low, 1); }
/* All bits in the first `count` words, at most LANES. */
CHK_INLINE V first(int count) {
  return _mm512_maskz_set1_epi32(static_cast<__mmask16>((1u << count) - 1u), -1);
}
/* x + a b and x + floor(a b / 2^52), where the first product counts modulo 2^52; a and b are below 2^52. */
CHK_INLINE V madd_low(V x, V a, V b) { return _mm512_madd52lo_epu64(x, a, b); }
CHK_INLINE V madd_high(V x, V a, V b) { return _mm512_madd52hi_epu64(x, a, b); }
CHK_INLINE u64 sum64(V a) { return static_cast<u64>(_mm512_reduce_add_epi64(a)); }
/* Signed integers of 8, 16 and 32 bits, widened. */
CHK_INLINE V load_i8(const void *p) { return _mm512_cvtepi8_epi32(_mm_loadu_si128(static_cast<const __m128i *>(p))); }
CHK_INLINE V load_i16(const void *p) {
  return _mm512_cvtepi16_epi32(_mm256_loadu_si256(static_cast<const __m256i *>(p)));
}

#else

using V = __m256i;
constexpr int LANES = 8;

CHK_INLINE V load(const void *p) { return _mm256_loadu_si256(static_cast<const __m256i *>(p)); }
CHK_INLINE void store(void *p, V x) { _mm256_storeu_si256(static_cast<__m256i *>(p), x); }
CHK_INLINE V zero() { return _mm256_setzero_si256(); }
CHK_INLINE V splat(u32 x) { return _mm256_set1_epi32(static_cast<i32>(x)); }
CHK_INLINE V splat64(u64 x) { return _mm256_set1_epi64x(static_cast<i64>(x)); }
CHK_INLINE V add32(V a, V b) { return _mm256_add_epi32(a, b); }
CHK_INLINE V sub32(V a, V b) { return _mm256_sub_epi32(a, b); }
CHK_INLINE V min_u32(V a, V b) { return _mm256_min_epu32(a, b); }
CHK_INLINE V add64(V a, V b) { return _mm256_add_epi64(a, b); }
CHK_INLINE V sub64(V a, V b) { return _mm256_sub_epi64(a, b); }
CHK_INLINE V and_(V a, V b) { return _mm256_and_si256(a, b); }
CHK_INLINE V or_(V a, V b) { return _mm256_or_si256(a, b); }
CHK_INLINE V xor_(V a, V b) { return _mm256_xor_si256(a, b); }
template <int N> CHK_INLINE V srl64(V a) { return _mm256_srli_epi64(a, N); }
template <int N> CHK_INLINE V sll64(V a) { return _mm256_slli_epi64(a, N); }
template <int N> CHK_INLINE V srl32(V a) { return _mm256_srli_epi32(a, N); }
template <int N> CHK_INLINE V sll32(V a) { return _mm256_slli_epi32(a, N); }
template <int N> CHK_INLINE V sra32(V a) { return _mm256_srai_epi32(a, N); }
CHK_INLINE V mul_u32(V a, V b) { return _mm256_mul_epu32(a, b); }
CHK_INLINE V mul_i32(V a, V b) { return _mm256_mul_epi32(a, b); }
CHK_INLINE V blend(V even, V odd) { return _mm256_blend_epi32(even, odd, 0xaa); }
CHK_INLINE V odd_words(V a) { return _mm256_shuffle_epi32(a, 0xf5); }
CHK_INLINE V low_words(V even, V odd) { return blend(even, _mm256_shuffle_epi32(odd, 0xa0)); }
CHK_INLINE V high_words(V even, V odd) { return blend(_mm256_shuffle_epi32(even, 0xf5), odd); }
CHK_INLINE V quotient(V high, V low) { return add32(add32(high, high), srl32<31>(low)); }
CHK_INLINE V first(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
CHK_INLINE u64 sum64(V a) {
  __m128i half = _mm_add_epi64(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  return static_cast<u64>(_mm_cvtsi128_si64(half)) + static_cast<u64>(_mm_extract_epi64(half, 1));
}
CHK_INLINE V load_i8(const void *p) { return _mm256_cvtepi8_epi32(_mm_loadl_epi64(static_cast<const __m128i *>(p))); }
CHK_INLINE V load_i16(const void *p) { return _mm256_cvtepi16_epi32(_mm_loadu_si128(static_cast<const __m128i *>(p))); }

#endif

/* Bytes of a vector, and vectors of a block of sixteen words. */
constexpr int BYTES = 4 * LANES;
constexpr int PARTS = 16 / LANES;

CHK_INLINE u32 *words(u64 address) { return reinterpret_cast<u32 *>(address); }

/* --- M31: canonical in, canonical out --- */

CHK_INLINE V add(V a, V b) {
  V t = add32(a, b);
  return min_u32(t, sub32(t, splat(P)));
}
CHK_INLINE V sub(V a, V b) {
  V t = sub32(a, b);
  return min_u32(t, add32(t, splat(P)));
}
/* P - a: a factor that stands for -a; not canonical for a = 0. */
CHK_INLINE V negative(V a) { return sub32(splat(P), a); }
/* The residue of a signed word above -P and below P. */
CHK_INLINE V embed(V a) { return min_u32(a, add32(a, splat(P))); }

struct Wide {
  V even, odd;
};
/* The words at even and at odd places as low words of 64-bit lanes; what is in the high words does not count. */
CHK_INLINE Wide split(V a) { return {a, odd_words(a)}; }
/* The same for words in memory by two loads, of which there is more room than of shuffles; reads a word too many. */
CHK_INLINE Wide load_split(const u32 *p) { return {load(p), load(p + 1)}; }
CHK_INLINE Wide times(Wide a, Wide b) { return {mul_u32(a.even, b.even), mul_u32(a.odd, b.odd)}; }
CHK_INLINE Wide times_signed(Wide a, Wide b) { return {mul_i32(a.even, b.even), mul_i32(a.odd, b.odd)}; }
CHK_INLINE Wide plus(Wide a, Wide b) { return {add64(a.even, b.even), add64(a.odd, b.odd)}; }
CHK_INLINE Wide minus(Wide a, Wide b) { return {sub64(a.even, b.even), sub64(a.odd, b.odd)}; }
CHK_INLINE Wide both(V x) { return {x, x}; }
CHK_INLINE V low_words(Wide x) { return low_words(x.even, x.odd); }
CHK_INLINE V high_words(Wide x) { return high_words(x.even, x.odd); }
/* A value below 2^64 to an equal one below 2^34. */
CHK_INLINE V fold(V x) { return add64(and_(x, splat64(P)), srl64<31>(x)); }
CHK_INLINE Wide fold(Wide x) { return {fold(x.even), fold(x.odd)}; }
/* A value from -2 P^2 to 2 P^2 to an equal one above -2^33 and below 2^34. AVX2 has no arithmetic shift of 64 bits. */
CHK_INLINE V fold_signed(V x) {
#if defined(__AVX512F__)
  return add64(and_(x, splat64(P)), _mm512_srai_epi64(x, 31));
#else
  return fold(add64(x, splat64(2ull * P * P)));
#endif
}
CHK_INLINE Wide fold_signed(Wide x) { return {fold_signed(x.even), fold_signed(x.odd)}; }
/* Lanes at most (P - 1)^2 + P or folded, to canonical words. */
CHK_INLINE V reduce_folded(Wide x) {
  V low = low_words(x);
  return add(and_(low, splat(P)), quotient(high_words(x), low));
}
/* Lanes below 2^64 to canonical words. */
CHK_INLINE V reduce(Wide x) { return reduce_folded(fold(x)); }

/*
 * The next ones reduce the high words first: P 2^32 = 0, so a high word is an element of M31, too. With a canonical
 * high word the bits from 31 on are at most 2 P - 1.
 */
CHK_INLINE V canonical(V x) { return min_u32(x, sub32(x, splat(P))); }
CHK_INLINE V reduce_high(V low, V high) { return add(and_(low, splat(P)), canonical(quotient(high, low))); }
/* Lanes below 2^64 - 2^33, as are sums of four products. */
CHK_INLINE V reduce_products(Wide x) { return reduce_high(low_words(x), canonical(high_words(x))); }
/* Lanes from -P 2^32 to P 2^32 - 1, as are two products less two others. */
CHK_INLINE V reduce_signed(Wide x) { return reduce_high(low_words(x), embed(high_words(x))); }
/* The same plus the canonical y. */
CHK_INLINE V reduce_signed_plus(Wide x, V y) {
  V low = low_words(x);
  V high = canonical(quotient(embed(high_words(x)), low));
  return add(high, add(and_(low, splat(P)), y));
}
/* Lanes are twice a number that is at most (P - 1)^2 + P: its quotient by 2^31 is in the high words. */
CHK_INLINE V reduce_doubled(Wide x) { return add(srl32<1>(low_words(x)), high_words(x)); }
/* Lanes are twice a number from -P 2^31 to P 2^31 - 1. */
CHK_INLINE V reduce_doubled_signed(Wide x) { return add(srl32<1>(low_words(x)), embed(high_words(x))); }

CHK_INLINE V mul(V a, V b) { return reduce_folded(times(split(a), split(b))); }

}  // namespace chk::CHK_ISA

#endif
