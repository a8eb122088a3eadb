/* Walks over arrays by vectors, and copies of the last elements of an array that is no whole number of blocks. */
#ifndef CHK_BLOCKS_H
#define CHK_BLOCKS_H

#include <cstring>

#include "sums.h"

namespace chk::CHK_ISA {

CHK_INLINE u64 blocks_of(u64 n) { return (n + BLOCK - 1) / BLOCK; }

/* f(i, j) for every vector of `blocks` blocks: i its place, in words, in ext arrays, j that in base arrays. */
template <typename F> CHK_INLINE void each(u64 blocks, F f) {
  for (u64 b = 0; b < blocks; b++) {
    for (u64 o = 0; o < BLOCK; o += LANES) {
      f(b * EXT_BLOCK + o, b * BLOCK + o);
    }
  }
}

/* The same, with settle() called after every `period` blocks and at the end. */
template <u64 period = SETTLE_BLOCKS, typename F, typename S> CHK_INLINE void each(u64 blocks, F f, S settle) {
  for (u64 from = 0; from < blocks; from += period) {
    u64 to = from + period < blocks ? from + period : blocks;
    for (u64 b = from; b < to; b++) {
      for (u64 o = 0; o < BLOCK; o += LANES) {
        f(b * EXT_BLOCK + o, b * BLOCK + o);
      }
    }
    settle();
  }
}

/* Element x of an ext array. */
CHK_INLINE Scalar element(const u32 *a, u64 x) {
  const u32 *p = a + x / BLOCK * EXT_BLOCK + x % BLOCK;
  return {{p[0], p[16], p[32], p[48]}};
}
CHK_INLINE void store_element(u32 *a, u64 x, Scalar value) {
  u32 *p = a + x / BLOCK * EXT_BLOCK + x % BLOCK;
  for (u64 k = 0; k < 4; k++) {
    p[16 * k] = value.c[k];
  }
}

/* Sixteen base elements: the first `count` of src, then zeros. */
CHK_INLINE void copy_base(u32 *dst, const u32 *src, u64 count) {
  for (int o = 0; o < static_cast<int>(BLOCK); o += LANES) {
    int left = static_cast<int>(count) - o;
    store(dst + o, left > 0 ? and_(load(src + o), first(left < LANES ? left : LANES)) : zero());
  }
}

/* A block of an ext array that is zero after `count` elements. */
struct alignas(64) LastBlock {
  u32 words[EXT_BLOCK];
};
CHK_INLINE LastBlock last_block(const u32 *src, u64 count) {
  LastBlock block;
  for (u64 k = 0; k < EXT_BLOCK; k += BLOCK) {
    copy_base(block.words + k, src + k, count);
  }
  return block;
}

/* The first `count` elements back to where they came from. */
CHK_INLINE void put_back(const u32 *block, u32 *dst, u64 count) {
  for (u64 k = 0; k < EXT_BLOCK; k += BLOCK) {
    std::memcpy(dst + k, block + k, 4 * count);
  }
}

}  // namespace chk::CHK_ISA

#endif
