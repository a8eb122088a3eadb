/* Base arrays, element by element. */
#include <limits>

#include "blocks.h"
#include "ints.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

/* f(i) for every vector of n words, the padding of the last block included. */
template <typename F> CHK_INLINE void each_base(u64 n, F f) {
  u64 end = blocks_of(n) * BLOCK;
  for (u64 i = 0; i < end; i += LANES) {
    f(i);
  }
}

}  // namespace

void add_base(u64 dst, u64 a, u64 b, u64 n) {
  each_base(n, [=](u64 i) { store(words(dst) + i, add(load(words(a) + i), load(words(b) + i))); });
}

void sub_base(u64 dst, u64 a, u64 b, u64 n) {
  each_base(n, [=](u64 i) { store(words(dst) + i, sub(load(words(a) + i), load(words(b) + i))); });
}

void mul_base(u64 dst, u64 a, u64 b, u64 n) {
  each_base(n, [=](u64 i) { store(words(dst) + i, mul(load(words(a) + i), load(words(b) + i))); });
}

void mul_add_base(u64 dst, u64 a, u64 b, u64 c, u64 n) {
  each_base(n, [=](u64 i) {
    store(words(dst) + i, add(mul(load(words(a) + i), load(words(b) + i)), load(words(c) + i)));
  });
}

void embed_ints(u64 dst, u64 src, i32 bits, u64 n) {
  with_ints(bits, [=](auto type) {
    each_base(n, [=](u64 i) { store(words(dst) + i, embed(load_ints(ints(type, src) + i))); });
  });
}

/*
 * Indices are compared with the part of the table's range that 32 bits can name. Exactly n are read and written, not whole
 * blocks: an array of indices may end with them.
 */
void gather_ints(u64 dst, u64 table, i64 base, u64 size, u64 x, i32 bits, u64 n) {
  constexpr i64 LEAST = std::numeric_limits<i32>::min();
  constexpr i64 MOST = std::numeric_limits<i32>::max();
  bool none = size == 0 || base > MOST || base + static_cast<i64>(size) - 1 < LEAST;
  i64 low = base > LEAST ? base : LEAST;
  i64 high = none ? 0 : base + static_cast<i64>(size) - 1;
  high = high < MOST ? high : MOST;
  if (none) {
    for (u64 i = 0; i < n; i++) words(dst)[i] = 0;
    return;
  }
  with_ints(bits, [=](auto type) {
    auto indices = ints(type, x);
    u64 i = 0;
    for (; i + LANES <= n; i += LANES) {
      V at = load_ints(indices + i);
      V index = sub32(at, splat(static_cast<u32>(base)));
      store(words(dst) + i, gather_between(words(table), index, at, static_cast<i32>(low), static_cast<i32>(high)));
    }
    for (; i < n; i++) {
      i64 at = indices[i];
      words(dst)[i] = at >= low && at <= high ? words(table)[at - base] : 0;
    }
  });
}

}  // namespace chk::CHK_ISA
