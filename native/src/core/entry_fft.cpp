/* The circle FFT: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "circle.h"
#include "launched.h"

using chg::Call;
using chg::u32;
using chg::u64;
using chg::Use;

/* Words of the twiddles for a size 2^log_n. */
static u64 twiddle_bytes(int32_t log_n) { return Call::blocks(u64{1} << (log_n - 1), 4); }

static void need_size(Call &call, int32_t log_n) {
  call.need(log_n >= 1 && log_n <= CHG_MAX_LOG_SIZE, "a codeword has 2^1 to 2^%lld values, not 2^%lld",
            CHG_MAX_LOG_SIZE, Call::as(log_n));
}

static void need_code(Call &call, int32_t log_k, int32_t log_n) {
  need_size(call, log_n);
  call.need(log_k >= 0 && log_k < log_n, "a circle code needs 0 <= log_k < log_n, not log_k %lld, log_n %lld",
            Call::as(log_k), Call::as(log_n));
}

static chg::Factors factors(Call &call, chg_ptr twiddles, int32_t log_n) {
  return {call.region<u32>("twiddles", twiddles, twiddle_bytes(log_n), Use::TABLE), static_cast<u32>(log_n),
          chg::circle_generator(2).y};
}

/*
 * The passes over `log_k` layers from the lowest: thirteen neighbouring layers fit a block in one line, further ones
 * are taken by ten, eight lines at a time, which is a sector of 32 bytes.
 */
struct Pass {
  u32 low, layers, log_lines;
};

static u32 plan(u32 log_k, u32 log_n, Pass passes[4]) {
  constexpr u32 ONE_LINE = 13, LAYERS = 10, LOG_LINES = 3;
  u32 count = 0;
  u32 first = log_k < ONE_LINE ? log_k : ONE_LINE;
  /* With fewer layers than fit a block takes several sequences. */
  u32 spare = ONE_LINE - first < log_n - first ? ONE_LINE - first : log_n - first;
  passes[count++] = {0, first, spare};
  for (u32 low = first; low < log_k; low += LAYERS) {
    passes[count++] = {low, log_k - low < LAYERS ? log_k - low : LAYERS, LOG_LINES};
  }
  return count;
}

static int32_t encode(Call &call, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n, u64 rows,
                      chg_ptr twiddles) {
  need_code(call, log_k, log_n);
  if (call.refused()) return call.status();
  u32 k = static_cast<u32>(log_k), n = static_cast<u32>(log_n);
  u32 *to = call.region<u32>("dst", dst, Call::blocks(Call::times(rows, u64{1} << n), 4), Use::WRITE);
  const u32 *from = call.region<u32>("src", src, Call::blocks(Call::times(rows, u64{1} << k), 4), Use::TABLE);
  chg::Factors with = factors(call, twiddles, log_n);
  Pass passes[4];
  u32 count = plan(k, n, passes);
  for (u32 i = count; i-- > 0 && !call.refused();) {
    bool first = i == count - 1;
    Pass p = passes[i];
    call.start(chg::FftPass<false>{to, first ? from : to, with, p.low, p.layers, p.log_lines, first ? k : n, rows},
               Call::times(rows, u64{1} << (n - p.layers - p.log_lines)));
  }
  return call.status();
}

int32_t chg_twiddles(chg_stream *stream, chg_ptr dst, int32_t log_n) {
  Call call(__func__, stream);
  need_size(call, log_n);
  if (call.refused()) return call.status();
  chg::Twiddles twiddles{};
  twiddles.dst = call.region<u32>("dst", dst, twiddle_bytes(log_n), Use::WRITE);
  for (int order = 0; order < CHG_MAX_LOG_SIZE + 2; order++) {
    twiddles.generators[order] = chg::circle_generator(order);
  }
  return call.map(twiddles, u64{1} << (log_n - 1));
}

int32_t chg_encode(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n, uint64_t rows,
                   chg_ptr twiddles) {
  Call call(__func__, stream);
  return encode(call, dst, src, log_k, log_n, rows, twiddles);
}

/* All values are made: few positions save at most half of the work, and none of the reading. */
int32_t chg_encode_at(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n,
                      const int32_t *positions, uint64_t count, chg_ptr twiddles) {
  Call call(__func__, stream);
  need_code(call, log_k, log_n);
  if (count > 0) call.host("positions", positions);
  for (u64 i = 0; i < count && !call.refused(); i++) {
    call.need(positions[i] >= 0 && positions[i] < int64_t{1} << log_n, "position %lld is not in a codeword of 2^%lld",
              Call::as(positions[i]), Call::as(log_n));
    call.need(i == 0 || positions[i - 1] <= positions[i], "position %lld comes after a greater one",
              Call::as(positions[i]));
  }
  return encode(call, dst, src, log_k, log_n, count == 0 ? 0 : 1, twiddles);
}

int32_t chg_encode_transposed(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n,
                              chg_ptr twiddles) {
  Call call(__func__, stream);
  need_code(call, log_k, log_n);
  if (call.refused()) return call.status();
  u32 k = static_cast<u32>(log_k), n = static_cast<u32>(log_n);
  u32 *to = call.region<u32>("dst", dst, Call::blocks(u64{1} << k, 4), Use::WRITE);
  u32 *values = call.region<u32>("src", src, Call::blocks(u64{1} << n, 4), Use::WRITE);
  chg::Factors with = factors(call, twiddles, log_n);
  Pass passes[4];
  u32 count = plan(k, n, passes);
  for (u32 i = 0; i < count && !call.refused(); i++) {
    Pass p = passes[i];
    if (p.layers == 0) continue;
    call.start(chg::FftPass<true>{values, values, with, p.low, p.layers, p.log_lines, n, 1},
               u64{1} << (n - p.layers - p.log_lines));
  }
  return call.map(chg::SumCopies{to, values, k, u64{1} << (n - k)}, u64{1} << k);
}
