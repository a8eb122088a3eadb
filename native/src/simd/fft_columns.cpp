/*
 * The circle FFT at a few positions, by columns. Coefficients are seen as a matrix of 2^H rows of 2^L columns. The
 * first H layers transform each column for itself, and their twiddles depend on rows only; what remains of the value at
 * a position is the product of one row of the result with the 2^L basis functions of the lower bits, which are products
 * of L factors. So sixteen columns at a time are read, once, transformed, and added up for every position.
 */
#include "fft_columns.h"
#include "fft_small.h"
#include "fft_wide.h"

namespace chk::CHK_ISA {

#if defined(__AVX512F__)

namespace {

/* Positions at most, rows of the transformed matrix, words of factors and of their products. */
constexpr size_t POSITIONS = 200;
constexpr size_t IMAGE_ROWS = 128;
constexpr size_t FACTORS = 2600;
/* Sums of lower halves of products stay below 2^64 for as many tiles. */
constexpr size_t TILES = 1024;

/* Everything for one call; less than 64 KiB of stack. */
struct Columns {
  const Twiddles &w;
  const int log_n, high, low;  // high is H, low L
  const size_t count, stride;  // positions, and these rounded up to whole vectors

  alignas(64) u64 sums[POSITIONS][2][8];       // lower and upper halves of products, below and from 2^52
  alignas(64) u64 rows[IMAGE_ROWS / 2][2][8];  // a tile: for each row, lanes of even and of odd columns
  alignas(64) u32 tile[IMAGE_ROWS / 2][16];    // its coefficients
  alignas(64) u64 basis[2][POSITIONS];         // for each position, of the even and of the odd columns of this tile
  alignas(64) u64 twiddle[IMAGE_ROWS], quotients[IMAGE_ROWS];  // trees of twiddles, one for each copy
  alignas(64) u32 factor[FACTORS], product[FACTORS];           // [bit - 4][position], y after the last bit

  Columns(const Twiddles &twiddles, int log_size, int log_rows, int log_columns, size_t positions)
      : w(twiddles), log_n(log_size), high(log_rows), low(log_columns), count(positions),
        stride((positions + 7) / 8 * 8) {}
};

/* a b of words in 64-bit lanes, below 2^32; canonical for canonical ones. */
CHK_INLINE V lane_product(V a, V b) {
  V x = fold(mul_u32(a, b));
  return min_u32(x, sub64(x, splat64(P)));
}

CHK_INLINE V load_lanes(const u32 *p) {
  return _mm512_cvtepu32_epi64(_mm256_load_si256(reinterpret_cast<const __m256i *>(p)));
}
CHK_INLINE void store_lanes(u32 *p, V x) {
  _mm256_store_si256(reinterpret_cast<__m256i *>(p), _mm512_cvtepi64_epi32(x));
}

/* The factor of bit i of a coefficient's number at a position. */
u32 factor_at(const Columns &c, int i, u32 position) {
  u32 t = twiddle(c.w, c.log_n, i, position >> (i + 1));
  return position >> i & 1 ? sub_words(0, t) : t;
}

void prepare(Columns &c, const u32 *positions) {
  for (int bit = 4; bit <= c.low; bit++) {
    u32 *to = c.factor + static_cast<size_t>(bit - 4) * c.stride;
    for (size_t q = 0; q < c.stride; q++) to[q] = q < c.count ? factor_at(c, bit < c.low ? bit : 0, positions[q]) : 0;
  }
  const size_t copies = size_t{1} << (c.log_n - c.low - c.high);
  for (size_t copy = 0; copy < copies; copy++) {
    for (int l = 0; l < c.high; l++) {
      for (size_t i = 0; i < size_t{1} << l; i++) {
        const size_t node = (copy << c.high) + (size_t{1} << l) + i;
        c.twiddle[node] = c.w.at(c.low + c.high - 1 - l, copy << l)[i];
        c.quotients[node] = quotient(static_cast<u32>(c.twiddle[node]));
      }
    }
  }
  for (size_t q = 0; q < c.count; q++) {
    store(c.sums[q][0], zero());
    store(c.sums[q][1], zero());
  }
}

/*
 * Products of the factors of the bits of `tile`, and the same times y: one factor more than where the lowest bit is not
 * set.
 */
void next_basis(Columns &c, size_t tile) {
  const size_t parent = tile & (tile - 1);
  const int bit = tile == 0 ? 0 : __builtin_ctzll(tile);
  const u32 *from = parent == 0 ? nullptr : c.product + static_cast<size_t>(__builtin_ctzll(parent)) * c.stride;
  const u32 *by = c.factor + static_cast<size_t>(bit) * c.stride;
  const u32 *y = c.factor + static_cast<size_t>(c.low - 4) * c.stride;
  u32 *to = c.product + static_cast<size_t>(bit) * c.stride;
  for (size_t q = 0; q < c.stride; q += 8) {
    V x = tile == 0 ? splat64(1) : load_lanes(by + q);
    if (from != nullptr) x = lane_product(x, load_lanes(from + q));
    if (tile != 0) store_lanes(to + q, x);
    store(c.basis[0] + q, x);
    store(c.basis[1] + q, lane_product(x, load_lanes(y + q)));
  }
}

/* R layers of rows `row` + i `step`; their root is a node of the copy's tree. */
template <int R, bool FIRST> CHK_INLINE void row_layers(Columns &c, size_t copy, size_t row, size_t step, size_t root) {
  constexpr int N = 1 << R;
  WideFactor t[N];
#pragma GCC unroll 4
  for (int l = 0; l < R; l++) {
#pragma GCC unroll 8
    for (size_t i = 0; i < size_t{1} << l; i++) {
      const size_t node = (copy << c.high) + (root << l) + i;
      t[(size_t{1} << l) + i] = {splat64(c.twiddle[node]), splat64(c.quotients[node])};
    }
  }
#pragma GCC unroll 2
  for (int odd = 0; odd < 2; odd++) {
    V x[N];
#pragma GCC unroll 16
    for (size_t i = 0; i < N; i++) {
      if (!FIRST) {
        x[i] = load(c.rows[row + step * i][odd]);
        continue;
      }
      V v = load(c.tile[row + step * i]);
      x[i] = odd ? odd_lanes(v) : even_lanes(v);
      if (i < N / 2) x[i] = add64(x[i], splat64(OFFSET));
    }
    wide_layers<N, 1>(x, t);
#pragma GCC unroll 16
    for (size_t i = 0; i < N; i++) store(c.rows[row + step * i][odd], x[i]);
  }
}

/* R layers after the first `done` ones. */
template <int R> void pass(Columns &c, size_t copy, int done) {
  const size_t step = size_t{1} << (c.high - done - R);
  for (size_t block = 0; block < size_t{1} << done; block++) {
    for (size_t j = 0; j < step; j++) {
      const size_t row = (block << (c.high - done)) + j;
      if (done == 0) {
        row_layers<R, true>(c, copy, row, step, 1);
      } else {
        row_layers<R, false>(c, copy, row, step, (size_t{1} << done) + block);
      }
    }
  }
}

/* All layers of the rows of a tile. */
void transform(Columns &c, size_t copy) {
  for (int done = 0; done < c.high;) {
    const int radix = c.high - done == 4 ? 2 : c.high - done >= 3 ? 3 : c.high - done;
    if (radix == 1) pass<1>(c, copy, done);
    if (radix == 2) pass<2>(c, copy, done);
    if (radix == 3) pass<3>(c, copy, done);
    done += radix;
  }
}

/* Adds row times basis for the positions [from, to), which lie in this copy. */
void add_products(Columns &c, size_t copy, const u32 *positions, size_t from, size_t to) {
  for (size_t q = from; q < to; q++) {
    const size_t row = (positions[q] >> c.low) - (copy << c.high);
    V even = load(c.rows[row][0]), odd = load(c.rows[row][1]);
    V x = splat64(c.basis[0][q]), xy = splat64(c.basis[1][q]);
    V lower = _mm512_madd52lo_epu64(load(c.sums[q][0]), even, x);
    V upper = _mm512_madd52hi_epu64(load(c.sums[q][1]), even, x);
    store(c.sums[q][0], _mm512_madd52lo_epu64(lower, odd, xy));
    store(c.sums[q][1], _mm512_madd52hi_epu64(upper, odd, xy));
  }
}

/* The sum over lanes of sums times the factors of bits 1 to 3. */
u32 value_at(Columns &c, size_t q, u32 position) {
  u32 x[8];
  for (int lane = 0; lane < 8; lane++) {
    u32 upper = static_cast<u32>(c.sums[q][1][lane] % P);
    x[lane] = add_words(static_cast<u32>(c.sums[q][0][lane] % P), mul_words(upper, u32{1} << 21));
  }
  for (int bit = 3; bit >= 1; bit--) {
    u32 f = factor_at(c, bit, position);
    for (int lane = 0; lane < 1 << (bit - 1); lane++) {
      x[lane] = add_words(x[lane], mul_words(f, x[lane + (1 << (bit - 1))]));
    }
  }
  return x[0];
}

}  // namespace

bool encode_columns(u32 *dst, const u32 *src, int log_k, int log_n, const u32 *positions, size_t count,
    const Twiddles &w) {
  if (count == 0) return true;
  if (count > POSITIONS) return false;
  // A layer of all columns costs 5/16 of an instruction a value, a column more count / 4 instructions.
  int low = 4;
  while (low < log_k - 1 && (size_t{5} << (log_n - low)) > 4 * count) low++;
  const size_t stride = (count + 7) / 8 * 8;
  const size_t image = size_t{1} << (log_n - low);
  if (log_k < 10 || image > IMAGE_ROWS || stride * static_cast<size_t>(low - 3) > FACTORS) return false;
  Columns c(w, log_n, log_k - low, low, count);
  prepare(c, positions);
  for (size_t tile = 0; tile < size_t{1} << (low - 4); tile++) {
    next_basis(c, tile);
    for (size_t row = 0; row < size_t{1} << c.high; row++) store(c.tile[row], load(src + (row << low) + 16 * tile));
    size_t q = 0;
    for (size_t copy = 0; copy < size_t{1} << (log_n - log_k); copy++) {
      size_t end = q;
      while (end < count && positions[end] >> log_k == copy) end++;
      if (end == q) continue;
      transform(c, copy);
      add_products(c, copy, positions, q, end);
      q = end;
    }
    if (tile % TILES == TILES - 1) {
      for (size_t i = 0; i < count; i++) store(c.sums[i][0], fold(load(c.sums[i][0])));
    }
  }
  for (size_t i = 0; i < count; i++) dst[positions[i]] = value_at(c, i, positions[i]);
  return true;
}

#else

bool encode_columns(u32 *, const u32 *, int, int, const u32 *, size_t, const Twiddles &) { return false; }

#endif

}  // namespace chk::CHK_ISA
