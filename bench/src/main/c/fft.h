/* The circle FFT of dev.chagres.kernel.simd: radix 4 depth first, the last five layers in registers. Twiddle tables are
   filled with arbitrary elements, which costs the same; the checks use the same tables. */
#ifndef FFT_H
#define FFT_H
#include "field.h"

#define MAX_LOG 20
#define TAIL 5
#define CACHED 12

/* Table i >= 1: one twiddle for each block of layer i. Layer 0 takes the table of layer 1, see CircleTwiddles. */
static u32 *twiddles[MAX_LOG];
static u32 low_lanes[4][16], high_lanes[4][16], twiddle_lanes[4][16], store_lanes[2][16], load_lanes[2][16];

static void make_twiddles(void) {
  for (int i = 1; i < MAX_LOG; i++) twiddles[i] = elements((1ul << (MAX_LOG - 1 - i)) + 16);
}

static u32 twiddle(int layer, size_t b) {
  if (layer > 0) return twiddles[layer][b];
  u32 x = twiddles[1][b >> 2 << 1 | (~b >> 1 & 1)];
  return (b & 3) == 0 || (b & 3) == 3 ? s_sub(0, x) : x;
}

/* Where elements are in a chunk of two vectors, see FftLanes. */
static void make_lanes(void) {
  u32 position[32], moved[32];
  for (u32 i = 0; i < 32; i++) position[i] = i;
  for (int i = 3; i >= 0; i--) {
    for (u32 lane = 0; lane < 16; lane++) {
      u32 top = lane >> i & 1;
      low_lanes[i][lane] = top * 16 + (lane & ~(1u << i));
      high_lanes[i][lane] = top * 16 + (lane | 1u << i);
      moved[lane] = position[low_lanes[i][lane]];
      moved[16 + lane] = position[high_lanes[i][lane]];
    }
    memcpy(position, moved, sizeof moved);
    for (u32 lane = 0; lane < 16; lane++) {
      u32 b = position[lane] >> (i + 1);
      twiddle_lanes[i][lane] = i > 0 ? b : (b >> 2 << 1 | (~b >> 1 & 1)) + ((b & 3) == 0 || (b & 3) == 3 ? 16 : 0);
    }
  }
  for (u32 place = 0; place < 32; place++) {
    store_lanes[position[place] / 16][position[place] % 16] = place;
    load_lanes[place / 16][place % 16] = position[place];
  }
}

/* v times the element whose double is in t. */
INLINE V scaled(V v, W t) { return reduce_doubled(times(split(v), t)); }
INLINE W doubled(u32 t) { return splat(2 * t); }
INLINE W doubled_lanes(V t) { return split(_mm512_add_epi32(t, t)); }

KERNEL void pass_one(u32 *d, const u32 *s, size_t half, u32 t) {
  W w = doubled(t);
  for (size_t i = 0; i < half; i += 16) {
    V a = load(s + i), b = scaled(load(s + half + i), w);
    store(d + i, add(a, b));
    store(d + half + i, sub(a, b));
  }
}
KERNEL void pass_two(u32 *d, const u32 *s, size_t quarter, size_t blocks, const u32 *outer, const u32 *inner) {
  for (size_t k = 0; k < blocks; k++, d += 4 * quarter, s += 4 * quarter) {
    W t = doubled(outer[k]), t0 = doubled(inner[2 * k]), t1 = doubled(inner[2 * k + 1]);
    for (size_t i = 0; i < quarter; i += 16) {
      V a = load(s + i), b = load(s + quarter + i);
      V c = scaled(load(s + 2 * quarter + i), t), e = scaled(load(s + 3 * quarter + i), t);
      V a1 = add(a, c), c1 = sub(a, c);
      V b1 = scaled(add(b, e), t0), e1 = scaled(sub(b, e), t1);
      store(d + i, add(a1, b1));
      store(d + quarter + i, sub(a1, b1));
      store(d + 2 * quarter + i, add(c1, e1));
      store(d + 3 * quarter + i, sub(c1, e1));
    }
  }
}
INLINE V pick(V a, const u32 *lanes, V b) { return _mm512_permutex2var_epi32(a, load(lanes), b); }

KERNEL void tail(u32 *d, const u32 *s, size_t chunks, const u32 *w4, const u32 *w3, const u32 *w2, const u32 *w1) {
  for (size_t k = 0; k < chunks; k++) {
    V a = load(s + 32 * k), b = scaled(load(s + 32 * k + 16), doubled(w4[k]));
    V lo = add(a, b), hi = sub(a, b);
    const u32 *w[4] = {0, w1 + 8 * k, w2 + 4 * k, w3 + 2 * k};
#pragma GCC unroll 4
    for (int i = 3; i >= 0; i--) {
      V x = _mm512_loadu_si512(w[i ? i : 1]);
      V t = i ? _mm512_permutexvar_epi32(load(twiddle_lanes[i]), x)
              : _mm512_permutex2var_epi32(x, load(twiddle_lanes[0]), _mm512_sub_epi32(P512, x));
      a = pick(lo, low_lanes[i], hi);
      b = scaled(pick(lo, high_lanes[i], hi), doubled_lanes(t));
      lo = add(a, b);
      hi = sub(a, b);
    }
    store(d + 32 * k, pick(lo, store_lanes[0], hi));
    store(d + 32 * k + 16, pick(lo, store_lanes[1], hi));
  }
}

/* Layers h - 1 to 0 of block b of 2^h elements. */
static void block(u32 *d, const u32 *s, int h, size_t b) {
  if (h > CACHED) {
    size_t quarter = 1ul << (h - 2);
    pass_two(d, s, quarter, 1, twiddles[h - 1] + b, twiddles[h - 2] + 2 * b);
    for (int i = 0; i < 4; i++) block(d + i * quarter, d + i * quarter, h - 2, 4 * b + i);
    return;
  }
  int layer = h - 1;
  if ((h - TAIL) & 1) {
    pass_one(d, s, 1ul << layer, twiddles[layer][b]);
    s = d;
    layer--;
  }
  for (; layer >= TAIL; layer -= 2) {
    size_t blocks = 1ul << (h - 1 - layer);
    pass_two(d, s, 1ul << (layer - 1), blocks, twiddles[layer] + b * blocks, twiddles[layer - 1] + 2 * b * blocks);
    s = d;
  }
  size_t chunks = 1ul << (h - TAIL), c = b * chunks;
  tail(d, s, chunks, twiddles[4] + c, twiddles[3] + 2 * c, twiddles[2] + 4 * c, twiddles[1] + 8 * c);
}

/* Rate 1/2: rows of 2^(n-1) coefficients to 2^n values. */
static void encode(u32 *d, const u32 *s, int n, size_t rows) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < 2; c++) block(d + (r << n) + (c << (n - 1)), s + (r << (n - 1)), n - 1, c);
  }
}

KERNEL void transposed_one(u32 *d, size_t half, u32 t) {
  W w = doubled(t);
  for (size_t i = 0; i < half; i += 16) {
    V a = load(d + i), b = load(d + half + i);
    store(d + i, add(a, b));
    store(d + half + i, scaled(sub(a, b), w));
  }
}
KERNEL void transposed_two(u32 *d, size_t quarter, size_t blocks, const u32 *outer, const u32 *inner) {
  for (size_t k = 0; k < blocks; k++, d += 4 * quarter) {
    W t = doubled(outer[k]), t0 = doubled(inner[2 * k]), t1 = doubled(inner[2 * k + 1]);
    for (size_t i = 0; i < quarter; i += 16) {
      V a = load(d + i), b = load(d + quarter + i), c = load(d + 2 * quarter + i), e = load(d + 3 * quarter + i);
      V a1 = add(a, b), b1 = scaled(sub(a, b), t0), c1 = add(c, e), e1 = scaled(sub(c, e), t1);
      store(d + i, add(a1, c1));
      store(d + quarter + i, add(b1, e1));
      store(d + 2 * quarter + i, scaled(sub(a1, c1), t));
      store(d + 3 * quarter + i, scaled(sub(b1, e1), t));
    }
  }
}
KERNEL void transposed_tail(u32 *d, size_t chunks, const u32 *w4, const u32 *w3, const u32 *w2, const u32 *w1) {
  for (size_t k = 0; k < chunks; k++) {
    V lo = load(d + 32 * k), hi = load(d + 32 * k + 16);
    V a = pick(lo, load_lanes[0], hi), b = pick(lo, load_lanes[1], hi);
    const u32 *w[4] = {0, w1 + 8 * k, w2 + 4 * k, w3 + 2 * k};
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      V x = _mm512_loadu_si512(w[i ? i : 1]);
      V t = i ? _mm512_permutexvar_epi32(load(twiddle_lanes[i]), x)
              : _mm512_permutex2var_epi32(x, load(twiddle_lanes[0]), _mm512_sub_epi32(P512, x));
      lo = add(a, b);
      hi = scaled(sub(a, b), doubled_lanes(t));
      a = pick(lo, low_lanes[i], hi);
      b = pick(lo, high_lanes[i], hi);
    }
    store(d + 32 * k, add(a, b));
    store(d + 32 * k + 16, scaled(sub(a, b), doubled(w4[k])));
  }
}
static void transposed_block(u32 *d, int h, size_t b) {
  if (h > CACHED) {
    size_t quarter = 1ul << (h - 2);
    for (int i = 0; i < 4; i++) transposed_block(d + i * quarter, h - 2, 4 * b + i);
    transposed_two(d, quarter, 1, twiddles[h - 1] + b, twiddles[h - 2] + 2 * b);
    return;
  }
  size_t chunks = 1ul << (h - TAIL), c = b * chunks;
  transposed_tail(d, chunks, twiddles[4] + c, twiddles[3] + 2 * c, twiddles[2] + 4 * c, twiddles[1] + 8 * c);
  int layer = TAIL;
  for (; layer + 1 < h; layer += 2) {
    size_t blocks = 1ul << (h - 2 - layer);
    transposed_two(d, 1ul << layer, blocks, twiddles[layer + 1] + b * blocks, twiddles[layer] + 2 * b * blocks);
  }
  if (layer < h) transposed_one(d, 1ul << layer, twiddles[layer][b]);
}
static void encode_transposed(u32 *d, u32 *s, int n) {
  size_t half = 1ul << (n - 1);
  for (size_t c = 0; c < 2; c++) transposed_block(s + c * half, n - 1, c);
  for (size_t i = 0; i < half; i += 16) store(d + i, add(load(s + i), load(s + half + i)));
}

/* One butterfly after the other. */
static void check_fft(int n) {
  size_t half = 1ul << (n - 1);
  u32 *s = elements(half), *d = room(8 * half), *want = room(8 * half), *back = room(4 * half);
  encode(d, s, n, 1);
  memcpy(want, s, 4 * half);
  memcpy(want + half, s, 4 * half);
  for (int i = n - 2; i >= 0; i--) {
    for (size_t j = 0; j < 2 * half; j++) {
      if (j >> i & 1) continue;
      u32 u = want[j], v = s_mul(twiddle(i, j >> (i + 1)), want[j + (1ul << i)]);
      want[j] = s_add(u, v);
      want[j + (1ul << i)] = s_sub(u, v);
    }
  }
  check_equal(d, want, 8 * half, "encode");
  encode_transposed(back, d, n);
  for (int i = 0; i < n - 1; i++) {
    for (size_t j = 0; j < 2 * half; j++) {
      if (j >> i & 1) continue;
      u32 u = want[j], v = want[j + (1ul << i)];
      want[j] = s_add(u, v);
      want[j + (1ul << i)] = s_mul(twiddle(i, j >> (i + 1)), s_sub(u, v));
    }
  }
  for (size_t j = 0; j < half; j++) want[j] = s_add(want[j], want[half + j]);
  check_equal(back, want, 4 * half, "encodeTransposed");
  free(s), free(d), free(want), free(back);
}

#endif
