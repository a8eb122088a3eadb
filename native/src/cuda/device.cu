/* A CUDA device, on the runtime API alone. Loads, and says what is missing, where there is no driver. */
#include "device.h"

#include <cuda_runtime_api.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <memory>

#include "message.h"
#include "patience.h"
#include "start.h"

namespace chg {

const char *const build_info =
    "cuda " CHG_CUDA_VERSION " " CHG_TARGETS ", ABI " CHG_ABI_TEXT ", header " CHG_HEADER_SHA256;

int32_t cuda_failure(const char *function, cudaError_t error) {
  cudaGetLastError(); /* told here: the next launch of this thread, on whatever device, is not to blame */
  int32_t driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (error == cudaErrorInsufficientDriver && driver != 0) {
    return fail(CHG_DRIVER_TOO_OLD, "%s: the NVIDIA driver supports CUDA %d.%d, the library needs %d.%d (status %d)",
                function, driver / 1000, driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10, error);
  }
  if (error == cudaErrorInsufficientDriver) {
    return fail(CHG_NO_DEVICE, "%s: no NVIDIA driver: libcuda.so.1 was not found (status %d)", function, error);
  }
  if (error == cudaErrorNoDevice || error == cudaErrorInvalidDevice) {
    return fail(CHG_NO_DEVICE, "%s: no such device: %s (status %d)", function, cudaGetErrorString(error), error);
  }
  int32_t status = error == cudaErrorMemoryAllocation ? CHG_MEMORY : CHG_LOST;
  return fail(status, "%s: %s (status %d)", function, cudaGetErrorString(error), error);
}

namespace {

__global__ void fill_words(uint32_t *to, uint32_t word, uint64_t n) {
  uint64_t step = uint64_t{gridDim.x} * blockDim.x;
  for (uint64_t i = uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += step) to[i] = word;
}

class CudaDevice final : public chg_device {
 public:
  explicit CudaDevice(int32_t ordinal) : ordinal_(ordinal) {}

  ~CudaDevice() override {
    if (slab != 0 && enter() == cudaSuccess) cudaFree(reinterpret_cast<void *>(slab));
  }

  /* The runtime's device belongs to a thread: set in every call. */
  cudaError_t enter() const { return cudaSetDevice(ordinal_); }

  int32_t open(uint64_t bytes);
  int32_t describe(chg_device_info *out) override;
  int32_t open_stream(chg_stream **out) override;
  int32_t pin(uint64_t bytes, void **out) override;
  int32_t unpin(void *block) override;
  void *pointer(chg_ptr address) const override { return reinterpret_cast<void *>(address); }
  int32_t emulate(int32_t, uint64_t) override {
    return fail(CHG_ARGUMENT, "chg_emulate: device %d is a real one", ordinal_);
  }

 private:
  const int32_t ordinal_;
};

class CudaStream final : public chg_stream {
 public:
  CudaStream(CudaDevice *d, cudaStream_t stream) : chg_stream(d), owner_(d), stream_(stream) {}

  ~CudaStream() override {
    if (owner_->enter() != cudaSuccess) return;
    cudaStreamDestroy(stream_);
    if (event_ != nullptr) cudaEventDestroy(event_);
    if (done_ != nullptr) cudaEventDestroy(done_);
    for (cudaEvent_t read : read_) {
      if (read != nullptr) cudaEventDestroy(read);
    }
    if (staging_ != nullptr) cudaFreeHost(staging_);
    cudaFree(sink.cells);
    if (results != nullptr) cudaFreeHost(const_cast<uint64_t *>(results));
  }

  /* Takes the memory where kernels meet: cells on the device, results in pages of the host's that both see. */
  cudaError_t open() {
    constexpr size_t CELLS = (Sink::CELLS + 1) * sizeof(u64), WORDS = CELLS;
    void *cells = nullptr, *words = nullptr, *seen = nullptr;
    constexpr unsigned BLOCKS = cudaEventDisableTiming | cudaEventBlockingSync;
    cudaError_t error = cudaEventCreateWithFlags(&event_, cudaEventDisableTiming);
    if (error == cudaSuccess) error = cudaEventCreateWithFlags(&done_, BLOCKS);
    if (error == cudaSuccess) error = cudaMalloc(&cells, CELLS);
    sink.cells = static_cast<u64 *>(cells);
    if (error == cudaSuccess) error = cudaMemsetAsync(cells, 0, CELLS, stream_);
    if (error == cudaSuccess) error = cudaHostAlloc(&words, WORDS, cudaHostAllocMapped);
    if (error == cudaSuccess) memset(words, 0, WORDS);
    results = static_cast<uint64_t *>(words);
    if (error == cudaSuccess) error = cudaHostGetDevicePointer(&seen, words, 0);
    sink.result = static_cast<u64 *>(seen);
    void *staging = nullptr;
    if (error == cudaSuccess) error = cudaHostAlloc(&staging, 2 * STAGE, cudaHostAllocDefault);
    staging_ = static_cast<char *>(staging);
    for (cudaEvent_t &read : read_) {
      if (error == cudaSuccess) error = cudaEventCreateWithFlags(&read, BLOCKS);
    }
    return error;
  }

  cudaError_t enter(cudaStream_t *out) const {
    *out = stream_;
    return owner_->enter();
  }

  int32_t after(chg_stream *other) override {
    auto before = static_cast<CudaStream *>(other);
    cudaError_t error = owner_->enter();
    if (error == cudaSuccess) error = cudaEventRecord(before->event_, before->stream_);
    if (error == cudaSuccess) error = cudaStreamWaitEvent(stream_, before->event_, 0);
    return error == cudaSuccess ? CHG_OK : cuda_failure("chg_after", error);
  }

  int32_t sync() override {
    cudaError_t error = owner_->enter();
    if (error == cudaSuccess) error = finish();
    return error == cudaSuccess ? CHG_OK : cuda_failure("chg_sync", error);
  }

  /*
   * Watches the flag: no call of the runtime is needed to see a result, and none tells sooner. A kernel that is lost
   * never raises it, so the stream is asked from time to time.
   */
  int32_t await(uint64_t launch) override {
    Patience<> patience;
    while (!raised(launch)) {
      patience.pause();
      if (!patience.asks()) continue;
      cudaError_t error = owner_->enter();
      if (error == cudaSuccess) error = cudaStreamQuery(stream_);
      if (error == cudaSuccess) {
        return raised(launch) ? CHG_OK : fail(CHG_LOST, "the stream ended without a result");
      }
      if (error != cudaErrorNotReady) return cuda_failure("cudaStreamQuery", error);
      cudaGetLastError(); /* not ready is no failure of the next launch */
    }
    return CHG_OK;
  }

  int32_t in(chg_ptr to, const void *from, uint64_t bytes, bool pinned) override {
    cudaError_t error = owner_->enter();
    if (error == cudaSuccess) error = pinned ? copy_in(to, from, bytes) : stage_in(to, from, bytes);
    return error == cudaSuccess ? CHG_OK : cuda_failure("chg_in", error);
  }

  int32_t out(void *to, chg_ptr from, uint64_t bytes, bool pinned) override {
    cudaError_t error = owner_->enter();
    if (error == cudaSuccess) {
      error = cudaMemcpyAsync(to, reinterpret_cast<void *>(from), bytes, cudaMemcpyDeviceToHost, stream_);
    }
    if (error == cudaSuccess && !pinned) error = finish();
    return error == cudaSuccess ? CHG_OK : cuda_failure("chg_out", error);
  }

  int32_t fill(chg_ptr to, uint32_t word, uint64_t bytes) override {
    constexpr uint64_t THREADS = 256, MOST_BLOCKS = 4096;
    uint64_t n = bytes / sizeof word;
    uint64_t blocks = (n + THREADS - 1) / THREADS;
    if (blocks > MOST_BLOCKS) blocks = MOST_BLOCKS;
    cudaError_t error = owner_->enter();
    if (error == cudaSuccess) {
      fill_words<<<static_cast<unsigned>(blocks), THREADS, 0, stream_>>>(reinterpret_cast<uint32_t *>(to), word, n);
      error = cudaGetLastError();
    }
    return error == cudaSuccess ? CHG_OK : cuda_failure("chg_fill", error);
  }

 private:
  static constexpr uint64_t STAGE = 1 << 20;

  cudaError_t copy_in(chg_ptr to, const void *from, uint64_t bytes) {
    return cudaMemcpyAsync(reinterpret_cast<void *>(to), from, bytes, cudaMemcpyHostToDevice, stream_);
  }

  /*
   * What is not pinned has been read when this returns, which the runtime promises of no asynchronous copy: it goes
   * through two pinned pages in turn, each used again once the device has read it.
   */
  cudaError_t stage_in(chg_ptr to, const void *from, uint64_t bytes) {
    for (uint64_t at = 0; at < bytes; at += STAGE) {
      uint64_t size = bytes - at < STAGE ? bytes - at : STAGE;
      char *page = staging_ + turn_ * STAGE;
      cudaError_t error = reached(read_[turn_]); /* at once for an event that was never recorded */
      if (error != cudaSuccess) return error;
      memcpy(page, static_cast<const char *>(from) + at, size);
      error = copy_in(to + at, page, size);
      if (error == cudaSuccess) error = cudaEventRecord(read_[turn_], stream_);
      if (error != cudaSuccess) return error;
      turn_ ^= 1;
    }
    return cudaSuccess;
  }

  /* Waits for all that the stream was asked for. */
  cudaError_t finish() {
    cudaError_t error = cudaEventRecord(done_, stream_);
    return error == cudaSuccess ? reached(done_) : error;
  }

  /* Waits for an event: looks for it first, then leaves the processor, as the event was made to. */
  static cudaError_t reached(cudaEvent_t event) {
    for (Patience<> patience; patience.spins(); patience.pause()) {
      cudaError_t error = cudaEventQuery(event);
      if (error != cudaErrorNotReady) return error;
      cudaGetLastError(); /* not ready is no failure of the next launch */
    }
    return cudaEventSynchronize(event);
  }

  bool raised(uint64_t launch) const { return __atomic_load_n(&results[Sink::CELLS], __ATOMIC_ACQUIRE) == launch; }

  CudaDevice *const owner_;
  const cudaStream_t stream_;
  cudaEvent_t event_ = nullptr;
  cudaEvent_t done_ = nullptr;
  char *staging_ = nullptr;
  cudaEvent_t read_[2] = {};
  unsigned turn_ = 0;
};

int32_t CudaDevice::open(uint64_t bytes) {
  void *memory = nullptr;
  cudaError_t error = enter();
  cudaFuncAttributes code;
  if (error == cudaSuccess) error = cudaFuncGetAttributes(&code, fill_words);
  if (error == cudaErrorNoKernelImageForDevice || error == cudaErrorInvalidDeviceFunction ||
      error == cudaErrorUnsupportedPtxVersion) {
    cudaGetLastError();
    int major = 0, minor = 0;
    cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, ordinal_);
    cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, ordinal_);
    return fail(CHG_NO_DEVICE,
                "chg_open: device %d has compute capability %d.%d, for which this library (%s) has no code (status %d)",
                ordinal_, major, minor, CHG_TARGETS, error);
  }
  if (error == cudaSuccess) error = cudaMalloc(&memory, bytes);
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError(); /* not sticky, and told here */
    return fail(CHG_MEMORY, "chg_open: device %d has no memory for a slab of %" PRIu64 " bytes (status %d)", ordinal_,
                bytes, error);
  }
  if (error != cudaSuccess) return cuda_failure("chg_open", error);
  slab = reinterpret_cast<uintptr_t>(memory);
  slab_bytes = bytes;
  return CHG_OK;
}

int32_t CudaDevice::describe(chg_device_info *out) {
  cudaDeviceProp properties;
  size_t free_bytes = 0, memory_bytes = 0;
  cudaError_t error = enter();
  if (error == cudaSuccess) error = cudaGetDeviceProperties(&properties, ordinal_);
  if (error == cudaSuccess) error = cudaMemGetInfo(&free_bytes, &memory_bytes);
  if (error != cudaSuccess) return cuda_failure("chg_describe", error);
  chg_device_info info = {};
  snprintf(info.name, sizeof info.name, "%.63s", properties.name);
  info.kind = CHG_CUDA;
  info.ordinal = ordinal_;
  info.compute_capability = 10 * properties.major + properties.minor;
  info.multiprocessors = properties.multiProcessorCount;
  info.memory_bytes = memory_bytes;
  info.free_bytes = free_bytes;
  info.slab_address = slab;
  info.slab_bytes = slab_bytes;
  *out = info;
  return CHG_OK;
}

int32_t CudaDevice::open_stream(chg_stream **out) {
  cudaStream_t stream = nullptr;
  cudaError_t error = enter();
  if (error == cudaSuccess) error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  if (error != cudaSuccess) return cuda_failure("chg_stream_open", error);
  auto opened = std::make_unique<CudaStream>(this, stream);
  error = opened->open();
  if (error == cudaErrorMemoryAllocation) cudaGetLastError();
  if (error != cudaSuccess) return cuda_failure("chg_stream_open", error);
  *out = opened.release();
  return CHG_OK;
}

int32_t CudaDevice::pin(uint64_t bytes, void **out) {
  cudaError_t error = enter();
  if (error == cudaSuccess) error = cudaHostAlloc(out, bytes, cudaHostAllocDefault);
  if (error == cudaErrorMemoryAllocation) cudaGetLastError();
  return error == cudaSuccess ? CHG_OK : cuda_failure("chg_pinned", error);
}

int32_t CudaDevice::unpin(void *block) {
  cudaError_t error = enter();
  if (error == cudaSuccess) error = cudaDeviceSynchronize();
  cudaError_t freed = cudaFreeHost(block);
  if (error == cudaSuccess) error = freed;
  return error == cudaSuccess ? CHG_OK : cuda_failure("chg_unpin", error);
}

}  // namespace

cudaError_t enter(chg_stream *stream, cudaStream_t *out) { return static_cast<CudaStream *>(stream)->enter(out); }

int32_t device_count(int32_t *count, int32_t *driver, int32_t *runtime) {
  int devices = 0;
  cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess) return cuda_failure("chg_device_count", error);
  cudaDriverGetVersion(driver);
  cudaRuntimeGetVersion(runtime);
  *count = devices;
  return CHG_OK;
}

int32_t open_device(int32_t ordinal, uint64_t slab_bytes, chg_device **out) {
  int devices = 0;
  cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess) return cuda_failure("chg_open", error);
  if (ordinal < 0 || ordinal >= devices) {
    return fail(CHG_NO_DEVICE, "chg_open: there is no CUDA device %d; there are %d", ordinal, devices);
  }
  auto device = std::make_unique<CudaDevice>(ordinal);
  int32_t status = device->open(slab_bytes);
  if (status == CHG_OK) *out = device.release();
  return status;
}

}  // namespace chg
