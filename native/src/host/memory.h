/* Memory of an emulated device: where host code cannot read it by mistake. */
#ifndef CHG_HOST_MEMORY_H
#define CHG_HOST_MEMORY_H

#include <cstdint>

#include "chagres_cuda.h"

namespace chg {

/*
 * A slab that ends at an inaccessible page. Its device addresses are the host's, moved by a constant that makes them no
 * addresses of x86-64 at all: reading one is a fault. Fresh memory is poisoned.
 */
class ShiftedSlab {
 public:
  ~ShiftedSlab();

  /* False if the system has no such memory. */
  bool map(uint64_t bytes);

  chg_ptr address() const { return reinterpret_cast<uintptr_t>(memory_) + shift_; }

  /* The host's address of a device address in the slab. */
  void *host(chg_ptr address) const { return reinterpret_cast<void *>(address - shift_); }

 private:
  void *region_ = nullptr;
  uint64_t region_bytes_ = 0;
  uint8_t *memory_ = nullptr;
  uint64_t shift_ = 0;
};

}  // namespace chg

#endif
