/* The circle FFT from coefficients to values: depth first until a block fits the first-level cache, then pass by pass. */
#include <cstring>

#include "fft.h"
#include "fft_small.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

CHK_INLINE void butterfly(V &a, V &b, V product) {
  V difference = sub(a, product);
  a = add(a, product);
  b = difference;
}

/* Layers of N blocks x from node `NODE` of a tree of twiddles on, whose root is node 1, children of n are 2 n and 2 n + 1. */
template <int N, int NODE> CHK_INLINE void layers(V *x, const V *t) {
  if constexpr (N > 1) {
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++) butterfly(x[i], x[N / 2 + i], times(x[N / 2 + i], {t[NODE], t[NODE]}));
    layers<N / 2, 2 * NODE>(x, t);
    layers<N / 2, 2 * NODE + 1>(x + N / 2, t);
  }
}

/* R layers from `top` down of block b, 2^(top + 1) words. `dst` may be `src`. */
template <int R> void pass(u32 *dst, const u32 *src, int top, size_t b, const Twiddles &w) {
  constexpr int N = 1 << R;
  const size_t stride = size_t{1} << (top + 1 - R);
  V t[N];
  for (int l = 0; l < R; l++) {
    for (size_t i = 0; i < size_t{1} << l; i++) t[(size_t{1} << l) + i] = splat(2 * w.at(top - l, b << l)[i]);
  }
  for (size_t j = 0; j < stride; j += LANES) {
    V x[N];
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) x[i] = load(src + i * stride + j);
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++) {
      V product = times(x[N / 2 + i], load_odd(src + (N / 2 + i) * stride + j), {t[1], t[1]});
      butterfly(x[i], x[N / 2 + i], product);
    }
    layers<N / 2, 2>(x, t);
    layers<N / 2, 3>(x + N / 2, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(dst + i * stride + j, x[i]);
  }
}

void pass(u32 *dst, const u32 *src, int radix, int top, size_t b, const Twiddles &w) {
  switch (radix) {
    case 1:
      return pass<1>(dst, src, top, b, w);
    case 2:
      return pass<2>(dst, src, top, b, w);
#if defined(__AVX512F__)
    case 3:
      return pass<3>(dst, src, top, b, w);
    default:
      return pass<4>(dst, src, top, b, w);
#else
    default:
      return;
#endif
  }
}

CHK_INLINE void between(Four &x, int i, int j, const Factor *t, int step) {
  for (int p = 0; p < PARTS; p++) butterfly(x[i][p], x[j][p], times(x[j][p], t[step * p]));
}

/* Layers 5 to 0 of C chunks from number c on, step by step together: a chunk alone would wait for its products. */
template <int C> CHK_INLINE void tail_chunks(u32 *dst, const u32 *src, size_t c, const Twiddles &w) {
  TailTwiddles t[C];
  Four x[C];
#define EACH _Pragma("GCC unroll 4") for (int k = 0; k < C; k++)
  EACH t[k] = tail_twiddles(w, c + k);
  EACH for (int i = 0; i < 4; i++) {
    for (int p = 0; p < PARTS; p++) x[k][i][p] = load(src + CHUNK * k + 16 * i + p * LANES);
  }
  EACH between(x[k], 0, 2, &t[k].five, 0);
  EACH between(x[k], 1, 3, &t[k].five, 0);
  EACH between(x[k], 0, 1, &t[k].four[0], 0);
  EACH between(x[k], 2, 3, &t[k].four[1], 0);
  EACH exchange_quarters(x[k]);
  EACH between(x[k], 0, 2, t[k].three, 1);
  EACH between(x[k], 1, 3, t[k].three, 1);
  EACH between(x[k], 0, 1, t[k].two[0], 1);
  EACH between(x[k], 2, 3, t[k].two[1], 1);
  EACH exchange_words(x[k]);
  EACH between(x[k], 0, 2, t[k].one, 1);
  EACH between(x[k], 1, 3, t[k].one, 1);
  EACH between(x[k], 0, 1, t[k].zero, 1);
  EACH for (int p = 0; p < PARTS; p++) {
    V product = times(x[k][3][p], t[k].zero[p]);
    x[k][3][p] = add(x[k][2][p], product);
    x[k][2][p] = sub(x[k][2][p], product);
  }
  EACH restore(x[k]);
  EACH for (int i = 0; i < 4; i++) {
    for (int p = 0; p < PARTS; p++) store(dst + CHUNK * k + 16 * i + p * LANES, x[k][i][p]);
  }
#undef EACH
}

/* Layers 5 to 0 of `chunks` chunks from number c on. */
void tail(u32 *dst, const u32 *src, size_t chunks, size_t c, const Twiddles &w) {
  size_t i = 0;
  for (; i + TOGETHER <= chunks; i += TOGETHER) tail_chunks<TOGETHER>(dst + CHUNK * i, src + CHUNK * i, c + i, w);
  for (; i < chunks; i++) tail_chunks<1>(dst + CHUNK * i, src + CHUNK * i, c + i, w);
}

/* All layers of block b of 2^h words, h >= TAIL. */
void block(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w) {
  if (h > CACHED) {
    int radix = next_radix(h - CACHED);
    pass(dst, src, radix, h - 1, b, w);
    for (size_t i = 0; i < size_t{1} << radix; i++) {
      u32 *part = dst + (i << (h - radix));
      block(part, part, h - radix, (b << radix) + i, w);
    }
    return;
  }
  for (int rest = h; rest > TAIL; src = dst) {
    int radix = next_radix(rest - TAIL);
    for (size_t i = 0; i < size_t{1} << (h - rest); i++) {
      pass(dst + (i << rest), src + (i << rest), radix, rest - 1, (b << (h - rest)) + i, w);
    }
    rest -= radix;
  }
  tail(dst, src, size_t{1} << (h - TAIL), b << (h - TAIL), w);
}

/* Blocks are not divided below 2^SKIPPED words to skip those without a position. */
constexpr int SKIPPED = 8;

/* `block` where the block has positions; [position, end) are those at or after its first word. Returns the rest. */
const u32 *block_at(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w, const u32 *position, const u32 *end) {
  const u32 *next = position;
  while (next < end && *next >> h == b) next++;
  if (next == position) return next;
  if (h <= SKIPPED) {
    block(dst, src, h, b, w);
    return next;
  }
  int radix = next_radix(h > CACHED ? h - CACHED : h - TAIL);
  pass(dst, src, radix, h - 1, b, w);
  for (size_t i = 0; i < size_t{1} << radix; i++) {
    u32 *part = dst + (i << (h - radix));
    position = block_at(part, part, h - radix, (b << radix) + i, w, position, next);
  }
  return next;
}

}  // namespace

void encode(u64 dst, u64 src, i32 log_k, i32 log_n, u64 rows, u64 twiddles) {
  const Twiddles w(twiddles, log_n);
  for (u64 r = 0; r < rows; r++) {
    u32 *codeword = words(dst) + (r << log_n);
    const u32 *row = words(src) + (r << log_k);
    if (log_k < TAIL) {
      encode_small(codeword, row, log_k, log_n, w);
      continue;
    }
    // The coefficients above are zero: the layers above copy the row.
    for (size_t c = 0; c < size_t{1} << (log_n - log_k); c++) block(codeword + (c << log_k), row, log_k, c, w);
  }
}

void encode_at(u64 dst, u64 src, i32 log_k, i32 log_n, u64 positions, u64 count, u64 twiddles) {
  if (log_k < TAIL) {
    encode(dst, src, log_k, log_n, 1, twiddles);
    return;
  }
  const Twiddles w(twiddles, log_n);
  const u32 *position = words(positions), *end = position + count;
  for (size_t c = 0; c < size_t{1} << (log_n - log_k); c++) {
    position = block_at(words(dst) + (c << log_k), words(src), log_k, c, w, position, end);
  }
}

}  // namespace chk::CHK_ISA
