#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "lang.h"

namespace chg {

/* Bit 62 alone of the bits above 47 is set, and user addresses have none of them. */
static uint64_t secret_shift() {
  uint64_t low = std::random_device{}() & 0x3FFF;
  return (uint64_t{1} << 62) + low * CHG_ALIGNMENT;
}

bool ShiftedSlab::map(uint64_t bytes) {
  uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (bytes > UINT64_MAX / 2) return false;
  uint64_t usable = (bytes + page - 1) / page * page;
  void *region = mmap(nullptr, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region == MAP_FAILED) return false;
  region_ = region;
  region_bytes_ = usable + page;
  uint8_t *end = static_cast<uint8_t *>(region) + usable;
  if (mprotect(end, page, PROT_NONE) != 0) return false;
  memory_ = end - bytes;
  shift_ = secret_shift();
  memset(memory_, POISON, bytes);
  return true;
}

ShiftedSlab::~ShiftedSlab() {
  if (region_ != nullptr) munmap(region_, region_bytes_);
}

}  // namespace chg
