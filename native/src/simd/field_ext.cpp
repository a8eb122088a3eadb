/* Ext arrays, element by element; the padding of the last block is overwritten. */
#include "blocks.h"
#include "ints.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

CHK_INLINE Ext splat_ext(Scalar s) { return {splat(s.c[0]), splat(s.c[1]), splat(s.c[2]), splat(s.c[3])}; }

/* Twice a word, so that the quotient of a product by 2^31 is in its high word. */
CHK_INLINE Wide doubled(V a) { return split(add32(a, a)); }

/* a s for base elements a and the constant s. */
struct DoubledScalar {
  V c0, c1, c2, c3;
};
CHK_INLINE DoubledScalar doubled(Scalar s) {
  return {splat(2 * s.c[0]), splat(2 * s.c[1]), splat(2 * s.c[2]), splat(2 * s.c[3])};
}
CHK_INLINE Ext scale(Wide a, DoubledScalar s) {
  return {reduce_doubled(times(a, both(s.c0))), reduce_doubled(times(a, both(s.c1))),
      reduce_doubled(times(a, both(s.c2))), reduce_doubled(times(a, both(s.c3)))};
}

}  // namespace

void ext_from_base(u64 dst, u64 a, u64 n) {
  each(blocks_of(n), [=](u64 i, u64 j) {
    store_ext(words(dst) + i, {load(words(a) + j), zero(), zero(), zero()});
  });
}

void add_ext(u64 dst, u64 a, u64 b, u64 n) {
  each(blocks_of(n), [=](u64 i, u64) {
    store_ext(words(dst) + i, add(load_ext(words(a) + i), load_ext(words(b) + i)));
  });
}

void sub_ext(u64 dst, u64 a, u64 b, u64 n) {
  each(blocks_of(n), [=](u64 i, u64) {
    store_ext(words(dst) + i, sub(load_ext(words(a) + i), load_ext(words(b) + i)));
  });
}

void mul_ext(u64 dst, u64 a, u64 b, u64 n) {
  each(blocks_of(n), [=](u64 i, u64) {
    store_ext(words(dst) + i, mul(load_split_ext(words(a) + i), load_split_ext(words(b) + i)));
  });
}

void mul_ext_by_base(u64 dst, u64 a, u64 b, u64 n) {
  each(blocks_of(n), [=](u64 i, u64 j) {
    WideExt x = load_split_ext(words(a) + i);
    Wide y = doubled(load(words(b) + j));
    store_ext(words(dst) + i, {reduce_doubled(times(x.c0, y)), reduce_doubled(times(x.c1, y)),
                                  reduce_doubled(times(x.c2, y)), reduce_doubled(times(x.c3, y))});
  });
}

void scale_ext(u64 dst, u64 a, u64 s01, u64 s23, u64 n) {
  ConstantFactor s = constant_factor(scalar(s01, s23));
  each(blocks_of(n), [=](u64 i, u64) { store_ext(words(dst) + i, scale(load_split_ext(words(a) + i), s)); });
}

void add_scaled_ext(u64 dst, u64 a, u64 s01, u64 s23, u64 n) {
  ConstantFactor s = constant_factor(scalar(s01, s23));
  each(blocks_of(n), [=](u64 i, u64) {
    store_ext(words(dst) + i, scale_plus(load_split_ext(words(a) + i), s, load_ext(words(dst) + i)));
  });
}

void add_scaled_base(u64 dst, u64 a, u64 s01, u64 s23, u64 n) {
  DoubledScalar s = doubled(scalar(s01, s23));
  each(blocks_of(n), [=](u64 i, u64 j) {
    store_ext(words(dst) + i, add(scale(split(load(words(a) + j)), s), load_ext(words(dst) + i)));
  });
}

void add_scaled_ints(u64 dst, u64 a, i32 bits, u64 s01, u64 s23, u64 n) {
  DoubledScalar s = doubled(scalar(s01, s23));
  with_ints(bits, [=](auto type) {
    each(blocks_of(n), [=](u64 i, u64 j) {
      Wide x = split(embed(load_ints(ints(type, a) + j)));
      store_ext(words(dst) + i, add(scale(x, s), load_ext(words(dst) + i)));
    });
  });
}

void fill_ext(u64 dst, u64 s01, u64 s23, u64 n) {
  Ext s = splat_ext(scalar(s01, s23));
  each(blocks_of(n), [=](u64 i, u64) { store_ext(words(dst) + i, s); });
}

void constant_minus_base(u64 dst, u64 s01, u64 s23, u64 a, u64 n) {
  Ext s = splat_ext(scalar(s01, s23));
  each(blocks_of(n), [=](u64 i, u64 j) {
    store_ext(words(dst) + i, {sub(s.c0, load(words(a) + j)), s.c1, s.c2, s.c3});
  });
}

void fold_ext(u64 dst, u64 lo, u64 hi, u64 r01, u64 r23, u64 n) {
  ConstantFactor r = constant_factor(scalar(r01, r23));
  each(blocks_of(n), [=](u64 i, u64) {
    store_ext(words(dst) + i, fold(load_ext(words(lo) + i), load_ext(words(hi) + i), r));
  });
}

void fold_base(u64 dst, u64 lo, u64 hi, u64 r01, u64 r23, u64 n) {
  DoubledScalar r = doubled(scalar(r01, r23));
  each(blocks_of(n), [=](u64 i, u64 j) {
    V low = load(words(lo) + j);
    Ext x = scale(split(sub(load(words(hi) + j), low)), r);
    store_ext(words(dst) + i, {add(x.c0, low), x.c1, x.c2, x.c3});
  });
}

/* One more variable of the table at a time: the upper half is r times the lower one, which then loses as much. */
void eq_table(u64 dst, u64 point, i32 variables, u64 s01, u64 s23) {
  LastBlock first;
  u64 size = 1;
  const u32 *r = words(point);
  store_element(first.words, 0, scalar(s01, s23));
  i32 v = 0;
  for (; v < variables && size < BLOCK; v++, size *= 2, r += 4) {
    for (u64 x = 0; x < size; x++) {
      Scalar value = element(first.words, x);
      Scalar high = mul(value, Scalar{{r[0], r[1], r[2], r[3]}});
      store_element(first.words, x, sub(value, high));
      store_element(first.words, x + size, high);
    }
  }
  put_back(first.words, words(dst), size);
  for (; v < variables; v++, size *= 2, r += 4) {
    ConstantFactor factor = constant_factor(Scalar{{r[0], r[1], r[2], r[3]}});
    u32 *upper = words(dst) + 4 * size;
    each(size / BLOCK, [=](u64 i, u64) {
      Ext value = load_ext(words(dst) + i);
      Ext high = scale(split(value), factor);
      store_ext(upper + i, high);
      store_ext(words(dst) + i, sub(value, high));
    });
  }
}

}  // namespace chk::CHK_ISA
