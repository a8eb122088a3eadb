/*
 * Tables at the elements of panels, by gathered loads. Those are about as fast as loads one by one, but the work around
 * them is done on vectors, and more misses of the cache are under way at a time. Two neighbouring entries are one load.
 */
#include "edges.h"
#include "gather.h"
#include "kernels.h"
#include "panel.h"

namespace chk::CHK_ISA {
namespace {

/* A falling table, `last` its last index with a neighbour. */
struct Falling {
  u64 table;
  V last;

  CHK_LAMBDA V index(V d) const { return min_u32(d, last); }
};

/* x = offset - x for a vector of lanes, and the entries there. */
CHK_INLINE Neighbours distances(const Falling &f, V offset, V &x) {
  x = sub32(offset, x);
  return neighbours(gather_pairs(f.table, f.index(x)));
}

}  // namespace

/* Indices outside are replaced by inside ones, so that nothing outside is read. */
i32 panel_lookup(u64 dst_address, u64 table, i64 base, u64 size, u64 x_address, u64 n) {
  if (size == 0 || base > INT32_MAX || base + static_cast<i64>(size) - 1 < INT32_MIN) {
    return n == 0;
  }
  i64 low = base > INT32_MIN ? base : INT32_MIN;
  i64 last = base + static_cast<i64>(size) - 1;
  i64 high = last < INT32_MAX ? last : INT32_MAX;
  u64 first = table + 4 * static_cast<u64>(low - base);
  V from = splat(static_cast<u32>(low));
  V most = splat(static_cast<u32>(high - low));
  V largest = zero();
  i32 *dst = ints(dst_address);
  const i32 *x = ints(x_address);
  u64 i = 0;
  for (; i + LANES <= n; i += LANES) {
    V at = sub32(load(x + i), from);
    largest = max_u32(largest, at);
    store(dst + i, gather(first, min_u32(at, most)));
  }
  if (i < n) {
    int left = static_cast<int>(n - i);
    V at = first_of(sub32(load_first(x + i, left), from), left);
    largest = max_u32(largest, at);
    store_first(dst + i, gather(first, min_u32(at, most)), left);
  }
  return any(sub32(max_u32(largest, most), most)) ? 0 : 1;
}

void panel_neighbours(u64 before, u64 at, u64 x, u64 stride, u64 offset, u64 table, i32 limit, i32 rows, i32 width) {
  Falling f = {table, splat(static_cast<u32>(limit))};
  bool one_lane = width == 1 && stride == 1;
  // One lane is one row with the same offset everywhere.
  V same = splat(one_lane ? static_cast<u32>(*ints(offset)) : 0);
  u64 lines = one_lane ? 1 : static_cast<u64>(rows);
  int columns = one_lane ? rows : width;
  for (u64 r = 0; r < lines; r++) {
    u64 i = r * stride;
    int t = 0;
    for (; t + LANES <= columns; t += LANES, i += LANES) {
      V v = load(ints(x) + i);
      Neighbours e = distances(f, one_lane ? same : load(ints(offset) + t), v);
      store(ints(x) + i, v);
      store(ints(before) + i, e.at);
      store(ints(at) + i, e.next);
    }
    if (t < columns) {
      int left = columns - t;
      V v = load_first(ints(x) + i, left);
      Neighbours e = distances(f, one_lane ? same : load_first(ints(offset) + t, left), v);
      store_first(ints(x) + i, v, left);
      store_first(ints(before) + i, e.at, left);
      store_first(ints(at) + i, e.next, left);
    }
  }
}

/* Sums of both halves are below 2^32, so pairs are added as they are. */
i64 panel_neighbour_sums(u64 x, u64 stride, i32 offset, u64 table, i32 limit, i32 rows) {
  Falling f = {table, splat(static_cast<u32>(limit))};
  V from = splat(static_cast<u32>(offset));
  V sum = zero();
  // Rows so far apart as a gathered load can step.
  bool near = stride <= INT32_MAX / LANES;
  V steps = mul_low32(lane_numbers(), splat(static_cast<u32>(stride)));
  int r = 0;
  for (; near && r + LANES <= rows; r += LANES) {
    u64 row = x + 4 * stride * static_cast<u64>(r);
    V v = stride == 1 ? load(ints(row)) : gather(row, steps);
    Pairs pairs = gather_pairs(f.table, f.index(sub32(from, v)));
    sum = add64(sum, add64(pairs.low, pairs.high));
  }
  u64 total = sum_of64(sum);
  for (; r < rows; r++) {
    u32 d = static_cast<u32>(offset) - static_cast<u32>(ints(x)[r * stride]);
    u64 pair;
    memcpy(&pair, ints(table) + (d < static_cast<u32>(limit) ? d : static_cast<u32>(limit)), 8);
    total += pair;
  }
  return static_cast<i64>(total);
}

}  // namespace chk::CHK_ISA
