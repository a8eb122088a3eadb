/* What a library of a later ABI says first; whoever loads it asks nothing else. */
#include "chagres_cuda.h"

int32_t chg_abi_version(void) { return CHG_ABI_VERSION + 1; }
