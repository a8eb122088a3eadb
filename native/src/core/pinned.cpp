#include <iterator>

#include "device.h"

namespace chg {

static uintptr_t address(const void *p) { return reinterpret_cast<uintptr_t>(p); }

void PinnedBlocks::add(const void *block, uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  bytes_[address(block)] = bytes;
}

bool PinnedBlocks::remove(const void *block) {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_.erase(address(block)) != 0;
}

bool PinnedBlocks::contains(const void *from, uint64_t bytes) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto above = bytes_.upper_bound(address(from));
  if (above == bytes_.begin()) return false;
  auto block = std::prev(above);
  uint64_t offset = address(from) - block->first;
  return offset <= block->second && bytes <= block->second - offset;
}

size_t PinnedBlocks::count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_.size();
}

}  // namespace chg
