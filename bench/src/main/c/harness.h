/* Timing, seeded data and checks. */
#ifndef HARNESS_H
#define HARNESS_H
#define _GNU_SOURCE
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef __m512i V;

#define INLINE static inline __attribute__((always_inline))
#define KERNEL static __attribute__((noinline))
#define P31 0x7fffffffu

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* splitmix64: the same data in every run. */
static u64 seed = 0x5eed;
static u64 next(void) {
  u64 z = (seed += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/* Zeroed and aligned, with room for the end of the last vector; in huge pages where it is large, as Java's buffers are. */
static void *room(size_t bytes) {
  size_t large = 1ul << 20, page = bytes < large ? 64 : 2 * large;
  size_t all = (bytes + 64 * 17 + page - 1) / page * page;
  void *p = aligned_alloc(page, all);
  if (!p) {
    perror("memory");
    exit(1);
  }
  if (page > 64) madvise(p, all, MADV_HUGEPAGE);
  memset(p, 0, all);
  return p;
}

/* n canonical elements. */
static u32 *elements(size_t n) {
  u32 *a = room(4 * n);
  for (size_t i = 0; i < n; i++) a[i] = next() % P31;
  return a;
}

/* n integers in [from, to), of 32 and of 16 bits. */
static int32_t *ints(size_t n, int from, int to) {
  int32_t *a = room(4 * n);
  for (size_t i = 0; i < n; i++) a[i] = from + (int) (next() % (u64) (to - from));
  return a;
}

static int16_t *shorts(size_t n, int from, int to) {
  int16_t *a = room(2 * n);
  for (size_t i = 0; i < n; i++) a[i] = (int16_t) (from + (int) (next() % (u64) (to - from)));
  return a;
}

static void check(int good, const char *what) {
  if (!good) {
    fprintf(stderr, "%s: wrong result\n", what);
    exit(1);
  }
}

static void check_equal(const void *got, const void *want, size_t bytes, const char *what) {
  check(memcmp(got, want, bytes) == 0, what);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static const char *filter = "";

/* As dev.chagres.bench.measure.Sampler: warm up, then up to 151 samples of about 1.5 ms; median and second percentile. */
#define TIME(name, size, variant, unit, work, call)                                                                 \
  do {                                                                                                              \
    if (!strstr(name, filter)) break;                                                                               \
    long calls_ = 1, n_ = 0;                                                                                        \
    double start_ = now(), samples_[151];                                                                           \
    while (now() - start_ < 0.2) {                                                                                  \
      double t_ = now();                                                                                            \
      for (long i_ = 0; i_ < calls_; i_++) call;                                                                    \
      t_ = (now() - t_) / calls_;                                                                                   \
      long fit_ = (long) (1.5e-3 / t_);                                                                             \
      calls_ = fit_ < 1 ? 1 : fit_ > 2 * calls_ ? 2 * calls_ : fit_;                                                \
    }                                                                                                               \
    start_ = now();                                                                                                 \
    while (n_ < 151 && (n_ < 11 || now() - start_ < 0.7)) {                                                         \
      double t_ = now();                                                                                            \
      for (long i_ = 0; i_ < calls_; i_++) call;                                                                    \
      samples_[n_++] = (now() - t_) / calls_;                                                                       \
    }                                                                                                               \
    qsort(samples_, n_, sizeof(double), ascending);                                                                 \
    printf("%s\t%s\t%s\t%s\t%.4f\t%.4f\n", name, size, variant, unit, (work) / samples_[(n_ - 1) / 2] * 1e-9,       \
           (work) / samples_[(long) (0.02 * (n_ - 1))] * 1e-9);                                                     \
    fflush(stdout);                                                                                                 \
  } while (0)

#endif
