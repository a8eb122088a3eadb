/* The circle FFT of every instruction set that this processor has, against one element at a time. */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "chagres_kernels.h"

namespace {

using u32 = uint32_t;
using u64 = uint64_t;
constexpr u32 P = 0x7fffffff;

u32 add(u32 a, u32 b) { return a + b >= P ? a + b - P : a + b; }
u32 sub(u32 a, u32 b) { return a >= b ? a - b : a + P - b; }
u32 mul(u32 a, u32 b) { return static_cast<u32>(u64{a} * b % P); }

struct Point {
  u32 x, y;
};
Point plus(Point a, Point b) {
  return {sub(mul(a.x, b.x), mul(a.y, b.y)), add(mul(a.x, b.y), mul(a.y, b.x))};
}
/* The generator of the subgroup of order 2^log. */
Point generator(int log) {
  Point g = {2, 1268011823};
  for (int i = log; i < 31; i++) g = plus(g, g);
  return g;
}

/* The point at position k of the domain of 2^log_n points, see CircleDomain. */
Point point(int log_n, u64 k) {
  Point p = generator(log_n + 1);
  for (int i = 1; i < log_n; i++) {
    if (k >> i & 1) p = plus(p, generator(i));
  }
  return k & 1 ? Point{p.x, sub(0, p.y)} : p;
}

/* Tables as CircleTwiddles has them. */
struct Tables {
  std::vector<std::vector<u32>> tables;
  u64 addresses[31] = {};

  explicit Tables(int log_n) : tables(31) {
    for (int m = 2; m <= log_n; m++) {
      std::vector<Point> points = {generator(m + 1)};
      for (int j = 0; j < m - 2; j++) {
        Point step = generator(j + 2);
        for (size_t b = 0, half = points.size(); b < half; b++) points.push_back(plus(points[b], step));
      }
      for (Point p : points) tables[m].push_back(p.x);
      tables[m].resize(points.size() + 16);
      addresses[m] = reinterpret_cast<u64>(tables[m].data());
    }
  }
  u64 address() const { return reinterpret_cast<u64>(addresses); }
};

u32 twiddle(const Tables &tables, int log_n, int i, u64 b) {
  return i > 0 ? tables.tables[log_n - i + 1][b] : point(log_n, 2 * b).y;
}

std::vector<u32> encode(const Tables &tables, const u32 *src, int log_k, int log_n) {
  std::vector<u32> x(size_t{1} << log_n);
  for (size_t j = 0; j < x.size(); j++) x[j] = src[j & ((size_t{1} << log_k) - 1)];
  for (int i = log_k - 1; i >= 0; i--) {
    for (size_t j = 0, half = size_t{1} << i; j < x.size(); j++) {
      if (j & half) continue;
      u32 a = x[j], b = mul(twiddle(tables, log_n, i, j >> (i + 1)), x[j + half]);
      x[j] = add(a, b);
      x[j + half] = sub(a, b);
    }
  }
  return x;
}

std::vector<u32> transposed(const Tables &tables, std::vector<u32> x, int log_k, int log_n) {
  for (int i = 0; i < log_k; i++) {
    for (size_t j = 0, half = size_t{1} << i; j < x.size(); j++) {
      if (j & half) continue;
      u32 u = x[j], v = x[j + half];
      x[j] = add(u, v);
      x[j + half] = mul(twiddle(tables, log_n, i, j >> (i + 1)), sub(u, v));
    }
  }
  std::vector<u32> sums(size_t{1} << log_k);
  for (size_t j = 0; j < x.size(); j++) sums[j % sums.size()] = add(sums[j % sums.size()], x[j]);
  return sums;
}

/* Off-heap rows: aligned, nothing after the last block of sixteen. */
struct Rows {
  u32 *at;
  size_t n;

  explicit Rows(size_t words) : n(words) {
    at = static_cast<u32 *>(aligned_alloc(64, (words + 15) / 16 * 64));
    memset(at, 0, (words + 15) / 16 * 64);
  }
  Rows(const Rows &) = delete;
  ~Rows() { free(at); }
  u64 address() const { return reinterpret_cast<u64>(at); }
  void fill(std::mt19937 &random, int extremes) {
    for (size_t i = 0; i < n; i++) {
      auto kind = random() % 16;
      at[i] = extremes == 2 || (extremes == 1 && kind == 0) ? P - 1 : kind == 1 ? 0 : static_cast<u32>(random() % P);
    }
  }
};

void check(bool ok, const char *what, int isa, int log_k, int log_n) {
  if (ok) return;
  fprintf(stderr, "%s differs: instruction set %d, log_k %d, log_n %d\n", what, isa, log_k, log_n);
  exit(1);
}

void check_shape(int isa, const Tables &tables, int log_k, int log_n, std::mt19937 &random, int extremes) {
  const size_t k = size_t{1} << log_k, n = size_t{1} << log_n, rows = log_n < 10 ? 3 : 1;
  Rows src(rows * k), dst(rows * n), image(k);
  src.fill(random, extremes);
  chk_encode(isa, dst.address(), src.address(), log_k, log_n, rows, tables.address());
  for (size_t r = 0; r < rows; r++) {
    std::vector<u32> want = encode(tables, src.at + r * k, log_k, log_n);
    check(memcmp(want.data(), dst.at + r * n, 4 * n) == 0, "encode", isa, log_k, log_n);
    if (r > 0) continue;
    Rows some(n);
    for (size_t count : {0, 1, 2, 40, 193, 300}) {
      std::vector<u32> positions;
      for (size_t j = 0; j < n; j++) {
        if (random() % n < count) positions.push_back(static_cast<u32>(j));
      }
      memset(some.at, 0, 4 * n);
      chk_encode_at(isa, some.address(), src.address(), log_k, log_n, reinterpret_cast<u64>(positions.data()),
          positions.size(), tables.address());
      for (u32 q : positions) check(some.at[q] == want[q], "encode_at", isa, log_k, log_n);
    }
  }
  Rows values(n);
  values.fill(random, extremes);
  std::vector<u32> want = transposed(tables, std::vector<u32>(values.at, values.at + n), log_k, log_n);
  chk_encode_transposed(isa, image.address(), values.address(), log_k, log_n, tables.address());
  check(memcmp(want.data(), image.at, 4 * k) == 0, "encode_transposed", isa, log_k, log_n);
}

}  // namespace

int main() {
  const int most = 17;
  std::mt19937 random(20261128);
  for (int log_n = 1; log_n <= most; log_n++) {
    const Tables tables(log_n);
    for (int isa = 0; isa < CHK_ISA_COUNT; isa++) {
      if (!chk_supported(isa)) continue;
      for (int log_k = log_n > 4 ? log_n - 4 : 0; log_k < log_n; log_k++) {
        for (int extremes = 0; extremes < (log_n < 14 ? 3 : 2); extremes++) {
          check_shape(isa, tables, log_k, log_n, random, extremes);
        }
      }
    }
  }
  return 0;
}
