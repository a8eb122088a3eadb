/*
 * Row combination: dst[y] += sum over r of w[r] src[r * stride + y].
 *
 * Columns are taken a chunk at a time, whose sums, 64 bits for each coordinate, stay in the first cache; rows BATCH at
 * a time. Inside, a tile of a few columns walks down the rows of a batch with its sums in registers: a line of each
 * row.
 */
#include "blocks.h"
#include "ints.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

constexpr u64 BATCH = 32;
/* Columns of a chunk: its sums take 16 KiB. */
constexpr u64 CHUNK = 512;
/* Batches after which sums of narrow integers are folded: a batch adds less than 2^51. */
constexpr u64 FOLD_BATCHES = 1024;

/* Weights of a batch, each a word in 64 bits. */
struct Weights {
  u64 w[BATCH][4];
};
CHK_INLINE void read_weights(Weights &weights, const u32 *w, u64 from, u64 count) {
  for (u64 r = 0; r < count; r++) {
    Scalar x = element(w, from + r);
    for (int k = 0; k < 4; k++) {
      weights.w[r][k] = x.c[k];
    }
  }
}

/* The sums of a chunk from some column on, coordinates CHUNK words of 64 bits apart; garbage before the first batch. */
struct Sums {
  u64 *words;
  bool empty;
};
CHK_INLINE Sums after(Sums sums, u64 columns) { return {sums.words + columns, sums.empty}; }
CHK_INLINE void add_to(Sums sums, u64 k, V x) {
  u64 *p = sums.words + k * CHUNK;
  store(p, sums.empty ? x : add64(load(p), x));
}

#if defined(__AVX512F__)

/*
 * Eight columns of a row in 64-bit lanes. Multiply-and-add takes them modulo 2^52, so that a sum of products with
 * signed integers is right modulo 2^52, and right if it is from -2^51 to 2^51 - 1: 32 products with integers of 16
 * bits are.
 */
CHK_INLINE V columns(const int8_t *p) {
  return _mm512_cvtepi8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(p)));
}
CHK_INLINE V columns(const int16_t *p) {
  return _mm512_cvtepi16_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
}
/* Residues below 2^32. */
CHK_INLINE V columns(const int32_t *p) {
  return add64(_mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))), splat64(P));
}
CHK_INLINE V columns(const u32 *p) {
  return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
}

constexpr u64 COLUMNS = 8;

template <typename T> constexpr bool NARROW = sizeof(T) < 4;

/* The sums of eight columns: low + 2^52 high, high for wide integers only. */
struct ColumnSum {
  V low0, low1, low2, low3, high0, high1, high2, high3;
};
CHK_INLINE V signed52(V x) { return _mm512_srai_epi64(sll64<12>(x), 12); }
/* Below 2^34 + 2^42. */
CHK_INLINE V joined(V low, V high) { return add64(fold(low), sll64<21>(high)); }

/* Adds `rows` rows to the sums of `TILE` times eight columns. */
template <int TILE, typename T>
CHK_INLINE void add_tile(Sums sums, const T *src, u64 stride, const Weights &weights, u64 rows) {
  ColumnSum s[TILE];
  for (int h = 0; h < TILE; h++) {
    V z = zero();
    s[h] = {z, z, z, z, z, z, z, z};
  }
  for (u64 r = 0; r < rows; r++) {
    const T *row = src + r * stride;
    __builtin_prefetch(row + 2 * 64 / sizeof(T));
    V w0 = splat64(weights.w[r][0]);
    V w1 = splat64(weights.w[r][1]);
    V w2 = splat64(weights.w[r][2]);
    V w3 = splat64(weights.w[r][3]);
#pragma GCC unroll 4
    for (u64 h = 0; h < TILE; h++) {
      V x = columns(row + h * COLUMNS);
      s[h].low0 = madd_low(s[h].low0, x, w0);
      s[h].low1 = madd_low(s[h].low1, x, w1);
      s[h].low2 = madd_low(s[h].low2, x, w2);
      s[h].low3 = madd_low(s[h].low3, x, w3);
      if (!NARROW<T>) {
        s[h].high0 = madd_high(s[h].high0, x, w0);
        s[h].high1 = madd_high(s[h].high1, x, w1);
        s[h].high2 = madd_high(s[h].high2, x, w2);
        s[h].high3 = madd_high(s[h].high3, x, w3);
      }
    }
  }
#pragma GCC unroll 4
  for (u64 h = 0; h < TILE; h++) {
    Sums to = after(sums, h * COLUMNS);
    if (NARROW<T>) {
      add_to(to, 0, signed52(s[h].low0));
      add_to(to, 1, signed52(s[h].low1));
      add_to(to, 2, signed52(s[h].low2));
      add_to(to, 3, signed52(s[h].low3));
    } else {
      add_to(to, 0, joined(s[h].low0, s[h].high0));
      add_to(to, 1, joined(s[h].low1, s[h].high1));
      add_to(to, 2, joined(s[h].low2, s[h].high2));
      add_to(to, 3, joined(s[h].low3, s[h].high3));
    }
  }
}

/* Columns of a block: narrow integers two blocks at a time, as registers allow. */
template <typename T>
CHK_INLINE void add_columns(Sums sums, const T *src, u64 stride, const Weights &weights, u64 rows, u64 blocks) {
  u64 b = 0;
  if (NARROW<T>) {
    for (; b + 2 <= blocks; b += 2) {
      add_tile<4>(after(sums, b * BLOCK), src + b * BLOCK, stride, weights, rows);
    }
  }
  for (; b < blocks; b++) {
    add_tile<2>(after(sums, b * BLOCK), src + b * BLOCK, stride, weights, rows);
  }
}

/* The lanes of sixteen columns as words: lanes of sums are signed and above -2^62. */
CHK_INLINE V column_words(const u64 *sums) {
  V lift = splat64(static_cast<u64>(P) << 3);
  V left = add64(fold_signed(load(sums)), lift);
  V right = add64(fold_signed(load(sums + 8)), lift);
  const V even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const V odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  V low = _mm512_permutex2var_epi32(left, even, right);
  V high = _mm512_permutex2var_epi32(left, odd, right);
  return add(and_(low, splat(P)), quotient(high, low));
}

#else

template <typename T> constexpr bool NARROW = sizeof(T) < 4;

CHK_INLINE V columns(const int8_t *p) { return load_i8(p); }
CHK_INLINE V columns(const int16_t *p) { return load_i16(p); }
CHK_INLINE V columns(const int32_t *p) { return embed(load(p)); }
CHK_INLINE V columns(const u32 *p) { return load(p); }

template <typename T> CHK_INLINE Wide weighted(Wide x, V w) {
  return NARROW<T> ? times_signed(x, both(w)) : fold(times(x, both(w)));
}
CHK_INLINE void add_to(Sums sums, u64 k, Wide x) {
  add_to(sums, k, x.even);
  add_to(after(sums, 4), k, x.odd);
}

/* Eight columns: their sums are kept as those of the even and those of the odd ones. */
template <typename T>
CHK_INLINE void add_columns(Sums sums, const T *src, u64 stride, const Weights &weights, u64 rows, u64 blocks) {
  for (u64 at = 0; at < blocks * BLOCK; at += LANES) {
    Wide z = both(zero());
    Wide s0 = z;
    Wide s1 = z;
    Wide s2 = z;
    Wide s3 = z;
    for (u64 r = 0; r < rows; r++) {
      const T *row = src + r * stride + at;
      __builtin_prefetch(row + 2 * 64 / sizeof(T));
      Wide x = split(columns(row));
      s0 = plus(s0, weighted<T>(x, splat64(weights.w[r][0])));
      s1 = plus(s1, weighted<T>(x, splat64(weights.w[r][1])));
      s2 = plus(s2, weighted<T>(x, splat64(weights.w[r][2])));
      s3 = plus(s3, weighted<T>(x, splat64(weights.w[r][3])));
    }
    add_to(after(sums, at), 0, s0);
    add_to(after(sums, at), 1, s1);
    add_to(after(sums, at), 2, s2);
    add_to(after(sums, at), 3, s3);
  }
}

CHK_INLINE V column_words(const u64 *sums) {
  Wide lift = both(splat64(static_cast<u64>(P) << 3));
  return reduce_folded(plus(fold_signed(Wide{load(sums), load(sums + 4)}), lift));
}

#endif

void fold_sums(u64 *sums, u64 columns) {
  for (u64 k = 0; k < 4; k++) {
    for (u64 *p = sums + k * CHUNK; p < sums + k * CHUNK + columns; p += LANES / 2) {
      store(p, fold_signed(load(p)));
    }
  }
}

template <typename T> void combine(u32 *dst, const T *src, u64 width, u64 stride, const u32 *w, u64 rows) {
  if (rows == 0) {
    return;
  }
  alignas(64) u64 sums[4 * CHUNK];
  Weights weights;
  for (u64 from = 0; from < width; from += CHUNK) {
    u64 blocks = blocks_of(from + CHUNK < width ? CHUNK : width - from);
    u64 batches = 0;
    for (u64 r = 0; r < rows; r += BATCH) {
      u64 count = r + BATCH < rows ? BATCH : rows - r;
      read_weights(weights, w, r, count);
      add_columns({sums, r == 0}, src + r * stride + from, stride, weights, count, blocks);
      if (++batches % FOLD_BATCHES == 0) {
        fold_sums(sums, blocks * BLOCK);
      }
    }
    each(blocks, [&](u64 i, u64 j) {
      u32 *p = dst + from / BLOCK * EXT_BLOCK + i;
      Ext sum = {column_words(sums + j), column_words(sums + j + CHUNK), column_words(sums + j + 2 * CHUNK),
          column_words(sums + j + 3 * CHUNK)};
      store_ext(p, add(load_ext(p), sum));
    });
  }
}

}  // namespace

void combine_rows(u64 dst, u64 src, u64 width, u64 stride, u64 w, u64 rows) {
  combine(words(dst), words(src), width, stride, words(w), rows);
}

void combine_rows_ints(u64 dst, u64 src, i32 bits, u64 width, u64 stride, u64 w, u64 rows) {
  with_ints(bits, [=](auto type) { combine(words(dst), ints(type, src), width, stride, words(w), rows); });
}

}  // namespace chk::CHK_ISA
