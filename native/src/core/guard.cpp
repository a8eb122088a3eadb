#include "guard.h"

#include <cinttypes>

namespace chg {

int32_t null_argument(const char *function, const char *name) {
  return fail(CHG_ARGUMENT, "%s: %s is null", function, name);
}

bool in_slab(const char *function, const chg_device *device, chg_ptr address, uint64_t bytes, uint64_t alignment) {
  if (address % alignment != 0) {
    fail(CHG_ARGUMENT, "%s: the device address 0x%" PRIx64 " is no multiple of %" PRIu64, function, address,
         alignment);
    return false;
  }
  uint64_t offset = address - device->slab;
  if (address < device->slab || offset > device->slab_bytes || bytes > device->slab_bytes - offset) {
    fail(CHG_ARGUMENT, "%s: %" PRIu64 " bytes at the device address 0x%" PRIx64 " are not in the slab (%" PRIu64
         " bytes at 0x%" PRIx64 ")", function, bytes, address, device->slab_bytes, device->slab);
    return false;
  }
  return true;
}

}  // namespace chg
