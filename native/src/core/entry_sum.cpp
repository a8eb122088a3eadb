/* Sums and rounds: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::Elements;
using chg::Halves;
using chg::Ints;
using chg::Q31;
using chg::Quarters;
using chg::u32;
using chg::u64;
using chg::Use;

int32_t chg_sum_ext(chg_stream *stream, chg_ptr a, uint64_t n, chg_qm31 *out) {
  Call call(__func__, stream);
  const u32 *x = call.ext("a", a, n, Use::READ);
  return call.sum(chg::SumExt{x}, n, out);
}

int32_t chg_dot_ext(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t n, chg_qm31 *out) {
  Call call(__func__, stream);
  const u32 *x = call.ext("a", a, n, Use::READ), *y = call.ext("b", b, n, Use::READ);
  return call.sum(chg::DotExt{x, y}, n, out);
}

int32_t chg_dot_base(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t n, chg_qm31 *out) {
  Call call(__func__, stream);
  const u32 *x = call.base("a", a, n, Use::READ), *y = call.ext("b", b, n, Use::READ);
  return call.sum(chg::Dot<Elements>{{x}, y}, n, out);
}

int32_t chg_dot_ints(chg_stream *stream, chg_ptr a, int32_t bits, chg_ptr b, uint64_t n, chg_qm31 *out) {
  Call call(__func__, stream);
  const void *x = call.ints("a", a, bits, n, Use::READ);
  const u32 *y = call.ext("b", b, n, Use::READ);
  return call.sum(chg::Dot<Ints>{{x, bits}, y}, n, out);
}

static Halves halves(Call &call, const char *low, chg_ptr lo, const char *high, chg_ptr hi, u64 n) {
  const u32 *l = call.ext(low, lo, n, Use::READ);
  return {l, call.ext(high, hi, n, Use::READ)};
}

int32_t chg_round_product(chg_stream *stream, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi, uint64_t n,
                          chg_qm31 out[2]) {
  Call call(__func__, stream);
  Halves a = halves(call, "a_lo", a_lo, "a_hi", a_hi, n), b = halves(call, "b_lo", b_lo, "b_hi", b_hi, n);
  return call.sum(chg::RoundProduct{a, b}, n, out);
}

int32_t chg_round_eq_product(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi,
                             uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::READ);
  Halves a = halves(call, "a_lo", a_lo, "a_hi", a_hi, n), b = halves(call, "b_lo", b_lo, "b_hi", b_hi, n);
  return call.sum(chg::RoundEqProduct{weights, a, b}, n, out);
}

int32_t chg_round_fractions(chg_stream *stream, chg_ptr e, chg_ptr p0_lo, chg_ptr p0_hi, chg_ptr p1_lo, chg_ptr p1_hi,
                            chg_ptr q0_lo, chg_ptr q0_hi, chg_ptr q1_lo, chg_ptr q1_hi, const chg_qm31 *lambda,
                            uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::READ);
  Halves p0 = halves(call, "p0_lo", p0_lo, "p0_hi", p0_hi, n), p1 = halves(call, "p1_lo", p1_lo, "p1_hi", p1_hi, n);
  Halves q0 = halves(call, "q0_lo", q0_lo, "q0_hi", q0_hi, n), q1 = halves(call, "q1_lo", q1_lo, "q1_hi", q1_hi, n);
  Q31 factor = call.element("lambda", lambda);
  return call.sum(chg::RoundFractions{weights, p0, p1, q0, q1, factor}, n, out);
}

int32_t chg_round_merged(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr p1_lo, chg_ptr p1_hi,
                         chg_ptr q0_lo, chg_ptr q0_hi, chg_ptr q1_lo, chg_ptr q1_hi, uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::READ);
  Halves a = halves(call, "a_lo", a_lo, "a_hi", a_hi, n), p1 = halves(call, "p1_lo", p1_lo, "p1_hi", p1_hi, n);
  Halves q0 = halves(call, "q0_lo", q0_lo, "q0_hi", q0_hi, n), q1 = halves(call, "q1_lo", q1_lo, "q1_hi", q1_hi, n);
  return call.sum(chg::RoundMerged{weights, a, p1, q0, q1}, n, out);
}

int32_t chg_round_eq_triple(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi,
                            chg_ptr c_lo, chg_ptr c_hi, uint64_t n, chg_qm31 out[3]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::READ);
  Halves a = halves(call, "a_lo", a_lo, "a_hi", a_hi, n), b = halves(call, "b_lo", b_lo, "b_hi", b_hi, n);
  Halves c = halves(call, "c_lo", c_lo, "c_hi", c_hi, n);
  return call.sum(chg::RoundEqTriple{weights, a, b, c}, n, out);
}

/* Four quarters of which n elements each take part; the whole of them is written to, as far as others are concerned. */
static Quarters quarters(Call &call, const char *name, chg_ptr at, u64 stride, u64 n) {
  call.need(stride % CHG_BLOCK == 0, "a stride of %lld elements is no multiple of 16", stride);
  call.need(n <= stride, "%lld elements are more than the stride of %lld", n, stride);
  u64 last = (n + CHG_BLOCK - 1) / CHG_BLOCK * CHG_BLOCK;
  return {call.region<u32>(name, at, n == 0 ? 0 : Call::panel(4, stride, last, 16), Use::WRITE), 4 * stride};
}

int32_t chg_fold_round_product(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t stride, const chg_qm31 *r,
                               uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  Quarters x = quarters(call, "a", a, stride, n), y = quarters(call, "b", b, stride, n);
  Q31 point = call.element("r", r);
  return call.sum(chg::FoldRoundProduct{x, y, point}, n, out);
}

int32_t chg_fold_round_eq_product(chg_stream *stream, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t stride,
                                  const chg_qm31 *r, uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::TABLE);
  Quarters x = quarters(call, "a", a, stride, n), y = quarters(call, "b", b, stride, n);
  Q31 point = call.element("r", r);
  return call.sum(chg::FoldRoundEqProduct{weights, x, y, point}, n, out);
}

int32_t chg_fold_round_merged(chg_stream *stream, chg_ptr e, chg_ptr a, chg_ptr p1, chg_ptr q0, chg_ptr q1,
                              uint64_t stride, const chg_qm31 *r, uint64_t n, chg_qm31 out[2]) {
  Call call(__func__, stream);
  const u32 *weights = call.ext("e", e, n, Use::TABLE);
  Quarters x = quarters(call, "a", a, stride, n), y = quarters(call, "p1", p1, stride, n);
  Quarters d0 = quarters(call, "q0", q0, stride, n), d1 = quarters(call, "q1", q1, stride, n);
  Q31 point = call.element("r", r);
  return call.sum(chg::FoldRoundMerged{weights, x, y, d0, d1, point}, n, out);
}
