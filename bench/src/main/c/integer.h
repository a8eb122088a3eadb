/* Integer products and lookups, as dev.chagres.kernel.IntegerKernels: w 16-bit, x and acc 32-bit, all values below 2^11. */
#ifndef INTEGER_H
#define INTEGER_H
#include "harness.h"

#define DEPTH 256

/* ---- acc[rows x width] += w[rows x depth] x[depth x width] ---- */

/* 32-bit products: tiles of four rows and four vectors, 256 deep. */
KERNEL void tile_int(int32_t *acc, const int16_t *w, const int32_t *x, size_t ws, size_t width, size_t depth) {
  V c[4][4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++)
#pragma GCC unroll 4
    for (int t = 0; t < 4; t++) c[j][t] = _mm512_load_si512(acc + j * width + 16 * t);
  for (size_t k = 0; k < depth; k++, x += width) {
    V x0 = _mm512_load_si512(x), x1 = _mm512_load_si512(x + 16), x2 = _mm512_load_si512(x + 32), x3 = _mm512_load_si512(x + 48);
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      V y = _mm512_set1_epi32(w[j * ws + k]);
      c[j][0] = _mm512_add_epi32(c[j][0], _mm512_mullo_epi32(y, x0));
      c[j][1] = _mm512_add_epi32(c[j][1], _mm512_mullo_epi32(y, x1));
      c[j][2] = _mm512_add_epi32(c[j][2], _mm512_mullo_epi32(y, x2));
      c[j][3] = _mm512_add_epi32(c[j][3], _mm512_mullo_epi32(y, x3));
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++)
#pragma GCC unroll 4
    for (int t = 0; t < 4; t++) _mm512_store_si512(acc + j * width + 16 * t, c[j][t]);
}
static void matmul_int(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth, size_t width) {
  for (size_t k = 0; k < depth; k += DEPTH) {
    size_t count = depth - k < DEPTH ? depth - k : DEPTH;
    for (size_t t = 0; t < width; t += 64)
      for (size_t j = 0; j < rows; j += 4) tile_int(acc + j * width + t, w + j * depth + k, x + k * width + t, depth, width, count);
  }
}

/* Products of two neighbours at once (vpdpwssd): x is packed as pairs of 16-bit integers, tiles of eight rows, two vectors. */
static int32_t *pairs;
KERNEL void pack_pairs(const int32_t *x, size_t depth, size_t width) {
  for (size_t t = 0; t < width; t += 32) {
    for (size_t k = 0; k < depth; k += 2) {
      for (size_t o = 0; o < 32; o += 16) {
        V a = _mm512_load_si512(x + k * width + t + o), b = _mm512_load_si512(x + (k + 1) * width + t + o);
        V pair = _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16));
        _mm512_store_si512(pairs + t * depth / 2 + k * 16 + o, pair);
      }
    }
  }
}
KERNEL void tile_pairs(int32_t *acc, const int16_t *w, const int32_t *x, size_t ws, size_t width, size_t depth) {
  V c[8][2];
#pragma GCC unroll 8
  for (int j = 0; j < 8; j++) c[j][0] = _mm512_load_si512(acc + j * width), c[j][1] = _mm512_load_si512(acc + j * width + 16);
  for (size_t k = 0; k < depth; k += 2, x += 32) {
    V x0 = _mm512_load_si512(x), x1 = _mm512_load_si512(x + 16);
#pragma GCC unroll 8
    for (int j = 0; j < 8; j++) {
      int32_t two;
      memcpy(&two, w + j * ws + k, 4);
      V y = _mm512_set1_epi32(two);
      c[j][0] = _mm512_dpwssd_epi32(c[j][0], x0, y);
      c[j][1] = _mm512_dpwssd_epi32(c[j][1], x1, y);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < 8; j++) _mm512_store_si512(acc + j * width, c[j][0]), _mm512_store_si512(acc + j * width + 16, c[j][1]);
}
static void matmul_pairs(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth, size_t width) {
  pack_pairs(x, depth, width);
  for (size_t k = 0; k < depth; k += 2 * DEPTH) {
    size_t count = depth - k < 2 * DEPTH ? depth - k : 2 * DEPTH;
    for (size_t t = 0; t < width; t += 32)
      for (size_t j = 0; j < rows; j += 8)
        tile_pairs(acc + j * width + t, w + j * depth + k, pairs + t * depth / 2 + k * 16, depth, width, count);
  }
}

/* Same: double-precision multiply-add, exact below 2^53. Blocks of 64 rows and 128 deep are converted first; tiles of eight
   rows and two vectors. */
#define BLOCK_ROWS 64
#define BLOCK_DEPTH 128
static double wd[BLOCK_ROWS * BLOCK_DEPTH] __attribute__((aligned(64))), xd[BLOCK_DEPTH * 16] __attribute__((aligned(64)));

KERNEL void pack_doubles(const int32_t *x, size_t width, size_t depth) {
  for (size_t k = 0; k < depth; k++, x += width) {
    _mm512_store_pd(xd + 16 * k, _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *) x)));
    _mm512_store_pd(xd + 16 * k + 8, _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *) (x + 8))));
  }
}
KERNEL void convert_weights(const int16_t *w, size_t stride, size_t rows, size_t depth) {
  for (size_t j = 0; j < rows; j++)
    for (size_t k = 0; k < depth; k++) wd[j * BLOCK_DEPTH + k] = w[j * stride + k];
}
KERNEL void tile_double(int32_t *acc, const double *w, size_t width, size_t depth) {
  const double *x = xd;
  __m512d c[8][2];
#pragma GCC unroll 8
  for (int j = 0; j < 8; j++) {
    c[j][0] = _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *) (acc + j * width)));
    c[j][1] = _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *) (acc + j * width + 8)));
  }
  for (size_t k = 0; k < depth; k++, x += 16, w++) {
    __m512d x0 = _mm512_load_pd(x), x1 = _mm512_load_pd(x + 8);
#pragma GCC unroll 8
    for (int j = 0; j < 8; j++) {
      __m512d y = _mm512_set1_pd(w[j * BLOCK_DEPTH]);
      c[j][0] = _mm512_fmadd_pd(x0, y, c[j][0]);
      c[j][1] = _mm512_fmadd_pd(x1, y, c[j][1]);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < 8; j++) {
    _mm256_store_si256((__m256i *) (acc + j * width), _mm512_cvtpd_epi32(c[j][0]));
    _mm256_store_si256((__m256i *) (acc + j * width + 8), _mm512_cvtpd_epi32(c[j][1]));
  }
}
static void matmul_double(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth, size_t width) {
  for (size_t k = 0; k < depth; k += BLOCK_DEPTH) {
    size_t count = depth - k < BLOCK_DEPTH ? depth - k : BLOCK_DEPTH;
    for (size_t from = 0; from < rows; from += BLOCK_ROWS) {
      size_t some = rows - from < BLOCK_ROWS ? rows - from : BLOCK_ROWS;
      convert_weights(w + from * depth + k, depth, some, count);
      for (size_t t = 0; t < width; t += 16) {
        pack_doubles(x + k * width + t, width, count);
        for (size_t j = 0; j < some; j += 8) tile_double(acc + (from + j) * width + t, wd + j * BLOCK_DEPTH, width, count);
      }
    }
  }
}

static void matmul_scalar(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth, size_t width) {
  for (size_t j = 0; j < rows; j++)
    for (size_t k = 0; k < depth; k++)
      for (size_t t = 0; t < width; t++) acc[j * width + t] += w[j * depth + k] * x[k * width + t];
}

/* ---- acc[rows] += w x ---- */

INLINE V widened(const int16_t *w) { return _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *) w)); }
KERNEL void matvec_int(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth) {
  for (size_t j = 0; j + 4 <= rows; j += 4, w += 4 * depth) {
    V s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t k = 0; k < depth; k += 16) {
      V v = _mm512_load_si512(x + k);
      s0 = _mm512_add_epi32(s0, _mm512_mullo_epi32(widened(w + k), v));
      s1 = _mm512_add_epi32(s1, _mm512_mullo_epi32(widened(w + depth + k), v));
      s2 = _mm512_add_epi32(s2, _mm512_mullo_epi32(widened(w + 2 * depth + k), v));
      s3 = _mm512_add_epi32(s3, _mm512_mullo_epi32(widened(w + 3 * depth + k), v));
    }
    acc[j] += _mm512_reduce_add_epi32(s0);
    acc[j + 1] += _mm512_reduce_add_epi32(s1);
    acc[j + 2] += _mm512_reduce_add_epi32(s2);
    acc[j + 3] += _mm512_reduce_add_epi32(s3);
  }
}
KERNEL void matvec_pairs(int32_t *acc, const int16_t *w, const int32_t *x, size_t rows, size_t depth) {
  int16_t narrow[4096] __attribute__((aligned(64)));
  for (size_t k = 0; k < depth; k++) narrow[k] = (int16_t) x[k];
  for (size_t j = 0; j + 4 <= rows; j += 4, w += 4 * depth) {
    V s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t k = 0; k < depth; k += 32) {
      V v = _mm512_load_si512(narrow + k);
      s0 = _mm512_dpwssd_epi32(s0, v, _mm512_load_si512(w + k));
      s1 = _mm512_dpwssd_epi32(s1, v, _mm512_load_si512(w + depth + k));
      s2 = _mm512_dpwssd_epi32(s2, v, _mm512_load_si512(w + 2 * depth + k));
      s3 = _mm512_dpwssd_epi32(s3, v, _mm512_load_si512(w + 3 * depth + k));
    }
    acc[j] += _mm512_reduce_add_epi32(s0);
    acc[j + 1] += _mm512_reduce_add_epi32(s1);
    acc[j + 2] += _mm512_reduce_add_epi32(s2);
    acc[j + 3] += _mm512_reduce_add_epi32(s3);
  }
}

/* ---- lookups ---- */

#define SCALAR __attribute__((noinline, optimize("no-tree-vectorize")))
static SCALAR void lookup(int32_t *d, const int32_t *table, int base, const int32_t *x, size_t n) {
  for (size_t i = 0; i < n; i++) d[i] = table[x[i] - base];
}
KERNEL void lookup_gather(int32_t *d, const int32_t *table, int base, const int32_t *x, size_t n) {
  for (size_t i = 0; i < n; i += 16) {
    V at = _mm512_sub_epi32(_mm512_load_si512(x + i), _mm512_set1_epi32(base));
    _mm512_store_si512(d + i, _mm512_i32gather_epi32(at, table, 4));
  }
}
static SCALAR void histogram(int32_t *count, int base, const int32_t *x, size_t n) {
  for (size_t i = 0; i < n; i++) count[x[i] - base]++;
}
KERNEL int largest(const int32_t *x, size_t n) {
  V m = _mm512_load_si512(x);
  for (size_t i = 0; i < n; i += 16) m = _mm512_max_epi32(m, _mm512_load_si512(x + i));
  return _mm512_reduce_max_epi32(m);
}
/* Four maxima at once hide the latency of one. */
KERNEL int largest4(const int32_t *x, size_t n) {
  V a = _mm512_load_si512(x), b = a, c = a, d = a;
  for (size_t i = 0; i < n; i += 64) {
    a = _mm512_max_epi32(a, _mm512_load_si512(x + i));
    b = _mm512_max_epi32(b, _mm512_load_si512(x + i + 16));
    c = _mm512_max_epi32(c, _mm512_load_si512(x + i + 32));
    d = _mm512_max_epi32(d, _mm512_load_si512(x + i + 48));
  }
  return _mm512_reduce_max_epi32(_mm512_max_epi32(_mm512_max_epi32(a, b), _mm512_max_epi32(c, d)));
}
KERNEL void shift_round(int32_t *d, int32_t *rem, const int32_t *x, int s, size_t n) {
  V half = _mm512_set1_epi32(1 << (s - 1)), mask = _mm512_set1_epi32((1 << s) - 1), one = _mm512_set1_epi32(1);
  for (size_t i = 0; i < n; i += 16) {
    V v = _mm512_load_si512(x + i);
    _mm512_store_si512(rem + i, _mm512_and_si512(_mm512_add_epi32(v, half), mask));
    _mm512_store_si512(d + i, _mm512_add_epi32(_mm512_srai_epi32(v, s), _mm512_and_si512(_mm512_srai_epi32(v, s - 1), one)));
  }
}

#endif
