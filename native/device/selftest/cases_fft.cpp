#include "cases.h"

namespace {

struct Size {
  int log_k, log_n;
};
const Size CODES[] = {{0, 1}, {3, 4}, {4, 6}, {9, 10}, {10, 12}, {13, 14}, {14, 16}};

void encode(Machine &m) {
  for (Size s : CODES) {
    uint64_t rows = s.log_n > 12 ? 2 : 5, n = 1u << s.log_n;
    chg_ptr twiddles = m.room(2 * n + 64), to = m.base(rows * n + 16 * rows);
    OK(m, twiddles, twiddles, s.log_n);
    /* Rows shorter than a block stand one by one. */
    if (s.log_k < 4) rows = 1;
    OK(m, encode, to, m.random_base(rows << s.log_k), s.log_k, s.log_n, rows, twiddles);
    m.base_result(to, rows * n);
  }
}

void positions(Machine &m) {
  for (Size s : CODES) {
    uint64_t n = 1u << s.log_n;
    chg_ptr twiddles = m.room(2 * n + 64), to = m.base(n);
    OK(m, twiddles, twiddles, s.log_n);
    std::vector<int32_t> at;
    for (uint64_t i = 0; i < n; i += 1 + (uint64_t)m.between(0, 9)) at.push_back((int32_t)i);
    OK(m, encode_at, to, m.random_base(1u << s.log_k), s.log_k, s.log_n, at.data(), at.size(), twiddles);
    m.base_results(to, n, at);
  }
}

void transposed(Machine &m) {
  for (Size s : CODES) {
    uint64_t n = 1u << s.log_n;
    chg_ptr twiddles = m.room(2 * n + 64), to = m.base(1u << s.log_k);
    OK(m, twiddles, twiddles, s.log_n);
    OK(m, encode_transposed, to, m.random_base(n), s.log_k, s.log_n, twiddles);
    m.base_result(to, 1u << s.log_k);
  }
}

}  // namespace

std::vector<Case> fft_cases() {
  return {{"fft", "encode", encode}, {"fft", "encode at positions", positions}, {"fft", "transposed", transposed}};
}
