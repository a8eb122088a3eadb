#include <algorithm>

#include "cases.h"

namespace {

/* Two tensors: one of pairs with unit numerators, one of digits with numerators of its own. */
struct Leaves {
  chg_tree_segment segments[2]{};
  chg_tree_term terms[3]{};
  chg_tree_program program{};
  uint64_t stored = 0;

  /* 2^strip_bits strips, runs of 2^run_bits; 24 units in the first tensor and 8 in the second one. */
  Leaves(Machine &m, int strip_bits, int run_bits) {
    int unit_bits = strip_bits + run_bits;
    uint64_t tiles = 24, digits = 8, tile = 1u << unit_bits;
    std::vector<int64_t> starts(tiles), entries(digits);
    for (int64_t &s : starts) s = m.between(0, 30) * (int64_t)tile;
    for (int64_t &e : entries) e = m.between(0, 1000);
    std::vector<int16_t> values(32 * tile);
    for (int16_t &v : values) v = (int16_t)m.between(INT16_MIN, INT16_MAX);
    std::vector<int32_t> inside(tile);
    for (int32_t &i : inside) i = m.between(0, (int32_t)tile - 1);
    segments[0].constant = m.element();
    segments[0].tiles = tiles;
    segments[0].low_bits = unit_bits;
    segments[0].terms = 2;
    segments[1].constant = m.element();
    segments[1].first = tiles * tile;
    segments[1].tiles = digits;
    segments[1].low_bits = unit_bits;
    segments[1].bits = 32;
    segments[1].first_term = 2;
    segments[1].terms = 1;
    segments[1].numerators = m.random_ints(digits * tile, 32);
    segments[1].entries = m.put(entries);
    terms[0].weight = m.element();
    terms[0].data = m.put(values);
    terms[0].size = values.size();
    terms[0].bits = 16;
    terms[0].starts = m.put(starts);
    terms[1] = terms[0];
    terms[1].weight = m.element();
    terms[1].inside = m.put(inside);
    terms[2].weight = m.element();
    terms[2].base = 17;
    terms[2].from = 1;
    terms[2].bits = 20;
    program.program = m.room(5 * 64);
    program.segments = 2;
    program.terms = 3;
    program.bits = 5 + unit_bits;
    program.strip_bits = strip_bits;
    program.run_bits = run_bits;
    stored = 32 * tile;
  }
};

void leaves(Machine &m) {
  for (int run_bits : {0, 2, 6}) {
    Leaves l(m, 2, run_bits);
    chg_ptr p = m.ext(l.stored), q = m.ext(l.stored);
    OK(m, tree_leaves, &l.program, l.segments, l.terms, p, q);
    m.ext_result(p, l.stored);
    m.ext_result(q, l.stored);
    OK(m, tree_leaf_parents, &l.program, l.segments, l.terms, p, q);
    m.ext_result(p, l.stored / 2);
    m.ext_result(q, l.stored / 2);
  }
}

void rounds(Machine &m) {
  Leaves l(m, 2, 6);
  int variables = l.program.bits - 1;
  uint64_t half = l.stored / 2, width = l.stored / 4;
  chg_ptr p = m.ext(l.stored), q = m.ext(l.stored);
  std::vector<chg_qm31> point((uint64_t)variables);
  for (chg_qm31 &x : point) x = m.element();
  chg_qm31 lambda = m.element(), r = m.element(), out[2];
  chg_ptr eq = m.ext((2u << CHG_TREE_EQ_LOW) + (4u << variables));
  OK(m, tree_eq, eq, point.data(), variables);
  OK(m, tree_leaf_round, &l.program, l.segments, l.terms, eq, variables, &lambda, out);
  m.elements(out, 2);
  chg_tree_children bound = {m.ext(half), m.ext(half), width, {width, width}, variables - 1, 0};
  OK(m, tree_leaf_fold_round, &l.program, l.segments, l.terms, &bound, eq, variables, &lambda, &r, out);
  m.elements(out, 2);
  OK(m, tree_leaves, &l.program, l.segments, l.terms, p, q);
  chg_tree_children stored = {p, q, half, {width, width}, variables, 1};
  OK(m, tree_round, &stored, eq, variables, &lambda, nullptr, out);
  m.elements(out, 2);
  OK(m, tree_round, &stored, eq, variables, &lambda, &r, out);
  m.elements(out, 2);
  for (; bound.variables > 3; bound.variables--) {
    for (uint64_t &w : bound.width) w = std::min(w, (uint64_t)1 << bound.variables);
    OK(m, tree_round, &bound, eq, variables, &lambda, &r, out);
    m.elements(out, 2);
  }
  for (uint64_t &w : bound.width) w = std::min(w, (uint64_t)1 << bound.variables);
  chg_ptr values = m.ext(64);
  OK(m, tree_values, &bound, &r, values);
  for (unsigned i = 0; i < 4; i++) m.ext_result(values + 256 * i, 4);
}

/* Layers of which a part is stored, added and proved. */
void layers(Machine &m) {
  for (uint64_t n : {5u, 31u, 32u, 600u, 1000u}) {
    uint64_t upper = 16;
    int variables = 4;
    while (2 * upper < n) upper *= 2, variables++;
    chg_ptr p = m.random_ext(2 * upper), q = m.random_ext(2 * upper), to = m.ext(upper), under = m.ext(upper);
    uint64_t left = n < upper ? n : upper, right = n - left;
    OK(m, tree_parents, to, under, p, q, upper, n);
    m.ext_result(to, left);
    m.ext_result(under, left);
    std::vector<chg_qm31> point((uint64_t)variables);
    for (chg_qm31 &x : point) x = m.element();
    chg_ptr eq = m.ext((2u << CHG_TREE_EQ_LOW) + 64);
    OK(m, tree_eq, eq, point.data(), variables);
    chg_tree_children children = {p, q, upper, {left, right}, variables, 0};
    chg_qm31 lambda = m.element(), r = m.element(), out[2];
    OK(m, tree_round, &children, eq, variables, &lambda, nullptr, out);
    m.elements(out, 2);
    OK(m, tree_round, &children, eq, variables, &lambda, &r, out);
    m.elements(out, 2);
  }
}

}  // namespace

std::vector<Case> tree_cases() {
  return {{"tree", "leaves", leaves}, {"tree", "rounds from leaves", rounds}, {"tree", "stored layers", layers}};
}
