#include <algorithm>

#include "cases.h"

namespace {

void tensors(Machine &m) {
  for (int bits = 8; bits <= 32; bits *= 2)
    for (uint64_t lanes : {1u, 15u, 100u}) {
      uint64_t rows = 9, stride = (lanes + 15) / 16 * 16 + 16;
      chg_ptr failed = m.room(8), panel = m.random_integers(rows * stride, 0, 9);
      OK(m, fill, failed, 0, 8);
      OK(m, panel_load, panel, stride, 0, m.random_ints(rows * lanes * 2, bits), bits, 2, 2 * rows, 0, rows, lanes, 1);
      m.bytes(panel, 4 * lanes);
      chg_ptr tensor = m.random_ints(rows * lanes, bits);
      OK(m, panel_store, tensor, bits, 1, rows, 0, panel, stride, 0, rows, lanes, 1, failed);
      m.bytes(tensor, rows * lanes * (uint64_t)bits / 8);
      m.bytes(failed, 8);
      chg_ptr large = m.random_integers(rows * stride, -100000, 100000);
      OK(m, panel_store, tensor, bits, 1, rows, 0, large, stride, 0, rows, lanes, 1, failed);
      m.bytes(tensor, rows * lanes * (uint64_t)bits / 8);
      m.bytes(failed, 8);
    }
}

void arithmetic(Machine &m) {
  for (uint64_t n : SIZES) {
    chg_ptr x = m.random_integers(n, -9000, 9000), y = m.random_integers(n, -9000, 9000), to = m.base(n);
    chg_ptr cos = m.random_integers(n, -8192, 8192), sin = m.random_integers(n, -8192, 8192);
    OK(m, panel_multiply, to, x, y, n);
    m.bytes(to, 4 * n);
    OK(m, panel_rotate, x, y, cos, sin, n);
    m.bytes(x, 4 * n);
    m.bytes(y, 4 * n);
  }
}

void triangles(Machine &m) {
  for (uint64_t rows : {1u, 40u})
    for (uint64_t width : {16u, 64u, 272u})
      for (int64_t diagonal : {-3, 0, 7, 1000}) {
        uint64_t stride = width + 16;
        chg_ptr x = m.random_integers(rows * stride, -1000, 1000), y = m.random_integers(rows * stride, 0, 9);
        chg_ptr failed = m.room(8), to = m.base(width), table = m.random_integers(1500, -9, 9);
        OK(m, panel_copy_above, y, x, stride, diagonal, rows, width - 1, 1);
        m.bytes(y, 4 * rows * stride);
        OK(m, panel_first_outside_below, to, x, stride, -900, 900, diagonal, rows, width, 1);
        m.bytes(to, 4 * width);
        OK(m, panel_mask, x, stride, diagonal, -12345, rows, width - 1, 1);
        m.bytes(x, 4 * rows * stride);
        OK(m, fill, failed, 0, 8);
        OK(m, panel_table, y, y, stride, table, -500, 1500, rows, width - 1, failed);
        m.bytes(y, 4 * rows * stride);
        m.bytes(failed, 8);
      }
}

/* The softmax: the least offset at which the sum of a falling table is small enough. */
void offsets(Machine &m) {
  const int32_t limit = 400;
  std::vector<int32_t> table((uint64_t)limit + 2);
  for (int32_t &v : table) v = m.between(0, 4000);
  std::sort(table.rbegin(), table.rend());
  table.back() = 0;
  for (uint64_t rows : {1u, 17u, 200u})
    for (uint64_t lanes : {1u, 16u, 100u}) {
      uint64_t stride = (lanes + 15) / 16 * 16 + 16;
      std::vector<int32_t> x = m.integers(rows * stride, -300, 300), least(stride);
      for (uint64_t t = 0; t < lanes; t++) {
        least[t] = INT32_MIN;
        for (uint64_t r = 0; r < rows; r++) least[t] = std::max(least[t], x[r * stride + t]);
      }
      chg_ptr dst = m.base(stride), before = m.base(rows * stride), at = m.base(rows * stride);
      chg_ptr values = m.put(x), f = m.put(table);
      OK(m, panel_offsets, dst, values, stride, m.put(least), f, limit, 5000, limit, rows, lanes);
      m.bytes(dst, 4 * lanes);
      if (lanes % 16 == 0) {
        OK(m, panel_neighbours, before, at, values, stride, dst, f, limit, rows, lanes);
        for (uint64_t r = 0; r < rows; r++) {
          m.bytes(before + 4 * r * stride, 4 * lanes);
          m.bytes(at + 4 * r * stride, 4 * lanes);
        }
      }
      uint64_t sums = 0;
      OK(m, panel_neighbour_sums, values, stride, 310, f, limit, rows, &sums);
      m.value(sums);
    }
}

/* Heads side by side. */
void groups(Machine &m) {
  const uint64_t rows = 150, lanes = 100, pitch = 112, count = 6, stride = count * pitch;
  for (int bits = 8; bits <= 32; bits *= 2) {
    chg_ptr failed = m.room(8), x = m.random_integers(rows * stride, 0, 9), y = m.random_integers(rows * stride, 0, 9);
    chg_ptr to = m.base(stride), tensor = m.random_ints(count * rows * lanes, bits);
    OK(m, fill, failed, 0, 8);
    OK(m, panel_load, x, stride, pitch, tensor, bits, lanes, 1, rows * lanes, rows, lanes, count);
    OK(m, panel_first_outside_below, to, x, stride, -90, 90, 11, rows, pitch, count);
    m.bytes(to, 4 * stride);
    OK(m, panel_mask, x, stride, 20, 7, rows, pitch, count);
    m.bytes(x, 4 * rows * stride);
    OK(m, panel_copy_above, y, x, stride, -5, rows, pitch, count);
    m.bytes(y, 4 * rows * stride);
    OK(m, panel_store, tensor, bits, 1, rows, rows * lanes, y, stride, pitch, rows, lanes, count, failed);
    m.bytes(tensor, count * rows * lanes * (uint64_t)bits / 8);
    m.bytes(failed, 8);
  }
}

/* Weights in tiles, some of them smaller than those of the kernel; input channels in one slice and in several. */
void products(Machine &m) {
  struct Size {
    int32_t out_bits, in_bits;
    uint64_t rows, depth, lanes, groups;
  };
  for (Size s : {Size{0, 0, 1, 1, 1, 1}, Size{2, 1, 12, 10, 15, 3}, Size{4, 5, 48, 32, 16, 2}, Size{3, 4, 70, 170, 65, 1},
                 Size{5, 6, 160, 448, 128, 1}, Size{6, 8, 192, 768, 100, 1}, Size{30, 6, 200, 64, 128, 5}})
    for (int bits = 8; bits <= 32; bits *= 2) {
      chg_product p{};
      p.rows = s.rows, p.depth = s.depth, p.lanes = s.lanes, p.groups = s.groups, p.share = 2;
      p.out_bits = s.out_bits, p.in_bits = s.in_bits, p.bits = bits;
      uint64_t down = (s.rows >> s.out_bits) + 1, across = (s.depth >> s.in_bits) + 1;
      p.in_tile = s.out_bits == 30 ? s.rows << s.in_bits : (uint64_t)1 << (s.out_bits + s.in_bits);
      p.out_tile = across * p.in_tile, p.w_group = down * p.out_tile;
      p.acc_group = (s.lanes + 15) / 16 * 16, p.acc_stride = s.groups * p.acc_group + 16;
      p.x_group = s.lanes + 3, p.x_stride = s.groups * p.x_group;
      std::vector<int16_t> w((s.groups + 1) / 2 * p.w_group);
      for (int16_t &v : w) v = (int16_t)m.between(-32768, 32767);
      p.acc = m.random_integers(s.rows * p.acc_stride, -1000, 1000);
      p.w = m.put(w);
      p.x = m.random_ints(s.depth * p.x_stride, bits);
      OK(m, panel_product, &p);
      m.bytes(p.acc, 4 * s.rows * p.acc_stride);
    }
}

}  // namespace

std::vector<Case> inference_cases() {
  return {{"attention", "tensors", tensors},  {"attention", "products in tiles", products},
          {"attention", "groups of lanes", groups},
          {"attention", "arithmetic", arithmetic},
          {"attention", "triangles", triangles}, {"attention", "softmax offsets", offsets}};
}
