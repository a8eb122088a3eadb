/*
 * Functions on the grid {0, 1, inf}^3 on every instruction set that this processor has, against one element at a time.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "chagres_kernels.h"

namespace {

using u32 = uint32_t;
using u64 = uint64_t;
constexpr u32 P = 0x7fffffff;
constexpr size_t ROW = 256;
constexpr int CORNERS[8] = {0, 1, 3, 4, 9, 10, 12, 13};

u32 add(u64 a, u64 b) { return static_cast<u32>((a + b) % P); }
u32 sub(u32 a, u32 b) { return a >= b ? a - b : a + P - b; }
u32 mul(u32 a, u32 b) { return static_cast<u32>(u64{a} * b % P); }

/* Aligned and canonical, words up to `used` of each row; the others are any words. */
struct Array {
  u32 *at;
  size_t words;

  explicit Array(size_t n) : at(static_cast<u32 *>(aligned_alloc(64, 4 * n))), words(n) {}
  Array(const Array &) = delete;
  ~Array() { free(at); }
  void fill(std::mt19937 &random, int extremes) {
    for (size_t i = 0; i < words; i++) {
      auto kind = random() % 8;
      at[i] = extremes == 2 || (extremes == 1 && kind == 0) ? P - 1 : kind == 1 ? 0 : static_cast<u32>(random() % P);
    }
  }
  u64 address() const { return reinterpret_cast<u64>(at); }
};

/* The sum of coordinate k over a block of sixteen elements. */
u32 total(const Array &sums, int block, int k) {
  u32 x = 0;
  for (int i = 0; i < 16; i++) x = add(x, sums.at[64 * block + 16 * k + i]);
  return x;
}

void fail(const char *what, int isa, size_t n) {
  fprintf(stderr, "%s differs: instruction set %d, n %zu\n", what, isa, n);
  exit(1);
}

/* Sums of `blocks` blocks after a kernel against what they were, and terms x(block, i) times e. */
template <typename Kernel, typename X>
void check_sums(const char *what, int isa, size_t n, int blocks, Array &sums, const Array &e, Kernel kernel, X x) {
  Array before(sums.words);
  memcpy(before.at, sums.at, 4 * sums.words);
  kernel();
  for (int b = 0; b < blocks; b++) {
    for (int k = 0; k < 4; k++) {
      u32 want = total(before, b, k);
      for (size_t i = 0; i < n; i++) want = add(want, mul(e.at[i / 16 * 64 + 16 * k + i % 16], x(b, i)));
      if (total(sums, b, k) != want) fail(what, isa, n);
    }
  }
  for (size_t i = 0; i < sums.words; i++) {
    if (sums.at[i] >= P || (i >= size_t{64} * blocks && sums.at[i] != before.at[i])) fail(what, isa, n);
  }
}

void check(int isa, size_t n, std::mt19937 &random, int extremes) {
  Array a(27 * ROW), b(27 * ROW), c(27 * ROW), d(27 * ROW), e((n + 15) / 16 * 64), sums(27 * 64), grid(27 * ROW);
  for (Array *x : {&a, &b, &c, &d, &e, &sums, &grid}) x->fill(random, extremes);
  Array want(27 * ROW);
  memcpy(want.at, grid.at, 4 * grid.words);
  for (int v = 0; v < 27; v++) {
    int weight = v % 3 == 2 ? 1 : v / 3 % 3 == 2 ? 3 : v / 9 == 2 ? 9 : 0;
    if (weight == 0) continue;
    // The first digit that is 2; the rows before have theirs from lower digits already.
    for (size_t i = 0; i < (n + 15) / 16 * 16; i++) {
      want.at[ROW * v + i] = sub(want.at[ROW * (v - weight) + i], want.at[ROW * (v - 2 * weight) + i]);
    }
  }
  chk_extend_grid(isa, grid.address(), n);
  if (memcmp(grid.at, want.at, 4 * grid.words) != 0) fail("extend_grid", isa, n);
  check_sums("add_grid_products", isa, n, 27, sums, e,
      [&] { chk_add_grid_products(isa, sums.address(), e.address(), a.address(), b.address(), n); },
      [&](int v, size_t i) { return mul(a.at[ROW * v + i], b.at[ROW * v + i]); });
  check_sums("add_grid_cross", isa, n, 27, sums, e,
      [&] {
        chk_add_grid_cross(isa, sums.address(), e.address(), a.address(), b.address(), c.address(), d.address(), n);
      },
      [&](int v, size_t i) {
        size_t at = ROW * v + i;
        return add(mul(a.at[at], b.at[at]), mul(c.at[at], d.at[at]));
      });
  check_sums("add_grid_corners", isa, n, 8, sums, e,
      [&] { chk_add_grid_corners(isa, sums.address(), e.address(), a.address(), b.address(), n); },
      [&](int corner, size_t i) { return add(a.at[ROW * CORNERS[corner] + i], b.at[ROW * CORNERS[corner] + i]); });
}

}  // namespace

int main() {
  std::mt19937 random(20261128);
  for (int isa = 0; isa < CHK_ISA_COUNT; isa++) {
    if (!chk_supported(isa)) continue;
    for (size_t n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 40, 100, 255, 256}) {
      for (int extremes = 0; extremes < 3; extremes++) check(isa, n, random, extremes);
    }
  }
  return 0;
}
