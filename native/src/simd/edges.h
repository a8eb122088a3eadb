/* Parts of vectors, where an array ends before the vector does. */
#ifndef CHK_EDGES_H
#define CHK_EDGES_H

#include "lanes.h"

namespace chk::CHK_ISA {

#if defined(__AVX512F__)
/* The first n words at p, n below LANES, and zeros; and to p. */
CHK_INLINE V load_first(const void *p, int n) { return _mm512_maskz_loadu_epi32(static_cast<u16>((1u << n) - 1), p); }
CHK_INLINE void store_first(void *p, V a, int n) {
  _mm512_mask_storeu_epi32(p, static_cast<u16>((1u << n) - 1), a);
}
/* The first n words of a, n below LANES, and zeros. */
CHK_INLINE V first_of(V a, int n) { return _mm512_maskz_mov_epi32(static_cast<u16>((1u << n) - 1), a); }
/* Eight words, and anything after them. */
CHK_INLINE V load_eight(const void *p) {
  return _mm512_castsi256_si512(_mm256_loadu_si256(static_cast<const __m256i *>(p)));
}
#else
CHK_INLINE V first_words(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
CHK_INLINE V load_first(const void *p, int n) {
  return _mm256_maskload_epi32(static_cast<const int *>(p), first_words(n));
}
CHK_INLINE void store_first(void *p, V a, int n) { _mm256_maskstore_epi32(static_cast<int *>(p), first_words(n), a); }
CHK_INLINE V first_of(V a, int n) { return and_(a, first_words(n)); }
CHK_INLINE V load_eight(const void *p) { return load(p); }
#endif

}  // namespace chk::CHK_ISA

#endif
