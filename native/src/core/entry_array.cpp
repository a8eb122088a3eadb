/* Base and ext arrays, fractions, grids: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::Elements;
using chg::i32;
using chg::Ints;
using chg::Q31;
using chg::u32;
using chg::u64;
using chg::Use;

int32_t chg_add_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.base("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::READ), *y = call.base("b", b, n, Use::READ);
  return call.map(chg::AddBase{to, x, y}, n);
}

int32_t chg_sub_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.base("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::READ), *y = call.base("b", b, n, Use::READ);
  return call.map(chg::SubBase{to, x, y}, n);
}

int32_t chg_mul_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.base("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::READ), *y = call.base("b", b, n, Use::READ);
  return call.map(chg::MulBase{to, x, y}, n);
}

int32_t chg_mul_add_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, chg_ptr c, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.base("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::READ), *y = call.base("b", b, n, Use::READ);
  const u32 *z = call.base("c", c, n, Use::READ);
  return call.map(chg::MulAddBase{to, x, y, z}, n);
}

int32_t chg_embed_ints(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t bits, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.base("dst", dst, n, Use::WRITE);
  const void *from = call.ints("src", src, bits, n, bits == 32 && dst == src ? Use::ROWS : Use::TABLE);
  return call.map(chg::EmbedInts{to, {from, bits}}, n);
}

int32_t chg_gather_ints(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x,
                        int32_t bits, uint64_t n) {
  Call call(__func__, stream);
  i32 *to = call.integers("dst", dst, n, Use::WRITE);
  const i32 *entries = call.table("table", table, size);
  const void *from = call.ints("x", x, bits, n, bits == 32 && dst == x ? Use::ROWS : Use::TABLE);
  return call.map(chg::GatherInts{to, entries, base, size, from, bits}, n);
}

int32_t chg_ext_from_base(chg_stream *stream, chg_ptr dst, chg_ptr a, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::TABLE);
  return call.map(chg::ExtFromBase{to, x}, n);
}

int32_t chg_add_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ), *y = call.ext("b", b, n, Use::READ);
  return call.map(chg::AddExt{to, x, y}, n);
}

int32_t chg_sub_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ), *y = call.ext("b", b, n, Use::READ);
  return call.map(chg::SubExt{to, x, y}, n);
}

int32_t chg_mul_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ), *y = call.ext("b", b, n, Use::READ);
  return call.map(chg::MulExt{to, x, y}, n);
}

int32_t chg_mul_ext_by_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ), *y = call.base("b", b, n, Use::TABLE);
  return call.map(chg::MulExtByBase{to, x, y}, n);
}

int32_t chg_scale_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ);
  Q31 factor = call.element("s", s);
  return call.map(chg::ScaleExt{to, x, factor}, n);
}

int32_t chg_add_scaled_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.ext("a", a, n, Use::READ);
  Q31 factor = call.element("s", s);
  return call.map(chg::AddScaledExt{to, x, factor}, n);
}

int32_t chg_add_scaled_base(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *x = call.base("a", a, n, Use::TABLE);
  Q31 factor = call.element("s", s);
  return call.map(chg::AddScaled<Elements>{to, {x}, factor}, n);
}

int32_t chg_add_scaled_ints(chg_stream *stream, chg_ptr dst, chg_ptr a, int32_t bits, const chg_qm31 *s, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const void *x = call.ints("a", a, bits, n, Use::TABLE);
  Q31 factor = call.element("s", s);
  return call.map(chg::AddScaled<Ints>{to, {x, bits}, factor}, n);
}

int32_t chg_fill_ext(chg_stream *stream, chg_ptr dst, const chg_qm31 *s, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  Q31 value = call.element("s", s);
  return call.map(chg::FillExt{to, value}, n);
}

int32_t chg_constant_minus_base(chg_stream *stream, chg_ptr dst, const chg_qm31 *s, chg_ptr a, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  Q31 constant = call.element("s", s);
  const u32 *x = call.base("a", a, n, Use::TABLE);
  return call.map(chg::ConstantMinusBase{to, constant, x}, n);
}

int32_t chg_fold_ext(chg_stream *stream, chg_ptr dst, chg_ptr lo, chg_ptr hi, const chg_qm31 *r, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *low = call.ext("lo", lo, n, Use::READ), *high = call.ext("hi", hi, n, Use::READ);
  Q31 point = call.element("r", r);
  return call.map(chg::FoldExt{to, low, high, point}, n);
}

int32_t chg_fold_base(chg_stream *stream, chg_ptr dst, chg_ptr lo, chg_ptr hi, const chg_qm31 *r, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, n, Use::WRITE);
  const u32 *low = call.base("lo", lo, n, Use::TABLE), *high = call.base("hi", hi, n, Use::TABLE);
  Q31 point = call.element("r", r);
  return call.map(chg::FoldBase{to, low, high, point}, n);
}

int32_t chg_combine_rows(chg_stream *stream, chg_ptr dst, chg_ptr src, uint64_t width, uint64_t stride, chg_ptr w,
                         uint64_t rows) {
  Call call(__func__, stream);
  call.need(stride % CHG_BLOCK == 0, "a stride of %lld elements is no multiple of 16", stride);
  u32 *to = call.ext("dst", dst, width, Use::WRITE);
  const u32 *from = call.rows<u32>("src", src, rows, stride, width);
  const u32 *weights = call.ext("w", w, rows, Use::TABLE);
  return call.map(chg::CombineRows<Elements>{to, {from}, stride, weights, rows}, width);
}

int32_t chg_combine_rows_ints(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t bits, uint64_t width,
                              uint64_t stride, chg_ptr w, uint64_t rows) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, width, Use::WRITE);
  const void *from = call.ints("src", src, bits, Call::panel(rows, stride, width, 1), Use::ROWS);
  const u32 *weights = call.ext("w", w, rows, Use::TABLE);
  return call.map(chg::CombineRows<Ints>{to, {from, bits}, stride, weights, rows}, width);
}

int32_t chg_eq_table(chg_stream *stream, chg_ptr dst, const chg_qm31 *point, int32_t variables,
                     const chg_qm31 *scale) {
  Call call(__func__, stream);
  call.need(variables >= 0 && variables <= CHG_MAX_VARIABLES, "a point has 0 to %lld variables, not %lld",
            CHG_MAX_VARIABLES, Call::as(variables));
  if (call.refused()) return call.status();
  chg::EqTable table{};
  table.dst = call.ext("dst", dst, u64{1} << variables, Use::WRITE);
  table.scale = call.element("scale", scale);
  table.variables = variables;
  if (variables > 0) call.host("point", point);
  for (i32 v = 0; v < variables && !call.refused(); v++) table.point[v] = call.element("point", point + v);
  return call.map(table, variables < 2 ? 1 : u64{1} << (variables - 2));
}

int32_t chg_add_fractions(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr p0, chg_ptr q0, chg_ptr p1, chg_ptr q1,
                          uint64_t n) {
  Call call(__func__, stream);
  call.apart();
  u32 *top = call.ext("p", p, n, Use::WRITE), *bottom = call.ext("q", q, n, Use::WRITE);
  const u32 *n0 = call.ext("p0", p0, n, Use::READ), *d0 = call.ext("q0", q0, n, Use::READ);
  const u32 *n1 = call.ext("p1", p1, n, Use::READ), *d1 = call.ext("q1", q1, n, Use::READ);
  return call.map(chg::AddFractions{top, bottom, n0, d0, n1, d1}, n);
}

int32_t chg_add_unit_fractions(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr q0, chg_ptr q1, uint64_t n) {
  Call call(__func__, stream);
  call.apart();
  u32 *top = call.ext("p", p, n, Use::WRITE), *bottom = call.ext("q", q, n, Use::WRITE);
  const u32 *d0 = call.ext("q0", q0, n, Use::READ), *d1 = call.ext("q1", q1, n, Use::READ);
  return call.map(chg::AddUnitFractions{top, bottom, d0, d1}, n);
}

int32_t chg_leaf_pair(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr a0, chg_ptr a1, int32_t bits,
                      const chg_qm31 *c, uint64_t n) {
  Call call(__func__, stream);
  u32 *top = call.ext("p", p, n, Use::WRITE), *bottom = call.ext("q", q, n, Use::WRITE);
  const void *x0 = call.ints("a0", a0, bits, n, Use::TABLE), *x1 = call.ints("a1", a1, bits, n, Use::TABLE);
  Q31 at = call.element("c", c);
  return call.map(chg::LeafPair{top, bottom, {x0, bits}, {x1, bits}, at, q31_add(at, at), q31_mul(at, at)}, n);
}

int32_t chg_leaf_quad(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr a0, chg_ptr a1, chg_ptr a2, chg_ptr a3,
                      int32_t bits, const chg_qm31 *c, uint64_t n) {
  Call call(__func__, stream);
  u32 *top = call.ext("p", p, n, Use::WRITE), *bottom = call.ext("q", q, n, Use::WRITE);
  const void *x0 = call.ints("a0", a0, bits, n, Use::TABLE), *x1 = call.ints("a1", a1, bits, n, Use::TABLE);
  const void *x2 = call.ints("a2", a2, bits, n, Use::TABLE), *x3 = call.ints("a3", a3, bits, n, Use::TABLE);
  Q31 at = call.element("c", c);
  Q31 square = q31_mul(at, at), cube = q31_mul(square, at), fourth = q31_mul(square, square);
  return call.map(chg::LeafQuad{top, bottom, {x0, bits}, {x1, bits}, {x2, bits}, {x3, bits}, at, square, cube, fourth,
                                q31_add(at, at), q31_scale(square, 3), q31_scale(cube, 4)},
                  n);
}

/* A grid, of which rows of n <= CHG_GRID_ROW elements count. */
static u32 *grid(Call &call, const char *name, chg_ptr at, u64 n, Use use) {
  call.need(n <= CHG_GRID_ROW, "a row of a grid has at most %lld elements, not %lld", CHG_GRID_ROW, n);
  return call.base(name, at, CHG_GRID_ROWS * CHG_GRID_ROW, use);
}

int32_t chg_extend_grid(chg_stream *stream, chg_ptr grid, uint64_t n) {
  Call call(__func__, stream);
  u32 *rows = ::grid(call, "grid", grid, n, Use::WRITE);
  return call.map(chg::ExtendGrid{rows}, (n + CHG_BLOCK - 1) / CHG_BLOCK * CHG_BLOCK);
}

int32_t chg_add_grid_products(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("sums", sums, CHG_GRID_ROWS * CHG_BLOCK, Use::WRITE);
  const u32 *weights = call.ext("e", e, n, Use::TABLE);
  const u32 *x = grid(call, "a", a, n, Use::TABLE), *y = grid(call, "b", b, n, Use::TABLE);
  return call.start(chg::GridSums<chg::GridProduct>{{x, y}, to, weights, n}, chg::GridProduct::ROWS);
}

int32_t chg_add_grid_cross(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, chg_ptr c, chg_ptr d,
                           uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("sums", sums, CHG_GRID_ROWS * CHG_BLOCK, Use::WRITE);
  const u32 *weights = call.ext("e", e, n, Use::TABLE);
  const u32 *x = grid(call, "a", a, n, Use::TABLE), *y = grid(call, "b", b, n, Use::TABLE);
  const u32 *z = grid(call, "c", c, n, Use::TABLE), *w = grid(call, "d", d, n, Use::TABLE);
  return call.start(chg::GridSums<chg::GridCross>{{x, y, z, w}, to, weights, n}, chg::GridCross::ROWS);
}

int32_t chg_add_grid_corners(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("sums", sums, chg::GridCorners::ROWS * CHG_BLOCK, Use::WRITE);
  const u32 *weights = call.ext("e", e, n, Use::TABLE);
  const u32 *x = grid(call, "a", a, n, Use::TABLE), *y = grid(call, "b", b, n, Use::TABLE);
  return call.start(chg::GridSums<chg::GridCorners>{{x, y}, to, weights, n}, chg::GridCorners::ROWS);
}
