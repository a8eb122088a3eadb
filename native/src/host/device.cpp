/* The emulated device: one ordinal, on the processor. Streams run as late as the ABI allows. */
#include "device.h"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "memory.h"
#include "message.h"

namespace chg {

const char *const build_info = "host " CHG_TARGETS " emulated, ABI " CHG_ABI_TEXT ", g++ " __VERSION__
                               ", header " CHG_HEADER_SHA256;

namespace {

class EmulatedStream;

class EmulatedDevice final : public chg_device {
 public:
  int32_t open(uint64_t bytes);
  int32_t describe(chg_device_info *out) override;
  int32_t open_stream(chg_stream **out) override;
  int32_t pin(uint64_t bytes, void **out) override;
  int32_t unpin(void *block) override;

  ShiftedSlab memory;
  /* Streams that may have work left; the mutex also keeps their queues. */
  std::recursive_mutex mutex;
  std::set<EmulatedStream *> open_streams;
};

class EmulatedStream final : public chg_stream {
 public:
  explicit EmulatedStream(EmulatedDevice *d) : chg_stream(d), owner_(d) {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    owner_->open_streams.insert(this);
  }

  ~EmulatedStream() override {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    owner_->open_streams.erase(this);
  }

  int32_t sync() override {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    for (; !work_.empty(); work_.pop_front()) work_.front()();
    return CHG_OK;
  }

  int32_t in(chg_ptr to, const void *from, uint64_t bytes, bool pinned) override {
    void *target = owner_->memory.host(to);
    if (pinned) {
      later([=] { memcpy(target, from, bytes); });
    } else {
      auto begin = static_cast<const uint8_t *>(from);
      auto staged = std::make_shared<std::vector<uint8_t>>(begin, begin + bytes);
      later([=] { memcpy(target, staged->data(), bytes); });
    }
    return CHG_OK;
  }

  int32_t out(void *to, chg_ptr from, uint64_t bytes, bool pinned) override {
    const void *source = owner_->memory.host(from);
    later([=] { memcpy(to, source, bytes); });
    return pinned ? CHG_OK : sync();
  }

  int32_t fill(chg_ptr to, uint32_t word, uint64_t bytes) override {
    auto words = static_cast<uint32_t *>(owner_->memory.host(to));
    later([=] {
      for (uint64_t i = 0; i < bytes / sizeof word; i++) words[i] = word;
    });
    return CHG_OK;
  }

 private:
  void later(std::function<void()> work) {
    std::lock_guard<std::recursive_mutex> lock(owner_->mutex);
    work_.push_back(std::move(work));
  }

  EmulatedDevice *const owner_;
  std::deque<std::function<void()>> work_;
};

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
  *out = new EmulatedStream(this);
  return CHG_OK;
}

int32_t EmulatedDevice::pin(uint64_t bytes, void **out) {
  void *block = nullptr;
  if (posix_memalign(&block, CHG_ALIGNMENT, bytes) != 0) {
    return fail(CHG_MEMORY, "chg_pinned: the system has no memory for a block of %" PRIu64 " bytes", bytes);
  }
  *out = block;
  return CHG_OK;
}

int32_t EmulatedDevice::unpin(void *block) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  for (EmulatedStream *stream : open_streams) stream->sync();
  free(block);
  return CHG_OK;
}

}  // namespace

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
