/* The ABI: checks arguments, keeps exceptions inside, hands over to the library's kind of device. */
#include "exported.h"

#include <cinttypes>

#include "device.h"
#include "guard.h"
#include "layout.h"
#include "message.h"

using chg::fail;
using chg::guarded;
using chg::in_slab;
using chg::null_argument;
using chg::unless_lost;

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
  return unless_lost(__func__, device, [&] { return device->describe(out); });
}

int32_t chg_stream_open(chg_device *device, chg_stream **out) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (out == nullptr) return null_argument(__func__, "out");
  return unless_lost(__func__, device, [&] {
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
  return unless_lost(__func__, stream->device, [&] { return stream->sync(); });
}

int32_t chg_pinned(chg_device *device, uint64_t bytes, void **out) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (out == nullptr) return null_argument(__func__, "out");
  if (bytes == 0) return fail(CHG_ARGUMENT, "%s: a block has at least one byte", __func__);
  return unless_lost(__func__, device, [&] {
    void *block = nullptr;
    int32_t status = device->pin(bytes, &block);
    if (status != CHG_OK) return status;
    try {
      device->pinned.add(block, bytes);
    } catch (...) {
      device->unpin(block);
      throw;
    }
    *out = block;
    return status;
  });
}

int32_t chg_unpin(chg_device *device, void *block) {
  if (device == nullptr) return null_argument(__func__, "device");
  /* Whoever takes it from the list frees it. */
  if (!device->pinned.remove(block)) {
    return fail(CHG_ARGUMENT, "%s: %p is no pinned block of this device", __func__, block);
  }
  return guarded(__func__, [&] { return device->unpin(block); });
}

int32_t chg_in(chg_stream *stream, chg_ptr to, const void *from, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (from == nullptr) return null_argument(__func__, "from");
  if (!in_slab(__func__, stream->device, to, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  chg_device *device = stream->device;
  bool pinned = device->pinned.contains(from, bytes);
  return unless_lost(__func__, device, [&] { return stream->in(to, from, bytes, pinned); });
}

int32_t chg_out(chg_stream *stream, void *to, chg_ptr from, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (to == nullptr) return null_argument(__func__, "to");
  if (!in_slab(__func__, stream->device, from, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  chg_device *device = stream->device;
  bool pinned = device->pinned.contains(to, bytes);
  return unless_lost(__func__, device, [&] { return stream->out(to, from, bytes, pinned); });
}

int32_t chg_fill(chg_stream *stream, chg_ptr to, uint32_t word, uint64_t bytes) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (bytes % sizeof word != 0) {
    return fail(CHG_ARGUMENT, "%s: %" PRIu64 " bytes are not whole words of 4 bytes", __func__, bytes);
  }
  if (!in_slab(__func__, stream->device, to, bytes)) return CHG_ARGUMENT;
  if (bytes == 0) return CHG_OK;
  chg_device *device = stream->device;
  return unless_lost(__func__, device, [&] { return stream->fill(to, word, bytes); });
}

int32_t chg_after(chg_stream *stream, chg_stream *other) {
  if (stream == nullptr) return null_argument(__func__, "stream");
  if (other == nullptr) return null_argument(__func__, "other");
  if (stream->device != other->device) return fail(CHG_ARGUMENT, "%s: the streams are of two devices", __func__);
  if (stream == other) return CHG_OK;
  return unless_lost(__func__, stream->device, [&] { return stream->after(other); });
}

int32_t chg_emulate(chg_device *device, int32_t setting, uint64_t value) {
  if (device == nullptr) return null_argument(__func__, "device");
  if (setting < 0 || setting >= CHG_EMULATION_COUNT) {
    return fail(CHG_ARGUMENT, "%s: there is no setting %d; there are %d", __func__, setting, CHG_EMULATION_COUNT);
  }
  return guarded(__func__, [&] { return device->emulate(setting, value); });
}
