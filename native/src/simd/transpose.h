/* Squares of LANES by LANES words, transposed in registers. */
#ifndef CHK_TRANSPOSE_H
#define CHK_TRANSPOSE_H

#include "lanes.h"

namespace chk::CHK_ISA {

/* Neighbours of the low and of the high half of each 128 bits, in turn from a and from b. */
#if defined(__AVX512F__)
CHK_INLINE V unpack_low32(V a, V b) { return _mm512_unpacklo_epi32(a, b); }
CHK_INLINE V unpack_high32(V a, V b) { return _mm512_unpackhi_epi32(a, b); }
CHK_INLINE V unpack_low64(V a, V b) { return _mm512_unpacklo_epi64(a, b); }
CHK_INLINE V unpack_high64(V a, V b) { return _mm512_unpackhi_epi64(a, b); }
#else
CHK_INLINE V unpack_low32(V a, V b) { return _mm256_unpacklo_epi32(a, b); }
CHK_INLINE V unpack_high32(V a, V b) { return _mm256_unpackhi_epi32(a, b); }
CHK_INLINE V unpack_low64(V a, V b) { return _mm256_unpacklo_epi64(a, b); }
CHK_INLINE V unpack_high64(V a, V b) { return _mm256_unpackhi_epi64(a, b); }
#endif

/* Squares of four by four words, one in each 128 bits of four vectors. */
CHK_INLINE void transpose4(V *a) {
  V t0 = unpack_low32(a[0], a[1]);
  V t1 = unpack_high32(a[0], a[1]);
  V t2 = unpack_low32(a[2], a[3]);
  V t3 = unpack_high32(a[2], a[3]);
  a[0] = unpack_low64(t0, t2);
  a[1] = unpack_high64(t0, t2);
  a[2] = unpack_low64(t1, t3);
  a[3] = unpack_high64(t1, t3);
}

/* Row i becomes column i. */
CHK_INLINE void transpose(V *a) {
#if defined(__AVX512F__)
  // Squares of four words by unpacking, then 128-bit parts: vector 4 i + j of the result is made of part i of vectors
  // j, j + 4, j + 8 and j + 12.
  transpose4(a);
  transpose4(a + 4);
  transpose4(a + 8);
  transpose4(a + 12);
  V b[16];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    V s0 = _mm512_shuffle_i32x4(a[j], a[j + 4], 0x88);
    V s1 = _mm512_shuffle_i32x4(a[j], a[j + 4], 0xdd);
    V s2 = _mm512_shuffle_i32x4(a[j + 8], a[j + 12], 0x88);
    V s3 = _mm512_shuffle_i32x4(a[j + 8], a[j + 12], 0xdd);
    b[j] = _mm512_shuffle_i32x4(s0, s2, 0x88);
    b[j + 4] = _mm512_shuffle_i32x4(s1, s3, 0x88);
    b[j + 8] = _mm512_shuffle_i32x4(s0, s2, 0xdd);
    b[j + 12] = _mm512_shuffle_i32x4(s1, s3, 0xdd);
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    a[i] = b[i];
  }
#else
  transpose4(a);
  transpose4(a + 4);
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    V low = _mm256_permute2x128_si256(a[j], a[j + 4], 0x20);
    a[j + 4] = _mm256_permute2x128_si256(a[j], a[j + 4], 0x31);
    a[j] = low;
  }
#endif
}

}  // namespace chk::CHK_ISA

#endif
