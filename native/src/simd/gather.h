/* Words of tables at signed indices. */
#ifndef CHK_GATHER_H
#define CHK_GATHER_H

#include "lanes.h"

namespace chk::CHK_ISA {

/* Neighbouring words of a table, those at the indices and those after them. */
struct Neighbours {
  V at, next;
};

#if defined(__AVX512F__)
/* The word at table + 4 i for each i, a signed word. */
CHK_INLINE V gather(u64 table, V i) { return _mm512_i32gather_epi32(i, reinterpret_cast<const void *>(table), 4); }
/* Pairs as 64-bit loads, half as many. */
CHK_INLINE Neighbours gather_neighbours(u64 table, V i) {
  const void *t = reinterpret_cast<const void *>(table);
  V low = _mm512_i32gather_epi64(_mm512_castsi512_si256(i), t, 4);
  V high = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(i, 1), t, 4);
  V even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  return {_mm512_permutex2var_epi32(low, even, high), _mm512_permutex2var_epi32(low, add32(even, splat(1)), high)};
}
#else
CHK_INLINE V gather(u64 table, V i) { return _mm256_i32gather_epi32(reinterpret_cast<const int *>(table), i, 4); }
CHK_INLINE Neighbours gather_neighbours(u64 table, V i) {
  return {gather(table, i), gather(table + 4, i)};
}
#endif

}  // namespace chk::CHK_ISA

#endif
