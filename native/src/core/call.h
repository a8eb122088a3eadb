/* The call of a kernel: arguments are checked one after another, and the first refusal is what it comes to. */
#ifndef CHG_CALL_H
#define CHG_CALL_H

#include "guard.h"
#include "launch.h"

namespace chg {

/* What a kernel does with a region. */
enum class Use {
  READ,   /* each element for the result of the same index: may be where that goes */
  TABLE,  /* at any index */
  WRITE,
  ROWS    /* rows with gaps, in which other rows may lie */
};

class Call {
 public:
  /* Of a kernel over rows or positions: more would not end. */
  static constexpr u64 MOST_STEPS = u64{1} << 40;

  Call(const char *function, chg_stream *stream) : function_(function), stream_(stream) {
    if (stream == nullptr) status_ = null_argument(function, "stream");
  }

  /* Nothing of it may overlap. */
  Call &apart() {
    apart_ = true;
    return *this;
  }

  /* Regions, as kernels see them; null after a refusal. */
  u32 *base(const char *name, chg_ptr at, u64 n, Use use) { return region<u32>(name, at, blocks(n, 4), use); }
  i32 *integers(const char *name, chg_ptr at, u64 n, Use use) { return region<i32>(name, at, blocks(n, 4), use); }
  u32 *ext(const char *name, chg_ptr at, u64 n, Use use) { return region<u32>(name, at, blocks(n, 16), use); }
  /* Exactly so many entries. */
  i32 *table(const char *name, chg_ptr at, u64 entries) { return region<i32>(name, at, times(entries, 4), Use::TABLE); }
  /* Ints: the natural alignment and no padding. */
  const void *ints(const char *name, chg_ptr at, i32 bits, u64 n, Use use);
  /* Rows of `width` elements of `size` bytes. */
  template <class T>
  T *rows(const char *name, chg_ptr at, u64 rows, u64 stride, u64 width, u64 alignment = CHG_ALIGNMENT) {
    need(width == 0 || times(rows, width) <= MOST_STEPS, "%lld rows of %lld elements", rows, width);
    return static_cast<T *>(checked(name, at, panel(rows, stride, width, sizeof(T)), alignment, Use::ROWS));
  }
  /* Exactly so many entries, at the alignment of one, and anywhere read. */
  template <class T>
  const T *entries(const char *name, chg_ptr at, u64 n) {
    return static_cast<const T *>(checked(name, at, times(n, sizeof(T)), sizeof(T), Use::TABLE));
  }
  template <class T>
  T *region(const char *name, chg_ptr at, u64 bytes, Use use) {
    return static_cast<T *>(checked(name, at, bytes, CHG_ALIGNMENT, use));
  }

  /* A canonical element of the host's. */
  Q31 element(const char *name, const chg_qm31 *value);
  chg_blake3_mode mode(const chg_blake3_mode *value);
  template <class T>
  void host(const char *name, const T *pointer) {
    if (status_ == CHG_OK && pointer == nullptr) status_ = null_argument(function_, name);
  }
  /* Refuses unless `holds`; the text says what does not. */
  void need(bool holds, const char *text, u64 a = 0, u64 b = 0);
  void bits(i32 bits) {
    need(bits == 8 || bits == 16 || bits == 32, "integers have 8, 16 or 32 bits, not %lld", as(bits));
  }

  static u64 as(i64 value) { return static_cast<u64>(value); }
  static u64 times(u64 n, u64 size) { return size != 0 && n > UINT64_MAX / size ? UINT64_MAX : n * size; }
  /* Bytes of n elements, whole blocks. */
  static u64 blocks(u64 n, u64 size) {
    return n > UINT64_MAX - CHG_BLOCK ? UINT64_MAX : times((n + CHG_BLOCK - 1) / CHG_BLOCK, CHG_BLOCK * size);
  }
  static u64 panel(u64 rows, u64 stride, u64 width, u64 size);

  bool refused() const { return status_ != CHG_OK; }
  int32_t status() const { return status_; }
  /* Of one kernel, whose result is then waited for. */
  Sink sink() {
    if (stream_ == nullptr) return {};
    launch_ = ++stream_->sink.launch;
    return stream_->sink;
  }

  /* Copies to a region of the call what has been checked and is read at once; nothing after a refusal. */
  int32_t send(chg_ptr to, const void *from, u64 bytes);

  /* Starts a kernel of at most `blocks` blocks; nothing after a refusal, nor for no blocks. */
  template <class Kernel>
  int32_t start(const Kernel &kernel, u64 blocks) {
    if (status_ == CHG_OK) status_ = overlaps();
    if (status_ != CHG_OK || blocks == 0) return status_;
    status_ = unless_lost(function_, stream_->device, [&] {
      name_operands();
      return launch(stream_, function_, kernel, blocks);
    });
    return status_;
  }

  /* op(i) for all i < n. */
  template <class Op>
  int32_t map(const Op &op, u64 n) {
    return start(Map<Op>{op, n}, n / THREADS + (n % THREADS != 0));
  }

  /* Waits for the kernel that has the sink; afterwards word(k) is what it left. */
  int32_t wait() {
    if (status_ == CHG_OK) status_ = unless_lost(function_, stream_->device, [&] { return stream_->await(launch_); });
    return status_;
  }
  u64 word(u32 k) const { return stream_->results[k]; }

  /* Sums over all i < n, into Op::SUMS elements. */
  template <class Op>
  int32_t sum(const Op &op, u64 n, chg_qm31 *out) {
    host("out", out);
    start(Sum<Op>{op, n, sink()}, meeting(n));
    if (n != 0) wait();
    if (status_ != CHG_OK) return status_;
    for (u32 w = 0; w < 4 * Op::SUMS; w++) out[w / 4].c[w % 4] = n == 0 ? 0 : static_cast<u32>(word(w));
    return CHG_OK;
  }

  /* Blocks of a kernel whose blocks meet in a sink: few enough that they do not queue there. */
  static u64 meeting(u64 n) {
    u64 blocks = n / THREADS + (n % THREADS != 0);
    return blocks < 1024 ? blocks : 1024;
  }

 private:
  struct Region {
    const char *name;
    chg_ptr at;
    u64 bytes;
    Use use;
  };

  void *checked(const char *name, chg_ptr at, u64 bytes, u64 alignment, Use use);
  int32_t overlaps() const;
  void name_operands() const;

  const char *const function_;
  chg_stream *const stream_;
  int32_t status_ = CHG_OK;
  bool apart_ = false;
  u64 launch_ = 0;
  std::vector<Region> regions_;
};

}  // namespace chg

#endif
