/*
 * An open device with one stream, on which a case of the self-test runs: operands that follow from a seed, room in the
 * slab, and a record of all results, which has to be the same on every device.
 */
#pragma once

#include <cstdint>
#include <vector>

#include "library.h"

class Machine {
 public:
  enum { BASE_WORDS = 16, EXT_BYTES = 16 };

  /* Throws std::runtime_error with the library's reason. */
  Machine(const Library &library, int ordinal, uint64_t slab_bytes, uint32_t poison);
  ~Machine();
  Machine(const Machine &) = delete;
  Machine &operator=(const Machine &) = delete;

  const Library &lib;
  chg_stream *stream = nullptr;

  /* Poisons the slab, takes all room back and starts the operands anew. */
  void begin(uint64_t seed);

  /* What a call answers: anything but CHG_OK ends the case. */
  void ok(int32_t status, const char *call);

  /* Room for bytes, which holds the poison. */
  chg_ptr room(uint64_t bytes);
  chg_ptr base(uint64_t n) { return room((n + 15) / 16 * 64); }
  chg_ptr ext(uint64_t n) { return room((n + 15) / 16 * 256); }
  chg_ptr put(const void *from, uint64_t bytes);
  template <class T>
  chg_ptr put(const std::vector<T> &values) {
    return put(values.data(), values.size() * sizeof(T));
  }

  /* Operands. */
  uint32_t word(); /* canonical */
  chg_qm31 element();
  int32_t between(int32_t low, int32_t high); /* both included */
  std::vector<int32_t> integers(uint64_t n, int32_t low, int32_t high);
  chg_ptr random_base(uint64_t n);
  chg_ptr random_ext(uint64_t n);
  /* signed ints of 8, 16 or 32 bits; of 32 above -p and below p */
  chg_ptr random_ints(uint64_t n, int bits);
  chg_ptr random_integers(uint64_t n, int32_t low, int32_t high) { return put(integers(n, low, high)); }

  /* Results. Field elements have to be canonical. */
  void bytes(chg_ptr from, uint64_t bytes);
  void base_result(chg_ptr from, uint64_t n);
  /* of n, those at some positions */
  void base_results(chg_ptr from, uint64_t n, const std::vector<int32_t> &positions);
  void ext_result(chg_ptr from, uint64_t n);
  void value(uint64_t v) { record.push_back(v); }
  void elements(const chg_qm31 *values, int n);

  std::vector<uint64_t> record;

 private:
  void canonical(uint32_t v);

  chg_device *device = nullptr;
  chg_device_info info{};
  chg_ptr end = 0;
  uint32_t poison;
  uint64_t state = 1;
};

#define OK(machine, function, ...) (machine).ok((machine).lib.function((machine).stream, __VA_ARGS__), "chg_" #function)
