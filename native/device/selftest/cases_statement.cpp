#include "cases.h"

namespace {

constexpr uint32_t op(uint32_t operation, uint32_t operand) { return operation | operand << 8; }

/* weight (f0 f1 - c0 f2 + c1 (f0 + f2) f1) over ten variables; f1 depends on the lower six, f2 on every other one. */
void rounds(Machine &m) {
  const int variables = 10;
  uint64_t elements = 1024 + 1024 + 64 + 32;
  std::vector<chg_factor> factors(4);
  factors[0] = {0, 1023, 1, {1023}, {0}};
  factors[1] = {1024, 1023, 1, {1023}, {0}};
  factors[2] = {2048, 63, 1, {63}, {0}};
  factors[3] = {2112, 0x155, 5, {1, 4, 16, 64, 256}, {0, 1, 2, 3, 4}};
  std::vector<uint32_t> program = {op(CHG_LOAD, 1), op(CHG_TIMES, 2), op(CHG_ADD, 0), op(CHG_CONSTANT, 0),
                                   op(CHG_TIMES, 3), op(CHG_SUBTRACT, 0), op(CHG_CONSTANT, 1), op(CHG_OPEN, 0),
                                   op(CHG_LOAD, 1), op(CHG_ADD, 0), op(CHG_LOAD, 3), op(CHG_ADD, 0), op(CHG_CLOSE, 0),
                                   op(CHG_TIMES, 2), op(CHG_ADD, 0)};
  std::vector<chg_qm31> constants = {m.element(), m.element()};
  for (int weight : {0, -1}) {
    chg_statement s{};
    s.tables = m.random_ext(elements);
    s.elements = elements;
    s.factors = m.put(factors);
    s.program = m.put(program);
    s.constants = m.put(constants);
    s.factor_count = 4;
    s.words = (uint32_t)program.size();
    s.constant_count = 2;
    s.weight = weight;
    uint32_t points[CHG_ROUND_POINTS];
    for (uint32_t &x : points) x = m.word();
    for (int v = variables - 1; v >= 0; v--) {
      chg_qm31 out[CHG_ROUND_POINTS], r = m.element();
      int count = v % 2 == 0 ? 3 : CHG_ROUND_POINTS;
      OK(m, sum_round, &s, v, points, count, out);
      m.elements(out, count);
      OK(m, bind_factors, &s, v, &r);
      if (v <= 2) {
        chg_ptr values = m.ext(4u << v);
        OK(m, factor_values, &s, v, values);
        m.ext_result(values, 4u << v);
      }
    }
  }
}

/* Tiles of 2^6 ints, bound at half of their bits and on four groups of tiles. */
void columns(Machine &m) {
  for (int bits = 8; bits <= 32; bits *= 2)
    for (uint32_t free : {0u, 7u, 0x2au, 63u}) {
      int frees = __builtin_popcount(free);
      std::vector<uint32_t> starts = {0, 3, 3, 7, 11}, tiles(11);
      for (uint32_t &t : tiles) t = (uint32_t)m.between(0, 9);
      uint64_t n = 4u << frees;
      chg_ptr dst = m.ext(n), values = m.random_ints(64 * 9, bits), weights = m.random_ext(64u >> frees);
      chg_column c{};
      c.values = values;
      c.size = 64 * 9;
      c.weights = weights;
      c.starts = m.put(starts);
      c.tiles = m.put(tiles);
      c.tile_weights = m.random_ext(11);
      c.entries = 11;
      c.free = free;
      c.bits = bits;
      c.low_bits = 6;
      c.high_bits = 2;
      c.lanes = 1;
      c.tile_slices = c.low_slices = 1;
      OK(m, bind_column, dst, &c);
      m.ext_result(dst, n);
      if (frees < 6) {
        c.lanes = 4;
        c.tile_slices = 2;
        c.low_slices = 2;
        c.parts = m.ext(4 * n);
        OK(m, bind_column, dst, &c);
        m.ext_result(dst, n);
      }
    }
}

void tables(Machine &m) {
  const int32_t to[] = {2, -1, 0, 1, -1, 3, 4};
  chg_ptr src = m.random_ext(32), dst = m.ext(128);
  OK(m, spread_table, dst, src, to, 7);
  m.ext_result(dst, 128);
  std::vector<uint32_t> index = {5, 100, 127, 128, 4000000000u, 0, 64};
  OK(m, scatter_ext, dst, 128, m.put(index), m.random_ext(index.size()), index.size());
  m.ext_result(dst, 128);
}

}  // namespace

std::vector<Case> statement_cases() {
  return {{"statement", "rounds", rounds}, {"statement", "bound columns", columns}, {"statement", "tables", tables}};
}
