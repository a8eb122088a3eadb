/* The transpose of the circle FFT: the transposed layers in the opposite order, then the sum of the copies. */
#include "fft.h"
#include "fft_small.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

CHK_INLINE void butterfly(V &u, V &v, Factor t) {
  V difference = sub(u, v);
  u = add(u, v);
  v = times(difference, t);
}

/* Layers of N blocks x up to node NODE, see fft_encode.cpp. */
template <int N, int NODE> CHK_INLINE void layers(V *x, const V *t) {
  if constexpr (N > 1) {
    layers<N / 2, 2 * NODE>(x, t);
    layers<N / 2, 2 * NODE + 1>(x + N / 2, t);
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++) butterfly(x[i], x[N / 2 + i], {t[NODE], t[NODE]});
  }
}

/* R layers up to `top` of block b, 2^(top + 1) words. */
template <int R> void pass(u32 *data, int top, size_t b, const Twiddles &w) {
  constexpr int N = 1 << R;
  const size_t stride = size_t{1} << (top + 1 - R);
  V t[N];
  doubled_twiddles<R>(t, top, b, w);
  for (size_t j = 0; j < stride; j += LANES) {
    V x[N];
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) x[i] = load(data + i * stride + j);
    layers<N, 1>(x, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(data + i * stride + j, x[i]);
  }
}

void pass(u32 *data, int radix, int top, size_t b, const Twiddles &w) {
  switch (radix) {
    case 1:
      return pass<1>(data, top, b, w);
    case 2:
      return pass<2>(data, top, b, w);
#if defined(__AVX512F__)
    case 3:
      return pass<3>(data, top, b, w);
    default:
      return pass<4>(data, top, b, w);
#else
    default:
      return;
#endif
  }
}

CHK_INLINE void between(Four &x, int i, int j, const Factor *t, int step) {
  for (int p = 0; p < PARTS; p++) butterfly(x[i][p], x[j][p], t[step * p]);
}

/* Layers 0 to 5 of `chunks` chunks from number c on. */
void tail(u32 *data, size_t chunks, size_t c, const Twiddles &w) {
  for (const size_t end = c + chunks; c < end; c++, data += CHUNK) {
    const TailTwiddles t = tail_twiddles(w, c);
    Four x;
    for (int i = 0; i < 4; i++) {
      for (int p = 0; p < PARTS; p++) x[i][p] = load(data + 16 * i + p * LANES);
    }
    exchange_quarters(x);
    exchange_words(x);
    between(x, 0, 1, t.zero, 1);
    for (int p = 0; p < PARTS; p++) {
      V difference = sub(x[3][p], x[2][p]);
      x[2][p] = add(x[2][p], x[3][p]);
      x[3][p] = times(difference, t.zero[p]);
    }
    between(x, 0, 2, t.one, 1);
    between(x, 1, 3, t.one, 1);
    exchange_words(x);
    between(x, 0, 1, t.two[0], 1);
    between(x, 2, 3, t.two[1], 1);
    between(x, 0, 2, t.three, 1);
    between(x, 1, 3, t.three, 1);
    exchange_quarters(x);
    between(x, 0, 1, &t.four[0], 0);
    between(x, 2, 3, &t.four[1], 0);
    between(x, 0, 2, &t.five, 0);
    between(x, 1, 3, &t.five, 0);
    for (int i = 0; i < 4; i++) {
      for (int p = 0; p < PARTS; p++) store(data + 16 * i + p * LANES, x[i][p]);
    }
  }
}

/* All layers of block b of 2^h words, h >= TAIL. */
void block(u32 *data, int h, size_t b, const Twiddles &w) {
  if (h > CACHED) {
    int radix = next_radix(h - CACHED);
    for (size_t i = 0; i < size_t{1} << radix; i++) {
      block(data + (i << (h - radix)), h - radix, (b << radix) + i, w);
    }
    pass(data, radix, h - 1, b, w);
    return;
  }
  tail(data, size_t{1} << (h - TAIL), b << (h - TAIL), w);
  for (int done = TAIL; done < h;) {
    int radix = next_radix(h - done);
    done += radix;
    for (size_t i = 0; i < size_t{1} << (h - done); i++) {
      pass(data + (i << done), radix, done - 1, (b << (h - done)) + i, w);
    }
  }
}

}  // namespace

void encode_transposed(u64 dst, u64 src, i32 log_k, i32 log_n, u64 twiddles) {
  const Twiddles w(twiddles, log_n);
  u32 *values = words(src), *out = words(dst);
  if (log_k < TAIL) {
    encode_transposed_small(out, values, log_k, log_n, w);
    return;
  }
  const size_t k = size_t{1} << log_k, n = size_t{1} << log_n;
  for (size_t c = 0; c < n; c += k) block(values + c, log_k, c >> log_k, w);
  for (size_t j = 0; j < k; j += LANES) {
    V sum = load(values + j);
    for (size_t c = k; c < n; c += k) sum = add(sum, load(values + c + j));
    store(out + j, sum);
  }
}

}  // namespace chk::CHK_ISA
