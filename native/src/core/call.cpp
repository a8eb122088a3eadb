#include "call.h"

#include <cinttypes>
#include <cstdio>

namespace chg {

u64 Call::panel(u64 rows, u64 stride, u64 width, u64 size) {
  if (rows == 0 || width == 0) return 0;
  u64 skipped = stride == 0 || rows - 1 <= UINT64_MAX / stride ? (rows - 1) * stride : UINT64_MAX;
  return skipped > UINT64_MAX - width ? UINT64_MAX : times(skipped + width, size);
}

void *Call::checked(const char *name, chg_ptr at, u64 bytes, u64 alignment, Use use) {
  if (refused()) return nullptr;
  if (at == 0) {
    status_ = null_argument(function_, name);
    return nullptr;
  }
  char where[128];
  snprintf(where, sizeof where, "%s: %s", function_, name);
  if (!in_slab(where, stream_->device, at, bytes, alignment)) {
    status_ = CHG_ARGUMENT;
    return nullptr;
  }
  try {
    regions_.push_back({name, at, bytes, use});
  } catch (const std::bad_alloc &) {
    status_ = fail(CHG_MEMORY, "%s: the process has no more memory", function_);
    return nullptr;
  }
  return stream_->device->pointer(at);
}

const void *Call::ints(const char *name, chg_ptr at, i32 width, u64 n, Use use) {
  bits(width);
  if (refused()) return nullptr;
  u64 size = static_cast<u64>(width / 8);
  return checked(name, at, times(n, size), size, use);
}

/* Regions that are written meet no other, but sources of the same elements, where that is allowed. */
int32_t Call::overlaps() const {
  for (const Region &w : regions_) {
    if (w.use != Use::WRITE || w.bytes == 0) continue;
    for (const Region &r : regions_) {
      if (&r == &w || r.use == Use::ROWS || r.bytes == 0) continue;
      if (w.at >= r.at + r.bytes || r.at >= w.at + w.bytes) continue;
      if (!apart_ && r.use == Use::READ && w.at == r.at && w.bytes == r.bytes) continue;
      return fail(CHG_ARGUMENT, "%s: %s overlaps %s", function_, w.name, r.name);
    }
  }
  return CHG_OK;
}

void Call::name_operands() const {
  stream_->operands.clear();
  for (const Region &region : regions_) {
    stream_->operands.push_back({stream_->device->pointer(region.at), region.bytes});
  }
}

int32_t Call::send(chg_ptr to, const void *from, u64 bytes) {
  if (status_ == CHG_OK) status_ = overlaps();
  if (status_ != CHG_OK || bytes == 0) return status_;
  status_ = unless_lost(function_, stream_->device, [&] { return stream_->in(to, from, bytes, false); });
  return status_;
}

Q31 Call::element(const char *name, const chg_qm31 *value) {
  host(name, value);
  if (refused()) return {};
  for (u32 word : value->c) {
    if (word >= P) {
      status_ = fail(CHG_ARGUMENT, "%s: %s is not canonical: it has the word 0x%" PRIx32, function_, name, word);
      return {};
    }
  }
  return {value->c[0], value->c[1], value->c[2], value->c[3]};
}

chg_blake3_mode Call::mode(const chg_blake3_mode *value) {
  host("mode", value);
  return refused() ? chg_blake3_mode{} : *value;
}

void Call::need(bool holds, const char *text, u64 a, u64 b) {
  if (refused() || holds) return;
  char reason[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(reason, sizeof reason, text, static_cast<long long>(a), static_cast<long long>(b));
#pragma GCC diagnostic pop
  status_ = fail(CHG_ARGUMENT, "%s: %s", function_, reason);
}

}  // namespace chg
