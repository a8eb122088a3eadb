#include "lang.h"

namespace chg {

static constexpr u64 GUARD = 64;
/* Orders of threads that a part's is one of. */
static constexpr u64 ORDERS = 61;

/* The splitmix64 generator (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
u64 Stage::next() {
  u64 z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

Stage::Stage(u64 seed) : seed_(seed), state_(seed), orders_((seed == 0 ? 1 : ORDERS) * THREADS) {
  for (size_t i = 0; i < orders_.size(); i++) orders_[i] = static_cast<u8>(i % THREADS);
  if (seed == 0) return;
  for (size_t from = 0; from < orders_.size(); from += THREADS) {
    for (u64 i = THREADS - 1; i > 0; i--) std::swap(orders_[from + i], orders_[from + below(i + 1)]);
  }
}

u64 Stage::below(u64 n) { return seed_ == 0 ? 0 : next() % n; }

const u8 *Stage::order() { return orders_.data() + (seed_ == 0 ? 0 : below(ORDERS)) * THREADS; }

void *Stage::take(u64 bytes) {
  if (taken_ == memory_.size()) {
    memory_.emplace_back();
    sizes_.push_back(0);
  }
  if (sizes_[taken_] != bytes) {
    memory_[taken_].reset(new u8[bytes + GUARD]);
    sizes_[taken_] = bytes;
  }
  u8 *memory = memory_[taken_++].get();
  memset(memory, POISON, bytes + GUARD);
  return memory;
}

bool Stage::end() {
  bool intact = true;
  for (size_t i = 0; i < taken_; i++) {
    for (u64 k = 0; k < GUARD; k++) intact &= memory_[i][sizes_[i] + k] == POISON;
  }
  taken_ = 0;
  return intact;
}

}  // namespace chg
