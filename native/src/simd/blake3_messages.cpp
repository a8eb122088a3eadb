/*
 * Whole messages, equally long, so that all lanes go through the same chunks and the same tree. Blocks of LANES
 * messages are transposed in registers (64 shuffles beside the 784 operations of a compression); lanes without a
 * message repeat the last one.
 */
#include "blake3.h"
#include "edges.h"
#include "kernels.h"

namespace chk::CHK_ISA {
namespace {

/* Blocks of a chunk. */
constexpr u64 CHUNK = 16;
/* Levels of the tree of the longest message: chunks of 2^10 bytes, less than 2^64. */
constexpr int LEVELS = 54;

/* The first n words of a block; others are 0. */
struct Block {
  int n;

  CHK_LAMBDA V part(const u32 *line, int i) const {
    int some = n - i * LANES;
    return some >= LANES ? load(line + i * LANES) : some > 0 ? load_first(line + i * LANES, some) : zero();
  }
  /* Sixteen vectors of message words. */
  CHK_LAMBDA void load_message(V *message, u64 src, u64 stride, int lanes) const {
    V rows[PARTS][LANES];
    unrolled<LANES>([&](auto lane) CHK_LAMBDA {
      const u32 *line = words(src + stride * (lane < lanes ? lane : lanes - 1));
      unrolled<PARTS>([&](auto i) CHK_LAMBDA { rows[i][lane] = part(line, i); });
    });
    unrolled<PARTS>([&](auto i) CHK_LAMBDA {
      transpose(rows[i]);
      unrolled<LANES>([&](auto w) CHK_LAMBDA { message[i * LANES + w] = rows[i][w]; });
    });
  }
};

/* The chaining values of LANES messages, and the tree over their chunks. */
class Group {
 public:
  Group(u64 start, i32 mode_flag) : start_(start), flag_(static_cast<u32>(mode_flag)) {}

  /* Block b of a message is at src + b * stride, those of the next message 64 bytes further. */
  void hash(u64 src, u64 stride, u64 rows, int lanes) {
    u64 blocks = rows == 0 ? 1 : (rows + BLOCK_WORDS - 1) / BLOCK_WORDS;
    u64 chunks = (blocks + CHUNK - 1) / CHUNK;
    int depth = 0;
    for (u64 chunk = 0; chunk < chunks; chunk++) {
      begin(cv, start_);
      u64 first = chunk * CHUNK;
      u64 last = first + CHUNK < blocks ? first + CHUNK - 1 : blocks - 1;
      for (u64 b = first; b <= last; b++) {
        u64 left = rows - b * BLOCK_WORDS;
        Block block = {left < BLOCK_WORDS ? static_cast<int>(left) : BLOCK_WORDS};
        block.load_message(message_, src + b * stride, BLOCK_BYTES, lanes);
        if (b + 1 < blocks) {
          fetch(src + (b + 1) * stride, lanes);
        }
        u32 flags = (b == first ? CHUNK_START : 0) | (b == last ? CHUNK_END : 0)
            | (b == last && chunks == 1 ? ROOT : 0);
        compress(cv, cv, message_, {chunk, static_cast<u32>(4 * block.n), flags | flag_});
      }
      if (chunk + 1 < chunks) {
        // Merge with every complete left neighbour: as many as chunk + 1 has low zero bits.
        for (u64 finished = chunk + 1; finished % 2 == 0; finished /= 2) {
          merge(--depth, PARENT);
        }
        memcpy(tree_[depth++], cv, sizeof cv);
      }
    }
    while (depth > 0) {
      depth--;
      merge(depth, depth == 0 ? PARENT | ROOT : PARENT);
    }
  }

  V cv[CV_WORDS];

 private:
  CHK_LAMBDA static void fetch(u64 line, int lanes) {
    for (int lane = 0; lane < lanes; lane++) {
      _mm_prefetch(reinterpret_cast<const char *>(line) + lane * BLOCK_BYTES, _MM_HINT_T0);
    }
  }
  void merge(int level, u32 flags) {
    memcpy(message_, tree_[level], sizeof cv);
    memcpy(message_ + CV_WORDS, cv, sizeof cv);
    begin(cv, start_);
    compress(cv, cv, message_, {0, BLOCK_BYTES, flags | flag_});
  }

  u64 start_;
  u32 flag_;
  V message_[BLOCK_WORDS];
  V tree_[LEVELS][CV_WORDS];
};

}  // namespace

void hash_columns(u64 start, i32 mode_flag, u64 dst, u64 src, u64 block_stride, u64 rows, u64 from, u64 to) {
  Group group(start, mode_flag);
  for (u64 i = from; i < to; i += LANES) {
    int lanes = to - i < LANES ? static_cast<int>(to - i) : LANES;
    group.hash(src + BLOCK_BYTES * i, block_stride, rows, lanes);
    store_digests(dst + DIGEST_BYTES * (i - from), group.cv, lanes, DIGEST_BYTES);
  }
}

void hash_pairs(u64 start, i32 mode_flag, u64 dst, u64 src, u64 n, i32 bytes) {
  u64 pair = 2 * static_cast<u64>(bytes);
  Block block = {bytes / 2};
  u32 flags = static_cast<u32>(CHUNK_START | CHUNK_END | ROOT | mode_flag);
  V cv[CV_WORDS], first[CV_WORDS];
  begin(first, start);
  for (u64 i = 0; i < n; i += LANES) {
    int lanes = n - i < LANES ? static_cast<int>(n - i) : LANES;
    V message[BLOCK_WORDS];
    block.load_message(message, src + pair * i, pair, lanes);
    compress(cv, first, message, {0, static_cast<u32>(pair), flags});
    store_digests(dst + bytes * i, cv, lanes, bytes);
  }
}

}  // namespace chk::CHK_ISA
