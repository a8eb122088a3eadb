/* Kernels of panels against one element after another. */
#include <cmath>

#include "simd_check.h"

using check::Array;
using check::Random;
using check::equal;
using check::some;

namespace {

using Ints = std::vector<int32_t>;

Random random_{13};

int64_t any() { return random_.any32(); }
uint32_t u(int32_t x) { return static_cast<uint32_t>(x); }
int32_t wrapped(uint32_t x) { return static_cast<int32_t>(x); }

/* A shape, a panel of it, and what kernels do with it. */
struct Case {
  int isa;
  int rows;
  int width;
  int stride;

  size_t size() const { return rows == 0 ? 0 : static_cast<size_t>((rows - 1) * stride + width); }
  Ints panel(const std::function<int64_t()> &value = any) const { return some<int32_t>(size(), value); }
  Ints lanes(const std::function<int64_t()> &value = any) const { return some<int32_t>(width, value); }

  template <class F>
  void each(F f) const {
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < width; t++) {
        f(r * stride + t, t);
      }
    }
  }

  void copies() const {
    Case other = {isa, rows, width, stride + 7};
    Ints x = panel(), expected = other.panel();
    Array<int32_t> source(x), dst(expected);
    std::vector<int16_t> narrow(other.size()), small = some<int16_t>(size(), any);
    Array<int16_t> shorts(narrow), source16(small);
    chk_panel_copy(isa, dst.address(), other.stride, source.address(), stride, rows, width);
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < width; t++) {
        expected[r * other.stride + t] = x[r * stride + t];
      }
    }
    equal("panel_copy", isa, expected, dst.values());
    chk_panel_widen(isa, dst.address(), other.stride, source16.address(), stride, rows, width);
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < width; t++) {
        expected[r * other.stride + t] = small[r * stride + t];
        narrow[r * other.stride + t] = small[r * stride + t];
      }
    }
    equal("panel_widen", isa, expected, dst.values());
    int64_t fits = chk_panel_narrow(isa, shorts.address(), other.stride, dst.address(), other.stride, rows, width);
    equal<int>("panel_narrow, fits", isa, {1}, {static_cast<int>(fits)});
    equal("panel_narrow", isa, narrow, shorts.values());
    for (int32_t value : {0x8000, -0x8001, INT32_MAX, INT32_MIN}) {
      if (rows > 0) {
        size_t at = static_cast<size_t>(random_.in(0, rows)) * other.stride + static_cast<size_t>(random_.in(0, width));
        int32_t old = dst[at];
        dst[at] = value;
        fits = chk_panel_narrow(isa, shorts.address(), other.stride, dst.address(), other.stride, rows, width);
        equal<int>("panel_narrow, does not fit", isa, {0}, {static_cast<int>(fits)});
        equal<int16_t>("panel_narrow, cut off", isa, {static_cast<int16_t>(value)}, {shorts[at]});
        dst[at] = old;
      }
    }
  }

  void sums() const {
    int n = check::padded(static_cast<int>(size()));
    Ints x = some<int32_t>(n, any), y = some<int32_t>(n, any);
    Array<int32_t> a(x), b(y);
    chk_panel_add(isa, a.address(), a.address(), b.address(), size());
    for (size_t i = 0; i < size(); i++) {
      x[i] = wrapped(u(x[i]) + u(y[i]));
    }
    Ints sum = a.values();
    sum.resize(size());
    x.resize(size());
    equal("panel_add", isa, x, sum);
  }

  void products() const {
    int n = check::padded(static_cast<int>(size()));
    Ints x = some<int32_t>(n, any), y = some<int32_t>(n, any), c = some<int32_t>(n, any), s = some<int32_t>(n, any);
    Array<int32_t> a(x), b(y), cos(c), sin(s), first(x), second(y);
    chk_panel_multiply(isa, a.address(), a.address(), b.address(), size());
    chk_panel_rotate(isa, first.address(), second.address(), cos.address(), sin.address(), size());
    Ints product(size()), p(size()), q(size());
    for (size_t i = 0; i < size(); i++) {
      product[i] = wrapped(u(x[i]) * u(y[i]));
      p[i] = wrapped(u(x[i]) * u(c[i]) - u(y[i]) * u(s[i]));
      q[i] = wrapped(u(y[i]) * u(c[i]) + u(x[i]) * u(s[i]));
    }
    auto cut = [this](Ints values) {
      values.resize(size());
      return values;
    };
    equal("panel_multiply", isa, product, cut(a.values()));
    equal("panel_rotate, x", isa, p, cut(first.values()));
    equal("panel_rotate, y", isa, q, cut(second.values()));
  }

  using Reduction = void (*)(int64_t, uint64_t, uint64_t, uint64_t, int64_t, int64_t);
  template <class F>
  void reduction(const char *what, Reduction kernel, int32_t begin, F f) const {
    Ints x = panel(), expected(width, begin);
    Array<int32_t> source(x), dst(width);
    kernel(isa, dst.address(), source.address(), stride, rows, width);
    each([&](int at, int t) { expected[t] = f(expected[t], x[at]); });
    equal(what, isa, expected, dst.values());
  }

  void reductions() const {
    reduction("panel_max", chk_panel_max, INT32_MIN, [](int32_t a, int32_t b) { return a > b ? a : b; });
    reduction("panel_sum", chk_panel_sum, 0, [](int32_t a, int32_t b) { return wrapped(u(a) + u(b)); });
    reduction("panel_magnitude", chk_panel_magnitude, 0, [](int32_t a, int32_t b) { return a | (b >= 0 ? b : ~b); });
    reduction("panel_neighbour_products", chk_panel_neighbour_products, 0,
        [](int32_t a, int32_t b) { return wrapped(u(a) + u(b) * (u(b) + 1)); });
    const int32_t bounds[][2] = {{-5, 7}, {0, 0}, {7, -5}, {INT32_MIN, INT32_MAX}, {INT32_MIN, 0x7fff}};
    for (auto &b : bounds) {
      Ints x = panel([&] { return random_.in(0, 40) == 0 ? any() : random_.in(-5, 7); }), expected(width, rows);
      Array<int32_t> source(x), dst(width);
      chk_panel_first_outside(isa, dst.address(), source.address(), stride, b[0], b[1], rows, width);
      each([&](int at, int t) {
        if (expected[t] == rows && !(x[at] >= b[0] && x[at] < b[1])) {
          expected[t] = at / stride;
        }
      });
      equal("panel_first_outside", isa, expected, dst.values());
    }
  }

  void lane_by_lane() const {
    Ints x = panel(), offset = lanes(), expected = x;
    Array<int32_t> source(x), offsets(offset);
    chk_panel_subtract_from(isa, source.address(), stride, offsets.address(), rows, width);
    each([&](int at, int t) { expected[at] = wrapped(u(offset[t]) - u(x[at])); });
    equal("panel_subtract_from", isa, expected, source.values());

    Ints e = lanes([] { return random_.in(0, 31); }), m(size()), rest(size());
    Array<int32_t> panel_x(x), exponents(e), mantissas(m), pairs(rest);
    chk_panel_mantissas(isa, mantissas.address(), pairs.address(), panel_x.address(), stride, exponents.address(), rows,
        width);
    each([&](int at, int t) {
      m[at] = x[at] >> e[t];
      rest[at] = wrapped((1u << e[t]) + (u(x[at]) & ((1u << e[t]) - 1)));
    });
    equal("panel_mantissas", isa, m, mantissas.values());
    equal("panel_mantissas, pairs", isa, rest, pairs.values());

    for (int s : {1, 16, 30}) {
      Ints n = panel([] { return random_.in(-2048, 2048); }), factor = lanes([] { return random_.in(0, 1 << 17); });
      Ints r(size());
      Array<int32_t> source_m(n), factors(factor), rem(r);
      chk_panel_scale_round(isa, source_m.address(), rem.address(), source_m.address(), stride, factors.address(), s,
          rows, width);
      each([&](int at, int t) {
        int32_t p = (2 * n[at] + 1) * factor[t] + (1 << (s - 1));
        n[at] = p >> s;
        r[at] = p & ((1 << s) - 1);
      });
      equal("panel_scale_round", isa, n, source_m.values());
      equal("panel_scale_round, rest", isa, r, rem.values());
    }
  }

  void exponentials() const {
    float one = 1 << 20;
    double rate = 1.4e-5;
    Ints x = panel([] { return random_.in(0, 9) == 0 ? -(1 << 30) : random_.in(-1500000, 0); });
    Ints offset = lanes([] { return random_.in(0, 100000); });
    Array<int32_t> source(x), offsets(offset), dst(width);
    chk_panel_exponential_sums(isa, dst.address(), source.address(), stride, offsets.address(),
        static_cast<float>(rate), one, rows, width);
    std::vector<double> sum(width);
    each([&](int at, int t) { sum[t] += std::rint(one * std::exp(-rate * (offset[t] - x[at]))); });
    for (int t = 0; t < width; t++) {
      if (std::abs(dst[t] - sum[t]) > 1e-5 * sum[t] + 5) {
        printf("panel_exponential_sums, isa %d: %d instead of %g\n", isa, dst[t], sum[t]);
        exit(1);
      }
    }
  }
};

void lookups(int isa, int n) {
  const int64_t bases[] = {-300, 0, INT32_MIN, INT32_MIN - 100LL, INT32_MAX - 699LL, INT32_MAX - 500LL, -(1LL << 40)};
  for (int64_t base : bases) {
    Ints table = some<int32_t>(700, any), x(n), expected(n);
    int64_t low = std::max<int64_t>(base, INT32_MIN), high = std::min<int64_t>(base + 700, 1LL << 31);
    if (high <= low) {
      Array<int32_t> entries(table), indices(x), dst(n);
      equal<int>("panel_lookup, nothing inside", isa, {n == 0},
          {static_cast<int32_t>(chk_panel_lookup(isa, dst.address(), entries.address(), base, 700, indices.address(), n))});
      continue;
    }
    for (int i = 0; i < n; i++) {
      x[i] = static_cast<int32_t>(i == 0 ? low : i == n - 1 ? high - 1 : random_.in(low, high));
      expected[i] = table[x[i] - base];
    }
    Array<int32_t> entries(table), indices(x), dst(n);
    equal<int>("panel_lookup, inside", isa, {1},
        {static_cast<int32_t>(chk_panel_lookup(isa, dst.address(), entries.address(), base, 700, indices.address(), n))});
    equal("panel_lookup", isa, expected, dst.values());
    for (int64_t outside : {base - 1, base + 700, static_cast<int64_t>(INT32_MIN), static_cast<int64_t>(INT32_MAX)}) {
      if (n == 0 || outside != static_cast<int32_t>(outside) || (outside >= low && outside < high)) {
        continue;
      }
      size_t at = static_cast<size_t>(random_.in(0, n));
      int32_t old = indices[at];
      indices[at] = static_cast<int32_t>(outside);
      equal<int>("panel_lookup, outside", isa, {0},
          {static_cast<int32_t>(chk_panel_lookup(isa, dst.address(), entries.address(), base, 700, indices.address(), n))});
      indices[at] = old;
    }
  }
}

void falling(int isa, int rows, int width, int stride) {
  for (int limit : {0, 900}) {
    Case c = {isa, rows, width, stride};
    Ints table = some<int32_t>(limit + 2, [] { return random_.in(0, 1 << 20); });
    Ints x = c.panel([] { return random_.in(0, 9) == 0 ? any() : random_.in(-600, 500); });
    Ints offset = c.lanes([] { return random_.in(0, 9) == 0 ? any() : random_.in(500, 1000); });
    Ints before = c.panel(), at = c.panel(), d = x;
    Array<int32_t> entries(table), source(x), offsets(offset), lower(before), upper(at);
    for (int t = 0; t < width; t++) {
      uint64_t sum_before = 0, sum_at = 0;
      for (int r = 0; r < rows; r++) {
        uint32_t i = std::min(u(offset[t]) - u(x[r * stride + t]), u(limit));
        sum_before += u(table[i]);
        sum_at += u(table[i + 1]);
      }
      equal<int64_t>("panel_neighbour_sums", isa, {static_cast<int64_t>(sum_at << 32 | sum_before)},
          {chk_panel_neighbour_sums(isa, source.address(t), stride, offset[t], entries.address(), limit, rows)});
    }
    chk_panel_neighbours(isa, lower.address(), upper.address(), source.address(), stride, offsets.address(),
        entries.address(), limit, rows, width);
    c.each([&](int i, int t) {
      d[i] = wrapped(u(offset[t]) - u(x[i]));
      before[i] = table[std::min(u(d[i]), u(limit))];
      at[i] = table[std::min(u(d[i]), u(limit)) + 1];
    });
    equal("panel_neighbours, distances", isa, d, source.values());
    equal("panel_neighbours, before", isa, before, lower.values());
    equal("panel_neighbours, at", isa, at, upper.values());
  }
}

}  // namespace

int main() {
  return check::run([](int isa) {
    const int shapes[][3] = {{1, 16, 16}, {9, 48, 64}, {0, 16, 16}, {33, 64, 64}, {5, 128, 130}, {100, 80, 81}};
    for (auto &s : shapes) {
      Case c = {isa, s[0], s[1], s[2]};
      c.copies();
      c.sums();
      c.products();
      c.reductions();
      c.lane_by_lane();
      c.exponentials();
    }
    for (int n : {0, 1, 7, 8, 15, 16, 17, 33, 1000}) {
      lookups(isa, n);
    }
    const int tables[][3] = {{1, 16, 16}, {9, 48, 64}, {1000, 16, 32}, {37, 1, 1}, {5, 1, 3}, {20, 13, 16},
        {0, 16, 16}};
    for (auto &s : tables) {
      falling(isa, s[0], s[1], s[2]);
    }
  });
}
