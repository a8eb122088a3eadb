/* How long work takes on a device, beside what was predicted for an H100. */
#pragma once

#include <string>
#include <vector>

#include "library.h"

struct Rate {
  std::string name;
  std::string unit;
  double measured;
  double predicted; /* 0: nothing was */
};

/* Seconds of a clock that only goes on. */
double now();

/* Launch and flag: a call that returns a value, and launches in a row, in microseconds. */
std::vector<Rate> latencies(const Library &library, int ordinal);

/* Copies and the main kernels at large sizes; `scale` divides them by a power of two for small devices. */
std::vector<Rate> rates(const Library &library, int ordinal, int scale, double seconds);
