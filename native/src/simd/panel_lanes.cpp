/* Panels down the rows: what depends on the lane, and reductions, whose results stay in registers. */
#include "kernels.h"
#include "panel.h"

namespace chk::CHK_ISA {
namespace {

/* Where y is not below the bound, unsigned: r, else `first`. */
#if defined(__AVX512F__)
CHK_INLINE V where_not_below(V first, V r, V y, V bound) {
  return _mm512_mask_mov_epi32(first, _mm512_cmpge_epu32_mask(y, bound), r);
}
#else
CHK_INLINE V where_not_below(V first, V r, V y, V bound) {
  return _mm256_blendv_epi8(first, r, _mm256_cmpeq_epi32(_mm256_max_epu32(y, bound), y));
}
#endif

}  // namespace

void panel_subtract_from(u64 x, u64 stride, u64 offset, i32 rows, i32 width) {
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V from[c];
    unrolled<c>([&](auto i) CHK_LAMBDA { from[i] = load(ints(offset) + t + i * LANES); });
    i32 *row = ints(x) + t;
    for (int r = 0; r < rows; r++, row += stride) {
      unrolled<c>([&](auto i) CHK_LAMBDA { store(row + i * LANES, sub32(from[i], load(row + i * LANES))); });
    }
  });
}

void panel_max(u64 dst, u64 x, u64 stride, i32 rows, i32 width) {
  reduce_rows(dst, x, stride, rows, width, splat(0x80000000), [](V a, V b) CHK_LAMBDA { return max_i32(a, b); });
}

void panel_sum(u64 dst, u64 x, u64 stride, i32 rows, i32 width) {
  reduce_rows(dst, x, stride, rows, width, zero(), [](V a, V b) CHK_LAMBDA { return add32(a, b); });
}

void panel_magnitude(u64 dst, u64 x, u64 stride, i32 rows, i32 width) {
  reduce_rows(dst, x, stride, rows, width, zero(),
      [](V a, V b) CHK_LAMBDA { return or_(a, xor_(b, sra32<31>(b))); });
}

void panel_neighbour_products(u64 dst, u64 m, u64 stride, i32 rows, i32 width) {
  V one = splat(1);
  reduce_rows(dst, m, stride, rows, width, zero(),
      [&](V a, V b) CHK_LAMBDA { return add32(a, mul_low32(b, add32(b, one))); });
}

void panel_mantissas(u64 m, u64 pair, u64 x, u64 stride, u64 exponent, i32 rows, i32 width) {
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V e[c], power[c], mask[c];
    unrolled<c>([&](auto i) CHK_LAMBDA {
      e[i] = load(ints(exponent) + t + i * LANES);
      power[i] = sll_each(splat(1), e[i]);
      mask[i] = sub32(power[i], splat(1));
    });
    u64 at = static_cast<u64>(t);
    for (int r = 0; r < rows; r++, at += stride) {
      unrolled<c>([&](auto i) CHK_LAMBDA {
        V v = load(ints(x) + at + i * LANES);
        store(ints(m) + at + i * LANES, sra_each(v, e[i]));
        store(ints(pair) + at + i * LANES, or_(and_(v, mask[i]), power[i]));
      });
    }
  });
}

/* From the last row up, so that the least one stays; x is inside where x - low is below high - low, unsigned. */
void panel_first_outside(u64 dst, u64 x, u64 stride, i32 low, i32 high, i32 rows, i32 width) {
  V from = splat(static_cast<u32>(low));
  V range = splat(low < high ? static_cast<u32>(high) - static_cast<u32>(low) : 0);
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V first[c];
    unrolled<c>([&](auto i) CHK_LAMBDA { first[i] = splat(static_cast<u32>(rows)); });
    V number = splat(static_cast<u32>(rows));
    for (int r = rows - 1; r >= 0; r--) {
      const i32 *row = ints(x) + t + r * stride;
      number = sub32(number, splat(1));
      unrolled<c>([&](auto i) CHK_LAMBDA {
        first[i] = where_not_below(first[i], number, sub32(load(row + i * LANES), from), range);
      });
    }
    unrolled<c>([&](auto i) CHK_LAMBDA { store(ints(dst) + t + i * LANES, first[i]); });
  });
}

/* p + 2^(s-1) = m (2 factor) + (factor + 2^(s-1)). */
void panel_scale_round(u64 n, u64 rem, u64 m, u64 stride, u64 factor, i32 s, i32 rows, i32 width) {
  V mask = splat((1u << s) - 1);
  V count = splat(static_cast<u32>(s));
  lane_vectors(width, [&](auto c, int t) CHK_LAMBDA {
    V twice[c], half[c];
    unrolled<c>([&](auto i) CHK_LAMBDA {
      V f = load(ints(factor) + t + i * LANES);
      twice[i] = add32(f, f);
      half[i] = add32(f, splat(1u << (s - 1)));
    });
    u64 at = static_cast<u64>(t);
    for (int r = 0; r < rows; r++, at += stride) {
      unrolled<c>([&](auto i) CHK_LAMBDA {
        V p = add32(mul_low32(load(ints(m) + at + i * LANES), twice[i]), half[i]);
        store(ints(n) + at + i * LANES, sra_each(p, count));
        store(ints(rem) + at + i * LANES, and_(p, mask));
      });
    }
  });
}

}  // namespace chk::CHK_ISA
