/*
 * Functions of three variables on the grid {0, 1, inf}^3: base arrays of 27 rows of 256 elements, see FieldKernels. The
 * weights e, which all rows share, are widened to 64-bit lanes once; a row then keeps its sums in registers. With
 * 52-bit multiplications sixteen terms of a row take 26 instructions (e a b), 32 (e (a b + c d)) and 19 (e (a + b)).
 */
#include <cstddef>

#include "kernels.h"
#include "lanes.h"

namespace chk::CHK_ISA {

namespace {

constexpr size_t ROW = 256;
constexpr int ROWS = 27;

/* A value of the grid as an array of digits: v = 9 v2 + 3 v1 + v0. Corners are the values without a digit 2. */
constexpr int CORNERS[8] = {0, 1, 3, 4, 9, 10, 12, 13};

/* Weights of a row in 64-bit lanes: for each vector of words and coordinate those at even, then those at odd places. */
struct Weights {
  static constexpr int STEP = 4 * 2 * BYTES / 8;
  alignas(64) u64 lanes[ROW * 4];
};

/*
 * Widens n elements of e; those up to the end of the block are zero, so that it does not matter what a row has there.
 */
void widen(Weights &weights, const u32 *e, size_t n) {
  const size_t vectors = (n + 15) / 16 * PARTS;
  for (size_t v = 0; v < vectors; v++) {
    u64 *to = weights.lanes + Weights::STEP * v;
    for (int k = 0; k < 4; k++) {
      V x = load(e + v / PARTS * 64 + 16 * k + v % PARTS * LANES);
      store(to + LANES * k, and_(x, splat64(0xffffffff)));
      store(to + LANES * k + LANES / 2, srl64<32>(x));
    }
  }
  for (size_t i = n; i < vectors * LANES; i++) {
    for (size_t k = 0; k < 4; k++) {
      weights.lanes[i / LANES * Weights::STEP + LANES * k + i % 2 * (LANES / 2) + i % LANES / 2] = 0;
    }
  }
}

#if defined(__AVX512F__)

/* Sums of products below 2^31 2^33, at most 512 a lane: lower 52 bits and the bits above them apart. */
struct Sum {
  V low = zero(), high = zero();
};

/* Adds e x for a vector of words: products of even and of odd places. */
CHK_INLINE void add_product(Sum &sum, const u64 *e, Wide x) {
  V even = load(e), odd = load(e + LANES / 2);
  sum.low = _mm512_madd52lo_epu64(sum.low, even, x.even);
  sum.high = _mm512_madd52hi_epu64(sum.high, even, x.even);
  sum.low = _mm512_madd52lo_epu64(sum.low, odd, x.odd);
  sum.high = _mm512_madd52hi_epu64(sum.high, odd, x.odd);
}

/* Below 2^34, as 2^52 = 2^21. */
CHK_INLINE V folded(const Sum &sum) { return fold(add64(fold(sum.low), sll64<21>(sum.high))); }

/* a b and a b + c d below 2^33 in 64-bit lanes. */
CHK_INLINE Wide narrow(Wide product) { return fold(product); }

/* a + b, which the words hold, in 64-bit lanes. */
CHK_INLINE Wide sum_of(V a, V b) {
  V x = add32(a, b);
  return {and_(x, splat64(0xffffffff)), srl64<32>(x)};
}

#else

/* A sum of products below 2^62, folded after every two. */
struct Sum {
  V low = zero();
};

CHK_INLINE void add_product(Sum &sum, const u64 *e, Wide x) {
  V products = add64(mul_u32(load(e), x.even), mul_u32(load(e + LANES / 2), x.odd));
  sum.low = fold(add64(sum.low, products));
}

CHK_INLINE V folded(const Sum &sum) { return sum.low; }

CHK_INLINE Wide narrow(Wide product) { return split(reduce(product)); }
CHK_INLINE Wide sum_of(V a, V b) { return split(add(a, b)); }

#endif

/*
 * sums += e x for a row: four coordinates of sixteen elements. `factor` gives x for the vector of words from an element
 * on.
 */
template <typename F> CHK_INLINE void add_row(u32 *sums, const Weights &weights, size_t n, F factor) {
  Sum sum[4];
  const size_t vectors = (n + 15) / 16 * PARTS;
  for (size_t v = 0; v < vectors; v++) {
    const u64 *e = weights.lanes + Weights::STEP * v;
    Wide x = factor(v * LANES);
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) add_product(sum[k], e + LANES * k, x);
  }
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    // Below 2^31 + 8: high words of the 64-bit lanes are zero, and low ones at most once too large.
    V x = fold(folded(sum[k]));
    u32 *to = sums + 16 * k;
    store(to, add(load(to), min_u32(x, sub32(x, splat64(P)))));
  }
}

CHK_INLINE Wide load_wide(const u32 *a) { return split(load(a)); }

}  // namespace

void extend_grid(u64 grid, u64 n) {
  for (size_t j = 0; j < (n + 15) / 16 * 16; j += LANES) {
    u32 *at = words(grid) + j;
    V x[ROWS];
#pragma GCC unroll 8
    for (int corner = 0; corner < 8; corner++) x[CORNERS[corner]] = load(at + ROW * CORNERS[corner]);
    // The row whose digit of some weight is 2: value at 1 minus value at 0.
    auto derive = [&](int v, int weight) {
      x[v] = sub(x[v - weight], x[v - 2 * weight]);
      store(at + ROW * v, x[v]);
    };
#pragma GCC unroll 2
    for (int upper = 0; upper < 18; upper += 9) {
      derive(upper + 2, 1);
      derive(upper + 5, 1);
#pragma GCC unroll 3
      for (int v = upper + 6; v < upper + 9; v++) derive(v, 3);
    }
#pragma GCC unroll 9
    for (int v = 18; v < ROWS; v++) derive(v, 9);
  }
}

void add_grid_products(u64 sums, u64 e, u64 a, u64 b, u64 n) {
  Weights weights;
  widen(weights, words(e), n);
  for (int v = 0; v < ROWS; v++) {
    const u32 *x = words(a) + ROW * v, *y = words(b) + ROW * v;
    add_row(words(sums) + 64 * v, weights, n,
        [&](size_t i) { return narrow(times(load_wide(x + i), load_wide(y + i))); });
  }
}

void add_grid_cross(u64 sums, u64 e, u64 a, u64 b, u64 c, u64 d, u64 n) {
  Weights weights;
  widen(weights, words(e), n);
  for (int v = 0; v < ROWS; v++) {
    const u32 *x = words(a) + ROW * v, *y = words(b) + ROW * v, *z = words(c) + ROW * v, *t = words(d) + ROW * v;
    add_row(words(sums) + 64 * v, weights, n, [&](size_t i) {
      return narrow(plus(times(load_wide(x + i), load_wide(y + i)), times(load_wide(z + i), load_wide(t + i))));
    });
  }
}

void add_grid_corners(u64 sums, u64 e, u64 a, u64 b, u64 n) {
  Weights weights;
  widen(weights, words(e), n);
  for (int corner = 0; corner < 8; corner++) {
    const u32 *x = words(a) + ROW * CORNERS[corner], *y = words(b) + ROW * CORNERS[corner];
    add_row(words(sums) + 64 * corner, weights, n, [&](size_t i) { return sum_of(load(x + i), load(y + i)); });
  }
}

}  // namespace chk::CHK_ISA
