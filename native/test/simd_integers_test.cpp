/* Kernels of integers against one element after another. */
#include "simd_check.h"

using check::Array;
using check::Random;
using check::equal;
using check::some;

namespace {

Random random_{7};

int64_t any16() { return static_cast<int16_t>(random_.any32()); }

/* Activations of 12 bits, of 16 bits with all extremes, and of 32 bits. */
int64_t activation(int kind) {
  switch (kind) {
    case 0:
      return random_.in(-2048, 2048);
    case 1:
      return any16();
    default:
      return random_.any32();
  }
}

void matmul(int isa, int rows, int depth, int width, int kind) {
  int acc_stride = width + 5, w_stride = depth + 3, x_stride = width + 1;
  auto w = some<int16_t>(rows * w_stride - (rows > 0 ? 3 : 0), any16);
  auto x = some<int32_t>(depth == 0 ? 0 : depth * x_stride - 1, [&] { return activation(kind); });
  auto sums = some<uint32_t>(rows == 0 ? 0 : rows * acc_stride - 5, [] { return random_.any32(); });
  Array<int16_t> weights(w);
  Array<int32_t> activations(x);
  Array<uint32_t> acc(sums);
  chk_matmul(isa, acc.address(), acc_stride, weights.address(), w_stride, activations.address(), x_stride, rows, depth,
      width);
  for (int j = 0; j < rows; j++) {
    for (int k = 0; k < depth; k++) {
      for (int t = 0; t < width; t++) {
        uint32_t weight = static_cast<uint32_t>(w[j * w_stride + k]);
        sums[j * acc_stride + t] += weight * static_cast<uint32_t>(x[k * x_stride + t]);
      }
    }
  }
  equal("matmul", isa, sums, acc.values());
}

void matvec(int isa, int rows, int depth, int kind) {
  int w_stride = depth + 3;
  auto w = some<int16_t>(rows * w_stride - (rows > 0 ? 3 : 0), any16);
  auto x = some<int32_t>(depth, [&] { return activation(kind); });
  auto sums = some<uint32_t>(rows, [] { return random_.any32(); });
  Array<int16_t> weights(w);
  Array<int32_t> column(x);
  Array<uint32_t> acc(sums);
  chk_matvec(isa, acc.address(), weights.address(), w_stride, column.address(), rows, depth);
  for (int j = 0; j < rows; j++) {
    for (int k = 0; k < depth; k++) {
      sums[j] += static_cast<uint32_t>(w[j * w_stride + k]) * static_cast<uint32_t>(x[k]);
    }
  }
  equal("matvec", isa, sums, acc.values());
}

void products(int isa) {
  static const int shapes[][3] = {{0, 3, 16}, {3, 0, 16}, {1, 1, 16}, {4, 7, 64}, {5, 300, 80}, {13, 257, 128},
      {17, 2, 32}, {31, 64, 48}, {12, 515, 16}, {29, 96, 112}, {3, 1030, 32}};
  for (auto &s : shapes) {
    for (int kind = 0; kind < 3; kind++) {
      matmul(isa, s[0], s[1], s[2], kind);
    }
  }
  for (int rows : {0, 1, 3, 4, 8, 15, 16, 37}) {
    for (int depth : {0, 1, 15, 16, 17, 31, 32, 33, 63, 100, 768}) {
      for (int kind = 0; kind < 3; kind++) {
        matvec(isa, rows, depth, kind);
      }
    }
  }
  matvec(isa, 5, 8192 + 100, 2);
  matvec(isa, 700, 801, 1);
}

void shifts(int isa, int n) {
  auto x = some<int32_t>(n, [] { return random_.any32(); });
  for (int s : {0, 1, 2, 7, 16, 30}) {
    std::vector<int32_t> quotients(n), rests(n);
    for (int i = 0; i < n; i++) {
      int64_t sum = x[i] + (s == 0 ? 0 : 1LL << (s - 1));
      quotients[i] = static_cast<int32_t>(sum >> s);
      rests[i] = static_cast<int32_t>(sum & ((1LL << s) - 1));
    }
    Array<int32_t> source(check::padded(n)), dst(check::padded(n)), rem(check::padded(n));
    std::copy(x.begin(), x.end(), &source[0]);
    chk_shift_round(isa, dst.address(), rem.address(), source.address(), s, n);
    equal("shift_round", isa, quotients, dst.values());
    equal("shift_round, rest", isa, rests, rem.values());
    chk_shift_round(isa, dst.address(), 0, source.address(), s, n);
    equal("shift_round without rest", isa, quotients, dst.values());
    chk_shift_round(isa, source.address(), rem.address(), source.address(), s, n);
    equal("shift_round in place", isa, quotients, source.values());
  }
}

void tables(int isa, int n) {
  for (int base : {-300, 0, INT32_MIN, INT32_MAX - 700}) {
    auto table = some<int32_t>(700, [] { return random_.any32(); });
    auto x = some<int32_t>(n, [&] { return base + random_.in(0, 700); });
    for (int i = n / 3; i < n / 2; i++) {
      x[i] = base + 5;
    }
    std::vector<int32_t> expected(n);
    std::vector<uint32_t> counts(700, 3);
    Array<int32_t> entries(table), indices(x), dst(n);
    Array<uint32_t> counted(counts);
    for (int i = 0; i < n; i++) {
      expected[i] = table[x[i] - base];
      counts[x[i] - base]++;
    }
    chk_lookup(isa, dst.address(), entries.address(), base, indices.address(), n);
    equal("lookup", isa, expected, dst.values());
    chk_histogram(isa, counted.address(), base, indices.address(), n);
    equal("histogram", isa, counts, counted.values());
  }
  if (n > 0) {
    Array<int32_t> x(some<int32_t>(n, [] { return random_.in(INT32_MIN, 0); }));
    for (int i : {0, n / 2, n - 1}) {
      x[i] = 17 + i;
      equal<int32_t>("max", isa, {x[i]}, {static_cast<int32_t>(chk_max(isa, x.address(), n))});
    }
  }
}

}  // namespace

int main() {
  return check::run([](int isa) {
    products(isa);
    for (int n : {0, 1, 7, 15, 16, 17, 31, 32, 33, 100, 1000}) {
      shifts(isa, n);
      tables(isa, n);
    }
  });
}
