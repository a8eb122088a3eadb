/* What entry functions share: checks of arguments, and exceptions that stay inside. */
#ifndef CHG_GUARD_H
#define CHG_GUARD_H

#include <exception>
#include <new>

#include "device.h"
#include "message.h"

namespace chg {

/* Runs `body`; what it throws becomes a status. */
template <class Body>
int32_t guarded(const char *function, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(CHG_MEMORY, "%s: the process has no more memory", function);
  } catch (const std::exception &e) {
    return fail(CHG_LOST, "%s: %s", function, e.what());
  }
}

/* The same on a device, whose loss is remembered. */
template <class Body>
int32_t unless_lost(const char *function, chg_device *device, Body body) {
  if (device->lost) return fail(CHG_LOST, "%s: the device was lost before; close it and open it again, or start the process again if it stays lost", function);
  int32_t status = guarded(function, body);
  if (status == CHG_LOST) device->lost = true;
  return status;
}

int32_t null_argument(const char *function, const char *name);

/* Whether a region lies in the slab and starts at a multiple of `alignment`; says so if not. */
bool in_slab(const char *function, const chg_device *device, chg_ptr address, uint64_t bytes,
             uint64_t alignment = CHG_ALIGNMENT);

}  // namespace chg

#endif
