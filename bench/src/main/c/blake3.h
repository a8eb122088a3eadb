/* BLAKE3 with one message in each of 16 lanes: columns of a matrix of up to 256 rows, and pairs of digests. */
#ifndef BLAKE3_H
#define BLAKE3_H
#include "harness.h"

static const u32 IV[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
enum { CHUNK_START = 1, CHUNK_END = 2, ROOT = 8 };

#define ADD(a, b) _mm512_add_epi32(a, b)
#define ROTXOR(a, b, n) _mm512_ror_epi32(_mm512_xor_si512(a, b), n)
#define G(a, b, c, d, x, y)                                                     \
  v[a] = ADD(ADD(v[a], v[b]), m[x]), v[d] = ROTXOR(v[d], v[a], 16);             \
  v[c] = ADD(v[c], v[d]), v[b] = ROTXOR(v[b], v[c], 12);                        \
  v[a] = ADD(ADD(v[a], v[b]), m[y]), v[d] = ROTXOR(v[d], v[a], 8);              \
  v[c] = ADD(v[c], v[d]), v[b] = ROTXOR(v[b], v[c], 7)
#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
  G(0, 4, 8, 12, s0, s1);                                                       \
  G(1, 5, 9, 13, s2, s3);                                                       \
  G(2, 6, 10, 14, s4, s5);                                                      \
  G(3, 7, 11, 15, s6, s7);                                                      \
  G(0, 5, 10, 15, s8, s9);                                                      \
  G(1, 6, 11, 12, s10, s11);                                                    \
  G(2, 7, 8, 13, s12, s13);                                                     \
  G(3, 4, 9, 14, s14, s15)

INLINE void compress(V *cv, const V *m, int flags) {
  V v[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) v[i] = cv[i];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) v[8 + i] = _mm512_set1_epi32(IV[i]);
  v[12] = v[13] = _mm512_setzero_si512();
  v[14] = _mm512_set1_epi32(64);
  v[15] = _mm512_set1_epi32(flags);
  ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
  ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
  ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
  ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
  ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
  ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) cv[i] = _mm512_xor_si512(v[i], v[8 + i]);
}

/* 16 blocks of 64 bytes to 16 vectors of words, and back. */
INLINE void transpose16(V *r) {
  V t[16];
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    V a = _mm512_unpacklo_epi32(r[i], r[i + 1]), b = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    V c = _mm512_unpacklo_epi32(r[i + 2], r[i + 3]), d = _mm512_unpackhi_epi32(r[i + 2], r[i + 3]);
    t[i] = _mm512_unpacklo_epi64(a, c);
    t[i + 1] = _mm512_unpackhi_epi64(a, c);
    t[i + 2] = _mm512_unpacklo_epi64(b, d);
    t[i + 3] = _mm512_unpackhi_epi64(b, d);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    V a = _mm512_shuffle_i32x4(t[i], t[4 + i], 0x88), b = _mm512_shuffle_i32x4(t[i], t[4 + i], 0xdd);
    V c = _mm512_shuffle_i32x4(t[8 + i], t[12 + i], 0x88), d = _mm512_shuffle_i32x4(t[8 + i], t[12 + i], 0xdd);
    r[i] = _mm512_shuffle_i32x4(a, c, 0x88);
    r[8 + i] = _mm512_shuffle_i32x4(a, c, 0xdd);
    r[4 + i] = _mm512_shuffle_i32x4(b, d, 0x88);
    r[12 + i] = _mm512_shuffle_i32x4(b, d, 0xdd);
  }
}

/* Rows in blocks of sixteen, 64 bytes a column; rows and columns are multiples of 16, at most 256 rows (one chunk). */
KERNEL void hash_columns(u32 *d, const u32 *m, size_t rows, size_t columns) {
  size_t blocks = rows / 16;
  for (size_t i = 0; i < columns; i += 16) {
    V cv[8];
    for (int k = 0; k < 8; k++) cv[k] = _mm512_set1_epi32(IV[k]);
    for (size_t b = 0; b < blocks; b++) {
      V words[16];
      const u32 *at = m + (b * columns + i) * 16;
#pragma GCC unroll 16
      for (int k = 0; k < 16; k++) words[k] = _mm512_load_si512(at + 16 * k);
      transpose16(words);
      compress(cv, words, (b == 0 ? CHUNK_START : 0) | (b == blocks - 1 ? CHUNK_END | ROOT : 0));
    }
    V digests[16];
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) digests[k] = cv[k], digests[8 + k] = cv[k];
    transpose16(digests);
#pragma GCC unroll 16
    for (int k = 0; k < 16; k++) _mm256_store_si256((__m256i *) (d + 8 * (i + k)), _mm512_castsi512_si256(digests[k]));
  }
}

/* The official vectors for 64 and 1024 bytes 0, 1, ..., 250, 0, ... */
static void check_blake3(void) {
  static const unsigned char digest64[32] = {
      0x4e, 0xed, 0x71, 0x41, 0xea, 0x4a, 0x5c, 0xd4, 0xb7, 0x88, 0x60, 0x6b, 0xd2, 0x3f, 0x46, 0xe2,
      0x12, 0xaf, 0x9c, 0xac, 0xeb, 0xac, 0xdc, 0x7d, 0x1f, 0x4c, 0x6d, 0xc7, 0xf2, 0x51, 0x1b, 0x98};
  static const unsigned char digest1024[32] = {
      0x42, 0x21, 0x47, 0x39, 0xf0, 0x95, 0xa4, 0x06, 0xf3, 0xfc, 0x83, 0xde, 0xb8, 0x89, 0x74, 0x4a,
      0xc0, 0x0d, 0xf8, 0x31, 0xc1, 0x0d, 0xaa, 0x55, 0x18, 0x9b, 0x5d, 0x12, 0x1c, 0x85, 0x5a, 0xf7};
  unsigned char *m = room(1024 * 16), *d = room(512);
  for (int pass = 0; pass < 2; pass++) {
    int blocks = pass ? 16 : 1;
    for (int b = 0; b < blocks; b++) {
      for (int column = 0; column < 16; column++) {
        for (int k = 0; k < 64; k++) m[(b * 16 + column) * 64 + k] = (unsigned char) ((64 * b + k) % 251);
      }
    }
    hash_columns((u32 *) d, (u32 *) m, 16 * blocks, 16);
    for (int column = 0; column < 16; column++) check_equal(d + 32 * column, pass ? digest1024 : digest64, 32, "hashColumns");
  }
  free(m), free(d);
}

#endif
