/* What a kind of device implements; entry.cpp checks arguments before it calls anything here. */
#ifndef CHG_DEVICE_H
#define CHG_DEVICE_H

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "chagres_cuda.h"
#include "loops.h"

namespace chg {

/* Blocks of this process's memory that copies reach by themselves. */
class PinnedBlocks {
 public:
  void add(const void *block, uint64_t bytes);
  /* Whether it was there. */
  bool remove(const void *block);
  bool contains(const void *from, uint64_t bytes) const;
  size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::map<uintptr_t, uint64_t> bytes_;
};

/* A region of the slab as kernels see it. */
struct Operand {
  void *at;
  uint64_t bytes;
};

}  // namespace chg

struct chg_device {
  virtual ~chg_device() = default;

  virtual int32_t describe(chg_device_info *out) = 0;
  virtual int32_t open_stream(chg_stream **out) = 0;
  virtual int32_t pin(uint64_t bytes, void **out) = 0;
  /* Waits for all streams first. */
  virtual int32_t unpin(void *block) = 0;
  /* As kernels see it. */
  virtual void *pointer(chg_ptr address) const = 0;
  virtual int32_t emulate(int32_t setting, uint64_t value) = 0;

  /* After the first CHG_LOST. */
  std::atomic<bool> lost{false};
  chg_ptr slab = 0;
  uint64_t slab_bytes = 0;
  chg::PinnedBlocks pinned;
  std::atomic<int32_t> streams{0};
};

struct chg_stream {
  explicit chg_stream(chg_device *d) : device(d) {}
  virtual ~chg_stream() = default;

  virtual int32_t sync() = 0;
  /* Waits until the launch of this number, the last one with a result, has raised the flag of `results`. */
  virtual int32_t await(uint64_t launch) = 0;
  /* `pinned`: asynchronous. Otherwise `from` has been read, or `to` been written, on return. */
  virtual int32_t in(chg_ptr to, const void *from, uint64_t bytes, bool pinned) = 0;
  virtual int32_t out(void *to, chg_ptr from, uint64_t bytes, bool pinned) = 0;
  virtual int32_t fill(chg_ptr to, uint32_t word, uint64_t bytes) = 0;
  virtual int32_t after(chg_stream *other) = 0;

  chg_device *const device;
  /* Where kernels add up results, and where the host reads them after await(): words, then the flag. */
  chg::Sink sink{};
  const uint64_t *results = nullptr;
  /* All that the kernel that is started next may touch. */
  std::vector<chg::Operand> operands;
};

namespace chg {

/* The library's kind of device. */
int32_t device_count(int32_t *count, int32_t *driver, int32_t *runtime);
int32_t open_device(int32_t ordinal, uint64_t slab_bytes, chg_device **out);
extern const char *const build_info;

}  // namespace chg

#endif
