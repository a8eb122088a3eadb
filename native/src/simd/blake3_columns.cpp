/*
 * Columns whose rows arrive sixteen at a time: the state of LANES columns is eight vectors, word by word. Blocks need
 * no transposition, as rows are vectors of message words. The processor prefetches the sixteen streams of rows by
 * itself: asking for them 2 to 32 vectors ahead made nothing faster, in rows of 2^17 to 2^21 columns.
 */
#include "blake3.h"
#include "edges.h"
#include "kernels.h"

namespace chk::CHK_ISA {

void init_columns(u64 start, u64 state, u64 n) {
  for (u64 i = 0; i < n; i += LANES) {
    begin(reinterpret_cast<V *>(state + i * DIGEST_BYTES), start);
  }
}

void absorb_columns(i32 mode_flag, u64 state, u64 src, u64 row_stride, i32 rows, u64 n, u64 chunk, i32 flags) {
  Header header = {chunk, static_cast<u32>(4 * rows), static_cast<u32>(flags | mode_flag)};
  V message[BLOCK_WORDS];
  for (V &word : message) {
    word = zero();
  }
  for (u64 i = 0; i < n; i += LANES) {
    u64 from = src + 4 * i;
    for (int r = 0; r < rows; r++, from += row_stride) {
      message[r] = load(reinterpret_cast<const void *>(from));
    }
    V *cv = reinterpret_cast<V *>(state + i * DIGEST_BYTES);
    compress(cv, cv, message, header);
  }
}

void merge_columns(u64 start, i32 mode_flag, u64 left, u64 right, u64 n, i32 flags) {
  Header header = {0, BLOCK_BYTES, static_cast<u32>(flags | mode_flag)};
  V cv[CV_WORDS];
  begin(cv, start);
  for (u64 i = 0; i < n; i += LANES) {
    const V *a = reinterpret_cast<const V *>(left + i * DIGEST_BYTES);
    V *b = reinterpret_cast<V *>(right + i * DIGEST_BYTES);
    V message[BLOCK_WORDS];
    for (int w = 0; w < CV_WORDS; w++) {
      message[w] = load(a + w);
      message[CV_WORDS + w] = load(b + w);
    }
    compress(b, cv, message, header);
  }
}

void store_columns(u64 dst, u64 state, u64 n, i32 bytes) {
  for (u64 i = 0; i < n; i += LANES) {
    store_digests(dst + i * bytes, reinterpret_cast<const V *>(state + i * DIGEST_BYTES), LANES, bytes);
  }
}

void load_columns(u64 state, u64 src, u64 n) {
  for (u64 i = 0; i < n; i += LANES) {
    const u32 *digests = words(src + i * DIGEST_BYTES);
    V rows[LANES];
    for (int lane = 0; lane < LANES; lane++, digests += CV_WORDS) {
      rows[lane] = load_eight(digests);
    }
    transpose(rows);
    for (int w = 0; w < CV_WORDS; w++) {
      store(reinterpret_cast<V *>(state + i * DIGEST_BYTES) + w, rows[w]);
    }
  }
}

}  // namespace chk::CHK_ISA
