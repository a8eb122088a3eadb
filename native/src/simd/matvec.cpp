/*
 * A 16-bit matrix by one column of 32-bit integers, modulo 2^32, by 16-bit multiply-adds of pairs as matmul.cpp: the
 * column is packed once, then weights are read once, LANES rows side by side. A matrix that is not in the second-level
 * cache comes some 10 % faster when the next rows are asked for meanwhile; one that is, a third slower.
 */
#include "kernels.h"
#include "unrolled.h"
#include "words.h"

namespace chk::CHK_ISA {
namespace {

/* Most depth of a pass: 16 KiB for each part of the column. */
constexpr int DEPTH = 8192;
/* From so many bytes on a matrix is taken to be in memory. */
constexpr u64 LARGE = 1 << 20;
/* 16-bit integers of a vector. */
constexpr int STEP = 2 * LANES;

struct Column {
  alignas(64) i16 low[DEPTH];
  alignas(64) i16 high[DEPTH];
};

CHK_INLINE V two_vectors(Column &to, int k, V a, V b) {
  V half = splat(0x8000);
  V high = narrow16(srl32<16>(add32(a, half)), srl32<16>(add32(b, half)));
  store(to.low + k, narrow16(a, b));
  store(to.high + k, high);
  return high;
}

/* Filled up with zeros to whole vectors. @return whether a high part is not 0 */
bool pack(Column &to, const i32 *x, int depth) {
  V rest = zero();
  int k = 0;
  for (; k + STEP <= depth; k += STEP) {
    rest = or_(rest, two_vectors(to, k, load(x + k), load(x + k + LANES)));
  }
  int left = depth - k;
  if (left > LANES) {
    rest = or_(rest, two_vectors(to, k, load(x + k), load_first(x + k + LANES, left - LANES)));
  } else if (left == LANES) {
    rest = or_(rest, two_vectors(to, k, load(x + k), zero()));
  } else if (left > 0) {
    rest = or_(rest, two_vectors(to, k, load_first(x + k, left), zero()));
  }
  return any(rest);
}

/* Vectors whose words sum up to the products of R rows. */
template <int R, bool FETCH>
CHK_INLINE void products(V (&result)[R], const i16 *w, u64 w_stride, const i16 *x, int depth) {
  Sums sum[R];
  unrolled<R>([&](auto r) CHK_LAMBDA { sum[r] = Sums{}; });
  constexpr int pointers = (R + 2) / 3;
  const char *rows[pointers];
  u64 stride = 2 * w_stride;
  unrolled<pointers>([&](auto i) CHK_LAMBDA { rows[i] = reinterpret_cast<const char *>(w) + 3 * i * stride; });
  auto row = [&](int r) CHK_LAMBDA { return rows[r / 3] + (r % 3) * stride; };
  int k = depth / STEP;
  for (; k > 0; k--, x += STEP) {
    V v = load(x);
    unrolled<R>([&](auto r) CHK_LAMBDA {
      if (FETCH) {
        _mm_prefetch(row(r) + R * stride, _MM_HINT_T0);
      }
      sum[r] = add_pairs(sum[r], load(row(r)), v);
    });
    unrolled<pointers>([&](auto i) CHK_LAMBDA { rows[i] += 2 * STEP; });
  }
  unrolled<R>([&](auto r) CHK_LAMBDA { result[r] = reinterpret_cast<V>(sum[r]); });
  int left = depth % STEP;
  if (left > 0) {
    V v = load(x);
    unrolled<R>([&](auto r) CHK_LAMBDA {
      result[r] = reinterpret_cast<V>(add_pairs(reinterpret_cast<Sums>(result[r]), load_first16(row(r), left), v));
    });
  }
}

/* Both parts of the column. */
template <int R, bool FETCH>
CHK_INLINE void row_sums(V (&sum)[R], const i16 *w, u64 w_stride, const Column &x, int depth, bool high) {
  products<R, FETCH>(sum, w, w_stride, x.low, depth);
  if (high) {
    V more[R];
    products<R, false>(more, w, w_stride, x.high, depth);
    unrolled<R>([&](auto r) CHK_LAMBDA { sum[r] = add32(sum[r], sll32<16>(more[r])); });
  }
}

template <bool FETCH>
void many_rows(i32 *acc, const i16 *w, u64 w_stride, const Column &x, int rows, int depth, bool high) {
  for (int r = 0; r < rows; r += LANES, w += LANES * w_stride) {
    V sum[LANES];
    row_sums<LANES, FETCH>(sum, w, w_stride, x, depth, high);
    store(acc + r, add32(load(acc + r), sums_of_each(sum)));
  }
}

template <int R>
void few_rows(i32 *acc, const i16 *w, u64 w_stride, const Column &x, int depth, bool high) {
  V sum[R];
  row_sums<R, false>(sum, w, w_stride, x, depth, high);
  for (int r = 0; r < R; r++) {
    acc[r] = static_cast<i32>(static_cast<u32>(acc[r]) + sum_of(sum[r]));
  }
}

}  // namespace

void matvec(u64 acc_address, u64 w_address, u64 w_stride, u64 x, i32 rows, i32 depth) {
  Column column;
  i32 *acc = ints(acc_address);
  int whole = rows - rows % LANES;
  for (int k = 0; k < depth; k += DEPTH) {
    int some = depth - k < DEPTH ? depth - k : DEPTH;
    bool high = pack(column, ints(x) + k, some);
    const i16 *w = shorts(w_address) + k;
    if (2 * static_cast<u64>(rows) * w_stride < LARGE) {
      many_rows<false>(acc, w, w_stride, column, whole, some, high);
    } else {
      many_rows<true>(acc, w, w_stride, column, whole, some, high);
    }
    int r = whole;
    for (; r + 4 <= rows; r += 4) {
      few_rows<4>(acc + r, w + r * w_stride, w_stride, column, some, high);
    }
    for (; r < rows; r++) {
      few_rows<1>(acc + r, w + r * w_stride, w_stride, column, some, high);
    }
  }
}

}  // namespace chk::CHK_ISA
