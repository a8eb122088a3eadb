/* The emulated device: one ordinal, on the processor. Streams run as late as the ABI allows. */
#include "device.h"

#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "enqueue.h"
#include "memory.h"
#include "message.h"

namespace chg {

const char *const build_info = "host " CHG_TARGETS " emulated, ABI " CHG_ABI_TEXT ", g++ " __VERSION__
                               ", header " CHG_HEADER_SHA256;

namespace {

class EmulatedStream;

/* How much a stream has been asked for and has done; outlives it. */
struct Progress {
  uint64_t asked = 0;
  uint64_t done = 0;
};

/* A kernel or copy, or, without an action, the condition that another stream is so far. */
struct Work {
  const char *function;
  std::function<bool()> action; /* false if it did what it must not */
  std::shared_ptr<Progress> other;
  uint64_t until;
};

class EmulatedDevice final : public chg_device {
 public:
  EmulatedDevice();
  int32_t open(uint64_t bytes);
  int32_t describe(chg_device_info *out) override;
  int32_t open_stream(chg_stream **out) override;
  int32_t pin(uint64_t bytes, void **out) override;
  int32_t unpin(void *block) override;
  void *pointer(chg_ptr address) const override { return memory.host(address); }
  int32_t emulate(int32_t setting, uint64_t value) override;

  /* Works until `stream` has nothing left; with a seed other streams may get on meanwhile. */
  int32_t run(const char *function, EmulatedStream *stream);
  /* Runs a kernel, block by block; false if it wrote behind its shared memory. */
  bool blocks(uint64_t most, const std::function<void(Block &)> &body);
  /* Under the address sanitizer: until open_all() no other memory of the slab may be touched. */
  void open_only(const std::vector<Operand> &operands);
  void open_all();
  /* Counts down to a fault; whether it is now. */
  bool faults(int32_t setting);

  ShiftedSlab memory;
  /* Streams that may have work left, in the order of opening; the mutex also keeps their queues. */
  std::recursive_mutex mutex;
  std::vector<EmulatedStream *> open_streams;

 private:
  void seed(uint64_t value);
  EmulatedStream *next(EmulatedStream *wanted);

  uint64_t settings_[CHG_EMULATION_COUNT] = {};
  std::unique_ptr<Stage> stage_;
  bool failed_ = false;
  char failure_[256];
};

class EmulatedStream final : public chg_stream {
 public:
  explicit EmulatedStream(EmulatedDevice *d) : chg_stream(d), owner_(d) {
    sink = {cells_, results_, 0};
    results = results_;
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    owner_->open_streams.push_back(this);
  }

  ~EmulatedStream() override {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    auto &all = owner_->open_streams;
    all.erase(std::find(all.begin(), all.end(), this));
  }

  int32_t sync() override { return owner_->run("chg_sync", this); }

  int32_t await(uint64_t launch) override {
    int32_t status = sync();
    if (status != CHG_OK || __atomic_load_n(&results[Sink::CELLS], __ATOMIC_ACQUIRE) == launch) return status;
    return fail(CHG_LOST, "the kernel ended without a result");
  }

  int32_t in(chg_ptr to, const void *from, uint64_t bytes, bool pinned) override {
    void *target = owner_->memory.host(to);
    if (pinned) return later("chg_in", [=] { return memcpy(target, from, bytes) != nullptr; });
    auto begin = static_cast<const uint8_t *>(from);
    auto staged = std::make_shared<std::vector<uint8_t>>(begin, begin + bytes);
    return later("chg_in", [=] { return memcpy(target, staged->data(), bytes) != nullptr; });
  }

  int32_t out(void *to, chg_ptr from, uint64_t bytes, bool pinned) override {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    const void *source = owner_->memory.host(from);
    later("chg_out", [=] { return memcpy(to, source, bytes) != nullptr; });
    return pinned ? CHG_OK : owner_->run("chg_out", this);
  }

  int32_t fill(chg_ptr to, uint32_t word, uint64_t bytes) override {
    auto words = static_cast<uint32_t *>(owner_->memory.host(to));
    return later("chg_fill", [=] {
      for (uint64_t i = 0; i < bytes / sizeof word; i++) words[i] = word;
      return true;
    });
  }

  int32_t after(chg_stream *other) override {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    std::shared_ptr<Progress> progress = static_cast<EmulatedStream *>(other)->progress;
    queue({"chg_after", nullptr, progress, progress->asked});
    return CHG_OK;
  }

  int32_t later(const char *function, std::function<bool()> action) {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    queue({function, std::move(action), nullptr, 0});
    return CHG_OK;
  }

  int32_t kernel(const char *function, uint64_t most, std::function<void(Block &)> body);

  std::deque<Work> work;
  std::shared_ptr<Progress> progress = std::make_shared<Progress>();

 private:
  void queue(Work item) {
    work.push_back(std::move(item));
    progress->asked++;
  }

  EmulatedDevice *const owner_;
  uint64_t cells_[Sink::CELLS + 1] = {};
  uint64_t results_[Sink::CELLS + 1] = {};
};

EmulatedDevice::EmulatedDevice() {
  const char *text = getenv("CHAGRES_EMULATOR_SEED");
  seed(text == nullptr ? 1 : strtoull(text, nullptr, 10));
}

void EmulatedDevice::seed(uint64_t value) {
  settings_[CHG_EMULATE_SEED] = value;
  stage_ = std::make_unique<Stage>(value);
}

int32_t EmulatedDevice::emulate(int32_t setting, uint64_t value) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (setting == CHG_EMULATE_SEED) seed(value);
  settings_[setting] = value;
  return CHG_OK;
}

bool EmulatedDevice::faults(int32_t setting) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  return settings_[setting] != 0 && --settings_[setting] == 0;
}

/* Which stream gets on: the one that is waited for, or any other that has work; who waits gives way. */
EmulatedStream *EmulatedDevice::next(EmulatedStream *wanted) {
  EmulatedStream *stream = wanted;
  if (stage_->below(2) != 0) stream = open_streams[stage_->below(open_streams.size())];
  if (stream->work.empty()) stream = wanted;
  for (;;) {
    const Work &first = stream->work.front();
    if (first.action != nullptr || first.other->done >= first.until) return stream;
    for (EmulatedStream *other : open_streams) {
      if (other->progress == first.other) stream = other;
    }
  }
}

int32_t EmulatedDevice::run(const char *function, EmulatedStream *wanted) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  while (!failed_ && !wanted->work.empty()) {
    EmulatedStream *stream = next(wanted);
    Work item = std::move(stream->work.front());
    stream->work.pop_front();
    if (item.action != nullptr && faults(CHG_EMULATE_LOSS)) {
      snprintf(failure_, sizeof failure_, "%s failed, as chg_emulate() asked", item.function);
      failed_ = true;
    } else if (item.action != nullptr && !item.action()) {
      snprintf(failure_, sizeof failure_, "%s wrote behind its shared memory", item.function);
      failed_ = true;
    }
    stream->progress->done++;
  }
  if (!failed_) return CHG_OK;
  for (EmulatedStream *stream : open_streams) stream->work.clear();
  return fail(CHG_LOST, "%s: the device was lost: %s (emulator seed %" PRIu64 ")", function, failure_,
              settings_[CHG_EMULATE_SEED]);
}

bool EmulatedDevice::blocks(uint64_t most, const std::function<void(Block &)> &body) {
  constexpr uint64_t MANY = 64;
  bool ordered = settings_[CHG_EMULATE_SEED] == 0;
  uint64_t count = ordered ? most : 1 + stage_->below(most < MANY ? most : MANY);
  std::vector<uint64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (uint64_t i = count - 1; !ordered && i > 0; i--) std::swap(order[i], order[stage_->below(i + 1)]);
  bool intact = true;
  for (uint64_t index : order) {
    Block block(index, count, *stage_);
    body(block);
    intact &= stage_->end();
  }
  return intact;
}

#ifdef __SANITIZE_ADDRESS__
void EmulatedDevice::open_only(const std::vector<Operand> &operands) {
  /* The sanitizer knows words of 8 bytes of which the first ones are open. */
  constexpr uintptr_t GRANULE = 8;
  __asan_poison_memory_region(pointer(slab), slab_bytes);
  for (const Operand &operand : operands) {
    uintptr_t inside = reinterpret_cast<uintptr_t>(operand.at) % GRANULE;
    if (operand.bytes == 0) continue;
    __asan_unpoison_memory_region(static_cast<u8 *>(operand.at) - inside, operand.bytes + inside);
  }
}

void EmulatedDevice::open_all() { __asan_unpoison_memory_region(pointer(slab), slab_bytes); }
#else
void EmulatedDevice::open_only(const std::vector<Operand> &) {}
void EmulatedDevice::open_all() {}
#endif

int32_t EmulatedStream::kernel(const char *function, uint64_t most, std::function<void(Block &)> body) {
  if (owner_->faults(CHG_EMULATE_NO_LAUNCH)) {
    return fail(CHG_LOST, "%s: the kernel could not be started, as chg_emulate() asked", function);
  }
  return later(function, [=, allowed = operands] {
    owner_->open_only(allowed);
    bool intact = owner_->blocks(most, body);
    owner_->open_all();
    return intact;
  });
}

int32_t EmulatedDevice::open(uint64_t bytes) {
  if (!memory.map(bytes)) {
    return fail(CHG_MEMORY, "chg_open: the system has no memory for a slab of %" PRIu64 " bytes", bytes);
  }
  slab = memory.address();
  slab_bytes = bytes;
  return CHG_OK;
}

int32_t EmulatedDevice::describe(chg_device_info *out) {
  chg_device_info info = {};
  snprintf(info.name, sizeof info.name, "emulated");
  info.kind = CHG_EMULATED;
  info.multiprocessors = static_cast<int32_t>(std::thread::hardware_concurrency());
  uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  info.memory_bytes = page * static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES));
  info.free_bytes = page * static_cast<uint64_t>(sysconf(_SC_AVPHYS_PAGES));
  info.slab_address = slab;
  info.slab_bytes = slab_bytes;
  *out = info;
  return CHG_OK;
}

int32_t EmulatedDevice::open_stream(chg_stream **out) {
  if (faults(CHG_EMULATE_NO_MEMORY)) return fail(CHG_MEMORY, "chg_stream_open: no memory, as chg_emulate() asked");
  *out = new EmulatedStream(this);
  return CHG_OK;
}

int32_t EmulatedDevice::pin(uint64_t bytes, void **out) {
  if (faults(CHG_EMULATE_NO_MEMORY)) return fail(CHG_MEMORY, "chg_pinned: no memory, as chg_emulate() asked");
  void *block = nullptr;
  if (posix_memalign(&block, CHG_ALIGNMENT, bytes) != 0) {
    return fail(CHG_MEMORY, "chg_pinned: the system has no memory for a block of %" PRIu64 " bytes", bytes);
  }
  *out = block;
  return CHG_OK;
}

int32_t EmulatedDevice::unpin(void *block) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  int32_t status = CHG_OK;
  for (EmulatedStream *stream : open_streams) {
    int32_t one = stream->sync();
    status = status == CHG_OK ? one : status;
  }
  free(block);
  return status;
}

}  // namespace

int32_t enqueue(chg_stream *stream, const char *function, u64 blocks, std::function<void(Block &)> body) {
  return static_cast<EmulatedStream *>(stream)->kernel(function, blocks, std::move(body));
}

int32_t device_count(int32_t *count, int32_t *driver, int32_t *runtime) {
  *count = 1;
  *driver = 0;
  *runtime = 0;
  return CHG_OK;
}

int32_t open_device(int32_t ordinal, uint64_t slab_bytes, chg_device **out) {
  if (ordinal != 0) return fail(CHG_NO_DEVICE, "chg_open: there is no emulated device %d; there is one, 0", ordinal);
  auto device = std::make_unique<EmulatedDevice>();
  int32_t status = device->open(slab_bytes);
  if (status == CHG_OK) *out = device.release();
  return status;
}

}  // namespace chg
