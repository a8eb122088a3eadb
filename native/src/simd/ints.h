/* Signed integers of 8, 16 or 32 bits. */
#ifndef CHK_INTS_H
#define CHK_INTS_H

#include "lanes.h"

namespace chk::CHK_ISA {

/* f(T()) with the type T of integers of `bits` bits. */
template <typename F> CHK_INLINE void with_ints(i32 bits, F f) {
  if (bits == 8) {
    f(int8_t());
  } else if (bits == 16) {
    f(int16_t());
  } else {
    f(int32_t());
  }
}

template <typename T> CHK_INLINE const T *ints(T, u64 address) { return reinterpret_cast<const T *>(address); }

/* LANES integers, widened. */
CHK_INLINE V load_ints(const int8_t *p) { return load_i8(p); }
CHK_INLINE V load_ints(const int16_t *p) { return load_i16(p); }
CHK_INLINE V load_ints(const int32_t *p) { return load(p); }

/* table[index] where low <= at <= high, else 0. */
#if defined(__AVX512F__)
CHK_INLINE V gather_between(const u32 *table, V index, V at, i32 low, i32 high) {
  __mmask16 above = _mm512_cmpge_epi32_mask(at, _mm512_set1_epi32(low));
  __mmask16 inside = _mm512_mask_cmple_epi32_mask(above, at, _mm512_set1_epi32(high));
  return _mm512_mask_i32gather_epi32(zero(), inside, index, table, 4);
}
#else
CHK_INLINE V gather_between(const u32 *table, V index, V at, i32 low, i32 high) {
  V below = _mm256_cmpgt_epi32(_mm256_set1_epi32(low), at);
  V above = _mm256_cmpgt_epi32(at, _mm256_set1_epi32(high));
  V inside = _mm256_andnot_si256(or_(below, above), _mm256_set1_epi32(-1));
  return _mm256_mask_i32gather_epi32(zero(), reinterpret_cast<const int *>(table), index, inside, 4);
}
#endif

}  // namespace chk::CHK_ISA

#endif
