/* The circle FFT from coefficients to values, of whole rows and at some positions. */
#include "fft_blocks.h"
#include "fft_columns.h"
#include "fft_small.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

/* Blocks are not divided below 2^SKIPPED words to skip those without a position. */
constexpr int SKIPPED = 8;

/* `block` where the block has positions; [position, end) are those at or after its first word. Returns the rest. */
const u32 *block_at(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w, const u32 *position, const u32 *end) {
  const u32 *next = position;
  while (next < end && *next >> h == b) next++;
  if (next == position) return next;
  if (h <= SKIPPED) {
    encode_block(dst, src, h, b, w);
    return next;
  }
  int radix = next_radix(h > CACHED ? h - CACHED : h - TAIL);
  encode_pass(dst, src, radix, h - 1, b, w);
  for (size_t i = 0; i < size_t{1} << radix; i++) {
    u32 *part = dst + (i << (h - radix));
    position = block_at(part, part, h - radix, (b << radix) + i, w, position, next);
  }
  return next;
}

}  // namespace

void encode(u64 dst, u64 src, i32 log_k, i32 log_n, u64 rows, u64 twiddles) {
  const Twiddles w(twiddles, log_n);
  for (u64 r = 0; r < rows; r++) {
    u32 *codeword = words(dst) + (r << log_n);
    const u32 *row = words(src) + (r << log_k);
    if (log_k < TAIL) {
      encode_small(codeword, row, log_k, log_n, w);
      continue;
    }
    // The coefficients above are zero: the layers above copy the row.
    for (size_t c = 0; c < size_t{1} << (log_n - log_k); c++) {
      encode_block(codeword + (c << log_k), row, log_k, c, w);
    }
  }
}

void encode_at(u64 dst, u64 src, i32 log_k, i32 log_n, u64 positions, u64 count, u64 twiddles) {
  if (log_k < TAIL) {
    encode(dst, src, log_k, log_n, 1, twiddles);
    return;
  }
  const Twiddles w(twiddles, log_n);
  const u32 *position = words(positions), *end = position + count;
  if (encode_columns(words(dst), words(src), log_k, log_n, position, count, w)) return;
  for (size_t c = 0; c < size_t{1} << (log_n - log_k); c++) {
    position = block_at(words(dst) + (c << log_k), words(src), log_k, c, w, position, end);
  }
}

}  // namespace chk::CHK_ISA
