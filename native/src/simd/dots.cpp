/* Sums over whole arrays: of elements, and of products with ext elements. */
#include "blocks.h"
#include "ints.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

/* Four sums of 64-bit lanes, signed where a loop says so. */
struct RawSum {
  V c0, c1, c2, c3;
};
CHK_INLINE RawSum no_raw_sum() { return {zero(), zero(), zero(), zero()}; }

CHK_INLINE u32 signed_total(V x) {
  /* Folded and lifted lanes are below 2^36. */
  return static_cast<u32>(sum64(add64(fold_signed(x), splat64(static_cast<u64>(P) << 3))) % P);
}
CHK_INLINE Scalar signed_total(const RawSum &s) {
  return {{signed_total(s.c0), signed_total(s.c1), signed_total(s.c2), signed_total(s.c3)}};
}

/* Adds the even words and the odd ones. */
CHK_INLINE V add_words(V sum, V x) { return add64(add64(sum, and_(x, splat64(0xffffffff))), srl64<32>(x)); }

void add_all(RawSum &sum, const u32 *a, u64 blocks) {
  RawSum s = sum;
  each(blocks, [&](u64 i, u64) {
    Ext x = load_ext(a + i);
    s = {add_words(s.c0, x.c0), add_words(s.c1, x.c1), add_words(s.c2, x.c2), add_words(s.c3, x.c3)};
  });
  sum = s;
}

void add_dot(ExtSum &sum, const u32 *a, const u32 *b, u64 blocks) {
  ExtSum s = sum;
  each(
      blocks, [&](u64 i, u64) { add(s, weight(load_ext(b + i)), term(load_ext(a + i))); }, [&] { settle(s); });
  sum = s;
}

#if defined(__AVX512F__)

struct BaseSum {
  LaneSum c0, c1, c2, c3;
};
CHK_INLINE BaseSum no_base_sum() {
  LaneSum z = {zero(), zero()};
  return {z, z, z, z};
}
/* a b for canonical words or words below 2^32 in a. */
CHK_INLINE void add(BaseSum &s, V a, Ext b) {
  Wide x = lanes(a);
  add(s.c0, x, lanes(b.c0));
  add(s.c1, x, lanes(b.c1));
  add(s.c2, x, lanes(b.c2));
  add(s.c3, x, lanes(b.c3));
}
CHK_INLINE void settle(BaseSum &s) {
  settle(s.c0);
  settle(s.c1);
  settle(s.c2);
  settle(s.c3);
}
CHK_INLINE Scalar total(const BaseSum &s) { return {{total(s.c0), total(s.c1), total(s.c2), total(s.c3)}}; }

#else

/* Lanes of folded sums of two products: a block adds less than 2^35. */
using BaseSum = RawSum;
CHK_INLINE BaseSum no_base_sum() { return no_raw_sum(); }
CHK_INLINE V add_product(V sum, Wide a, V b) {
  Wide x = times(a, split(b));
  return add64(sum, fold(add64(x.even, x.odd)));
}
CHK_INLINE void add(BaseSum &s, V a, Ext b) {
  Wide x = split(a);
  s = {add_product(s.c0, x, b.c0), add_product(s.c1, x, b.c1), add_product(s.c2, x, b.c2), add_product(s.c3, x, b.c3)};
}
CHK_INLINE void settle(BaseSum &s) { s = {fold(s.c0), fold(s.c1), fold(s.c2), fold(s.c3)}; }
CHK_INLINE Scalar total(const BaseSum &s) { return signed_total(s); }

#endif

void add_dot_base(BaseSum &sum, const u32 *a, const u32 *b, u64 blocks) {
  BaseSum s = sum;
  each(
      blocks, [&](u64 i, u64 j) { add(s, load(a + j), load_ext(b + i)); }, [&] { settle(s); });
  sum = s;
}

/* Residues of integers of 32 bits, which are above -P: sums in a BaseSum. */
void add_dot_ints(BaseSum &sum, const int32_t *a, const u32 *b, u64 blocks) {
  BaseSum s = sum;
  each(
      blocks, [&](u64 i, u64 j) { add(s, embed(load(a + j)), load_ext(b + i)); }, [&] { settle(s); });
  sum = s;
}

/* Narrow integers: a product is below 2^46, and a block adds at most four to a lane (two with AVX-512). */
constexpr u64 NARROW_BLOCKS = 1 << 14;

CHK_INLINE V add_signed(V sum, Wide a, Wide b) {
  Wide x = times_signed(a, b);
  return add64(add64(sum, x.even), x.odd);
}
template <typename T> void add_dot_ints(RawSum &sum, const T *a, const u32 *b, u64 blocks) {
  RawSum s = sum;
  each<NARROW_BLOCKS>(
      blocks,
      [&](u64 i, u64 j) {
        Wide x = split(load_ints(a + j));
        WideExt y = load_split_ext(b + i);
        s = {add_signed(s.c0, x, y.c0), add_signed(s.c1, x, y.c1), add_signed(s.c2, x, y.c2),
            add_signed(s.c3, x, y.c3)};
      },
      [&] { s = {fold_signed(s.c0), fold_signed(s.c1), fold_signed(s.c2), fold_signed(s.c3)}; });
  sum = s;
}

CHK_INLINE LastBlock last(u64 a, u64 n) { return last_block(words(a) + n / BLOCK * EXT_BLOCK, n % BLOCK); }

template <typename T, typename Sum> CHK_INLINE void add_dot_ints_all(Sum &sum, const T *a, u64 b, u64 n) {
  add_dot_ints(sum, a, words(b), n / BLOCK);
  if (n % BLOCK != 0) {
    T rest[BLOCK] = {};
    std::memcpy(rest, a + n / BLOCK * BLOCK, n % BLOCK * sizeof(T));
    add_dot_ints(sum, rest, last(b, n).words, 1);
  }
}

}  // namespace

void sum_ext(u64 out, u64 a, u64 n) {
  RawSum sum = no_raw_sum();
  add_all(sum, words(a), n / BLOCK);
  if (n % BLOCK != 0) {
    add_all(sum, last(a, n).words, 1);
  }
  store(out, 0, signed_total(sum));
}

void dot_ext(u64 out, u64 a, u64 b, u64 n) {
  ExtSum sum = no_sum();
  add_dot(sum, words(a), words(b), n / BLOCK);
  if (n % BLOCK != 0) {
    add_dot(sum, last(a, n).words, last(b, n).words, 1);
  }
  store(out, 0, total(sum));
}

void dot_base(u64 out, u64 a, u64 b, u64 n) {
  BaseSum sum = no_base_sum();
  add_dot_base(sum, words(a), words(b), n / BLOCK);
  if (n % BLOCK != 0) {
    alignas(64) u32 rest[BLOCK];
    copy_base(rest, words(a) + n / BLOCK * BLOCK, n % BLOCK);
    add_dot_base(sum, rest, last(b, n).words, 1);
  }
  store(out, 0, total(sum));
}

void dot_ints(u64 out, u64 a, i32 bits, u64 b, u64 n) {
  if (bits == 32) {
    BaseSum sum = no_base_sum();
    add_dot_ints_all(sum, ints(int32_t(), a), b, n);
    store(out, 0, total(sum));
    return;
  }
  RawSum sum = no_raw_sum();
  if (bits == 16) {
    add_dot_ints_all(sum, ints(int16_t(), a), b, n);
  } else {
    add_dot_ints_all(sum, ints(int8_t(), a), b, n);
  }
  store(out, 0, signed_total(sum));
}

}  // namespace chk::CHK_ISA
