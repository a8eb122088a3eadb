/* What tests of the kernels share: random numbers, arrays that end at an inaccessible page, comparison. */
#ifndef SIMD_CHECK_H
#define SIMD_CHECK_H

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "chagres_kernels.h"

namespace check {

/* SplitMix64. */
struct Random {
  uint64_t state;

  uint64_t next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  /* In [low, high). */
  int64_t in(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low));
  }
  /* Any bits, extremes often. */
  int32_t any32() {
    static const int32_t extremes[] = {0, 1, -1, INT32_MAX, INT32_MIN, 0x7fff, 0x8000, -0x8000, -0x8001, 0x7fff8000,
        0x7fff7fff, -0x7fff8000};
    uint64_t r = next();
    return r % 4 == 0 ? extremes[(r >> 8) % 12] : static_cast<int32_t>(r >> 32);
  }
};

/* n elements, aligned to one of them only, before an inaccessible page; what comes before them is watched. */
template <class T>
class Array {
 public:
  explicit Array(size_t n, size_t alignment = sizeof(T)) : n_(n) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t bytes = (n * sizeof(T) + MARGIN + page - 1) / page * page;
    mapped_ = bytes + page;
    base_ = static_cast<char *>(mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || mprotect(base_ + bytes, page, PROT_NONE) != 0) {
      abort();
    }
    size_t at = (bytes - n * sizeof(T)) / alignment * alignment;
    data_ = reinterpret_cast<T *>(base_ + at);
    memset(base_, 0x5a, at);
  }
  Array(const std::vector<T> &values, size_t alignment = sizeof(T)) : Array(values.size(), alignment) {
    std::copy(values.begin(), values.end(), data_);
  }
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;
  ~Array() {
    const char *data = reinterpret_cast<const char *>(data_);
    for (const char *p = data - MARGIN; p < data; p++) {
      if (*p != 0x5a) {
        printf("written before an array\n");
        exit(1);
      }
    }
    munmap(base_, mapped_);
  }
  T &operator[](size_t i) { return data_[i]; }
  size_t size() const { return n_; }
  uint64_t address(size_t i = 0) const { return reinterpret_cast<uint64_t>(data_ + i); }
  std::vector<T> values() const { return std::vector<T>(data_, data_ + n_); }

 private:
  static constexpr size_t MARGIN = 64;
  size_t n_;
  size_t mapped_;
  char *base_;
  T *data_;
};

template <class T>
std::vector<T> some(size_t n, const std::function<int64_t()> &value) {
  std::vector<T> values(n);
  for (T &v : values) {
    v = static_cast<T>(value());
  }
  return values;
}

inline int padded(int n) { return (n + 15) / 16 * 16; }

template <class T>
void equal(const char *what, int isa, const std::vector<T> &expected, const std::vector<T> &actual) {
  for (size_t i = 0; i < expected.size(); i++) {
    if (expected[i] != actual[i]) {
      printf("%s, isa %d: element %zu is %lld instead of %lld\n", what, isa, i, static_cast<long long>(actual[i]),
          static_cast<long long>(expected[i]));
      exit(1);
    }
  }
}

/* The test on every instruction set that this processor has. @return the exit status */
inline int run(const std::function<void(int)> &test) {
  for (int isa = 0; isa < CHK_ISA_COUNT; isa++) {
    if (chk_supported(isa)) {
      test(isa);
    } else {
      printf("instruction set %d: not on this processor\n", isa);
    }
  }
  return 0;
}

}  // namespace check

#endif
