/* How kernels walk through panels: up to four vectors of lanes side by side, down the rows. */
#ifndef CHK_PANEL_H
#define CHK_PANEL_H

#include "unrolled.h"
#include "words.h"

namespace chk::CHK_ISA {

/*
 * f(constant C, t) for lanes [t, t + C vectors) that cover [0, width), width a multiple of 16: what depends on the lane
 * alone stays in registers, and neighbouring lines are read together.
 */
template <class F>
CHK_INLINE void lane_vectors(int width, F f) {
  int t = 0;
  for (; t + 4 * LANES <= width; t += 4 * LANES) {
    f(Index<4>{}, t);
  }
  for (; t < width; t += PARTS * LANES) {
    f(Index<PARTS>{}, t);
  }
}

/* dst[t] = the last of v = f(v, x[r][t]) over r, from `begin`. Per vector of x: a load, and what f takes. */
template <class F>
CHK_INLINE void reduce_rows(u64 dst, u64 x, u64 stride, int rows, int width, V begin, F f) {
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V v[c];
    unrolled<c>([&](auto i) CHK_LAMBDA { v[i] = begin; });
    const i32 *row = ints(x) + t;
    for (int r = 0; r < rows; r++, row += stride) {
      unrolled<c>([&](auto i) CHK_LAMBDA { v[i] = f(v[i], load(row + i * LANES)); });
    }
    unrolled<c>([&](auto i) CHK_LAMBDA { store(ints(dst) + t + i * LANES, v[i]); });
  });
}

}  // namespace chk::CHK_ISA

#endif
