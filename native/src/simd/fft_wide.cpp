/*
 * Blocks of the circle FFT on 64-bit lanes. Instructions for 32 values, of which two start a cycle: 10 a layer, where
 * 32-bit lanes take 15; 16 more for a pass from words to words, which splits, folds and merges them, and 6 where the
 * lanes stay in the first-level cache; about 100 for the six layers of a tail.
 */
#include "fft_wide.h"

#if defined(__AVX512F__)

namespace chk::CHK_ISA {

namespace {

/*
 * Vectors of lanes of a block in the first-level cache: for each sixteen words those at even, then those at odd places.
 */
struct Scratch {
  alignas(64) u64 lanes[size_t{1} << CACHED];
};

/*
 * Loads R layers' inputs of every second word; the first half of them, which products are added to, starts at OFFSET.
 */
template <int N, bool ODD> CHK_INLINE void load_words(V *x, const u32 *src, size_t stride) {
#pragma GCC unroll 16
  for (int i = 0; i < N; i++) {
    V v = load(src + i * stride);
    x[i] = ODD ? odd_lanes(v) : even_lanes(v);
    if (i < N / 2) x[i] = add64(x[i], splat64(OFFSET));
  }
}

/* From words to words. */
template <int R> void pass_words(u32 *dst, const u32 *src, int top, size_t b, const Twiddles &w) {
  constexpr int N = 1 << R;
  const size_t stride = size_t{1} << (top + 1 - R);
  WideFactor t[N];
  wide_tree<R>(t, top, b, w);
  for (size_t j = 0; j < stride; j += 16) {
    V even[N], odd[N];
    load_words<N, false>(even, src + j, stride);
    wide_layers<N, 1>(even, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) even[i] = narrowed(even[i]);
    load_words<N, true>(odd, src + j, stride);
    wide_layers<N, 1>(odd, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(dst + i * stride + j, low_words(even[i], narrowed(odd[i])));
  }
}

/* From words to lanes. */
template <int R> void pass_in(u64 *dst, const u32 *src, int top, size_t b, const Twiddles &w) {
  constexpr int N = 1 << R;
  const size_t stride = size_t{1} << (top + 1 - R);
  WideFactor t[N];
  wide_tree<R>(t, top, b, w);
  for (size_t j = 0; j < stride; j += 16) {
    V x[N];
    load_words<N, false>(x, src + j, stride);
    wide_layers<N, 1>(x, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(dst + i * stride + j, x[i]);
    load_words<N, true>(x, src + j, stride);
    wide_layers<N, 1>(x, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(dst + i * stride + j + 8, x[i]);
  }
}

/* From lanes to lanes. */
template <int R> void pass_lanes(u64 *data, int top, size_t b, const Twiddles &w) {
  constexpr int N = 1 << R;
  const size_t stride = size_t{1} << (top + 1 - R);
  WideFactor t[N];
  wide_tree<R>(t, top, b, w);
  for (size_t j = 0; j < stride; j += 8) {
    V x[N];
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) x[i] = load(data + i * stride + j);
    wide_layers<N, 1>(x, t);
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) store(data + i * stride + j, x[i]);
  }
}

/* Calls f with a radix of 1 to 4 as a constant. */
template <typename F> CHK_INLINE void with_radix(int radix, F f) {
  switch (radix) {
    case 1:
      return f(std::integral_constant<int, 1>());
    case 2:
      return f(std::integral_constant<int, 2>());
    case 3:
      return f(std::integral_constant<int, 3>());
    default:
      return f(std::integral_constant<int, 4>());
  }
}

/* Twiddles of some layer of a block, prepared for broadcasts. */
template <int LOG> struct Prepared {
  alignas(64) u64 t[1 << LOG], quotient[1 << LOG];
};

template <int LOG> CHK_INLINE void prepare(Prepared<LOG> &to, const u32 *w, size_t n) {
  for (size_t i = 0; i < n; i += 8) {
    WideFactor f = wide(_mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(w + i))));
    store(to.t + i, f.t);
    store(to.quotient + i, f.quotient);
  }
}

template <int LOG> CHK_INLINE WideFactor prepared(const Prepared<LOG> &from, size_t i) {
  return {splat64(from.t[i]), splat64(from.quotient[i])};
}

/* Words of w, picked by number for each 64-bit lane. */
CHK_INLINE WideFactor picked(V w, V numbers) { return wide(_mm512_maskz_permutexvar_epi32(0x5555, numbers, w)); }

/* Twiddles of layers 3 to 0 of a chunk, see `tail`. */
struct LaneFactors {
  WideFactor three, two[2], one[2], zero[2];
};

CHK_INLINE LaneFactors lane_factors(const Twiddles &w, size_t c) {
  const V quarters = _mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0), lanes = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0);
  const V pairs = add64(quarters, quarters);
  LaneFactors f;
  V w3 = _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i *>(w.at(3, 4 * c))));
  V w2 = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(w.at(2, 8 * c))));
  V w1 = load(w.at(1, 16 * c));
  f.three = picked(w3, quarters);
  f.two[0] = picked(w2, pairs);
  f.two[1] = picked(w2, add64(pairs, splat64(1)));
  f.one[0] = picked(w1, lanes);
  f.one[1] = picked(w1, add64(lanes, splat64(2)));
  for (int i = 0; i < 2; i++) {
    // Neighbours in turn; signs are left to `tail`.
    const WideFactor &one = f.one[i];
    f.zero[i] = {_mm512_shuffle_epi32(one.t, _MM_PERM_BADC), _mm512_shuffle_epi32(one.quotient, _MM_PERM_BADC)};
  }
  return f;
}

/*
 * Layers 5 to 0 of chunk c of 64 elements, from lanes to canonical words. Bits of a position, from above: at first
 * (5, 4) are the number of a vector, (3, 2) of a quarter of it and 1 of a lane in that; bit 0 tells even from odd vectors.
 * Quarters are exchanged with numbers for layers 3 and 2, then bits 2 and 1, and the last steps restore the order.
 */
CHK_INLINE void tail(u32 *dst, const u64 *src, WideFactor five, WideFactor four0, WideFactor four1,
    const LaneFactors &f) {
  Four x[2];
  auto both = [&](int i, int j, const WideFactor &t) {
    wide_butterfly(x[0][i][0], x[0][j][0], t);
    wide_butterfly(x[1][i][0], x[1][j][0], t);
  };
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    x[0][i][0] = load(src + 16 * i);
    x[1][i][0] = load(src + 16 * i + 8);
  }
  both(0, 2, five);
  both(1, 3, five);
  both(0, 1, four0);
  both(2, 3, four1);
  exchange_quarters(x[0]);
  exchange_quarters(x[1]);
  both(0, 2, f.three);
  both(1, 3, f.three);
  both(0, 1, f.two[0]);
  both(2, 3, f.two[1]);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    V &a = x[i / 2][i % 2 * 2][0], &b = x[i / 2][i % 2 * 2 + 1][0];
    V t = unpack_low64(a, b);
    b = unpack_high64(a, b);
    a = t;
  }
  both(0, 1, f.one[0]);
  both(2, 3, f.one[1]);
  // Ordinates are x[1], -x[1], -x[0], x[0]: where the sign is wrong, a - t b comes first.
  const V order = _mm512_set_epi32(14, 30, 28, 12, 10, 26, 24, 8, 6, 22, 20, 4, 2, 18, 16, 0);
  const V orders[2] = {order, xor_(order, splat(16))};
  Four y;
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    V sum = x[0][i][0], difference = x[1][i][0];
    wide_butterfly(sum, difference, f.zero[i / 2]);
    V v = _mm512_permutex2var_epi32(narrowed(sum), orders[i % 2], narrowed(difference));
    y[i][0] = min_u32(v, sub32(v, splat(P)));
  }
  Four z = {{unpack_low64(y[0][0], y[1][0])}, {unpack_high64(y[0][0], y[1][0])}, {unpack_low64(y[2][0], y[3][0])},
      {unpack_high64(y[2][0], y[3][0])}};
  exchange_quarters(z);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) store(dst + 16 * i, z[i][0]);
}

/* Words to lanes, where there is no layer above the tail. */
void widen(u64 *dst, const u32 *src, size_t n) {
  for (size_t j = 0; j < n; j += 16) {
    V v = load(src + j);
    store(dst + j, add64(even_lanes(v), splat64(OFFSET)));
    store(dst + j + 8, add64(odd_lanes(v), splat64(OFFSET)));
  }
}

/* All layers of a block that fits the cache. */
void leaf(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w) {
  Scratch scratch;
  u64 *data = scratch.lanes;
  if (h == TAIL) widen(data, src, CHUNK);
  for (int rest = h; rest > TAIL;) {
    const int radix = next_radix(rest - TAIL);
    with_radix(radix, [&](auto r) {
      if (rest == h) {
        pass_in<r>(data, src, h - 1, b, w);
        return;
      }
      for (size_t i = 0; i < size_t{1} << (h - rest); i++) {
        pass_lanes<r>(data + (i << rest), rest - 1, (b << (h - rest)) + i, w);
      }
    });
    rest -= radix;
  }
  const size_t chunks = size_t{1} << (h - TAIL), first = b << (h - TAIL);
  Prepared<CACHED - TAIL> five;
  Prepared<CACHED - TAIL + 1> four;
  prepare(five, w.at(5, first), chunks);
  prepare(four, w.at(4, 2 * first), 2 * chunks);
  for (size_t i = 0; i < chunks; i++) {
    tail(dst + CHUNK * i, data + CHUNK * i, prepared(five, i), prepared(four, 2 * i), prepared(four, 2 * i + 1),
        lane_factors(w, first + i));
  }
}

}  // namespace

void encode_pass(u32 *dst, const u32 *src, int radix, int top, size_t b, const Twiddles &w) {
  with_radix(radix, [&](auto r) { pass_words<r>(dst, src, top, b, w); });
}

void encode_block(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w) {
  if (h <= CACHED) {
    leaf(dst, src, h, b, w);
    return;
  }
  const int radix = next_radix(h - CACHED);
  encode_pass(dst, src, radix, h - 1, b, w);
  for (size_t i = 0; i < size_t{1} << radix; i++) {
    u32 *part = dst + (i << (h - radix));
    encode_block(part, part, h - radix, (b << radix) + i, w);
  }
}

}  // namespace chk::CHK_ISA

#endif
