#include "cases.h"

namespace {

void products(Machine &m) {
  struct Size {
    uint64_t rows, depth, width;
  };
  for (Size s : {Size{1, 1, 16}, Size{3, 5, 16}, Size{64, 64, 64}, Size{65, 130, 80}, Size{100, 17, 144}}) {
    uint64_t acc_stride = s.width + 16, w_stride = s.depth + 3, x_stride = s.width + 32;
    std::vector<int16_t> w(s.rows * w_stride);
    for (int16_t &v : w) v = (int16_t)m.between(-3000, 3000);
    chg_ptr acc = m.random_integers(s.rows * acc_stride, -1000, 1000), weights = m.put(w);
    chg_ptr x = m.random_integers(s.depth * x_stride, -2000, 2000);
    OK(m, matmul, acc, acc_stride, weights, w_stride, x, x_stride, s.rows, s.depth, s.width);
    m.bytes(acc, 4 * s.rows * acc_stride);
    chg_ptr one = m.random_integers(s.rows, -9, 9);
    OK(m, matvec, one, weights, w_stride, x, s.rows, s.depth);
    m.bytes(one, 4 * s.rows);
  }
}

void numbers(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr x = m.random_integers(n, INT32_MIN, INT32_MAX), to = m.base(n), rem = m.base(n);
    for (int s : {0, 1, 9, 31}) {
      OK(m, shift_round, to, rem, x, s, n);
      m.bytes(to, 4 * n);
      m.bytes(rem, 4 * n);
    }
    int32_t most = 0;
    OK(m, max, x, n, &most);
    m.value((uint32_t)most);
    chg_ptr index = m.random_integers(n, -40, 140), table = m.random_integers(100, -9, 9);
    OK(m, lookup, to, table, -10, 100, index, n);
    m.bytes(to, 4 * n);
    chg_ptr counts = m.random_integers(100, 0, 5);
    OK(m, histogram, counts, -10, 100, index, n);
    m.bytes(counts, 400);
  }
}

/* One tensor of pairs, with a component of several parts. */
void counted(Machine &m) {
  uint64_t tiles = 37, tile = 64, entries = 4096;
  std::vector<uint64_t> starts(tiles);
  for (uint64_t &s : starts) s = (uint64_t)m.between(0, 60) * tile;
  std::vector<int16_t> values(64 * tile);
  for (int16_t &v : values) v = (int16_t)m.between(-2000, 2000);
  chg_count_part part{};
  part.data = m.put(values);
  part.size = values.size();
  part.starts = m.put(starts);
  part.bits = 16;
  part.scale = 1;
  chg_count_column column{};
  column.parts = 1;
  column.base = -2048;
  column.digits = 12;
  chg_count_table table{};
  table.first_value = -2048;
  table.tile_bits = 12;
  table.tiles = 1;
  chg_ptr counts = m.room(4 * entries), outside = m.room(8);
  OK(m, fill, counts, 0, 4 * entries);
  OK(m, fill, outside, 0, 8);
  OK(m, count, counts, outside, &table, &column, 1, &part, 1, 6, tiles);
  m.bytes(counts, 4 * entries);
  m.bytes(outside, 8);
  values[70] = 3000;
  part.data = m.put(values);
  OK(m, count, counts, outside, &table, &column, 1, &part, 1, 6, tiles);
  m.bytes(counts, 4 * entries);
  m.bytes(outside, 8);
}

}  // namespace

std::vector<Case> integer_cases() {
  return {{"integer", "products", products}, {"integer", "shifts, tables, counts", numbers},
          {"lookup", "counted tuples", counted}};
}
