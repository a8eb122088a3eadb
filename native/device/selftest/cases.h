/* What is compared: each case runs the same calls with the same operands on the device and on its twin. */
#pragma once

#include <vector>

#include "machine.h"

struct Case {
  const char *group;
  const char *name;
  void (*run)(Machine &);
};

std::vector<Case> array_cases();
std::vector<Case> sum_cases();
std::vector<Case> fft_cases();
std::vector<Case> hash_cases();
std::vector<Case> integer_cases();
std::vector<Case> panel_cases();
std::vector<Case> tree_cases();
std::vector<Case> statement_cases();
std::vector<Case> row_cases();
std::vector<Case> inference_cases();

/* Sizes below, at and above those of blocks of elements and of blocks of threads. */
static const uint64_t SIZES[] = {1, 15, 16, 17, 255, 1000, 4099};
