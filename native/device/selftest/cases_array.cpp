#include "cases.h"

namespace {

void base(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr a = m.random_base(n), b = m.random_base(n), c = m.random_base(n), to = m.base(n);
    OK(m, add_base, to, a, b, n);
    m.base_result(to, n);
    OK(m, sub_base, to, a, b, n);
    m.base_result(to, n);
    OK(m, mul_base, to, a, b, n);
    m.base_result(to, n);
    OK(m, mul_add_base, to, a, b, c, n);
    m.base_result(to, n);
    OK(m, mul_base, a, a, a, n);
    m.base_result(a, n);
  }
}

void ints(Machine &m) {
  for (uint64_t n : SIZES)
    for (int bits = 8; bits <= 32; bits *= 2) {
      chg_ptr x = m.random_ints(n, bits), to = m.base(n), table = m.random_integers(300, -99, 99);
      OK(m, embed_ints, to, x, bits, n);
      m.base_result(to, n);
      OK(m, gather_ints, to, table, -100, 300, x, bits, n);
      m.bytes(to, 4 * n);
    }
}

void ext(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr a = m.random_ext(n), b = m.random_ext(n), c = m.random_base(n), to = m.ext(n);
    chg_qm31 s = m.element();
    OK(m, ext_from_base, to, c, n);
    m.ext_result(to, n);
    OK(m, add_ext, to, a, b, n);
    m.ext_result(to, n);
    OK(m, sub_ext, to, a, b, n);
    m.ext_result(to, n);
    OK(m, mul_ext, to, a, b, n);
    m.ext_result(to, n);
    OK(m, mul_ext_by_base, to, a, c, n);
    m.ext_result(to, n);
    OK(m, scale_ext, to, a, &s, n);
    m.ext_result(to, n);
    OK(m, fold_ext, to, a, b, &s, n);
    m.ext_result(to, n);
    OK(m, fold_base, to, c, m.random_base(n), &s, n);
    m.ext_result(to, n);
    OK(m, constant_minus_base, to, &s, c, n);
    m.ext_result(to, n);
    OK(m, fill_ext, to, &s, n);
    OK(m, add_scaled_ext, to, a, &s, n);
    OK(m, add_scaled_base, to, c, &s, n);
    for (int bits = 8; bits <= 32; bits *= 2) OK(m, add_scaled_ints, to, m.random_ints(n, bits), bits, &s, n);
    m.ext_result(to, n);
  }
}

void rows(Machine &m) {
  for (uint64_t width : SIZES) {
    uint64_t stride = (width + 15) / 16 * 16 + 16, count = 5;
    chg_ptr w = m.random_ext(count), to = m.random_ext(width);
    OK(m, combine_rows, to, m.random_base(count * stride), width, stride, w, count);
    m.ext_result(to, width);
    for (int bits = 8; bits <= 32; bits *= 2)
      OK(m, combine_rows_ints, to, m.random_ints(count * stride, bits), bits, width, stride, w, count);
    m.ext_result(to, width);
  }
}

}  // namespace

std::vector<Case> array_cases() {
  return {{"array", "base", base}, {"array", "ints", ints}, {"array", "ext", ext}, {"array", "combined rows", rows}};
}
