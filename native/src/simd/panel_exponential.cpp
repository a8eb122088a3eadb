/*
 * Sums of rounded exponentials in single precision: one 2^f for f = -rate d / log 2 is one 2^g, |g| <= 1/2, by a
 * polynomial, with r = f - g added to the bits of the exponent. The polynomial is the best one of degree 5 (relative
 * error 7.7e-8, by Remez' algorithm). Per vector: a load and 19 operations.
 */
#include <cmath>

#include "kernels.h"
#include "panel.h"

namespace chk::CHK_ISA {
namespace {

/* Adding 3 * 2^22 rounds a float below 2^22 to an integer, which is in its low mantissa bits then. */
constexpr float ROUND = 0x1.8p23f;

#if defined(__AVX512F__)
using F = __m512;
CHK_INLINE F splat(float x) { return _mm512_set1_ps(x); }
CHK_INLINE F to_float(V x) { return _mm512_cvtepi32_ps(x); }
CHK_INLINE V to_nearest(F x) { return _mm512_cvtps_epi32(x); }
CHK_INLINE V bits(F x) { return _mm512_castps_si512(x); }
CHK_INLINE F from_bits(V x) { return _mm512_castsi512_ps(x); }
CHK_INLINE F add(F a, F b) { return _mm512_add_ps(a, b); }
CHK_INLINE F sub(F a, F b) { return _mm512_sub_ps(a, b); }
CHK_INLINE F mul(F a, F b) { return _mm512_mul_ps(a, b); }
CHK_INLINE F mul_add(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
CHK_INLINE F between(F low, F x, F high) { return _mm512_min_ps(_mm512_max_ps(x, low), high); }
#else
using F = __m256;
CHK_INLINE F splat(float x) { return _mm256_set1_ps(x); }
CHK_INLINE F to_float(V x) { return _mm256_cvtepi32_ps(x); }
CHK_INLINE V to_nearest(F x) { return _mm256_cvtps_epi32(x); }
CHK_INLINE V bits(F x) { return _mm256_castps_si256(x); }
CHK_INLINE F from_bits(V x) { return _mm256_castsi256_ps(x); }
CHK_INLINE F add(F a, F b) { return _mm256_add_ps(a, b); }
CHK_INLINE F sub(F a, F b) { return _mm256_sub_ps(a, b); }
CHK_INLINE F mul(F a, F b) { return _mm256_mul_ps(a, b); }
CHK_INLINE F mul_add(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
CHK_INLINE F between(F low, F x, F high) { return _mm256_min_ps(_mm256_max_ps(x, low), high); }
#endif

/* Of 2^g for |g| <= 1/2. */
constexpr float COEFFICIENTS[6] = {1.0000001f, 0.693147f, 0.24022116f, 0.055506952f, 0.00967573f, 0.0013281957f};

struct Exponential {
  F rate;
  F coefficient[6];

  CHK_LAMBDA V term(V d) const {
    F f = between(splat(-60.0f), mul(to_float(d), rate), splat(0.5f));
    F shifted = add(f, splat(ROUND));
    F g = sub(f, sub(shifted, splat(ROUND)));
    F p = coefficient[5];
    unrolled<5>([&](auto i) CHK_LAMBDA { p = mul_add(p, g, coefficient[4 - i]); });
    return to_nearest(from_bits(add32(bits(p), sll32<23>(bits(shifted)))));
  }
};

}  // namespace

void panel_exponential_sums(u64 dst, u64 x, u64 stride, u64 offset, float rate, float one, i32 rows, i32 width) {
  Exponential e;
  e.rate = splat(static_cast<float>(-rate / M_LN2));
  unrolled<6>([&](auto i) CHK_LAMBDA { e.coefficient[i] = splat(COEFFICIENTS[i] * one); });
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V from[c], sum[c];
    unrolled<c>([&](auto i) CHK_LAMBDA {
      from[i] = load(ints(offset) + t + i * LANES);
      sum[i] = zero();
    });
    const i32 *row = ints(x) + t;
    for (int r = 0; r < rows; r++, row += stride) {
      unrolled<c>([&](auto i) CHK_LAMBDA {
        sum[i] = add32(sum[i], e.term(sub32(from[i], load(row + i * LANES))));
      });
    }
    unrolled<c>([&](auto i) CHK_LAMBDA { store(ints(dst) + t + i * LANES, sum[i]); });
  });
}

}  // namespace chk::CHK_ISA
