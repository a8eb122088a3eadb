#include "rates.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "machine.h"

namespace {

/* A slab, a stream and rooms in it; contents are zeros, which are canonical. */
class Bench {
 public:
  Bench(const Library &library, int ordinal, uint64_t bytes) : lib(library) {
    need(lib.open(ordinal, bytes, &device));
    need(lib.describe(device, &info));
    need(lib.stream_open(device, &stream));
    need(lib.fill(stream, info.slab_address, 0, bytes));
    need(lib.sync(stream));
  }
  ~Bench() {
    if (stream) lib.stream_close(stream);
    if (device) lib.close(device);
  }
  Bench(const Bench &) = delete;
  Bench &operator=(const Bench &) = delete;

  void need(int32_t status) {
    if (status != CHG_OK) throw std::runtime_error(lib.message());
  }
  chg_ptr room(uint64_t bytes) {
    chg_ptr at = info.slab_address + used;
    used += (bytes + 63) / 64 * 64;
    if (used > info.slab_bytes) throw std::runtime_error("the slab of the rates is too small");
    return at;
  }
  void again() { used = 0; }

  /* Seconds of one run: the least of those that fit into some time, two at least. */
  double time(const std::function<void()> &work, double most) {
    double best = 1e300, end = now() + most;
    for (int runs = 0; runs < 2 || (runs < 20 && now() < end); runs++) {
      double start = now();
      work();
      need(lib.sync(stream));
      best = std::min(best, now() - start);
    }
    return best;
  }

  const Library &lib;
  chg_device *device = nullptr;
  chg_stream *stream = nullptr;
  chg_device_info info{};

 private:
  uint64_t used = 0;
};

const chg_qm31 R = {{5, 6, 7, 8}};
const chg_blake3_mode MODE = {{1, 2, 3, 4, 5, 6, 7, 8}, 0};

/* From instructions counted in code for sm_90 and an H100 at 1.755 GHz: 14.8e12 instructions and 3e12 bytes a second. */
const double COPY = 25e9, FOLD_MERGED = 7.8e9, HASH = 1.5e12, BUTTERFLY = 2.9e12, MULTIPLY_ADD = 14.8e12;
const double MEMORY = 3.0e12;
/* What is left of MULTIPLY_ADD when the grid does not fill all multiprocessors evenly and kernels begin and end. */
const double PROJECTION = 8e12, WIDE_PROJECTION = 11e12;

}  // namespace

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::vector<Rate> latencies(const Library &library, int ordinal) {
  Bench b(library, ordinal, 1 << 20);
  chg_ptr a = b.room(4096);
  std::vector<double> calls;
  chg_qm31 out;
  for (int i = 0; i < 1100; i++) {
    double start = now();
    b.need(b.lib.sum_ext(b.stream, a, 16, &out));
    if (i >= 100) calls.push_back(now() - start);
  }
  std::sort(calls.begin(), calls.end());
  double start = now();
  for (int i = 0; i < 1000; i++) b.need(b.lib.add_ext(b.stream, a, a, a, 16));
  double asked = now() - start;
  b.need(b.lib.sync(b.stream));
  double done = now() - start;
  bool real = b.info.kind == CHG_CUDA;
  return {{"a call that returns a value, median", "us", calls[calls.size() / 2] * 1e6, real ? 20.0 : 0},
          {"a call that returns a value, 99 %", "us", calls[calls.size() * 99 / 100] * 1e6, 0},
          {"a launch, until it is asked for", "us", asked * 1e3, real ? 4.0 : 0},
          {"a launch, until it is done", "us", done * 1e3, 0}};
}

std::vector<Rate> rates(const Library &library, int ordinal, int scale, double seconds) {
  std::vector<Rate> found;
  Bench b(library, ordinal, (uint64_t)4 << 30 >> scale);
  const Library &lib = b.lib;
  double each = seconds / 18;
  bool real = b.info.kind == CHG_CUDA;
  auto rate = [&](const char *name, const char *unit, double work, double predicted, std::function<void()> run) {
    found.push_back({name, unit, work / b.time(run, each), real ? predicted : 0});
    b.again();
  };
  uint64_t bytes = (uint64_t)256 << 20 >> scale, n = (uint64_t)1 << 22 >> scale;
  chg_ptr at = b.room(bytes);
  void *pinned = nullptr;
  b.need(lib.pinned(b.device, bytes, &pinned));
  std::vector<char> plain(bytes, 1);
  std::fill_n((char *)pinned, bytes, (char)1);
  rate("copy in, pinned", "B/s", (double)bytes, COPY, [&] { b.need(lib.in(b.stream, at, pinned, bytes)); });
  rate("copy out, pinned", "B/s", (double)bytes, COPY, [&] { b.need(lib.out(b.stream, pinned, at, bytes)); });
  rate("copy in, pageable", "B/s", (double)bytes, 0, [&] { b.need(lib.in(b.stream, at, plain.data(), bytes)); });
  rate("copy out, pageable", "B/s", (double)bytes, 0, [&] { b.need(lib.out(b.stream, plain.data(), at, bytes)); });
  b.need(lib.unpin(b.device, pinned));
  rate("fill", "B/s", (double)bytes, MEMORY, [&] { b.need(lib.fill(b.stream, at, 0, bytes)); });
  {
    chg_ptr x = b.room(16 * n * 4), y = b.room(16 * n * 4), to = b.room(16 * n * 4);
    rate("products of base elements, bytes", "B/s", 12.0 * 16 * (double)n, MEMORY,
         [&] { b.need(lib.mul_base(b.stream, to, x, y, 16 * n)); });
  }
  {
    chg_ptr x = b.room(64 * n), y = b.room(64 * n), to = b.room(64 * n);
    rate("products of ext elements, bytes", "B/s", 48.0 * 4 * (double)n, MEMORY,
         [&] { b.need(lib.mul_ext(b.stream, to, x, y, 4 * n)); });
  }
  {
    chg_qm31 out[2];
    chg_ptr e = b.room(16 * n), a[4];
    for (chg_ptr &v : a) v = b.room(64 * n);
    rate("fold and merged round, elements", "1/s", (double)n, FOLD_MERGED, [&] {
      b.need(lib.fold_round_merged(b.stream, e, a[0], a[1], a[2], a[3], n, &R, n, out));
    });
  }
  {
    int log_n = 20 - std::min(scale, 8);
    uint64_t rows = 32, size = (uint64_t)1 << log_n;
    chg_ptr twiddles = b.room(2 * size), src = b.room(2 * size * rows), to = b.room(4 * size * rows);
    b.need(lib.twiddles(b.stream, twiddles, log_n));
    rate("encoding, butterflies", "1/s", (double)rows * (double)size / 2 * log_n, BUTTERFLY, [&] {
      b.need(lib.encode(b.stream, to, src, log_n - 1, log_n, rows, twiddles));
    });
  }
  {
    uint64_t columns = n, state_bytes = 32 * columns;
    chg_ptr state = b.room(state_bytes), src = b.room(64 * columns);
    b.need(lib.init_columns(b.stream, &MODE, state, columns));
    rate("absorbed columns, bytes", "B/s", 64.0 * (double)columns, HASH, [&] {
      b.need(lib.absorb_columns(b.stream, &MODE, state, src, 4 * columns, 16, columns, 0, 0));
    });
  }
  {
    chg_ptr src = b.room(64 * n), to = b.room(32 * n);
    rate("pairs of nodes, bytes", "B/s", 64.0 * (double)n, HASH,
         [&] { b.need(lib.hash_pairs(b.stream, &MODE, to, src, n, 32)); });
  }
  {
    uint64_t rows = 3072 >> std::min(scale, 5), depth = 768, width = 1024 >> std::min(scale, 5);
    chg_ptr acc = b.room(4 * rows * width), w = b.room(2 * rows * depth), x = b.room(4 * depth * width);
    rate("products of matrices, multiply-adds", "1/s", (double)(rows * depth * width), MULTIPLY_ADD, [&] {
      b.need(lib.matmul(b.stream, acc, width, w, depth, x, width, rows, depth, width));
    });
  }
  /* As they come for GPT-2: a projection and a layer of the MLP on 128 rows, eight one after another. */
  struct Projection {
    uint64_t groups;
    double predicted;
  };
  for (const Projection &p : {Projection{12, PROJECTION}, Projection{48, WIDE_PROJECTION}}) {
    chg_product r{};
    r.rows = std::max(p.groups >> std::min(scale, 2), (uint64_t)1) << 6;
    r.lanes = r.acc_stride = r.x_stride = 128;
    r.groups = 1, r.share = 1;
    r.out_bits = 6, r.in_bits = 8 - std::min(scale, 3), r.bits = 16;
    r.depth = (uint64_t)3 << r.in_bits;
    r.in_tile = (uint64_t)1 << (r.out_bits + r.in_bits), r.out_tile = 3 * r.in_tile;
    r.acc = b.room(4 * r.rows * r.lanes), r.w = b.room(2 * r.rows * r.depth), r.x = b.room(2 * r.depth * r.lanes);
    std::string name = std::to_string(r.rows) + " x " + std::to_string(r.depth) + " weights in tiles, multiply-adds";
    rate(name.c_str(), "1/s", 8 * (double)(r.rows * r.depth * r.lanes), p.predicted, [&] {
      for (int i = 0; i < 8; i++) b.need(lib.panel_product(b.stream, &r));
    });
  }
  {
    int bits = 22 - std::min(scale, 10);
    uint64_t leaves = (uint64_t)1 << bits;
    chg_tree_segment segment{};
    segment.constant = R;
    segment.tiles = leaves >> 10;
    segment.low_bits = 10;
    segment.terms = 1;
    std::vector<int64_t> starts(segment.tiles);
    for (uint64_t t = 0; t < segment.tiles; t++) starts[t] = (int64_t)(t << 10);
    chg_tree_term term{};
    term.weight = R;
    term.data = b.room(2 * leaves);
    term.size = leaves;
    term.bits = 16;
    term.starts = b.room(8 * starts.size());
    b.need(lib.in(b.stream, term.starts, starts.data(), 8 * starts.size()));
    chg_tree_program program{};
    program.program = b.room(128);
    program.segments = program.terms = 1;
    program.bits = bits;
    program.strip_bits = 3;
    program.run_bits = 7;
    chg_ptr p = b.room(8 * leaves), q = b.room(8 * leaves), eq = b.room(16u * ((2u << CHG_TREE_EQ_LOW) + 2 * leaves));
    chg_ptr bound_p = b.room(8 * leaves), bound_q = b.room(8 * leaves);
    std::vector<chg_qm31> point((uint64_t)bits, R);
    chg_qm31 out[2];
    b.need(lib.tree_eq(b.stream, eq, point.data(), bits - 1));
    std::string of = " of 2^" + std::to_string(bits) + ", leaves";
    auto leaf_rate = [&](const std::string &name, std::function<void()> run) {
      found.push_back({name + of, "1/s", (double)leaves / b.time(run, each), 0});
    };
    leaf_rate("layer above leaves", [&] {
      b.need(lib.tree_leaf_parents(b.stream, &program, &segment, &term, p, q));
    });
    leaf_rate("first round above leaves", [&] {
      b.need(lib.tree_leaf_round(b.stream, &program, &segment, &term, eq, bits - 1, &R, out));
    });
    chg_tree_children bound = {bound_p, bound_q, leaves / 4, {leaves / 8, leaves / 8}, bits - 2, 1};
    leaf_rate("second round above leaves", [&] {
      b.need(lib.tree_leaf_fold_round(b.stream, &program, &segment, &term, &bound, eq, bits - 1, &R, &R, out));
    });
    chg_tree_children stored = {p, q, leaves / 4, {leaves / 4, leaves / 4}, bits - 2, 0};
    leaf_rate("round with a fold of a stored layer", [&] {
      b.need(lib.tree_round(b.stream, &stored, eq, bits - 1, &R, &R, out));
    });
    b.again();
  }
  return found;
}
