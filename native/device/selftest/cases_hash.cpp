#include "cases.h"

namespace {

/* The key of unkeyed BLAKE3 (its specification, section 2.2); flags of chunks and roots (section 2.1). */
const chg_blake3_mode MODE = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                               0x5be0cd19}, 0};
enum { CHUNK_START = 1, CHUNK_END = 2, ROOT = 8 };

void columns(Machine &m) {
  for (uint64_t rows : {1u, 15u, 16u, 17u, 100u, 300u}) {
    uint64_t n = 50, stride = (n + 15) / 16 * 16 * 64;
    chg_ptr src = m.random_base((rows + 15) / 16 * stride / 4), to = m.room(32 * n);
    OK(m, hash_columns, &MODE, to, src, stride, rows, 0, n);
    m.bytes(to, 32 * n);
  }
}

void pairs(Machine &m) {
  for (int bytes : {16, 28, 32})
    for (uint64_t n : SIZES) {
      chg_ptr src = m.random_base(2 * n * 8), to = m.room(32 * n);
      OK(m, hash_pairs, &MODE, to, src, n, bytes);
      m.bytes(to, n * (uint64_t)bytes);
    }
}

void states(Machine &m) {
  for (uint64_t n : {16u, 256u, 1040u}) {
    chg_ptr one = m.room(32 * n), two = m.room(32 * n), to = m.room(32 * n);
    uint64_t stride = 4 * n + 64;
    for (chg_ptr state : {one, two}) {
      OK(m, init_columns, &MODE, state, n);
      OK(m, absorb_columns, &MODE, state, m.random_base(16 * stride / 4), stride, 16, n, 3, CHUNK_START);
      OK(m, absorb_columns, &MODE, state, m.random_base(16 * stride / 4), stride, 7, n, 3, CHUNK_END);
    }
    OK(m, merge_columns, &MODE, one, two, n, ROOT);
    for (int bytes : {16, 28, 32}) {
      OK(m, store_columns, to, two, n, bytes);
      m.bytes(to, n * (uint64_t)bytes);
    }
    OK(m, load_columns, one, to, n);
    OK(m, merge_columns, &MODE, two, one, n, 0);
    OK(m, store_columns, to, one, n, 32);
    m.bytes(to, 32 * n);
  }
}

void nonces(Machine &m) {
  for (uint64_t head : {0u, 8u, 33u, 56u})
    for (int bits : {1, 8, 12}) {
      std::vector<uint8_t> bytes(CHG_NONCE_HEAD);
      for (uint8_t &b : bytes) b = (uint8_t)m.word();
      int64_t nonce = 0;
      OK(m, least_nonce, bytes.data(), head, bits, 640, 1 << 15, MODE.word, CHUNK_START | CHUNK_END | ROOT, &nonce);
      m.value((uint64_t)nonce);
    }
}

}  // namespace

std::vector<Case> hash_cases() {
  return {{"hash", "columns", columns}, {"hash", "pairs", pairs}, {"hash", "states", states},
          {"hash", "nonces", nonces}};
}
