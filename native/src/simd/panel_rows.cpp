/* Panels row by row: copies of any width, sums, products. Bound by loads and stores. */
#include "kernels.h"
#include "panel.h"

namespace chk::CHK_ISA {

void panel_copy(u64 dst, u64 dst_stride, u64 src, u64 src_stride, i32 rows, i32 width) {
  i32 *to = ints(dst);
  const i32 *from = ints(src);
  for (int r = 0; r < rows; r++, to += dst_stride, from += src_stride) {
    for (int t = 0; t < width; t += LANES) {
      store(to + t, load(from + t));
    }
  }
}

void panel_widen(u64 dst, u64 dst_stride, u64 src, u64 src_stride, i32 rows, i32 width) {
  i32 *to = ints(dst);
  const i16 *from = shorts(src);
  for (int r = 0; r < rows; r++, to += dst_stride, from += src_stride) {
    for (int t = 0; t < width; t += LANES) {
      store(to + t, load_i16(from + t));
    }
  }
}

/* x fits when x + 2^15 has 16 bits. */
i32 panel_narrow(u64 dst, u64 dst_stride, u64 src, u64 src_stride, i32 rows, i32 width) {
  i16 *to = reinterpret_cast<i16 *>(dst);
  const i32 *from = ints(src);
  V bits = zero();
  V half = splat(0x8000);
  for (int r = 0; r < rows; r++, to += dst_stride, from += src_stride) {
    for (int t = 0; t < width; t += LANES) {
      V v = load(from + t);
      bits = or_(bits, add32(v, half));
      store_i16(to + t, v);
    }
  }
  return any(srl32<16>(bits)) ? 0 : 1;
}

void panel_add(u64 dst, u64 x, u64 y, u64 n) {
  for (u64 i = 0; i < (n + 15) / 16 * 16; i += LANES) {
    store(ints(dst) + i, add32(load(ints(x) + i), load(ints(y) + i)));
  }
}

void panel_multiply(u64 dst, u64 x, u64 y, u64 n) {
  for (u64 i = 0; i < (n + 15) / 16 * 16; i += LANES) {
    store(ints(dst) + i, mul_low32(load(ints(x) + i), load(ints(y) + i)));
  }
}

void panel_rotate(u64 x, u64 y, u64 cos, u64 sin, u64 n) {
  for (u64 i = 0; i < (n + 15) / 16 * 16; i += LANES) {
    V a = load(ints(x) + i), b = load(ints(y) + i), c = load(ints(cos) + i), s = load(ints(sin) + i);
    store(ints(x) + i, sub32(mul_low32(a, c), mul_low32(b, s)));
    store(ints(y) + i, add32(mul_low32(b, c), mul_low32(a, s)));
  }
}

}  // namespace chk::CHK_ISA
