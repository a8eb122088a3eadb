#include <iterator>

#include "device.h"

namespace chg {

static uintptr_t address(const void *p) { return reinterpret_cast<uintptr_t>(p); }

void PinnedBlocks::add(const void *block, uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  bytes_[address(block)] = bytes;
}

void PinnedBlocks::remove(const void *block) {
  std::lock_guard<std::mutex> lock(mutex_);
  bytes_.erase(address(block));
}

bool PinnedBlocks::contains(const void *from, uint64_t bytes) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto above = bytes_.upper_bound(address(from));
  if (above == bytes_.begin()) return false;
  auto block = std::prev(above);
  uint64_t offset = address(from) - block->first;
  return offset <= block->second && bytes <= block->second - offset;
}

bool PinnedBlocks::starts(const void *block) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_.count(address(block)) != 0;
}

size_t PinnedBlocks::count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_.size();
}

}  // namespace chg
