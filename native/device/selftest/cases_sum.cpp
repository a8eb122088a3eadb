#include "cases.h"

namespace {

void sums(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr a = m.random_ext(n), b = m.random_ext(n);
    chg_qm31 out;
    OK(m, sum_ext, a, n, &out);
    m.elements(&out, 1);
    OK(m, dot_ext, a, b, n, &out);
    m.elements(&out, 1);
    OK(m, dot_base, m.random_base(n), b, n, &out);
    m.elements(&out, 1);
    for (int bits = 8; bits <= 32; bits *= 2) {
      OK(m, dot_ints, m.random_ints(n, bits), bits, b, n, &out);
      m.elements(&out, 1);
    }
  }
}

void equality(Machine &m) {
  for (int variables : {0, 1, 4, 11}) {
    std::vector<chg_qm31> point(16);
    for (chg_qm31 &p : point) p = m.element();
    chg_qm31 scale = m.element();
    chg_ptr to = m.ext(1u << variables);
    OK(m, eq_table, to, point.data(), variables, &scale);
    m.ext_result(to, 1u << variables);
  }
}

void rounds(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr x[9];
    for (chg_ptr &v : x) v = m.random_ext(n);
    chg_qm31 lambda = m.element(), out[3];
    OK(m, round_product, x[0], x[1], x[2], x[3], n, out);
    m.elements(out, 2);
    OK(m, round_eq_product, x[8], x[0], x[1], x[2], x[3], n, out);
    m.elements(out, 2);
    OK(m, round_fractions, x[8], x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], &lambda, n, out);
    m.elements(out, 2);
    OK(m, round_merged, x[8], x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], n, out);
    m.elements(out, 2);
    OK(m, round_eq_triple, x[8], x[0], x[1], x[2], x[3], x[4], x[5], n, out);
    m.elements(out, 3);
  }
}

void folds(Machine &m) {
  for (uint64_t n : SIZES) {
    uint64_t stride = (n + 15) / 16 * 16;
    chg_ptr e = m.random_ext(n), x[4];
    for (chg_ptr &v : x) v = m.random_ext(4 * stride);
    chg_qm31 r = m.element(), out[2];
    OK(m, fold_round_product, x[0], x[1], stride, &r, n, out);
    m.elements(out, 2);
    OK(m, fold_round_eq_product, e, x[0], x[1], stride, &r, n, out);
    m.elements(out, 2);
    OK(m, fold_round_merged, e, x[0], x[1], x[2], x[3], stride, &r, n, out);
    m.elements(out, 2);
    for (chg_ptr v : x) {
      m.ext_result(v, n);
      m.ext_result(v + stride * 16, n);
    }
  }
}

void fractions(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr p = m.ext(n), q = m.ext(n), x[4];
    for (chg_ptr &v : x) v = m.random_ext(n);
    chg_qm31 c = m.element();
    OK(m, add_fractions, p, q, x[0], x[1], x[2], x[3], n);
    m.ext_result(p, n);
    m.ext_result(q, n);
    OK(m, add_unit_fractions, p, q, x[0], x[1], n);
    m.ext_result(p, n);
    m.ext_result(q, n);
    for (int bits = 8; bits <= 32; bits *= 2) {
      chg_ptr a[4];
      for (chg_ptr &v : a) v = m.random_ints(n, bits);
      OK(m, leaf_pair, p, q, a[0], a[1], bits, &c, n);
      m.ext_result(p, n);
      m.ext_result(q, n);
      OK(m, leaf_quad, p, q, a[0], a[1], a[2], a[3], bits, &c, n);
      m.ext_result(p, n);
      m.ext_result(q, n);
    }
  }
}

/* The sum of each block counts, not its elements. */
void blocks(Machine &m, chg_ptr sums, int count) {
  for (int b = 0; b < count; b++) {
    chg_qm31 out;
    OK(m, sum_ext, sums + 256u * (unsigned)b, 16, &out);
    m.elements(&out, 1);
  }
}

void grids(Machine &m) {
  for (uint64_t n : {1u, 16u, 100u, 256u}) {
    chg_ptr a = m.random_base(CHG_GRID_ROWS * CHG_GRID_ROW), b = m.random_base(CHG_GRID_ROWS * CHG_GRID_ROW);
    chg_ptr c = m.random_base(CHG_GRID_ROWS * CHG_GRID_ROW), d = m.random_base(CHG_GRID_ROWS * CHG_GRID_ROW);
    chg_ptr e = m.random_ext(CHG_GRID_ROW), sums = m.random_ext(16 * CHG_GRID_ROWS);
    OK(m, extend_grid, a, n);
    for (unsigned row = 0; row < CHG_GRID_ROWS; row++) m.base_result(a + row * CHG_GRID_ROW * 4, n);
    OK(m, extend_grid, b, n);
    OK(m, extend_grid, c, n);
    OK(m, extend_grid, d, n);
    OK(m, add_grid_products, sums, e, a, b, n);
    blocks(m, sums, CHG_GRID_ROWS);
    OK(m, add_grid_cross, sums, e, a, b, c, d, n);
    blocks(m, sums, CHG_GRID_ROWS);
    OK(m, add_grid_corners, sums, e, a, b, n);
    blocks(m, sums, 8);
  }
}

}  // namespace

std::vector<Case> sum_cases() {
  return {{"sum", "sums and products", sums}, {"sum", "equality tables", equality}, {"sum", "rounds", rounds},
          {"sum", "folds with rounds", folds}, {"sum", "fractions", fractions}, {"sum", "grids", grids}};
}
