/* BLAKE3: chagres_cuda.h. */
#include "exported.h"

#include <cstring>

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::u16;
using chg::u32;
using chg::u64;
using chg::u8;
using chg::Use;

static void need_digest(Call &call, int32_t bytes) {
  call.need(bytes >= 16 && bytes <= 32 && bytes % 2 == 0, "a digest of %lld bytes: even, 16 to 32 are known",
            Call::as(bytes));
}

static void need_state(Call &call, u64 n) {
  call.need(n % CHG_BLOCK == 0, "%lld columns are not whole blocks of %lld", n, CHG_BLOCK);
}

static u32 *state(Call &call, const char *name, chg_ptr at, u64 n, Use use) {
  need_state(call, n);
  return call.region<u32>(name, at, Call::times(n, 32), use);
}

int32_t chg_hash_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr dst, chg_ptr src,
                         uint64_t block_stride, uint64_t rows, uint64_t from, uint64_t to) {
  Call call(__func__, stream);
  chg_blake3_mode with = call.mode(mode);
  call.need(from <= to, "the columns end at %lld, before they begin at %lld", to, from);
  call.need(block_stride % 4 == 0, "a stride of %lld bytes is no multiple of 4", block_stride);
  if (call.refused()) return call.status();
  u32 *digests = call.region<u32>("dst", dst, Call::times(to - from, 32), Use::WRITE);
  u64 blocks = rows / 16 + (rows % 16 != 0);
  u64 bytes = from == to ? 0 : Call::panel(blocks, block_stride, Call::times(to, 64), 1);
  const u32 *matrix = call.region<u32>("src", src, bytes, Use::TABLE);
  call.need(rows <= u64{1} << 32, "%lld rows", rows);
  u32 columns = chg::HashColumns::columns_of(rows);
  return call.start(chg::HashColumns{with, digests, matrix, block_stride / 4, rows, from, to, columns},
                    (to - from) / columns + ((to - from) % columns != 0));
}

int32_t chg_hash_pairs(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr dst, chg_ptr src, uint64_t n,
                       int32_t bytes) {
  Call call(__func__, stream);
  chg_blake3_mode with = call.mode(mode);
  need_digest(call, bytes);
  u64 size = static_cast<u64>(bytes);
  u16 *parents = call.region<u16>("dst", dst, Call::times(n, size), Use::WRITE);
  const u32 *nodes = call.region<u32>("src", src, Call::times(n, 2 * size), Use::TABLE);
  return call.map(chg::HashPairs{with, parents, nodes, static_cast<u32>(bytes / 2)}, n);
}

int32_t chg_init_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr state, uint64_t n) {
  Call call(__func__, stream);
  chg_blake3_mode with = call.mode(mode);
  u32 *values = ::state(call, "state", state, n, Use::WRITE);
  return call.map(chg::InitColumns{with, values}, n);
}

int32_t chg_absorb_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr state, chg_ptr src,
                           uint64_t row_stride, int32_t rows, uint64_t n, uint64_t chunk, uint32_t flags) {
  Call call(__func__, stream);
  chg_blake3_mode with = call.mode(mode);
  call.need(rows >= 1 && rows <= 16, "a block has 1 to 16 rows, not %lld", Call::as(rows));
  call.need(row_stride % 4 == 0, "a stride of %lld bytes is no multiple of 4", row_stride);
  u32 *values = ::state(call, "state", state, n, Use::WRITE);
  if (call.refused()) return call.status();
  u64 bytes = n == 0 ? 0 : Call::panel(static_cast<u64>(rows), row_stride, Call::times(n, 4), 1);
  const u32 *words = call.region<u32>("src", src, bytes, Use::TABLE);
  return call.map(chg::AbsorbColumns{values, words, row_stride / 4, static_cast<u32>(rows), chunk, flags | with.flag},
                  n);
}

int32_t chg_merge_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr left, chg_ptr right, uint64_t n,
                          uint32_t flags) {
  Call call(__func__, stream);
  chg_blake3_mode with = call.mode(mode);
  const u32 *l = state(call, "left", left, n, Use::TABLE);
  u32 *r = state(call, "right", right, n, Use::WRITE);
  return call.map(chg::MergeColumns{with, l, r, flags | with.flag}, n);
}

int32_t chg_store_columns(chg_stream *stream, chg_ptr dst, chg_ptr state, uint64_t n, int32_t bytes) {
  Call call(__func__, stream);
  need_digest(call, bytes);
  u16 *digests = call.region<u16>("dst", dst, Call::times(n, static_cast<u64>(bytes)), Use::WRITE);
  const u32 *values = ::state(call, "state", state, n, Use::TABLE);
  return call.map(chg::StoreColumns{digests, values, static_cast<u32>(bytes / 2)}, n);
}

int32_t chg_load_columns(chg_stream *stream, chg_ptr state, chg_ptr src, uint64_t n) {
  Call call(__func__, stream);
  u32 *values = ::state(call, "state", state, n, Use::WRITE);
  const u32 *digests = call.region<u32>("src", src, Call::times(n, 32), Use::TABLE);
  return call.map(chg::LoadColumns{values, digests}, n);
}

int32_t chg_least_nonce(chg_stream *stream, const uint8_t *head, uint64_t head_bytes, int32_t bits, uint64_t first,
                        uint64_t count, const uint32_t start[8], uint32_t flags, int64_t *nonce) {
  Call call(__func__, stream);
  call.need(head_bytes <= CHG_NONCE_HEAD, "at most %lld bytes fit before a nonce, not %lld", CHG_NONCE_HEAD,
            head_bytes);
  call.need(bits >= 1 && bits <= 64, "work has 1 to 64 bits, not %lld", Call::as(bits));
  call.need(first % CHG_NONCES == 0 && count % CHG_NONCES == 0 && first <= INT64_MAX && count <= INT64_MAX - first,
            "nonces %lld + %lld: both are multiples of 64, and their sum is below 2^63", first, count);
  if (head_bytes > 0) call.host("head", head);
  call.host("start", start);
  call.host("nonce", nonce);
  if (call.refused()) return call.status();
  chg::LeastNonce search{};
  u8 block[chg::BLOCK_BYTES] = {};
  if (head_bytes > 0) memcpy(block, head, head_bytes);
  for (u32 w = 0; w < chg::BLOCK_WORDS; w++) {
    const u8 *b = block + 4 * w;
    search.head[w] = u32{b[0]} | u32{b[1]} << 8 | u32{b[2]} << 16 | u32{b[3]} << 24;
  }
  for (u32 w = 0; w < chg::CV_WORDS; w++) search.start[w] = start[w];
  search.bytes = static_cast<u32>(head_bytes);
  search.bits = static_cast<u32>(bits);
  search.flags = flags;
  search.first = first;
  search.count = count;
  search.sink = call.sink();
  call.start(search, Call::meeting(count));
  if (count > 0) call.wait();
  if (call.refused()) return call.status();
  *nonce = count == 0 || call.word(0) == 0 ? -1 : static_cast<int64_t>(~call.word(0));
  return CHG_OK;
}
