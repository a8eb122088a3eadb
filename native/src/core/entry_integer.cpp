/* Exact integers and panels: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::i32;
using chg::u32;
using chg::u64;
using chg::Use;

static void need_width(Call &call, u64 width) {
  call.need(width % CHG_BLOCK == 0, "a width of %lld is no multiple of %lld", width, CHG_BLOCK);
}

static u64 tiles(u64 n, u64 size) { return n / size + (n % size != 0); }

int32_t chg_matmul(chg_stream *stream, chg_ptr acc, uint64_t acc_stride, chg_ptr w, uint64_t w_stride, chg_ptr x,
                   uint64_t x_stride, uint64_t rows, uint64_t depth, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *sums = call.rows<i32>("acc", acc, rows, acc_stride, width);
  const int16_t *weights = call.rows<int16_t>("w", w, rows, w_stride, depth, 2);
  const i32 *values = call.rows<i32>("x", x, depth, x_stride, width);
  u64 blocks = Call::times(tiles(rows, chg::Matmul::TILE), tiles(width, chg::Matmul::TILE));
  return call.start(chg::Matmul{sums, acc_stride, weights, w_stride, values, x_stride, rows, depth, width},
                    depth == 0 ? 0 : blocks);
}

int32_t chg_matvec(chg_stream *stream, chg_ptr acc, chg_ptr w, uint64_t w_stride, chg_ptr x, uint64_t rows,
                   uint64_t depth) {
  Call call(__func__, stream);
  i32 *sums = call.integers("acc", acc, rows, Use::WRITE);
  const int16_t *weights = call.rows<int16_t>("w", w, rows, w_stride, depth, 2);
  const i32 *values = call.integers("x", x, depth, Use::TABLE);
  return call.start(chg::Matvec{sums, weights, w_stride, values, rows, depth}, rows);
}

int32_t chg_shift_round(chg_stream *stream, chg_ptr dst, chg_ptr rem, chg_ptr x, int32_t s, uint64_t n) {
  Call call(__func__, stream);
  call.need(s >= 0 && s <= 31, "a shift of %lld bits", Call::as(s));
  i32 *quotients = call.integers("dst", dst, n, Use::WRITE);
  i32 *rest = rem == 0 ? nullptr : call.integers("rem", rem, n, Use::WRITE);
  const i32 *values = call.integers("x", x, n, Use::READ);
  return call.map(chg::ShiftRound{quotients, rest, values, static_cast<u32>(s)}, n);
}

int32_t chg_lookup(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x,
                   uint64_t n) {
  Call call(__func__, stream);
  i32 *to = call.integers("dst", dst, n, Use::WRITE);
  const i32 *entries = call.table("table", table, size);
  const i32 *from = call.integers("x", x, n, Use::READ);
  return call.map(chg::GatherInts{to, entries, base, size, from, 32}, n);
}

int32_t chg_histogram(chg_stream *stream, chg_ptr count, int64_t base, uint64_t size, chg_ptr x, uint64_t n) {
  Call call(__func__, stream);
  u32 *counters = call.region<u32>("count", count, Call::times(size, 4), Use::WRITE);
  const i32 *from = call.integers("x", x, n, Use::TABLE);
  return call.map(chg::Histogram{counters, base, size, from}, n);
}

int32_t chg_max(chg_stream *stream, chg_ptr x, uint64_t n, int32_t *out) {
  Call call(__func__, stream);
  const i32 *values = call.integers("x", x, n, Use::READ);
  call.need(n > 0, "there is no largest of no integers");
  call.host("out", out);
  call.start(chg::Largest<chg::MaxInt>{{values}, n, call.sink()}, Call::meeting(n));
  if (call.wait() == CHG_OK) *out = static_cast<i32>(static_cast<u32>(call.word(0)) ^ 0x80000000u);
  return call.status();
}

int32_t chg_panel_copy(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                       uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *to = call.rows<i32>("dst", dst, rows, dst_stride, width);
  const i32 *from = call.rows<i32>("src", src, rows, src_stride, width);
  return call.map(chg::PanelCopy<i32, i32>{to, dst_stride, from, src_stride, width}, Call::times(rows, width));
}

int32_t chg_panel_widen(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                        uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *to = call.rows<i32>("dst", dst, rows, dst_stride, width);
  const int16_t *from = call.rows<int16_t>("src", src, rows, src_stride, width, 2);
  return call.map(chg::PanelCopy<i32, int16_t>{to, dst_stride, from, src_stride, width}, Call::times(rows, width));
}

/* Starts a kernel that gives 1 for each of n elements that is not as it should be, and tells whether there is none. */
template <class Op>
static int32_t all(Call &call, const Op &op, u64 n, int32_t *good) {
  call.start(chg::Largest<Op>{op, n, call.sink()}, Call::meeting(n));
  if (n > 0) call.wait();
  if (!call.refused()) *good = n == 0 || call.word(0) == 0;
  return call.status();
}

int32_t chg_panel_narrow(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                         uint64_t rows, uint64_t width, int32_t *fits) {
  Call call(__func__, stream);
  need_width(call, width);
  int16_t *to = call.rows<int16_t>("dst", dst, rows, dst_stride, width, 2);
  const i32 *from = call.rows<i32>("src", src, rows, src_stride, width);
  call.host("fits", fits);
  return all(call, chg::PanelNarrow{{to, dst_stride, from, src_stride, width}}, Call::times(rows, width), fits);
}

int32_t chg_panel_add(chg_stream *stream, chg_ptr dst, chg_ptr x, chg_ptr y, uint64_t n) {
  Call call(__func__, stream);
  i32 *to = call.integers("dst", dst, n, Use::WRITE);
  const i32 *a = call.integers("x", x, n, Use::READ), *b = call.integers("y", y, n, Use::READ);
  return call.map(chg::PanelAdd{to, a, b}, n);
}

int32_t chg_panel_subtract_from(chg_stream *stream, chg_ptr x, uint64_t stride, chg_ptr offset, uint64_t rows,
                                uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *values = call.rows<i32>("x", x, rows, stride, width);
  const i32 *from = call.integers("offset", offset, width, Use::TABLE);
  return call.map(chg::PanelSubtractFrom{values, stride, from, width}, Call::times(rows, width));
}

/* Reduces each lane. */
template <class Op>
static int32_t lanes(Call &call, const Op &op, chg_ptr dst, chg_ptr x, u64 stride, u64 rows, u64 width) {
  need_width(call, width);
  i32 *to = call.integers("dst", dst, width, Use::WRITE);
  const i32 *values = call.rows<i32>("x", x, rows, stride, width);
  return call.start(chg::PanelLanes<Op>{op, to, values, stride, rows, width},
                    tiles(width, chg::PanelLanes<Op>::LANES));
}

int32_t chg_panel_max(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  call.need(rows > 0, "there is no largest of no rows");
  return lanes(call, chg::LaneMax{}, dst, x, stride, rows, width);
}

int32_t chg_panel_sum(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  return lanes(call, chg::LaneSum{}, dst, x, stride, rows, width);
}

int32_t chg_panel_magnitude(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows,
                            uint64_t width) {
  Call call(__func__, stream);
  return lanes(call, chg::LaneMagnitude{}, dst, x, stride, rows, width);
}

int32_t chg_panel_neighbour_products(chg_stream *stream, chg_ptr dst, chg_ptr m, uint64_t stride, uint64_t rows,
                                     uint64_t width) {
  Call call(__func__, stream);
  return lanes(call, chg::LaneNeighbourProducts{}, dst, m, stride, rows, width);
}

int32_t chg_panel_first_outside(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int32_t low, int32_t high,
                                uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  call.need(rows <= INT32_MAX, "%lld rows are more than 2^31 - 1", rows);
  return lanes(call, chg::LaneFirstOutside{low, high, static_cast<i32>(rows)}, dst, x, stride, rows, width);
}

int32_t chg_panel_exponential_sums(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr offset,
                                   float rate, float one, uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  const i32 *from = call.integers("offset", offset, width, Use::TABLE);
  return lanes(call, chg::LaneExponentials{from, rate, one}, dst, x, stride, rows, width);
}

int32_t chg_panel_mantissas(chg_stream *stream, chg_ptr m, chg_ptr pair, chg_ptr x, uint64_t stride, chg_ptr exponent,
                            uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *shifted = call.rows<i32>("m", m, rows, stride, width), *rest = call.rows<i32>("pair", pair, rows, stride, width);
  const i32 *values = call.rows<i32>("x", x, rows, stride, width);
  const i32 *exponents = call.integers("exponent", exponent, width, Use::TABLE);
  return call.map(chg::PanelMantissas{shifted, rest, values, stride, exponents, width}, Call::times(rows, width));
}

int32_t chg_panel_scale_round(chg_stream *stream, chg_ptr n, chg_ptr rem, chg_ptr m, uint64_t stride, chg_ptr factor,
                              int32_t s, uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  call.need(s >= 1 && s <= 30, "a shift of 1 to 30 bits, not %lld", Call::as(s));
  i32 *rounded = call.rows<i32>("n", n, rows, stride, width), *rest = call.rows<i32>("rem", rem, rows, stride, width);
  const i32 *values = call.rows<i32>("m", m, rows, stride, width);
  const i32 *factors = call.integers("factor", factor, width, Use::TABLE);
  return call.map(chg::PanelScaleRound{rounded, rest, values, stride, factors, static_cast<u32>(s), width},
                  Call::times(rows, width));
}

int32_t chg_panel_lookup(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x,
                         uint64_t n, int32_t *inside) {
  Call call(__func__, stream);
  i32 *to = call.integers("dst", dst, n, Use::WRITE);
  const i32 *entries = call.table("table", table, size);
  const i32 *from = call.integers("x", x, n, Use::READ);
  call.host("inside", inside);
  return all(call, chg::PanelLookup{to, entries, base, size, from}, n, inside);
}

static const i32 *falling(Call &call, chg_ptr table, i32 limit) {
  call.need(limit >= 0, "the limit of a table is negative, %lld", Call::as(limit));
  return call.refused() ? nullptr : call.table("table", table, static_cast<u64>(limit) + 2);
}

int32_t chg_panel_neighbours(chg_stream *stream, chg_ptr before, chg_ptr at, chg_ptr x, uint64_t stride,
                             chg_ptr offset, chg_ptr table, int32_t limit, uint64_t rows, uint64_t width) {
  Call call(__func__, stream);
  need_width(call, width);
  i32 *left = call.rows<i32>("before", before, rows, stride, width);
  i32 *right = call.rows<i32>("at", at, rows, stride, width);
  i32 *values = call.rows<i32>("x", x, rows, stride, width);
  const i32 *from = call.integers("offset", offset, width, Use::TABLE);
  const i32 *entries = falling(call, table, limit);
  return call.map(chg::PanelNeighbours{left, right, values, stride, from, entries, static_cast<u32>(limit), width},
                  Call::times(rows, width));
}

int32_t chg_panel_neighbour_sums(chg_stream *stream, chg_ptr x, uint64_t stride, int32_t offset, chg_ptr table,
                                 int32_t limit, uint64_t rows, uint64_t *out) {
  Call call(__func__, stream);
  const i32 *values = call.rows<i32>("x", x, rows, stride, 1, 4);
  const i32 *entries = falling(call, table, limit);
  call.host("out", out);
  call.start(chg::Total<chg::PanelNeighbourSums>{
                 {values, stride, static_cast<u32>(offset), entries, static_cast<u32>(limit)}, rows, call.sink()},
             Call::meeting(rows));
  if (rows > 0) call.wait();
  if (!call.refused()) *out = rows == 0 ? 0 : call.word(0);
  return call.status();
}
