/*
 * What the emulated device finds: kernels that are right under every seed, and beside each a wrong one whose mistake a
 * loop over all threads in order would hide. Exits with the number of failed checks.
 */
#include <numeric>
#include <vector>

#include "check.h"
#include "enqueue.h"

using chg::Block;
using chg::THREADS;
using chg::u32;
using chg::u64;

namespace {

constexpr u64 SLAB = 1 << 16, SEEDS = 12;
constexpr u32 POISON_WORD = 0xA5A5A5A5;

chg_device *device;
chg_stream *stream;
chg_ptr slab;

using Kernel = void (*)(Block &block, u32 *out);

/* What is in n words after a kernel on at most `blocks` blocks; nothing if the device was lost. */
std::vector<u32> after(Kernel kernel, u64 blocks, u64 n, u64 seed) {
  std::vector<u32> words(n);
  CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
  CHECK(chg_fill(stream, slab, POISON_WORD, SLAB) == CHG_OK);
  u32 *out = static_cast<u32 *>(device->pointer(slab));
  stream->operands = {{out, SLAB}};
  CHECK(chg::enqueue(stream, "a kernel", blocks, [=](Block &block) { kernel(block, out); }) == CHG_OK);
  if (chg_out(stream, words.data(), slab, 4 * n) != CHG_OK) words.clear();
  return words;
}

/* Under how many of the seeds 1 to SEEDS the result is as it should be. */
u64 right(Kernel kernel, u64 blocks, const std::vector<u32> &expected) {
  u64 count = 0;
  for (u64 seed = 1; seed <= SEEDS; seed++) count += after(kernel, blocks, expected.size(), seed) == expected;
  return count;
}

/* Each thread reads what its neighbour wrote in the part before. */
void shifted(Block &block, u32 *out) {
  CHG_SHARED(u32, values, THREADS);
  block.each([&](u32 t) { values[t] = t; });
  block.each([&](u32 t) { out[t] = t == 0 ? 0 : values[t - 1]; });
}

void without_barrier(Block &block, u32 *out) {
  CHG_SHARED(u32, values, THREADS);
  block.each([&](u32 t) {
    values[t] = t;
    out[t] = t == 0 ? 0 : values[t - 1];
  });
}

void missing_barriers() {
  std::vector<u32> expected(THREADS);
  for (u32 t = 1; t < THREADS; t++) expected[t] = t - 1;
  CHECK(right(shifted, 1, expected) == SEEDS);
  CHECK(right(without_barrier, 1, expected) == 0);
  /* In order nobody would notice. */
  CHECK(after(without_barrier, 1, THREADS, 0) == expected);
}

constexpr u64 N = 5 * THREADS - 3;

void numbered(Block &block, u32 *out) {
  block.each([&](u32 t) {
    for (u64 i = block.first(t); i < N; i += block.step()) out[i] = static_cast<u32>(i);
  });
}

void without_last_tile(Block &block, u32 *out) {
  for (u64 tile = block.index(); tile < N / THREADS; tile += block.count()) {
    block.each([&](u32 t) {
      u64 i = tile * THREADS + t;
      if (i < N) out[i] = static_cast<u32>(i);
    });
  }
}

/* Right only if there are as many blocks as were asked for. */
void without_stride(Block &block, u32 *out) {
  block.each([&](u32 t) {
    if (block.first(t) < N) out[block.first(t)] = static_cast<u32>(block.first(t));
  });
}

void missing_tiles() {
  std::vector<u32> expected(N);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(right(numbered, 5, expected) == SEEDS);
  CHECK(right(without_last_tile, 5, expected) == 0);
  CHECK(right(without_stride, 5, expected) < SEEDS);
  CHECK(after(without_stride, 5, N, 0) == expected);
}

/* A block goes on where the one before it ended. */
void blocks_in_order(Block &block, u32 *out) {
  block.each([&](u32 t) {
    if (t == 0) out[block.index()] = block.index() == 0 ? 1 : 2 * out[block.index() - 1];
  });
}

void orders_of_blocks() {
  std::vector<u32> expected = {1, 2, 4, 8, 16, 32, 64, 128};
  CHECK(after(blocks_in_order, 8, 8, 0) == expected);
  CHECK(right(blocks_in_order, 8, expected) == 0);
}

/* A register that is read before it is written, shared memory that another block filled. */
void registers(Block &block, u32 *out) {
  chg::Reg<u32> value;
  block.each([&](u32 t) { out[t] = value[t]; });
}

void leftovers(Block &block, u32 *out) {
  CHG_SHARED(u32, values, THREADS);
  block.each([&](u32 t) { out[block.index() * THREADS + t] = values[t]; });
  block.each([&](u32 t) { values[t] = 1; });
}

void fresh_memory_is_poisoned() {
  CHECK(right(registers, 1, std::vector<u32>(THREADS, POISON_WORD)) == SEEDS);
  CHECK(after(leftovers, 3, 3 * THREADS, 0) == std::vector<u32>(3 * THREADS, POISON_WORD));
}

/* Work of two streams that nothing orders comes in both orders, by seed. */
void unordered_streams() {
  chg_stream *second = nullptr;
  CHECK(chg_stream_open(device, &second) == CHG_OK);
  u32 firsts = 0, seconds = 0;
  for (u64 seed = 1; seed <= 4 * SEEDS; seed++) {
    u32 word = 0;
    CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
    CHECK(chg_fill(second, slab, 2, 64) == CHG_OK);
    CHECK(chg_fill(stream, slab, 1, 64) == CHG_OK);
    CHECK(chg_sync(stream) == CHG_OK && chg_sync(second) == CHG_OK);
    CHECK(chg_out(stream, &word, slab, 4) == CHG_OK);
    firsts += word == 1;
    seconds += word == 2;
  }
  CHECK(firsts > 0 && seconds > 0 && firsts + seconds == 4 * SEEDS);
  CHECK(chg_stream_close(second) == CHG_OK);
}

/* The sink of the next kernel with a result. */
chg::Sink next_sink() {
  stream->sink.launch++;
  return stream->sink;
}

/* A result is there when its flag is, and not before; a kernel that never raises it is found. */
void results() {
  constexpr u32 FLAG = chg::Sink::CELLS;
  for (u64 seed = 0; seed <= SEEDS; seed++) {
    CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
    chg::Sink sink = next_sink();
    u64 before = stream->results[0];
    CHECK(chg::enqueue(stream, "a kernel", 9, [=](Block &block) {
      block.each([&](u32 t) {
        if (t == 0) chg::atomic_add(&sink.cells[0], block.index() == 0 ? u64{seed + 100} : 0);
      });
      chg::finish(block, sink, 1, [](u64 cell) { return cell; });
    }) == CHG_OK);
    CHECK(stream->results[0] == before && stream->results[FLAG] == sink.launch - 1);
    CHECK(stream->await(sink.launch) == CHG_OK);
    CHECK(stream->results[0] == seed + 100 && stream->results[FLAG] == sink.launch);
    CHECK(sink.cells[0] == 0 && sink.cells[FLAG] == 0);
  }
  chg::Sink sink = next_sink();
  CHECK(chg::enqueue(stream, "a kernel", 1, [](Block &) {}) == CHG_OK);
  CHECK(stream->await(sink.launch) == CHG_LOST);
  CHECK(strstr(chg_message(), "ended without a result") != nullptr);
  /* The next one raises the flag as if nothing had been. */
  sink = next_sink();
  CHECK(chg::enqueue(stream, "a kernel", 1, [=](Block &block) {
    chg::finish(block, sink, 0, [](u64 cell) { return cell; });
  }) == CHG_OK);
  CHECK(stream->await(sink.launch) == CHG_OK);
}

void beyond_shared(Block &block, u32 *) {
  CHG_SHARED(u32, values, THREADS);
  block.each([&](u32 t) { values[t + 1] = t; });
}

/* The last test: the device is lost. */
void writes_behind_shared_memory() {
  CHECK(after(beyond_shared, 1, THREADS, 7).empty());
  CHECK(strstr(chg_message(), "a kernel wrote behind its shared memory (emulator seed 7)") != nullptr);
}

}  // namespace

int main() {
  chg_device_info info;
  CHECK(chg_open(0, SLAB, &device) == CHG_OK && chg_describe(device, &info) == CHG_OK);
  slab = info.slab_address;
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  missing_barriers();
  missing_tiles();
  orders_of_blocks();
  fresh_memory_is_poisoned();
  unordered_streams();
  results();
  writes_behind_shared_memory();
  CHECK(chg_stream_close(stream) == CHG_LOST);
  CHECK(chg_close(device) == CHG_OK);
  return failures;
}
