#include "cases.h"

namespace {

void moves(Machine &m) {
  for (uint64_t rows : {1u, 3u, 40u})
    for (uint64_t width : {16u, 64u, 272u}) {
      uint64_t stride = width + 16;
      chg_ptr x = m.random_integers(rows * stride, -40000, 40000), to = m.random_integers(rows * stride, 0, 9);
      int32_t fits = 2;
      OK(m, panel_copy, to, stride, x, stride, rows, width);
      m.bytes(to, 4 * rows * stride);
      OK(m, panel_narrow, to, stride, x, stride, rows, width, &fits);
      m.value((uint64_t)fits);
      chg_ptr small = m.random_integers(rows * stride, -30000, 30000);
      OK(m, panel_narrow, to, stride, small, stride, rows, width, &fits);
      m.value((uint64_t)fits);
      chg_ptr wide = m.random_integers(rows * stride, 0, 9);
      OK(m, panel_widen, wide, stride, to, stride, rows, width);
      for (uint64_t r = 0; r < rows; r++) m.bytes(wide + 4 * r * stride, 4 * width);
      chg_ptr offset = m.random_integers(width, -99, 99);
      OK(m, panel_subtract_from, x, stride, offset, rows, width);
      m.bytes(x, 4 * rows * stride);
      OK(m, panel_add, to, x, small, rows * stride);
      m.bytes(to, 4 * rows * stride);
    }
}

void reductions(Machine &m) {
  for (uint64_t rows : {1u, 3u, 40u})
    for (uint64_t width : {16u, 64u, 272u}) {
      uint64_t stride = width + 16;
      chg_ptr x = m.random_integers(rows * stride, -100000, 100000), to = m.base(width);
      OK(m, panel_max, to, x, stride, rows, width);
      m.bytes(to, 4 * width);
      OK(m, panel_sum, to, x, stride, rows, width);
      m.bytes(to, 4 * width);
      OK(m, panel_magnitude, to, x, stride, rows, width);
      m.bytes(to, 4 * width);
      OK(m, panel_first_outside, to, x, stride, -50000, 60000, rows, width);
      m.bytes(to, 4 * width);
    }
}

void norms(Machine &m) {
  for (uint64_t rows : {2u, 6u, 40u})
    for (uint64_t width : {16u, 272u}) {
      uint64_t stride = width + 16;
      chg_ptr x = m.random_integers(rows * stride, -(1 << 26) + 1, (1 << 26) - 1);
      chg_ptr exponent = m.random_integers(width, 0, 15);
      chg_ptr mantissa = m.random_integers(rows * stride, 0, 9), pair = m.random_integers(rows * stride, 0, 9);
      OK(m, panel_mantissas, mantissa, pair, x, stride, exponent, rows, width);
      for (uint64_t r = 0; r < rows; r++) m.bytes(mantissa + 4 * r * stride, 4 * width);
      chg_ptr small = m.random_integers(rows * stride, -1000, 1000), products = m.base(width);
      OK(m, panel_neighbour_products, products, small, stride, rows, width);
      m.bytes(products, 4 * width);
      chg_ptr factor = m.random_integers(width, 0, 30000), rem = m.random_integers(rows * stride, 0, 9);
      chg_ptr n = m.random_integers(rows * stride, 0, 9);
      OK(m, panel_scale_round, n, rem, small, stride, factor, 9, rows, width);
      for (uint64_t r = 0; r < rows; r++) {
        m.bytes(n + 4 * r * stride, 4 * width);
        m.bytes(rem + 4 * r * stride, 4 * width);
      }
    }
}

void tables(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr x = m.random_integers(n, -10, 80), table = m.random_integers(120, -9, 9), to = m.base(n);
    int32_t inside = 2;
    OK(m, panel_lookup, to, table, -20, 120, x, n, &inside);
    m.value((uint64_t)inside);
    m.bytes(to, 4 * n);
    OK(m, panel_lookup, to, table, 0, 60, x, n, &inside);
    m.value((uint64_t)inside);
  }
}

}  // namespace

std::vector<Case> panel_cases() {
  return {{"panel", "moves", moves}, {"panel", "reductions", reductions}, {"panel", "norms", norms},
          {"panel", "tables", tables}};
}
