/* A library of the right ABI version without its functions. */
#include "chagres_cuda.h"

int32_t chg_abi_version(void) { return CHG_ABI_VERSION; }
