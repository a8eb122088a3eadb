/* Sumcheck rounds: sums over pairs of halves, at 0 and for the coefficient of X^2 (at 0, 2 and 3 for cubics). */
#include "blocks.h"
#include "kernels.h"

namespace chk::CHK_ISA {

namespace {

/* The sums of a round, and the arrays it reads: for each factor the low and the high half. */
struct Round {
  ExtSum at0, lead;
};
struct Halves {
  const u32 *lo, *hi;
};
CHK_INLINE Halves halves(u64 lo, u64 hi) { return {words(lo), words(hi)}; }
CHK_INLINE Ext low(Halves a, u64 i) { return load_ext(a.lo + i); }
CHK_INLINE WideExt split_low(Halves a, u64 i) { return load_split_ext(a.lo + i); }
CHK_INLINE Ext step(Halves a, u64 i) { return sub(load_ext(a.hi + i), load_ext(a.lo + i)); }
CHK_INLINE WideExt split_step(Halves a, u64 i) { return split(step(a, i)); }

CHK_INLINE void finish(u64 out, const Round &round) {
  store(out, 0, total(round.at0));
  store(out, 1, total(round.lead));
}

/* The last, incomplete block of both halves. */
struct LastHalves {
  LastBlock lo, hi;
};
CHK_INLINE LastHalves last(Halves a, u64 n) {
  u64 at = n / BLOCK * EXT_BLOCK;
  return {last_block(a.lo + at, n % BLOCK), last_block(a.hi + at, n % BLOCK)};
}
CHK_INLINE Halves halves(const LastHalves &a) { return {a.lo.words, a.hi.words}; }
CHK_INLINE LastBlock last(const u32 *e, u64 n) { return last_block(e + n / BLOCK * EXT_BLOCK, n % BLOCK); }

__attribute__((noinline)) void add_product(Round &round, Halves a, Halves b, u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  each(
      blocks,
      [&](u64 i, u64) {
        add(at0, weight(low(b, i)), term(low(a, i)));
        add(lead, weight(step(b, i)), term(step(a, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

__attribute__((noinline)) void add_eq_product(Round &round, const u32 *e, Halves a, Halves b, u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  each(
      blocks,
      [&](u64 i, u64) {
        Weight w = weight(load_ext(e + i));
        add(at0, w, product(split_low(a, i), split_low(b, i)));
        add(lead, w, product(split_step(a, i), split_step(b, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

__attribute__((noinline)) void add_merged(Round &round, const u32 *e, Halves a, Halves p1, Halves q0, Halves q1,
    u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  each(
      blocks,
      [&](u64 i, u64) {
        Weight w = weight(load_ext(e + i));
        add(at0, w, products(split_low(a, i), split_low(q1, i), split_low(p1, i), split_low(q0, i)));
        add(lead, w, products(split_step(a, i), split_step(q1, i), split_step(p1, i), split_step(q0, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

/* p0 q1 + q0 (p1 + l q1): one product of extension elements is one by a constant. */
__attribute__((noinline)) void add_fractions(Round &round, const u32 *e, Halves p0, Halves p1, Halves q0, Halves q1,
    Scalar l, u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  ConstantFactor lambda = constant_factor(l);
  each(
      blocks,
      [&](u64 i, u64) {
        Weight w = weight(load_ext(e + i));
        WideExt q = split_low(q1, i);
        Ext inner = scale_plus(q, lambda, low(p1, i));
        add(at0, w, products(split_low(p0, i), q, split(inner), split_low(q0, i)));
        WideExt dq = split_step(q1, i);
        Ext inner_step = scale_plus(dq, lambda, step(p1, i));
        add(lead, w, products(split_step(p0, i), dq, split(inner_step), split_step(q0, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

struct Cubic {
  ExtSum at0, at2, at3;
};

__attribute__((noinline)) void add_product3(Cubic &round, const u32 *e, Halves a, Halves b, Halves c, u64 blocks) {
  Cubic s = round;
  each(
      blocks,
      [&](u64 i, u64) {
        Weight w = weight(load_ext(e + i));
        add(s.at0, w, product(split(mul(split_low(a, i), split_low(b, i))), split_low(c, i)));
        Ext da = step(a, i);
        Ext db = step(b, i);
        Ext dc = step(c, i);
        Ext a2 = add(load_ext(a.hi + i), da);
        Ext b2 = add(load_ext(b.hi + i), db);
        Ext c2 = add(load_ext(c.hi + i), dc);
        add(s.at2, w, product(split(mul(a2, b2)), split(c2)));
        add(s.at3, w, product(split(mul(add(a2, da), add(b2, db))), split(add(c2, dc))));
      },
      [&] {
        settle(s.at0);
        settle(s.at2);
        settle(s.at3);
      });
  round = s;
}

/* Binds the top variable of an array of four quarters: the first two become those of the bound array. */
CHK_INLINE void bind(u32 *x, u64 quarter, ConstantFactor r, u64 i) {
  u32 *low = x + i;
  u32 *high = low + quarter;
  store_ext(low, fold(load_ext(low), load_ext(low + 2 * quarter), r));
  store_ext(high, fold(load_ext(high), load_ext(high + 2 * quarter), r));
}

/* Lines of the next turns that the processor does not see coming: arrays are too many streams for its prefetcher. */
CHK_INLINE void prefetch(const u32 *p) {
  constexpr u64 AHEAD = 2 * EXT_BLOCK;
  for (u64 k = 0; k < EXT_BLOCK; k += 16) {
    __builtin_prefetch(p + AHEAD + k);
  }
}
CHK_INLINE void prefetch_quarters(const u32 *x, u64 quarter) {
  for (u64 k = 0; k < 4; k++) {
    prefetch(x + k * quarter);
  }
}

template <int ARRAYS> struct Quarters {
  u32 *x[ARRAYS];
  u64 quarter;
};
template <int ARRAYS> CHK_INLINE Halves halves(const Quarters<ARRAYS> &q, int k) {
  return {q.x[k], q.x[k] + q.quarter};
}

/* Binds block after block of all arrays and calls f(i) on each, which reads what was bound from the first cache. */
template <int ARRAYS, typename F, typename S>
CHK_INLINE void bind_each(const Quarters<ARRAYS> &q, Scalar challenge, u64 blocks, F f, S settle) {
  ConstantFactor r = constant_factor(challenge);
  each(
      blocks,
      [&](u64 i, u64) {
        for (int k = 0; k < ARRAYS; k++) {
          if (i % EXT_BLOCK == 0) {
            prefetch_quarters(q.x[k] + i, q.quarter);
          }
          bind(q.x[k], q.quarter, r, i);
        }
        f(i);
      },
      settle);
}

__attribute__((noinline)) void bind_add_product(Round &round, const Quarters<2> &q, Scalar r, u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  Halves a = halves(q, 0);
  Halves b = halves(q, 1);
  bind_each(
      q, r, blocks,
      [&](u64 i) {
        add(at0, weight(low(b, i)), term(low(a, i)));
        add(lead, weight(step(b, i)), term(step(a, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

__attribute__((noinline)) void bind_add_eq_product(Round &round, const u32 *e, const Quarters<2> &q, Scalar r,
    u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  Halves a = halves(q, 0);
  Halves b = halves(q, 1);
  bind_each(
      q, r, blocks,
      [&](u64 i) {
        Weight w = weight(load_ext(e + i));
        add(at0, w, product(split(low(a, i)), split(low(b, i))));
        add(lead, w, product(split_step(a, i), split_step(b, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

/* Arrays a, p1, q0, q1. */
__attribute__((noinline)) void bind_add_merged(Round &round, const u32 *e, const Quarters<4> &q, Scalar r, u64 blocks) {
  ExtSum at0 = round.at0;
  ExtSum lead = round.lead;
  Halves a = halves(q, 0);
  Halves p1 = halves(q, 1);
  Halves q0 = halves(q, 2);
  Halves q1 = halves(q, 3);
  bind_each(
      q, r, blocks,
      [&](u64 i) {
        Weight w = weight(load_ext(e + i));
        add(at0, w, products(split(low(a, i)), split(low(q1, i)), split(low(p1, i)), split(low(q0, i))));
        add(lead, w, products(split_step(a, i), split_step(q1, i), split_step(p1, i), split_step(q0, i)));
      },
      [&] {
        settle(at0);
        settle(lead);
      });
  round = {at0, lead};
}

/*
 * f(arrays, e, blocks) on the whole blocks, then on a copy of the last block of every quarter and of e, zero after the
 * last element: what follows that element in a quarter is not touched.
 */
template <int ARRAYS, typename F>
CHK_INLINE void whole_and_last(const Quarters<ARRAYS> &q, const u32 *e, u64 n, F f) {
  f(q, e, n / BLOCK);
  u64 rest = n % BLOCK;
  if (rest == 0) {
    return;
  }
  LastBlock copies[4 * ARRAYS];
  Quarters<ARRAYS> last;
  last.quarter = EXT_BLOCK;
  u64 at = n / BLOCK * EXT_BLOCK;
  for (u64 k = 0; k < 4 * ARRAYS; k++) {
    copies[k] = last_block(q.x[k / 4] + k % 4 * q.quarter + at, rest);
  }
  for (int k = 0; k < ARRAYS; k++) {
    last.x[k] = copies[4 * k].words;
  }
  LastBlock last_e = e == nullptr ? LastBlock() : last_block(e + at, rest);
  f(last, last_e.words, 1);
  for (u64 k = 0; k < 4 * ARRAYS; k++) {
    if (k % 4 < 2) {
      put_back(copies[k].words, q.x[k / 4] + k % 4 * q.quarter + at, rest);
    }
  }
}

}  // namespace

void round_product(u64 out, u64 a_lo, u64 a_hi, u64 b_lo, u64 b_hi, u64 n) {
  Round round = {no_sum(), no_sum()};
  Halves a = halves(a_lo, a_hi);
  Halves b = halves(b_lo, b_hi);
  add_product(round, a, b, n / BLOCK);
  if (n % BLOCK != 0) {
    add_product(round, halves(last(a, n)), halves(last(b, n)), 1);
  }
  finish(out, round);
}

void round_eq_product(u64 out, u64 e, u64 a_lo, u64 a_hi, u64 b_lo, u64 b_hi, u64 n) {
  Round round = {no_sum(), no_sum()};
  Halves a = halves(a_lo, a_hi);
  Halves b = halves(b_lo, b_hi);
  add_eq_product(round, words(e), a, b, n / BLOCK);
  if (n % BLOCK != 0) {
    add_eq_product(round, last(words(e), n).words, halves(last(a, n)), halves(last(b, n)), 1);
  }
  finish(out, round);
}

void round_merged(u64 out, u64 e, u64 a_lo, u64 a_hi, u64 p1_lo, u64 p1_hi, u64 q0_lo, u64 q0_hi, u64 q1_lo, u64 q1_hi,
    u64 n) {
  Round round = {no_sum(), no_sum()};
  Halves a = halves(a_lo, a_hi);
  Halves p1 = halves(p1_lo, p1_hi);
  Halves q0 = halves(q0_lo, q0_hi);
  Halves q1 = halves(q1_lo, q1_hi);
  add_merged(round, words(e), a, p1, q0, q1, n / BLOCK);
  if (n % BLOCK != 0) {
    add_merged(round, last(words(e), n).words, halves(last(a, n)), halves(last(p1, n)), halves(last(q0, n)),
        halves(last(q1, n)), 1);
  }
  finish(out, round);
}

void round_fractions(u64 out, u64 e, u64 p0_lo, u64 p0_hi, u64 p1_lo, u64 p1_hi, u64 q0_lo, u64 q0_hi, u64 q1_lo,
    u64 q1_hi, u64 l01, u64 l23, u64 n) {
  if ((l01 | l23) == 0) {
    round_merged(out, e, p0_lo, p0_hi, p1_lo, p1_hi, q0_lo, q0_hi, q1_lo, q1_hi, n);
    return;
  }
  Round round = {no_sum(), no_sum()};
  Scalar l = scalar(l01, l23);
  Halves p0 = halves(p0_lo, p0_hi);
  Halves p1 = halves(p1_lo, p1_hi);
  Halves q0 = halves(q0_lo, q0_hi);
  Halves q1 = halves(q1_lo, q1_hi);
  add_fractions(round, words(e), p0, p1, q0, q1, l, n / BLOCK);
  if (n % BLOCK != 0) {
    add_fractions(round, last(words(e), n).words, halves(last(p0, n)), halves(last(p1, n)), halves(last(q0, n)),
        halves(last(q1, n)), l, 1);
  }
  finish(out, round);
}

void round_eq_product3(u64 out, u64 e, u64 a_lo, u64 a_hi, u64 b_lo, u64 b_hi, u64 c_lo, u64 c_hi, u64 n) {
  Cubic round = {no_sum(), no_sum(), no_sum()};
  Halves a = halves(a_lo, a_hi);
  Halves b = halves(b_lo, b_hi);
  Halves c = halves(c_lo, c_hi);
  add_product3(round, words(e), a, b, c, n / BLOCK);
  if (n % BLOCK != 0) {
    add_product3(round, last(words(e), n).words, halves(last(a, n)), halves(last(b, n)), halves(last(c, n)), 1);
  }
  store(out, 0, total(round.at0));
  store(out, 1, total(round.at2));
  store(out, 2, total(round.at3));
}

void fold_round_product(u64 out, u64 a, u64 b, u64 stride, u64 r01, u64 r23, u64 n) {
  Round round = {no_sum(), no_sum()};
  Scalar r = scalar(r01, r23);
  whole_and_last<2>({{words(a), words(b)}, 4 * stride}, nullptr, n,
      [&](const Quarters<2> &q, const u32 *, u64 blocks) { bind_add_product(round, q, r, blocks); });
  finish(out, round);
}

void fold_round_eq_product(u64 out, u64 e, u64 a, u64 b, u64 stride, u64 r01, u64 r23, u64 n) {
  Round round = {no_sum(), no_sum()};
  Scalar r = scalar(r01, r23);
  whole_and_last<2>({{words(a), words(b)}, 4 * stride}, words(e), n,
      [&](const Quarters<2> &q, const u32 *eq, u64 blocks) { bind_add_eq_product(round, eq, q, r, blocks); });
  finish(out, round);
}

void fold_round_merged(u64 out, u64 e, u64 a, u64 p1, u64 q0, u64 q1, u64 stride, u64 r01, u64 r23, u64 n) {
  Round round = {no_sum(), no_sum()};
  Scalar r = scalar(r01, r23);
  whole_and_last<4>({{words(a), words(p1), words(q0), words(q1)}, 4 * stride}, words(e), n,
      [&](const Quarters<4> &q, const u32 *eq, u64 blocks) { bind_add_merged(round, eq, q, r, blocks); });
  finish(out, round);
}

}  // namespace chk::CHK_ISA
