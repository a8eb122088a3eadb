/* The two shapes that most kernels have: something for each index, and a sum over all of them. */
#ifndef CHG_LOOPS_H
#define CHG_LOOPS_H

#include "qm31.h"

namespace chg {

/*
 * Where the blocks of a launch meet: 64-bit cells that are 0 before and after each launch, and the words of the result
 * in memory of the host's, which it reads once it has seen the flag behind them change to the number of the launch.
 * They belong to the stream.
 */
struct Sink {
  static constexpr u32 CELLS = 64;

  u64 *cells;  /* CELLS, then the number of blocks that are done */
  u64 *result; /* CELLS words, then the flag */
  u64 launch;  /* number of this launch, of which no earlier one of the stream had the same; not 0 */
};

/*
 * Called by all blocks after they have added to cells: the last one gets the result, leaves zeros and raises the flag.
 * Fences of one thread stand between two barriers or end them, so they are for what all threads of the block have done.
 */
template <class Finish>
CHG_FN void finish(Block &block, Sink sink, u32 words, Finish value) {
  CHG_SHARED(u32, last, 1);
  block.each([&](u32 t) {
    if (t != 0) return;
    fence();
    last[0] = atomic_add(&sink.cells[Sink::CELLS], u64{1}) == block.count() - 1;
    fence();
  });
  if (last[0] == 0) return;
  block.each([&](u32 t) {
    if (t < words) sink.result[t] = value(atomic_exchange(&sink.cells[t], 0));
    if (t == THREADS - 1) atomic_exchange(&sink.cells[Sink::CELLS], 0);
  });
  block.each([&](u32 t) {
    if (t == 0) raise(&sink.result[Sink::CELLS], sink.launch);
  });
}

/* op(i) for all i < n. */
template <class Op>
struct Map {
  Op op;
  u64 n;

  CHG_FN void operator()(Block &block) const {
    block.each([&](u32 t) {
      for (u64 i = block.first(t); i < n; i += block.step()) op(i);
    });
  }
};

/* Op::SUMS sums of what op(i, sums) adds for all i < n, as words of ext elements. */
template <class Op>
struct Sum {
  static constexpr u32 WORDS = 4 * Op::SUMS;
  struct Sums {
    Q31 of[Op::SUMS];
  };

  Op op;
  u64 n;
  Sink sink;

  CHG_FN void operator()(Block &block) const {
    CHG_SHARED(u32, words, THREADS * WORDS);
    block.each([&](u32 t) {
      Sums sums;
      CHG_UNROLL for (u32 k = 0; k < Op::SUMS; k++) sums.of[k] = q31_of(0);
      for (u64 i = block.first(t); i < n; i += block.step()) op(i, sums.of);
      CHG_UNROLL for (u32 k = 0; k < Op::SUMS; k++) {
        words[(4 * k + 0) * THREADS + t] = sums.of[k].a;
        words[(4 * k + 1) * THREADS + t] = sums.of[k].b;
        words[(4 * k + 2) * THREADS + t] = sums.of[k].c;
        words[(4 * k + 3) * THREADS + t] = sums.of[k].d;
      }
    });
    for (u32 half = THREADS / 2; half > 0; half /= 2) {
      block.each([&](u32 t) {
        if (t >= half) return;
        CHG_UNROLL for (u32 w = 0; w < WORDS; w++) {
          u32 *at = words + w * THREADS + t;
          at[0] = m31_add(at[0], at[half]);
        }
      });
    }
    block.each([&](u32 t) {
      if (t >= WORDS) return;
      atomic_add(&sink.cells[t], u64{words[t * THREADS]});
      fence();
    });
    finish(block, sink, WORDS, [](u64 cell) { return u64{m31_reduce(cell)}; });
  }
};

/* The largest of what op(i) gives for all i < n, and 0: maxima of numbers that were moved so, and conditions. */
template <class Op>
struct Largest {
  Op op;
  u64 n;
  Sink sink;

  CHG_FN void operator()(Block &block) const {
    CHG_SHARED(u64, values, THREADS);
    block.each([&](u32 t) {
      u64 largest = 0;
      for (u64 i = block.first(t); i < n; i += block.step()) {
        u64 value = op(i);
        largest = value > largest ? value : largest;
      }
      values[t] = largest;
    });
    for (u32 half = THREADS / 2; half > 0; half /= 2) {
      block.each([&](u32 t) {
        if (t < half && values[t + half] > values[t]) values[t] = values[t + half];
      });
    }
    block.each([&](u32 t) {
      if (t > 0) return;
      atomic_max(&sink.cells[0], values[0]);
      fence();
    });
    finish(block, sink, 1, [](u64 cell) { return cell; });
  }
};

/* The sum modulo 2^64 of what op(i) gives for all i < n. */
template <class Op>
struct Total {
  Op op;
  u64 n;
  Sink sink;

  CHG_FN void operator()(Block &block) const {
    CHG_SHARED(u64, values, THREADS);
    block.each([&](u32 t) {
      u64 sum = 0;
      for (u64 i = block.first(t); i < n; i += block.step()) sum += op(i);
      values[t] = sum;
    });
    for (u32 half = THREADS / 2; half > 0; half /= 2) {
      block.each([&](u32 t) {
        if (t < half) values[t] += values[t + half];
      });
    }
    block.each([&](u32 t) {
      if (t > 0) return;
      atomic_add(&sink.cells[0], values[0]);
      fence();
    });
    finish(block, sink, 1, [](u64 cell) { return cell; });
  }
};

}  // namespace chg

#endif
