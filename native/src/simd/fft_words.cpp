/* Blocks of the circle FFT on 32-bit lanes, for processors that cannot multiply 52 bits; see fft_wide.cpp. */
#include "fft_blocks.h"

#if !defined(__AVX512F__)

namespace chk::CHK_ISA {

namespace {

/* The words at odd places, at even ones: the load unit moves them, for nothing. */
CHK_INLINE V load_odd(const u32 *p) {
  return _mm256_castps_si256(_mm256_movehdup_ps(_mm256_loadu_ps(reinterpret_cast<const float *>(p))));
}

CHK_INLINE void butterfly(V &a, V &b, V product) {
  V difference = sub(a, product);
  a = add(a, product);
  b = difference;
}

/*
 * Layers of N blocks x from node `NODE` of a tree of twiddles on, whose root is node 1, children of n are 2 n and 2 n +
 * 1.
 */
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
  doubled_twiddles<R>(t, top, b, w);
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

CHK_INLINE void between(Four &x, int i, int j, const Factor *t, int step) {
  for (int p = 0; p < PARTS; p++) butterfly(x[i][p], x[j][p], times(x[j][p], t[step * p]));
}

/* Layers 5 to 0 of `chunks` chunks from number c on. */
void tail(u32 *dst, const u32 *src, size_t chunks, size_t c, const Twiddles &w) {
  for (const size_t end = c + chunks; c < end; c++, dst += CHUNK, src += CHUNK) {
    const TailTwiddles t = tail_twiddles(w, c);
    Four x;
    for (int i = 0; i < 4; i++) {
      for (int p = 0; p < PARTS; p++) x[i][p] = load(src + 16 * i + p * LANES);
    }
    between(x, 0, 2, &t.five, 0);
    between(x, 1, 3, &t.five, 0);
    between(x, 0, 1, &t.four[0], 0);
    between(x, 2, 3, &t.four[1], 0);
    exchange_quarters(x);
    between(x, 0, 2, t.three, 1);
    between(x, 1, 3, t.three, 1);
    between(x, 0, 1, t.two[0], 1);
    between(x, 2, 3, t.two[1], 1);
    exchange_words(x);
    between(x, 0, 2, t.one, 1);
    between(x, 1, 3, t.one, 1);
    between(x, 0, 1, t.zero, 1);
    for (int p = 0; p < PARTS; p++) {
      V product = times(x[3][p], t.zero[p]);
      x[3][p] = add(x[2][p], product);
      x[2][p] = sub(x[2][p], product);
    }
    exchange_words(x);
    exchange_quarters(x);
    for (int i = 0; i < 4; i++) {
      for (int p = 0; p < PARTS; p++) store(dst + 16 * i + p * LANES, x[i][p]);
    }
  }
}

}  // namespace

void encode_pass(u32 *dst, const u32 *src, int radix, int top, size_t b, const Twiddles &w) {
  radix == 1 ? pass<1>(dst, src, top, b, w) : pass<2>(dst, src, top, b, w);
}

void encode_block(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w) {
  if (h > CACHED) {
    int radix = next_radix(h - CACHED);
    encode_pass(dst, src, radix, h - 1, b, w);
    for (size_t i = 0; i < size_t{1} << radix; i++) {
      u32 *part = dst + (i << (h - radix));
      encode_block(part, part, h - radix, (b << radix) + i, w);
    }
    return;
  }
  for (int rest = h; rest > TAIL; src = dst) {
    int radix = next_radix(rest - TAIL);
    for (size_t i = 0; i < size_t{1} << (h - rest); i++) {
      encode_pass(dst + (i << rest), src + (i << rest), radix, rest - 1, (b << (h - rest)) + i, w);
    }
    rest -= radix;
  }
  tail(dst, src, size_t{1} << (h - TAIL), b << (h - TAIL), w);
}

}  // namespace chk::CHK_ISA

#endif
