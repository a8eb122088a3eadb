/* The ABI's functions alone are visible: before any other include in a file that defines some. */
#ifndef CHG_EXPORTED_H
#define CHG_EXPORTED_H

#pragma GCC visibility push(default)
#include "chagres_cuda.h"
#pragma GCC visibility pop

#endif
