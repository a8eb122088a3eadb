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

static void need_diagonal(Call &call, i64 diagonal) {
  call.need(diagonal >= INT32_MIN && diagonal <= INT32_MAX, "a diagonal %lld is out of range", Call::as(diagonal));
}

int32_t chg_panel_load(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, int32_t bits,
                       uint64_t row_stride, uint64_t lane_stride, uint64_t rows, uint64_t lanes) {
  Call call(__func__, stream);
  u64 n = spread(call, rows, lanes, row_stride, lane_stride);
  i32 *to = call.rows<i32>("dst", dst, rows, dst_stride, lanes);
  const void *from = call.ints("src", src, bits, n, Use::ROWS);
  return call.map(chg::PanelLoad{to, dst_stride, from, bits, row_stride, lane_stride, lanes}, Call::times(rows, lanes));
}

int32_t chg_panel_store(chg_stream *stream, chg_ptr dst, int32_t bits, uint64_t row_stride, uint64_t lane_stride,
                        chg_ptr src, uint64_t src_stride, uint64_t rows, uint64_t lanes, chg_ptr failed) {
  Call call(__func__, stream);
  u64 n = spread(call, rows, lanes, row_stride, lane_stride);
  void *to = const_cast<void *>(call.ints("dst", dst, bits, n, Use::ROWS));
  const i32 *from = call.rows<i32>("src", src, rows, src_stride, lanes);
  u64 *flag = call.region<u64>("failed", failed, 8, Use::WRITE);
  return call.map(chg::PanelStore{to, bits, row_stride, lane_stride, from, src_stride, lanes, flag},
                  Call::times(rows, lanes));
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
                       uint64_t lanes) {
  Call call(__func__, stream);
  i32 *values = call.rows<i32>("x", x, rows, stride, lanes);
  need_diagonal(call, diagonal);
  return call.map(chg::PanelMask{values, stride, diagonal, value, lanes}, Call::times(rows, lanes));
}

int32_t chg_panel_copy_above(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int64_t diagonal,
                             uint64_t rows, uint64_t lanes) {
  Call call(__func__, stream);
  i32 *to = call.rows<i32>("dst", dst, rows, stride, lanes);
  const i32 *from = call.rows<i32>("x", x, rows, stride, lanes);
  need_diagonal(call, diagonal);
  return call.map(chg::PanelCopyAbove{to, from, stride, diagonal, lanes}, Call::times(rows, lanes));
}

int32_t chg_panel_first_outside_below(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int32_t low,
                                      int32_t high, int64_t diagonal, uint64_t rows, uint64_t width) {
  using Lanes = chg::PanelLanes<chg::LaneFirstOutsideBelow>;
  Call call(__func__, stream);
  call.need(rows <= INT32_MAX, "%lld rows are more than 2^31 - 1", rows);
  call.need(width % CHG_BLOCK == 0, "a width of %lld is no multiple of %lld", width, CHG_BLOCK);
  need_diagonal(call, diagonal);
  i32 *to = call.integers("dst", dst, width, Use::WRITE);
  const i32 *values = call.rows<i32>("x", x, rows, stride, width);
  return call.start(Lanes{{{low, high, static_cast<i32>(rows)}, diagonal}, to, values, stride, rows, width},
                    width / Lanes::LANES + (width % Lanes::LANES != 0));
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
                    lanes);
}
