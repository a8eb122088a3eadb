/* Words of tables at signed indices. */
#ifndef CHK_GATHER_H
#define CHK_GATHER_H

#include "lanes.h"

namespace chk::CHK_ISA {

/* Pairs of neighbouring words as 64-bit lanes, those of the first half of the indices and those of the second. */
struct Pairs {
  V low, high;
};
/* The words at the indices and those after them. */
struct Neighbours {
  V at, next;
};

#if defined(__AVX512F__)
/* The word at table + 4 i for each i. */
CHK_INLINE V gather(u64 table, V i) { return _mm512_i32gather_epi32(i, reinterpret_cast<const void *>(table), 4); }
CHK_INLINE Pairs gather_pairs(u64 table, V i) {
  const void *t = reinterpret_cast<const void *>(table);
  return {_mm512_i32gather_epi64(_mm512_castsi512_si256(i), t, 4),
      _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(i, 1), t, 4)};
}
CHK_INLINE V lane_numbers() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
CHK_INLINE Neighbours neighbours(Pairs p) {
  V even = add32(lane_numbers(), lane_numbers());
  return {_mm512_permutex2var_epi32(p.low, even, p.high),
      _mm512_permutex2var_epi32(p.low, add32(even, splat(1)), p.high)};
}
CHK_INLINE __m256i halves_added64(V a) {
  return _mm256_add_epi64(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
}
#else
CHK_INLINE V gather(u64 table, V i) { return _mm256_i32gather_epi32(reinterpret_cast<const int *>(table), i, 4); }
CHK_INLINE Pairs gather_pairs(u64 table, V i) {
  const long long *t = reinterpret_cast<const long long *>(table);
  return {_mm256_i32gather_epi64(t, _mm256_castsi256_si128(i), 4),
      _mm256_i32gather_epi64(t, _mm256_extracti128_si256(i, 1), 4)};
}
CHK_INLINE V lane_numbers() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
CHK_INLINE Neighbours neighbours(Pairs p) {
  __m256 low = _mm256_castsi256_ps(p.low);
  __m256 high = _mm256_castsi256_ps(p.high);
  return {_mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88)), 0xd8),
      _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(low, high, 0xdd)), 0xd8)};
}
CHK_INLINE __m256i halves_added64(V a) { return a; }
#endif

/* The sum of the 64-bit lanes. */
CHK_INLINE u64 sum_of64(V a) {
  __m256i half = halves_added64(a);
  __m128i s = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  return static_cast<u64>(_mm_cvtsi128_si64(s)) + static_cast<u64>(_mm_extract_epi64(s, 1));
}

}  // namespace chk::CHK_ISA

#endif
