/* The integer program on panels: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::i32;
using chg::i64;
using chg::u32;
using chg::u64;
using chg::Use;

/* Elements up to the last one of rows x lanes, or more than there can be. */
static u64 spread(Call &call, u64 rows, u64 lanes, u64 row_stride, u64 lane_stride) {
  constexpr u64 MOST = u64{1} << 31;
  call.need(rows <= MOST && lanes <= MOST && row_stride <= MOST && lane_stride <= MOST,
            "%lld x %lld elements, or strides of a tensor, are too large", rows, lanes);
  return rows == 0 || lanes == 0 || call.refused() ? 0 : (rows - 1) * row_stride + (lanes - 1) * lane_stride + 1;
}

/* The same of groups, `group` elements apart, of `each` elements. */
static u64 grouped(Call &call, u64 groups, u64 group, u64 each) {
  constexpr u64 MOST = u64{1} << 31;
  call.need(groups <= MOST && group <= MOST, "%lld groups, or what lies between them, are too large", groups);
  return groups == 0 || each == 0 || call.refused() ? 0 : (groups - 1) * group + each;
}

/* Elements of rows x lanes in groups. */
static u64 steps(Call &call, u64 rows, u64 lanes, u64 groups) {
  u64 n = Call::times(Call::times(rows, groups), lanes);
  call.need(n <= Call::MOST_STEPS, "%lld rows of %lld lanes in as many groups", rows, lanes);
  return n;
}

static u64 tiles(u64 n, u64 size) { return n / size + (n % size != 0); }

static void need_diagonal(Call &call, i64 diagonal) {
  call.need(diagonal >= INT32_MIN && diagonal <= INT32_MAX, "a diagonal %lld is out of range", Call::as(diagonal));
}

int32_t chg_panel_load(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, uint64_t dst_group, chg_ptr src,
                       int32_t bits, uint64_t row_stride, uint64_t lane_stride, uint64_t group_stride, uint64_t rows,
                       uint64_t lanes, uint64_t groups) {
  Call call(__func__, stream);
  u64 n = grouped(call, groups, group_stride, spread(call, rows, lanes, row_stride, lane_stride));
  i32 *to = call.rows<i32>("dst", dst, rows, dst_stride, grouped(call, groups, dst_group, lanes));
  const void *from = call.ints("src", src, bits, n, Use::ROWS);
  return call.map(
      chg::PanelLoad{to, dst_stride, dst_group, from, bits, row_stride, lane_stride, group_stride, lanes, groups},
      steps(call, rows, lanes, groups));
}

int32_t chg_panel_store(chg_stream *stream, chg_ptr dst, int32_t bits, uint64_t row_stride, uint64_t lane_stride,
                        uint64_t group_stride, chg_ptr src, uint64_t src_stride, uint64_t src_group, uint64_t rows,
                        uint64_t lanes, uint64_t groups, chg_ptr failed) {
  Call call(__func__, stream);
  u64 n = grouped(call, groups, group_stride, spread(call, rows, lanes, row_stride, lane_stride));
  void *to = const_cast<void *>(call.ints("dst", dst, bits, n, Use::ROWS));
  const i32 *from = call.rows<i32>("src", src, rows, src_stride, grouped(call, groups, src_group, lanes));
  u64 *flag = call.region<u64>("failed", failed, 8, Use::WRITE);
  return call.map(chg::PanelStore{to, bits, row_stride, lane_stride, group_stride, from, src_stride, src_group, lanes,
                                  groups, flag},
                  steps(call, rows, lanes, groups));
}

/*
 * Input channels of a slice of a product: so few that there are blocks for all of a device, but not so few that a block
 * has nothing to do.
 */
static u64 slice_of(u64 tiles, u64 depth) {
  constexpr u64 BLOCKS = 512, LEAST = 64;
  u64 slices = tiles >= BLOCKS ? 1 : BLOCKS / tiles;
  u64 each = (depth + slices - 1) / slices;
  return each < LEAST ? LEAST : (each + LEAST - 1) / LEAST * LEAST;
}

/* The largest of (i >> bits) tile + (i mod 2^bits << shift) for i < n, n > 0; less than 2^63. */
static u64 last_of(u64 n, i32 bits, u64 tile, i32 shift) {
  u64 whole = (n - 1) >> bits, rest = (n - 1) & ((u64{1} << bits) - 1);
  u64 last = whole * tile + (rest << shift);
  if (whole == 0) return last;
  u64 before = (whole - 1) * tile + (((u64{1} << bits) - 1) << shift);
  return before > last ? before : last;
}

template <class X>
static int32_t product_of(Call &call, const chg_product &p, i32 *acc, const int16_t *w, const void *x) {
  using Kernel = chg::Product<X>;
  if (call.refused() || p.rows == 0 || p.depth == 0 || p.lanes == 0 || p.groups == 0) return call.status();
  const auto word = [](u64 value) { return static_cast<u32>(value); };
  u64 blocks = Call::times(tiles(p.rows, Kernel::TILE) * tiles(p.lanes, Kernel::TILE), p.groups);
  u64 slice = slice_of(blocks, p.depth);
  Kernel kernel{acc, p.acc_stride,
                {w, static_cast<u32>(p.out_bits), static_cast<u32>(p.in_bits), word(p.out_tile), word(p.in_tile)},
                static_cast<const X *>(x), word(p.x_stride), word(p.rows), word(p.depth), word(p.lanes), word(slice),
                word(p.groups), static_cast<u32>(p.share), p.acc_group, word(p.w_group), word(p.x_group)};
  return call.start(kernel, Call::times(blocks, tiles(p.depth, slice)));
}

int32_t chg_panel_product(chg_stream *stream, const chg_product *product) {
  constexpr u64 MOST = INT32_MAX, MOST_NUMBERS = u64{1} << 32;
  constexpr int32_t MOST_BITS = 30;
  Call call(__func__, stream);
  call.host("product", product);
  if (call.refused()) return call.status();
  const chg_product p = *product;
  call.need(p.out_bits >= 0 && p.out_bits <= MOST_BITS && p.in_bits >= 0 && p.in_bits <= MOST_BITS,
            "tiles of 2^%lld x 2^%lld weights; up to 2^30 each way", Call::as(p.out_bits), Call::as(p.in_bits));
  call.need(p.rows <= MOST && p.depth <= MOST, "%lld x %lld weights; up to 2^31 - 1 each way", p.rows, p.depth);
  call.need(p.lanes <= MOST && p.groups <= MOST, "%lld lanes of %lld groups; up to 2^31 - 1", p.lanes, p.groups);
  call.need(p.share > 0, "%lld groups with the same weights", Call::as(p.share));
  call.need(p.out_tile <= MOST_NUMBERS && p.in_tile <= MOST_NUMBERS, "tiles of weights are too far apart");
  if (call.refused()) return call.status();
  bool none = p.rows == 0 || p.depth == 0 || p.lanes == 0 || p.groups == 0;
  u64 end = 0;
  if (!none) {
    u64 out = last_of(p.rows, p.out_bits, p.out_tile, p.in_bits), in = last_of(p.depth, p.in_bits, p.in_tile, 0);
    u64 group = Call::times((p.groups - 1) / static_cast<u64>(p.share), p.w_group);
    call.need(out < MOST_NUMBERS && in < MOST_NUMBERS && group < MOST_NUMBERS, "weights are too far apart");
    end = out + in + group + 1;
    call.need(call.refused() || end <= MOST_NUMBERS, "%lld weights; up to 2^32", end);
  }
  i32 *acc = call.rows<i32>("acc", p.acc, none ? 0 : 1, 0,
                            grouped(call, p.groups, p.acc_group, spread(call, p.rows, p.lanes, p.acc_stride, 1)));
  const int16_t *w = call.entries<int16_t>("w", p.w, end);
  u64 ints = none ? 0 : grouped(call, p.groups, p.x_group, spread(call, p.depth, p.lanes, p.x_stride, 1));
  call.need(ints <= MOST_NUMBERS, "%lld integers; up to 2^32", ints);
  call.need(Call::times(steps(call, p.rows, p.lanes, p.groups), p.depth) <= Call::MOST_STEPS,
            "%lld x %lld weights are too many for so many lanes", p.rows, p.depth);
  const void *x = call.ints("x", p.x, p.bits, ints, Use::ROWS);
  if (p.bits == 8) return product_of<int8_t>(call, p, acc, w, x);
  if (p.bits == 16) return product_of<int16_t>(call, p, acc, w, x);
  return product_of<i32>(call, p, acc, w, x);
}

int32_t chg_panel_multiply(chg_stream *stream, chg_ptr dst, chg_ptr x, chg_ptr y, uint64_t n) {
  Call call(__func__, stream);
  i32 *to = call.integers("dst", dst, n, Use::WRITE);
  const i32 *a = call.integers("x", x, n, Use::READ), *b = call.integers("y", y, n, Use::READ);
  return call.map(chg::PanelMultiply{to, a, b}, n);
}

int32_t chg_panel_rotate(chg_stream *stream, chg_ptr x, chg_ptr y, chg_ptr cos, chg_ptr sin, uint64_t n) {
  Call call(__func__, stream);
  call.apart();
  i32 *a = call.integers("x", x, n, Use::WRITE), *b = call.integers("y", y, n, Use::WRITE);
  const i32 *c = call.integers("cos", cos, n, Use::READ), *s = call.integers("sin", sin, n, Use::READ);
  return call.map(chg::PanelRotate{a, b, c, s}, n);
}

int32_t chg_panel_table(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr table, int64_t base,
                        uint64_t size, uint64_t rows, uint64_t lanes, chg_ptr failed) {
  Call call(__func__, stream);
  i32 *to = call.rows<i32>("dst", dst, rows, stride, lanes);
  const i32 *from = call.rows<i32>("x", x, rows, stride, lanes);
  const i32 *entries = static_cast<const i32 *>(call.ints("table", table, 32, size, Use::TABLE));
  u64 *flag = call.region<u64>("failed", failed, 8, Use::WRITE);
  return call.map(chg::PanelTable{to, from, stride, entries, base, size, lanes, flag}, Call::times(rows, lanes));
}

int32_t chg_panel_mask(chg_stream *stream, chg_ptr x, uint64_t stride, int64_t diagonal, int32_t value, uint64_t rows,
                       uint64_t lanes, uint64_t groups) {
  Call call(__func__, stream);
  i32 *values = call.rows<i32>("x", x, rows, stride, Call::times(lanes, groups));
  need_diagonal(call, diagonal);
  return call.map(chg::PanelMask{values, stride, diagonal, value, lanes, groups}, steps(call, rows, lanes, groups));
}

int32_t chg_panel_copy_above(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int64_t diagonal,
                             uint64_t rows, uint64_t lanes, uint64_t groups) {
  Call call(__func__, stream);
  u64 width = Call::times(lanes, groups);
  i32 *to = call.rows<i32>("dst", dst, rows, stride, width);
  const i32 *from = call.rows<i32>("x", x, rows, stride, width);
  need_diagonal(call, diagonal);
  return call.map(chg::PanelCopyAbove{to, from, stride, diagonal, lanes, groups}, steps(call, rows, lanes, groups));
}

int32_t chg_panel_first_outside_below(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int32_t low,
                                      int32_t high, int64_t diagonal, uint64_t rows, uint64_t lanes, uint64_t groups) {
  using Lanes = chg::PanelLanes<chg::LaneFirstOutsideBelow>;
  Call call(__func__, stream);
  call.need(rows <= INT32_MAX, "%lld rows are more than 2^31 - 1", rows);
  call.need(lanes % CHG_BLOCK == 0, "%lld lanes are no multiple of %lld", lanes, CHG_BLOCK);
  need_diagonal(call, diagonal);
  u64 width = Call::times(lanes, groups);
  i32 *to = call.integers("dst", dst, width, Use::WRITE);
  const i32 *values = call.rows<i32>("x", x, rows, stride, width);
  return call.start(Lanes{{{low, high, static_cast<i32>(rows)}, diagonal, lanes}, to, values, stride, rows, width},
                    tiles(width, Lanes::LANES));
}

int32_t chg_panel_offsets(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr least, chg_ptr table,
                          int32_t limit, uint64_t most, int32_t support, uint64_t rows, uint64_t lanes) {
  Call call(__func__, stream);
  call.need(limit >= 0, "the limit of a table is negative, %lld", Call::as(limit));
  call.need(support >= 0, "the support of a table is negative, %lld", Call::as(support));
  if (call.refused()) return call.status();
  i32 *to = call.integers("dst", dst, lanes, Use::WRITE);
  const i32 *values = call.rows<i32>("x", x, rows, stride, lanes);
  const i32 *from = call.integers("least", least, lanes, Use::READ);
  const i32 *entries = static_cast<const i32 *>(call.ints("table", table, 32, static_cast<u64>(limit) + 2, Use::TABLE));
  u32 steps = 0;
  while (static_cast<u64>(support) >> steps != 0) steps++;
  return call.start(chg::PanelOffsets{to, values, stride, from, entries, static_cast<u32>(limit), most,
                                      static_cast<u32>(support), steps, rows, lanes},
                    tiles(lanes, chg::PanelOffsets::LANES));
}
