/* The circle FFT for rows that are shorter than a tail, one element at a time. */
#ifndef CHK_FFT_SMALL_H
#define CHK_FFT_SMALL_H

#include "fft.h"

namespace chk::CHK_ISA {

CHK_INLINE u32 add_words(u32 a, u32 b) { return a + b >= P ? a + b - P : a + b; }
CHK_INLINE u32 sub_words(u32 a, u32 b) { return a >= b ? a - b : a + P - b; }
CHK_INLINE u32 mul_words(u32 a, u32 b) {
  u64 x = u64{a} * b;
  return add_words(static_cast<u32>(x & P), static_cast<u32>(x >> 31));
}

/* The twiddle of block b of layer i of a domain of 2^log_n points. */
CHK_INLINE u32 twiddle(const Twiddles &w, int log_n, int i, size_t b) {
  if (i > 0) return *w.at(i, b);
  // Four points are (x, -x), (x, x) and their conjugates.
  u32 x = w.at(1, 0)[log_n == 2 ? 0 : (b >> 2 << 1) | (~b >> 1 & 1)];
  bool negative = log_n == 2 ? b == 0 : (b & 3) == 1 || (b & 3) == 2;
  return negative ? sub_words(0, x) : x;
}

/* One row of 2^log_k coefficients. */
CHK_INLINE void encode_small(u32 *dst, const u32 *src, int log_k, int log_n, const Twiddles &w) {
  const size_t n = size_t{1} << log_n, k = size_t{1} << log_k;
  for (size_t j = 0; j < n; j++) dst[j] = src[j & (k - 1)];
  for (int i = log_k - 1; i >= 0; i--) {
    const size_t half = size_t{1} << i;
    for (size_t j = 0; j < n; j++) {
      if (j & half) continue;
      u32 a = dst[j], b = mul_words(twiddle(w, log_n, i, j >> (i + 1)), dst[j + half]);
      dst[j] = add_words(a, b);
      dst[j + half] = sub_words(a, b);
    }
  }
}

/* Its transpose; `src` is overwritten. */
CHK_INLINE void encode_transposed_small(u32 *dst, u32 *src, int log_k, int log_n, const Twiddles &w) {
  const size_t n = size_t{1} << log_n, k = size_t{1} << log_k;
  for (int i = 0; i < log_k; i++) {
    const size_t half = size_t{1} << i;
    for (size_t j = 0; j < n; j++) {
      if (j & half) continue;
      u32 u = src[j], v = src[j + half];
      src[j] = add_words(u, v);
      src[j + half] = mul_words(twiddle(w, log_n, i, j >> (i + 1)), sub_words(u, v));
    }
  }
  for (size_t j = 0; j < k; j++) {
    u32 sum = 0;
    for (size_t c = j; c < n; c += k) sum = add_words(sum, src[c]);
    dst[j] = sum;
  }
}

}  // namespace chk::CHK_ISA

#endif
