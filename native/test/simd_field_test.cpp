/*
 * Field kernels of every instruction set that this processor has against scalar arithmetic: random and extreme values,
 * lengths around whole blocks, padding that is not canonical, arrays that end where reading must.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "chagres_kernels.h"

namespace {

constexpr uint32_t P = 0x7fffffff;
constexpr uint32_t GARBAGE = 0xdeadbeef;

int failures = 0;

uint64_t state = 88172645463325252ull;
uint64_t next() {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}
/* Whether arrays have nothing but the ends of the range: sums of products are then as large as they can be. */
bool extreme = false;
uint32_t element() {
  const uint32_t ends[] = {0, P - 1, P - 1, P / 2, P / 2 + 1};
  if (extreme) {
    return ends[(next() >> 11) % 5];
  }
  const uint32_t special[] = {0, 1, 2, P - 1, P / 2, P / 2 + 1, 1u << 30};
  uint64_t x = next() >> 11;
  return x % 2 == 0 ? special[x / 2 % 7] : static_cast<uint32_t>(x / 2 % P);
}

uint32_t mod(int64_t x) { return static_cast<uint32_t>((x % P + P) % P); }
uint32_t product(uint32_t a, uint32_t b) { return static_cast<uint32_t>(static_cast<uint64_t>(a) * b % P); }

struct Q {
  uint32_t c[4];
  uint64_t low() const { return c[0] | static_cast<uint64_t>(c[1]) << 32; }
  uint64_t high() const { return c[2] | static_cast<uint64_t>(c[3]) << 32; }
  bool operator==(const Q &b) const { return std::memcmp(c, b.c, sizeof c) == 0; }
};
Q ext() { return {{element(), element(), element(), element()}}; }
Q of(uint32_t x) { return {{x, 0, 0, 0}}; }
Q operator+(Q a, Q b) {
  for (int k = 0; k < 4; k++) {
    a.c[k] = mod(static_cast<int64_t>(a.c[k]) + b.c[k]);
  }
  return a;
}
Q operator-(Q a, Q b) {
  for (int k = 0; k < 4; k++) {
    a.c[k] = mod(static_cast<int64_t>(a.c[k]) - b.c[k]);
  }
  return a;
}
/* From the definition: i^2 = -1, u^2 = 2 + i. */
Q operator*(Q a, Q b) {
  struct Complex {
    int64_t re, im;
  };
  auto times = [](Complex x, Complex y) {
    uint32_t xr = mod(x.re), xi = mod(x.im), yr = mod(y.re), yi = mod(y.im);
    return Complex{static_cast<int64_t>(product(xr, yr)) - product(xi, yi),
        static_cast<int64_t>(product(xr, yi)) + product(xi, yr)};
  };
  Complex a0 = {a.c[0], a.c[1]}, a1 = {a.c[2], a.c[3]}, b0 = {b.c[0], b.c[1]}, b1 = {b.c[2], b.c[3]};
  Complex low = times(a0, b0), high = times(times(a1, b1), {2, 1}), x = times(a0, b1), y = times(a1, b0);
  return {{mod(low.re + high.re), mod(low.im + high.im), mod(x.re + y.re), mod(x.im + y.im)}};
}

uint64_t padded(uint64_t n) { return (n + 15) / 16 * 16; }

/* Bytes that end where a kernel may read last, after `skip` others. */
class Bytes {
 public:
  Bytes(uint64_t size, uint64_t skip) {
    void *p;
    if (posix_memalign(&p, 64, size + skip + (size + skip == 0)) != 0) {
      std::abort();
    }
    memory = static_cast<uint8_t *>(p);
    start = memory + skip;
    for (uint64_t i = 0; i < size + skip; i++) {
      memory[i] = static_cast<uint8_t>(GARBAGE >> i % 4 * 8);
    }
  }
  Bytes(const Bytes &) = delete;
  Bytes &operator=(const Bytes &) = delete;
  ~Bytes() { std::free(memory); }
  uint64_t address() const { return reinterpret_cast<uint64_t>(start); }

 protected:
  uint8_t *memory;
  uint8_t *start;
};

class Base : public Bytes {
 public:
  explicit Base(uint64_t n) : Bytes(4 * padded(n), 0), n(n) {
    for (uint64_t i = 0; i < n; i++) {
      (*this)[i] = element();
    }
  }
  uint32_t &operator[](uint64_t i) { return reinterpret_cast<uint32_t *>(start)[i]; }
  const uint64_t n;
};

class Ext : public Bytes {
 public:
  explicit Ext(uint64_t n) : Bytes(16 * padded(n), 0), n(n) {
    for (uint64_t i = 0; i < n; i++) {
      set(i, ext());
    }
  }
  uint32_t *word(uint64_t i) { return reinterpret_cast<uint32_t *>(start) + i / 16 * 64 + i % 16; }
  Q operator[](uint64_t i) {
    uint32_t *p = word(i);
    return {{p[0], p[16], p[32], p[48]}};
  }
  void set(uint64_t i, Q x) {
    for (uint64_t k = 0; k < 4; k++) {
      word(i)[16 * k] = x.c[k];
    }
  }
  std::vector<Q> values() {
    std::vector<Q> v;
    for (uint64_t i = 0; i < n; i++) {
      v.push_back((*this)[i]);
    }
    return v;
  }
  const uint64_t n;
};

class Ints : public Bytes {
 public:
  /* At an address that is a multiple of one integer only. */
  Ints(uint64_t n, int bits)
      : Bytes(padded(n) * static_cast<uint64_t>(bits) / 8, static_cast<uint64_t>(bits) / 8), bits(bits) {
    int64_t top = bits == 32 ? P - 1 : (1 << (bits - 1)) - 1;
    int64_t bottom = bits == 32 ? -top : -top - 1;
    for (uint64_t i = 0; i < n; i++) {
      uint64_t x = next() >> 11;
      int64_t special[] = {bottom, top, 0, -1, 1, bottom + 1};
      int64_t value = bottom + static_cast<int64_t>(x / 2) % (top - bottom + 1);
      if (extreme || x % 2 == 0) {
        value = special[x / 2 % (extreme ? 2 : 6)];
      }
      std::memcpy(start + i * static_cast<uint64_t>(bits) / 8, &value, static_cast<uint64_t>(bits) / 8);
    }
  }
  int64_t operator[](uint64_t i) const {
    if (bits == 8) {
      return reinterpret_cast<int8_t *>(start)[i];
    }
    return bits == 16 ? reinterpret_cast<int16_t *>(start)[i] : reinterpret_cast<int32_t *>(start)[i];
  }
  Q at(uint64_t i) const { return of(mod((*this)[i])); }
  const int bits;
};

void fail(const std::string &name, int isa, uint64_t n) {
  failures++;
  std::printf("%s with instruction set %d and n = %d differs\n", name.c_str(), isa, static_cast<int>(n));
}
void check(const std::string &name, int isa, Base &got, const std::function<uint32_t(uint64_t)> &want) {
  for (uint64_t i = 0; i < got.n; i++) {
    if (got[i] != want(i)) {
      return fail(name, isa, got.n);
    }
  }
}
void check(const std::string &name, int isa, Ext &got, const std::function<Q(uint64_t)> &want) {
  for (uint64_t i = 0; i < got.n; i++) {
    if (!(got[i] == want(i))) {
      return fail(name, isa, got.n);
    }
  }
}
void check(const std::string &name, int isa, uint64_t n, const uint32_t *got, const std::vector<Q> &want) {
  if (std::memcmp(got, want.data(), want.size() * sizeof(Q)) != 0) {
    fail(name, isa, n);
  }
}

using U = uint64_t;

Q sum(U n, const std::function<Q(U)> &term) {
  Q s = of(0);
  for (U i = 0; i < n; i++) {
    s = s + term(i);
  }
  return s;
}

void base_arrays(int isa, U n) {
  Base a(n), b(n), c(n), d(n);
  chk_add_base(isa, d.address(), a.address(), b.address(), n);
  check("add_base", isa, d, [&](U i) { return mod(static_cast<int64_t>(a[i]) + b[i]); });
  chk_sub_base(isa, d.address(), a.address(), b.address(), n);
  check("sub_base", isa, d, [&](U i) { return mod(static_cast<int64_t>(a[i]) - b[i]); });
  chk_mul_base(isa, d.address(), a.address(), b.address(), n);
  check("mul_base", isa, d, [&](U i) { return product(a[i], b[i]); });
  chk_mul_add_base(isa, d.address(), a.address(), b.address(), c.address(), n);
  check("mul_add_base", isa, d, [&](U i) { return mod(static_cast<int64_t>(product(a[i], b[i])) + c[i]); });
  for (int bits : {8, 16, 32}) {
    Ints x(n, bits);
    chk_embed_ints(isa, d.address(), x.address(), bits, n);
    check("embed_ints", isa, d, [&](U i) { return mod(x[i]); });
    Base table(300);
    const int64_t edge = int64_t{1} << 31;
    const int64_t bases[] = {-3, 0, -128, -32768, 32000, -edge, edge - 2, -edge - 5, edge, 1 - 2 * edge, edge << 9};
    for (int64_t base : bases) {
      chk_gather_ints(isa, d.address(), table.address(), base, 300, x.address(), bits, n);
      check("gather_ints", isa, d, [&](U i) {
        int64_t at = x[i] - base;
        return at >= 0 && at < 300 ? table[static_cast<U>(at)] : 0;
      });
    }
  }
}

void ext_arrays(int isa, U n) {
  Ext a(n), b(n), d(n);
  Base x(n), y(n);
  Q s = ext();
  chk_ext_from_base(isa, d.address(), x.address(), n);
  check("ext_from_base", isa, d, [&](U i) { return of(x[i]); });
  chk_add_ext(isa, d.address(), a.address(), b.address(), n);
  check("add_ext", isa, d, [&](U i) { return a[i] + b[i]; });
  chk_sub_ext(isa, d.address(), a.address(), b.address(), n);
  check("sub_ext", isa, d, [&](U i) { return a[i] - b[i]; });
  chk_mul_ext(isa, d.address(), a.address(), b.address(), n);
  check("mul_ext", isa, d, [&](U i) { return a[i] * b[i]; });
  chk_mul_ext_by_base(isa, d.address(), a.address(), x.address(), n);
  check("mul_ext_by_base", isa, d, [&](U i) { return a[i] * of(x[i]); });
  chk_scale_ext(isa, d.address(), a.address(), s.low(), s.high(), n);
  check("scale_ext", isa, d, [&](U i) { return a[i] * s; });
  std::vector<Q> before = d.values();
  chk_add_scaled_ext(isa, d.address(), b.address(), s.low(), s.high(), n);
  check("add_scaled_ext", isa, d, [&](U i) { return before[i] + b[i] * s; });
  before = d.values();
  chk_add_scaled_base(isa, d.address(), x.address(), s.low(), s.high(), n);
  check("add_scaled_base", isa, d, [&](U i) { return before[i] + of(x[i]) * s; });
  for (int bits : {8, 16, 32}) {
    Ints z(n, bits);
    before = d.values();
    chk_add_scaled_ints(isa, d.address(), z.address(), bits, s.low(), s.high(), n);
    check("add_scaled_ints", isa, d, [&](U i) { return before[i] + z.at(i) * s; });
  }
  chk_fill_ext(isa, d.address(), s.low(), s.high(), n);
  check("fill_ext", isa, d, [&](U) { return s; });
  chk_constant_minus_base(isa, d.address(), s.low(), s.high(), x.address(), n);
  check("constant_minus_base", isa, d, [&](U i) { return s - of(x[i]); });
  chk_fold_base(isa, d.address(), x.address(), y.address(), s.low(), s.high(), n);
  check("fold_base", isa, d, [&](U i) { return of(x[i]) + s * (of(y[i]) - of(x[i])); });
  chk_fold_ext(isa, d.address(), a.address(), b.address(), s.low(), s.high(), n);
  check("fold_ext", isa, d, [&](U i) { return a[i] + s * (b[i] - a[i]); });
  before = a.values();
  chk_fold_ext(isa, a.address(), a.address(), b.address(), s.low(), s.high(), n);
  check("fold_ext in place", isa, a, [&](U i) { return before[i] + s * (b[i] - before[i]); });
  Ext p(n), q(n), p0(n), p1(n), q0(n), q1(n);
  chk_add_fractions(isa, p.address(), q.address(), p0.address(), q0.address(), p1.address(), q1.address(), n);
  check("add_fractions, p", isa, p, [&](U i) { return p0[i] * q1[i] + p1[i] * q0[i]; });
  check("add_fractions, q", isa, q, [&](U i) { return q0[i] * q1[i]; });
  chk_add_unit_fractions(isa, p.address(), q.address(), q0.address(), q1.address(), n);
  check("add_unit_fractions, p", isa, p, [&](U i) { return q0[i] + q1[i]; });
  check("add_unit_fractions, q", isa, q, [&](U i) { return q0[i] * q1[i]; });
}

void leaves(int isa, U n) {
  Ext p(n), q(n);
  for (int bits : {8, 16, 32}) {
    Ints x0(n, bits), x1(n, bits), x2(n, bits), x3(n, bits);
    Q c = ext();
    chk_leaf_pair(isa, p.address(), q.address(), x0.address(), x1.address(), bits, c.low(), c.high(), n);
    check("leaf_pair, p", isa, p, [&](U i) { return c - x0.at(i) + c - x1.at(i); });
    check("leaf_pair, q", isa, q, [&](U i) { return (c - x0.at(i)) * (c - x1.at(i)); });
    chk_leaf_quad(isa, p.address(), q.address(), x0.address(), x1.address(), x2.address(), x3.address(), bits, c.low(),
        c.high(), n);
    auto left = [&](U i) { return (c - x0.at(i)) * (c - x1.at(i)); };
    auto right = [&](U i) { return (c - x2.at(i)) * (c - x3.at(i)); };
    check("leaf_quad, p", isa, p, [&](U i) {
      return (c - x0.at(i) + c - x1.at(i)) * right(i) + (c - x2.at(i) + c - x3.at(i)) * left(i);
    });
    check("leaf_quad, q", isa, q, [&](U i) { return left(i) * right(i); });
  }
}

void dots(int isa, U n) {
  Ext a(n), b(n);
  Base x(n);
  uint32_t out[4];
  U o = reinterpret_cast<U>(out);
  chk_sum_ext(isa, o, a.address(), n);
  check("sum_ext", isa, n, out, {sum(n, [&](U i) { return a[i]; })});
  chk_dot_ext(isa, o, a.address(), b.address(), n);
  check("dot_ext", isa, n, out, {sum(n, [&](U i) { return a[i] * b[i]; })});
  chk_dot_base(isa, o, x.address(), b.address(), n);
  check("dot_base", isa, n, out, {sum(n, [&](U i) { return of(x[i]) * b[i]; })});
  for (int bits : {8, 16, 32}) {
    Ints z(n, bits);
    chk_dot_ints(isa, o, z.address(), bits, b.address(), n);
    check("dot_ints", isa, n, out, {sum(n, [&](U i) { return z.at(i) * b[i]; })});
  }
}

void rows(int isa, U width, U count) {
  U stride = padded(width) + 16;
  Ext w(count), dst(width);
  Base src(stride * count);
  std::vector<Q> before = dst.values();
  auto want = [&](U y, const std::function<Q(U)> &at) {
    return before[y] + sum(count, [&](U r) { return w[r] * at(r * stride + y); });
  };
  chk_combine_rows(isa, dst.address(), src.address(), width, stride, w.address(), count);
  check("combine_rows", isa, dst, [&](U y) { return want(y, [&](U i) { return of(src[i]); }); });
  for (int bits : {8, 16, 32}) {
    Ints z(stride * count, bits);
    before = dst.values();
    chk_combine_rows_ints(isa, dst.address(), z.address(), bits, width, stride, w.address(), count);
    check("combine_rows_ints", isa, dst, [&](U y) { return want(y, [&](U i) { return z.at(i); }); });
  }
}

void eq_tables(int isa) {
  for (int variables = 0; variables < 9; variables++) {
    std::vector<Q> point;
    for (int v = 0; v < variables; v++) {
      point.push_back(ext());
    }
    Q s = ext();
    Ext table(1ull << variables);
    chk_eq_table(isa, table.address(), reinterpret_cast<U>(point.data()), variables, s.low(), s.high());
    check("eq_table", isa, table, [&](U x) {
      Q value = s;
      for (U v = 0; v < point.size(); v++) {
        value = value * (x >> v & 1 ? point[v] : of(1) - point[v]);
      }
      return value;
    });
  }
}

void rounds(int isa, U n) {
  Ext e(n), a(n), a1(n), b(n), b1(n), c(n), c1(n), d(n), d1(n);
  uint32_t out[12];
  U o = reinterpret_cast<U>(out);
  U ea = e.address();
  auto da = [&](U i) { return a1[i] - a[i]; };
  auto db = [&](U i) { return b1[i] - b[i]; };
  auto dc = [&](U i) { return c1[i] - c[i]; };
  auto dd = [&](U i) { return d1[i] - d[i]; };
  chk_round_product(isa, o, a.address(), a1.address(), b.address(), b1.address(), n);
  check("round_product", isa, n, out,
      {sum(n, [&](U i) { return a[i] * b[i]; }), sum(n, [&](U i) { return da(i) * db(i); })});
  chk_round_eq_product(isa, o, ea, a.address(), a1.address(), b.address(), b1.address(), n);
  check("round_eq_product", isa, n, out,
      {sum(n, [&](U i) { return e[i] * a[i] * b[i]; }), sum(n, [&](U i) { return e[i] * da(i) * db(i); })});
  chk_round_merged(isa, o, ea, a.address(), a1.address(), b.address(), b1.address(), c.address(), c1.address(),
      d.address(), d1.address(), n);
  check("round_merged", isa, n, out,
      {sum(n, [&](U i) { return e[i] * (a[i] * d[i] + b[i] * c[i]); }),
          sum(n, [&](U i) { return e[i] * (da(i) * dd(i) + db(i) * dc(i)); })});
  for (Q l : {of(0), ext()}) {
    chk_round_fractions(isa, o, ea, a.address(), a1.address(), b.address(), b1.address(), c.address(), c1.address(),
        d.address(), d1.address(), l.low(), l.high(), n);
    check("round_fractions", isa, n, out,
        {sum(n, [&](U i) { return e[i] * (a[i] * d[i] + b[i] * c[i] + l * c[i] * d[i]); }),
            sum(n, [&](U i) { return e[i] * (da(i) * dd(i) + db(i) * dc(i) + l * dc(i) * dd(i)); })});
  }
  chk_round_eq_product3(isa, o, ea, a.address(), a1.address(), b.address(), b1.address(), c.address(), c1.address(), n);
  auto at = [&](uint32_t x) {
    return sum(n, [&](U i) {
      return e[i] * (a[i] + of(x) * da(i)) * (b[i] + of(x) * db(i)) * (c[i] + of(x) * dc(i));
    });
  };
  check("round_eq_product3", isa, n, out, {at(0), at(2), at(3)});
}

/* Four quarters, and what becomes of them: elements after the first n of a quarter stay. */
struct Quarters {
  Quarters(U n, U stride) : n(n), stride(stride), x(4 * stride), bound(x.values()) {}
  void bind(Q r) {
    for (U i = 0; i < 2 * stride; i++) {
      if (i % stride < n) {
        bound[i] = bound[i] + r * (bound[i + 2 * stride] - bound[i]);
      }
    }
  }
  Q low(U i) const { return bound[i]; }
  Q step(U i) const { return bound[stride + i] - bound[i]; }
  U n, stride;
  Ext x;
  std::vector<Q> bound;
};

void fold_rounds(int isa, U n, U stride) {
  Ext e(n);
  Q r = ext();
  uint32_t out[8];
  U o = reinterpret_cast<U>(out);
  auto quarters = [&](Quarters &q) { check("a bound array", isa, q.x, [&](U i) { return q.bound[i]; }); };
  {
    Quarters a(n, stride), b(n, stride);
    chk_fold_round_product(isa, o, a.x.address(), b.x.address(), stride, r.low(), r.high(), n);
    a.bind(r);
    b.bind(r);
    check("fold_round_product", isa, n, out,
        {sum(n, [&](U i) { return a.low(i) * b.low(i); }), sum(n, [&](U i) { return a.step(i) * b.step(i); })});
    quarters(a);
    quarters(b);
  }
  {
    Quarters a(n, stride), b(n, stride);
    chk_fold_round_eq_product(isa, o, e.address(), a.x.address(), b.x.address(), stride, r.low(), r.high(), n);
    a.bind(r);
    b.bind(r);
    check("fold_round_eq_product", isa, n, out,
        {sum(n, [&](U i) { return e[i] * a.low(i) * b.low(i); }),
            sum(n, [&](U i) { return e[i] * a.step(i) * b.step(i); })});
    quarters(a);
    quarters(b);
  }
  Quarters a(n, stride), p1(n, stride), q0(n, stride), q1(n, stride);
  chk_fold_round_merged(isa, o, e.address(), a.x.address(), p1.x.address(), q0.x.address(), q1.x.address(), stride,
      r.low(), r.high(), n);
  for (Quarters *q : {&a, &p1, &q0, &q1}) {
    q->bind(r);
    quarters(*q);
  }
  check("fold_round_merged", isa, n, out,
      {sum(n, [&](U i) { return e[i] * (a.low(i) * q1.low(i) + p1.low(i) * q0.low(i)); }),
          sum(n, [&](U i) { return e[i] * (a.step(i) * q1.step(i) + p1.step(i) * q0.step(i)); })});
}

}  // namespace

int main() {
  for (int isa = 0; isa < CHK_ISA_COUNT; isa++) {
    if (!chk_supported(isa)) {
      std::printf("instruction set %d is not there\n", isa);
      continue;
    }
    for (bool ends : {false, true}) {
      extreme = ends;
      for (U n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 257}) {
        base_arrays(isa, n);
        ext_arrays(isa, n);
        leaves(isa, n);
        dots(isa, n);
        rounds(isa, n);
        fold_rounds(isa, n, padded(n));
        fold_rounds(isa, n, padded(n) + 32);
      }
    }
    /* Enough blocks for sums to be settled on the way, of the largest terms. */
    dots(isa, 17 * 16 * 1024 + 5);
    rounds(isa, 16 * 1024 + 21);
    rows(isa, 3, 32 * 1024 + 40);
    for (U width : {1, 16, 17, 40, 512, 530, 1030}) {
      for (U count : {0, 1, 3, 32, 33, 70}) {
        extreme = count % 2 == 0;
        rows(isa, width, count);
      }
    }
    extreme = false;
    eq_tables(isa);
  }
  return failures == 0 ? 0 : 1;
}
