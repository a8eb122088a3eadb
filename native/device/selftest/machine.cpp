#include "machine.h"

#include <stdexcept>

namespace {
constexpr uint32_t P = 0x7fffffff;
}

Machine::Machine(const Library &library, int ordinal, uint64_t slab_bytes, uint32_t poisoned)
    : lib(library), poison(poisoned) {
  if (lib.open(ordinal, slab_bytes, &device) != CHG_OK) throw std::runtime_error(lib.message());
  if (lib.describe(device, &info) != CHG_OK || lib.stream_open(device, &stream) != CHG_OK)
    throw std::runtime_error(lib.message());
  if (info.kind == CHG_EMULATED) lib.emulate(device, CHG_EMULATE_SEED, poison & 7);
}

Machine::~Machine() {
  if (stream) lib.stream_close(stream);
  if (device) lib.close(device);
}

void Machine::begin(uint64_t seed) {
  state = seed * 0x9e3779b97f4a7c15u + 1;
  end = info.slab_address;
  record.clear();
  ok(lib.fill(stream, info.slab_address, poison, info.slab_bytes), "chg_fill");
}

void Machine::ok(int32_t status, const char *call) {
  if (status != CHG_OK) throw std::runtime_error(std::string(call) + ": " + lib.message());
}

chg_ptr Machine::room(uint64_t bytes) {
  chg_ptr at = end;
  end += (bytes + 63) / 64 * 64 + 64;
  if (end > info.slab_address + info.slab_bytes) throw std::runtime_error("the slab of the self-test is too small");
  return at;
}

chg_ptr Machine::put(const void *from, uint64_t bytes) {
  chg_ptr at = room(bytes);
  ok(lib.in(stream, at, from, bytes), "chg_in");
  return at;
}

uint32_t Machine::word() {
  state = state * 6364136223846793005u + 1442695040888963407u;
  uint32_t v = (uint32_t)(state >> 33);
  /* The edges of the field come up often. */
  return v % 16 == 0 ? (v >> 4) % 3 : v % 16 == 1 ? P - 1 - (v >> 4) % 3 : v % P;
}

chg_qm31 Machine::element() {
  chg_qm31 e;
  for (uint32_t &c : e.c) c = word();
  return e;
}

int32_t Machine::between(int32_t low, int32_t high) {
  uint64_t range = (uint64_t)((int64_t)high - low) + 1;
  uint64_t v = (uint64_t)word() << 31 ^ word();
  return (int32_t)(low + (int64_t)(v % range));
}

std::vector<int32_t> Machine::integers(uint64_t n, int32_t low, int32_t high) {
  std::vector<int32_t> values(n);
  for (int32_t &v : values) v = between(low, high);
  return values;
}

chg_ptr Machine::random_base(uint64_t n) {
  std::vector<uint32_t> values((n + 15) / 16 * 16);
  for (uint32_t &v : values) v = word();
  return put(values);
}

chg_ptr Machine::random_ext(uint64_t n) { return random_base((n + 15) / 16 * 64); }

chg_ptr Machine::random_ints(uint64_t n, int bits) {
  if (bits == 32) return put(integers(n, -(int32_t)P + 1, (int32_t)P - 1));
  if (bits == 16) {
    std::vector<int16_t> values(n);
    for (int16_t &v : values) v = (int16_t)between(INT16_MIN, INT16_MAX);
    return put(values);
  }
  std::vector<int8_t> values(n);
  for (int8_t &v : values) v = (int8_t)between(INT8_MIN, INT8_MAX);
  return put(values);
}

void Machine::canonical(uint32_t v) {
  if (v >= P) throw std::runtime_error("a result is not canonical: " + std::to_string(v));
  record.push_back(v);
}

void Machine::bytes(chg_ptr from, uint64_t n) {
  std::vector<uint8_t> got(n);
  ok(lib.out(stream, got.data(), from, n), "chg_out");
  record.insert(record.end(), got.begin(), got.end());
}

void Machine::base_result(chg_ptr from, uint64_t n) {
  std::vector<uint32_t> got(n);
  ok(lib.out(stream, got.data(), from, 4 * n), "chg_out");
  for (uint32_t v : got) canonical(v);
}

void Machine::base_results(chg_ptr from, uint64_t n, const std::vector<int32_t> &positions) {
  std::vector<uint32_t> got(n);
  ok(lib.out(stream, got.data(), from, 4 * n), "chg_out");
  for (int32_t i : positions) canonical(got[(size_t)i]);
}

void Machine::ext_result(chg_ptr from, uint64_t n) {
  std::vector<uint32_t> got((n + 15) / 16 * 64);
  ok(lib.out(stream, got.data(), from, 4 * got.size()), "chg_out");
  for (uint64_t i = 0; i < n; i++)
    for (uint64_t c = 0; c < 4; c++) canonical(got[i / 16 * 64 + c * 16 + i % 16]);
}

void Machine::elements(const chg_qm31 *values, int n) {
  for (int i = 0; i < n; i++)
    for (uint32_t c : values[i].c) canonical(c);
}
