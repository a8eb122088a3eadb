/* The compression function of BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020, section 2.2). */
#ifndef CHG_BLAKE3_H
#define CHG_BLAKE3_H

#include "lang.h"

namespace chg {

constexpr u32 CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8;
constexpr u32 BLOCK_WORDS = 16, BLOCK_BYTES = 64, CHUNK_BLOCKS = 16, CV_WORDS = 8;

CHG_FN u32 rotate_right(u32 x, u32 by) { return x >> by | x << (32 - by); }

CHG_FN void blake3_mix(u32 &a, u32 &b, u32 &c, u32 &d, u32 x, u32 y) {
  a += b + x;
  d = rotate_right(d ^ a, 16);
  c += d;
  b = rotate_right(b ^ c, 12);
  a += b + y;
  d = rotate_right(d ^ a, 8);
  c += d;
  b = rotate_right(b ^ c, 7);
}

/* Columns, then diagonals. */
CHG_FN void blake3_round(u32 v[16], const u32 m[16]) {
  blake3_mix(v[0], v[4], v[8], v[12], m[0], m[1]);
  blake3_mix(v[1], v[5], v[9], v[13], m[2], m[3]);
  blake3_mix(v[2], v[6], v[10], v[14], m[4], m[5]);
  blake3_mix(v[3], v[7], v[11], v[15], m[6], m[7]);
  blake3_mix(v[0], v[5], v[10], v[15], m[8], m[9]);
  blake3_mix(v[1], v[6], v[11], v[12], m[10], m[11]);
  blake3_mix(v[2], v[7], v[8], v[13], m[12], m[13]);
  blake3_mix(v[3], v[4], v[9], v[14], m[14], m[15]);
}

CHG_FN void blake3_permute(u32 m[16]) {
  u32 t = m[0];
  m[0] = m[2];
  m[2] = m[3];
  m[3] = m[10];
  m[10] = m[12];
  m[12] = m[9];
  m[9] = m[11];
  m[11] = m[5];
  m[5] = t;
  t = m[1];
  m[1] = m[6];
  m[6] = m[4];
  m[4] = m[7];
  m[7] = m[13];
  m[13] = m[14];
  m[14] = m[15];
  m[15] = m[8];
  m[8] = t;
}

/* The next chaining value in cv; `m` is used up. `length` bytes of the block are message. */
CHG_FN void blake3_compress(u32 cv[8], u32 m[16], u64 counter, u32 length, u32 flags) {
  u32 v[16] = {cv[0],      cv[1],      cv[2],      cv[3],      cv[4],  cv[5],  cv[6], cv[7],
               0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, static_cast<u32>(counter),
               static_cast<u32>(counter >> 32), length, flags};
  CHG_UNROLL for (u32 round = 0; round < 7; round++) {
    blake3_round(v, m);
    blake3_permute(m);
  }
  CHG_UNROLL for (u32 w = 0; w < CV_WORDS; w++) cv[w] = v[w] ^ v[w + 8];
}

}  // namespace chg

#endif
