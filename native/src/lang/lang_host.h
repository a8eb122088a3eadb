/* lang.h for the emulated device: the threads of a part run one after another, in a random order. */
#ifndef CHG_LANG_HOST_H
#define CHG_LANG_HOST_H

#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#define CHG_FN inline
#define CHG_UNROLL
#define CHG_UNROLL_BY_4
#define CHG_SHARED(T, name, n) T *const name = block.template shared<T>(n)

namespace chg {

inline u32 least(u32 a, u32 b) { return a < b ? a : b; }

/* No word of it is canonical. */
constexpr int POISON = 0xA5;

/* Where one block after another runs: orders of threads, and the memory of the block. */
class Stage {
 public:
  /* Seed 0: always in order. */
  explicit Stage(u64 seed);

  /* A number below `n`, 0 for seed 0. */
  u64 below(u64 n);

  /* All threads in the order of the next part. */
  const u8 *order();

  /* Memory of the block, poisoned, behind it a guard. Lives until the block ends. */
  void *take(u64 bytes);

  /* Ends a block; false if it wrote behind its memory. */
  bool end();

 private:
  u64 next();

  const u64 seed_;
  u64 state_;
  std::vector<u8> orders_;
  std::vector<std::unique_ptr<u8[]>> memory_;
  std::vector<u64> sizes_;
  size_t taken_ = 0;
};

class Block {
 public:
  Block(u64 index, u64 count, Stage &stage) : index_(index), count_(count), stage_(stage) {}

  u64 index() const { return index_; }
  u64 count() const { return count_; }
  u64 first(u32 t) const { return index_ * THREADS + t; }
  u64 step() const { return count_ * THREADS; }

  template <class Part>
  void each(Part part) {
    const u8 *order = stage_.order();
    for (u32 i = 0; i < THREADS; i++) part(u32{order[i]});
  }

  template <class T>
  T *shared(u64 n) {
    return static_cast<T *>(stage_.take(n * sizeof(T)));
  }

 private:
  const u64 index_;
  const u64 count_;
  Stage &stage_;
};

template <class T>
class Reg {
 public:
  static_assert(std::is_trivially_copyable<T>::value, "registers are bits");

  Reg() { memset(static_cast<void *>(values_), POISON, sizeof values_); }
  T &operator[](u32 t) { return values_[t]; }

 private:
  T values_[THREADS];
};

inline u32 atomic_add(u32 *at, u32 value) { return __atomic_fetch_add(at, value, __ATOMIC_RELAXED); }

inline u64 atomic_add(u64 *at, u64 value) { return __atomic_fetch_add(at, value, __ATOMIC_RELAXED); }

inline u64 atomic_max(u64 *at, u64 value) {
  u64 seen = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (seen < value && !__atomic_compare_exchange_n(at, &seen, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return seen;
}

inline u64 atomic_exchange(u64 *at, u64 value) { return __atomic_exchange_n(at, value, __ATOMIC_RELAXED); }

inline u64 peek(const u64 *at) { return __atomic_load_n(at, __ATOMIC_RELAXED); }

inline void fence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

inline void raise(u64 *at, u64 value) { __atomic_store_n(at, value, __ATOMIC_RELEASE); }

}  // namespace chg

#endif
