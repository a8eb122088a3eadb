/* Rows of a committed matrix and claims over them: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::u32;
using chg::u64;
using chg::u8;
using chg::Use;

static void need_head(Call &call, int32_t head) {
  call.need(head >= 0 && head <= CHG_MAX_HEAD, "a head has 0 to %lld variables, not %lld", CHG_MAX_HEAD,
            Call::as(head));
}

/* Structures of the host's in device memory. */
template <class T>
static const T *structures(Call &call, const char *name, chg_ptr at, u64 count) {
  return call.region<T>(name, at, Call::times(count, sizeof(T)), Use::TABLE);
}

static chg::Claims claims(Call &call, chg_ptr tables, u64 entries, chg_ptr terms, u64 term_count, chg_ptr runs,
                          u64 run_count) {
  return {call.ext("tables", tables, entries, Use::TABLE), entries,
          structures<chg_claim_term>(call, "terms", terms, term_count), term_count,
          structures<chg_claim_run>(call, "runs", runs, run_count), run_count};
}

int32_t chg_place_pieces(chg_stream *stream, chg_ptr dst, uint64_t n, chg_ptr src, uint64_t bytes, chg_ptr pieces,
                         uint64_t count) {
  Call call(__func__, stream);
  u32 *elements = call.base("dst", dst, n, Use::WRITE);
  const u8 *ints = call.region<u8>("src", src, bytes, Use::TABLE);
  const chg_piece *table = structures<chg_piece>(call, "pieces", pieces, count);
  return call.start(chg::PlacePieces{elements, n, ints, bytes, table, count}, count);
}

int32_t chg_fold_rows(chg_stream *stream, chg_ptr dst, chg_ptr src, uint64_t n, int32_t head, chg_ptr eq) {
  Call call(__func__, stream);
  need_head(call, head);
  if (call.refused()) return call.status();
  u64 width = u64{1} << head;
  u32 *sums = call.ext("dst", dst, n, Use::WRITE);
  const u32 *rows = call.base("src", src, Call::times(n, width), Use::TABLE);
  const u32 *weights = call.ext("eq", eq, width, Use::TABLE);
  return call.start(chg::FoldRows{sums, rows, weights, n, static_cast<u32>(head)},
                    n / chg::THREADS + (n % chg::THREADS != 0));
}

int32_t chg_add_head_sums(chg_stream *stream, chg_ptr sums, uint64_t groups, chg_ptr src, uint64_t n, int32_t head,
                          chg_ptr tables, uint64_t entries, chg_ptr terms, uint64_t term_count, chg_ptr runs,
                          uint64_t run_count) {
  Call call(__func__, stream);
  need_head(call, head);
  if (call.refused()) return call.status();
  u64 *cells = call.region<u64>("sums", sums, Call::blocks(Call::times(groups, u64{1} << head), 32), Use::WRITE);
  const u32 *rows = call.base("src", src, n, Use::TABLE);
  chg::Claims all = claims(call, tables, entries, terms, term_count, runs, run_count);
  return call.start(chg::HeadSums{all, cells, groups, rows, n, static_cast<u32>(head)}, run_count);
}

int32_t chg_reduce_sums(chg_stream *stream, chg_ptr dst, chg_ptr sums, uint64_t n) {
  Call call(__func__, stream);
  u32 *elements = call.ext("dst", dst, n, Use::WRITE);
  const u64 *cells = call.region<u64>("sums", sums, Call::blocks(n, 32), Use::TABLE);
  return call.map(chg::ReduceSums{elements, cells}, Call::blocks(n, 4));
}

int32_t chg_claim_weights(chg_stream *stream, chg_ptr dst, uint64_t n, chg_ptr tables, uint64_t entries, chg_ptr terms,
                          uint64_t term_count, chg_ptr runs, uint64_t run_count) {
  Call call(__func__, stream);
  u32 *weights = call.ext("dst", dst, n, Use::WRITE);
  chg::Claims all = claims(call, tables, entries, terms, term_count, runs, run_count);
  return call.start(chg::ClaimWeights{all, weights, n}, run_count);
}
