/* The ABI: checks arguments, keeps exceptions inside, hands over to the library's kind of device. */
#pragma GCC visibility push(default)
#include "chagres_cuda.h"
#pragma GCC visibility pop

#include <cinttypes>
#include <exception>
#include <new>

#include "device.h"
#include "layout.h"
#include "message.h"

using chg::fail;

/* Runs `body`; what it throws becomes a status. */
template <class Body>
static int32_t guarded(const char *function, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(CHG_MEMORY, "%s: the process has no more memory", function);
  } catch (const std::exception &e) {
    return fail(CHG_LOST, "%s: %s", function, e.what());
  }
}

static int32_t null_argument(const char *function, const char *name) {
  return fail(CHG_ARGUMENT, "%s: %s is null", function, name);
}

/* Whether a region lies in the slab and starts at a multiple of CHG_ALIGNMENT; says so if not. */
static bool in_slab(const char *function, const chg_device *device, chg_ptr address, uint64_t bytes) {
  if (address % CHG_ALIGNMENT != 0) {
    fail(CHG_ARGUMENT, "%s: the device address 0x%" PRIx64 " is no multiple of %d", function, address, CHG_ALIGNMENT);
    return false;
  }
  uint64_t offset = address - device->slab;
  if (address < device->slab || offset > device->slab_bytes || bytes > device->slab_bytes - offset) {
    fail(CHG_ARGUMENT, "%s: %" PRIu64 " bytes at the device address 0x%" PRIx64 " are not in the slab (%" PRIu64
         " bytes at 0x%" PRIx64 ")", function, bytes, address, device->slab_bytes, device->slab);
    return false;
  }
  return true;
}

int32_t chg_abi_version(void) { return CHG_ABI_VERSION; }

int32_t chg_layout(int32_t structure, uint64_t *values, int32_t capacity, int32_t *count) {
  if (values == nullptr) return null_argument(__func__, "values");
  if (count == nullptr) return null_argument(__func__, "count");
  if (structure < 0 || structure >= CHG_LAYOUT_COUNT) {
    return fail(CHG_ARGUMENT, "%s: there is no structure %d; there are %d", __func__, structure, CHG_LAYOUT_COUNT);
  }
  if (capacity < 0) return fail(CHG_ARGUMENT, "%s: the capacity is negative, %d", __func__, capacity);
  chg::layout(structure, values, capacity, count);
  return CHG_OK;
}

const char *chg_build_info(void) { return chg::build_info; }

const char *chg_message(void) { return chg::message(); }

int32_t chg_device_count(int32_t *count, int32_t *driver, int32_t *runtime) {
  if (count == nullptr) return null_argument(__func__, "count");
  if (driver == nullptr) return null_argument(__func__, "driver");
  if (runtime == nullptr) return null_argument(__func__, "runtime");
  return guarded(__func__, [&] { return chg::device_count(count, driver, runtime); });
}

int32_t chg_open(int32_t ordinal, uint64_t slab_bytes, chg_device **out) {
  if (out == nullptr) return null_argument(__func__, "out");
  if (slab_bytes == 0 || slab_bytes % CHG_ALIGNMENT != 0) {
    return fail(CHG_ARGUMENT, "%s: a slab of %" PRIu64 " bytes is no positive multiple of %d", __func__, slab_bytes,
                CHG_ALIGNMENT);
  }
  return guarded(__func__, [&] { return chg::open_device(ordinal, slab_bytes, out); });
}

int32_t chg_close(chg_device *device) {
  if (device == nullptr) return null_argument(__func__, "device");
  size_t blocks = device->pinned.count();
  if (device->streams != 0 || blocks != 0) {
    return fail(CHG_ARGUMENT, "%s: %d streams and %zu pinned blocks are open; close them first", __func__,
                device->streams.load(), blocks);
  }
  return guarded(__func__, [&] {
    delete device;
    return CHG_OK;
  });
}

int32_t chg_describe(chg_device *device, chg_device_info *out) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (out == nullptr) return null_argument(__func__, "out");
  return guarded(__func__, [&] { return device->describe(out); });
}

int32_t chg_stream_open(chg_device *device, chg_stream **out) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (out == nullptr) return null_argument(__func__, "out");
  return guarded(__func__, [&] {
    int32_t status = device->open_stream(out);
    if (status == CHG_OK) device->streams++;
    return status;
  });
}

int32_t chg_stream_close(chg_stream *stream) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  return guarded(__func__, [&] {
    chg_device *device = stream->device;
    int32_t status = stream->sync();
    delete stream;
    device->streams--;
    return status;
  });
}

int32_t chg_sync(chg_stream *stream) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  return guarded(__func__, [&] { return stream->sync(); });
}

int32_t chg_pinned(chg_device *device, uint64_t bytes, void **out) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (out == nullptr) return null_argument(__func__, "out");
  if (bytes == 0) return fail(CHG_ARGUMENT, "%s: a block has at least one byte", __func__);
  return guarded(__func__, [&] {
    int32_t status = device->pin(bytes, out);
    if (status == CHG_OK) device->pinned.add(*out, bytes);
    return status;
  });
}

int32_t chg_unpin(chg_device *device, void *block) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (!device->pinned.starts(block)) {
    return fail(CHG_ARGUMENT, "%s: %p is no pinned block of this device", __func__, block);
  }
  return guarded(__func__, [&] {
    device->pinned.remove(block);
    return device->unpin(block);
  });
}

int32_t chg_in(chg_stream *stream, chg_ptr to, const void *from, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (from == nullptr) return null_argument(__func__, "from");
  if (!in_slab(__func__, stream->device, to, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  return guarded(__func__, [&] { return stream->in(to, from, bytes, stream->device->pinned.contains(from, bytes)); });
}

int32_t chg_out(chg_stream *stream, void *to, chg_ptr from, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (to == nullptr) return null_argument(__func__, "to");
  if (!in_slab(__func__, stream->device, from, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  return guarded(__func__, [&] { return stream->out(to, from, bytes, stream->device->pinned.contains(to, bytes)); });
}

int32_t chg_fill(chg_stream *stream, chg_ptr to, uint32_t word, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (bytes % sizeof word != 0) {
    return fail(CHG_ARGUMENT, "%s: %" PRIu64 " bytes are not whole words of 4 bytes", __func__, bytes);
  }
  if (!in_slab(__func__, stream->device, to, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  return guarded(__func__, [&] { return stream->fill(to, word, bytes); });
}
