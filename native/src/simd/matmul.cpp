/*
 * Products of 16-bit by 32-bit integer matrices, modulo 2^32: 16-bit multiply-adds of pairs (vpdpwssd with AVX-512,
 * vpmaddwd with AVX2) on activations that are split into two signed 16-bit parts. Where all of a tile fit 16 bits, as
 * nearly always, the high part is left out.
 *
 * Activations of a tile of lanes are packed once for all rows, pairs of depth in one word, into 24 KiB that stay in the
 * first-level cache; words of two weights are broadcast from where they are. Sums of a tile stay in registers.
 */
#include "kernels.h"
#include "unrolled.h"
#include "words.h"

namespace chk::CHK_ISA {
namespace {

/* Most vectors of lanes side by side. */
constexpr int MOST = LANES == 16 ? 4 : 2;
/* Words of the packed activations: 24 KiB. */
constexpr int PACKED = 6144;
/* Most depth of a pass, so that the weights of a tile and of the next one stay in the cache, too. */
constexpr int DEPTH = 256;
/* Pairs of a cache line of weights. */
constexpr int LINE = 16;

/* Rows of a tile of C vectors, so that sums, a row of activations and one of weights fit the registers. */
template <int C>
constexpr int ROWS = LANES == 8 ? (C == 1 ? 8 : 6) : C == 1 ? 16 : C == 2 ? 12 : C == 3 ? 8 : 6;

struct Tile {
  i32 *acc;
  u64 acc_stride;
  const i16 *w;
  u64 w_stride;
  int depth;  // even
};

/*
 * One part of x = high 2^16 + low modulo 2^32, both signed 16-bit integers. The high part of a number from 2^31 - 2^15
 * on is -2^15 instead of 2^15, which is the same modulo 2^32.
 *
 * @return whether a high part is not 0
 */
template <int C, bool HIGH>
bool pack(u32 *to, const i32 *x, u64 stride, int depth) {
  V half = splat(0x8000);
  V rest = zero();
  for (int k = 0; k < depth; k += 2, x += 2 * stride) {
    for (int c = 0; c < C; c++, to += LANES) {
      V x0 = load(x + c * LANES);
      V x1 = load(x + stride + c * LANES);
      V rounded0 = add32(x0, half);
      V rounded1 = add32(x1, half);
      store(to, HIGH ? join16_high(rounded0, rounded1) : join16(x0, x1));
      rest = or_(rest, or_(rounded0, rounded1));
    }
  }
  return any(srl32<16>(rest));
}

/* R rows by C vectors; meanwhile the next R rows of weights are fetched. */
template <int R, int C, bool HIGH>
__attribute__((noinline)) void tile(const Tile &t, const u32 *x) {
  Sums sum[R * C];
  unrolled<R * C>([&](auto i) CHK_LAMBDA { sum[i] = Sums{}; });
  // Every third row has a pointer, the others are addressed from it.
  constexpr int pointers = (R + 2) / 3;
  const char *rows[pointers];
  u64 stride = 2 * t.w_stride;
  unrolled<pointers>([&](auto i) CHK_LAMBDA { rows[i] = reinterpret_cast<const char *>(t.w) + 3 * i * stride; });
  auto row = [&](int r) CHK_LAMBDA { return rows[r / 3] + (r % 3) * stride; };
  for (int k = t.depth / 2; k > 0; k--, x += C * LANES) {
    if (k % LINE == 0) {
      unrolled<R>([&](auto r) CHK_LAMBDA { _mm_prefetch(row(r) + R * stride, _MM_HINT_T0); });
    }
    V v[C];
    unrolled<C>([&](auto c) CHK_LAMBDA { v[c] = load(x + c * LANES); });
    unrolled<R>([&](auto r) CHK_LAMBDA {
      u32 pair;
      memcpy(&pair, row(r), 4);
      V weights = splat(pair);
      unrolled<C>([&](auto c) CHK_LAMBDA { sum[r * C + c] = add_pairs(sum[r * C + c], weights, v[c]); });
    });
    unrolled<pointers>([&](auto i) CHK_LAMBDA { rows[i] += 4; });
  }
  i32 *acc = t.acc;
  unrolled<R>([&](auto r) CHK_LAMBDA {
    unrolled<C>([&](auto c) CHK_LAMBDA {
      V term = reinterpret_cast<V>(sum[r * C + c]);
      term = HIGH ? sll32<16>(term) : term;
      store(acc + c * LANES, add32(load(acc + c * LANES), term));
    });
    acc += t.acc_stride;
  });
}

template <int R, int C, bool HIGH>
CHK_INLINE void tiles(Tile &t, int &rows, const u32 *x) {
  for (; rows >= R; rows -= R) {
    tile<R, C, HIGH>(t, x);
    t.acc += R * t.acc_stride;
    t.w += R * t.w_stride;
  }
}

template <int C, bool HIGH>
CHK_INLINE void all_rows(Tile t, int rows, const u32 *x) {
  tiles<ROWS<C>, C, HIGH>(t, rows, x);
  tiles<4, C, HIGH>(t, rows, x);
  tiles<1, C, HIGH>(t, rows, x);
}

/* What is left of an odd depth: weights at `w`, `width` activations at `x`. */
void add_last(i32 *acc, u64 acc_stride, const i16 *w, u64 w_stride, const i32 *x, int rows, int width) {
  for (int r = 0; r < rows; r++, acc += acc_stride, w += w_stride) {
    V weight = splat(static_cast<u32>(*w));
    for (int t = 0; t < width; t += LANES) {
      store(acc + t, add32(load(acc + t), mul_low32(weight, load(x + t))));
    }
  }
}

/* All rows for C vectors of lanes, in passes over as much depth as can be packed. */
template <int C>
void columns(const Tile &all, int rows, const i32 *x, u64 x_stride) {
  constexpr int room = 2 * (PACKED / (C * LANES));
  constexpr int pass = room < DEPTH ? room : DEPTH;
  alignas(64) u32 packed[PACKED];
  for (int k = 0; k < all.depth; k += pass, x += pass * x_stride) {
    Tile t = all;
    t.w += k;
    t.depth = all.depth - k < pass ? all.depth - k : pass;
    bool high = pack<C, false>(packed, x, x_stride, t.depth);
    all_rows<C, false>(t, rows, packed);
    if (high) {
      pack<C, true>(packed, x, x_stride, t.depth);
      all_rows<C, true>(t, rows, packed);
    }
  }
}

}  // namespace

void matmul(u64 acc, u64 acc_stride, u64 w, u64 w_stride, u64 x, u64 x_stride, i32 rows, i32 depth, i32 width) {
  for (int t = 0; t < width; t += MOST * LANES) {
    Tile all = {ints(acc) + t, acc_stride, shorts(w), w_stride, depth - depth % 2};
    int vectors = (width - t) / LANES;
    const i32 *from = ints(x) + t;
    if (vectors >= MOST) {
      columns<MOST>(all, rows, from, x_stride);
    } else if (vectors == 3) {
      columns<3>(all, rows, from, x_stride);
    } else if (vectors == 2) {
      columns<2>(all, rows, from, x_stride);
    } else {
      columns<1>(all, rows, from, x_stride);
    }
  }
  if (depth % 2 != 0) {
    i32 last = depth - 1;
    add_last(ints(acc), acc_stride, shorts(w) + last, w_stride, ints(x) + last * x_stride, rows, width);
  }
}

}  // namespace chk::CHK_ISA
