/* Integers one by one: shifts, tables, counts, the largest. */
#include "gather.h"
#include "kernels.h"
#include "words.h"

namespace chk::CHK_ISA {
namespace {

/*
 * floor((x + 2^(s-1)) / 2^s) is floor(x / 2^s) plus bit s - 1 of x: no lane overflows, whatever x is. Per vector: two
 * shifts, two operations for the rest, three memory accesses.
 */
template <bool REST>
void quotients(i32 *dst, i32 *rem, const i32 *x, int s, u64 n) {
  // Shifts of each lane by its own number are one operation, those by a number that is not a constant are two.
  V count = splat(static_cast<u32>(s));
  V count_before = splat(static_cast<u32>(s - 1));
  V one = splat(1);
  V half = splat(1u << (s - 1));
  V mask = splat((1u << s) - 1);
  for (u64 i = 0; i < n; i += LANES) {
    V v = load(x + i);
    if (REST) {
      store(rem + i, and_(add32(v, half), mask));
    }
    store(dst + i, add32(sra_each(v, count), and_(sra_each(v, count_before), one)));
  }
}

}  // namespace

void shift_round(u64 dst, u64 rem, u64 x, i32 s, u64 n) {
  if (s == 0) {
    memmove(ints(dst), ints(x), 4 * n);
    if (rem != 0) {
      memset(ints(rem), 0, 4 * n);
    }
    return;
  }
  u64 padded = (n + 15) / 16 * 16;
  if (rem == 0) {
    quotients<false>(ints(dst), nullptr, ints(x), s, padded);
  } else {
    quotients<true>(ints(dst), ints(rem), ints(x), s, padded);
  }
}

/* Sixteen gathered loads take about as long as sixteen loads of one word; what is saved is the work around them. */
void lookup(u64 dst_address, u64 table, i32 base, u64 x_address, u64 n) {
  i32 *dst = ints(dst_address);
  const i32 *x = ints(x_address);
  u64 first = table - 4 * static_cast<u64>(static_cast<i64>(base));
  u64 whole = n - n % LANES;
  for (u64 i = 0; i < whole; i += LANES) {
    store(dst + i, gather(first, load(x + i)));
  }
  for (u64 i = whole; i < n; i++) {
    dst[i] = ints(first)[x[i]];
  }
}

/*
 * One by one, because lanes may hit the same counter; but where a vector has one value only, as padding and masked
 * positions have, it is counted at once.
 */
void histogram(u64 count, i32 base, u64 x_address, u64 n) {
  u32 *counter = words(count - 4 * static_cast<u64>(static_cast<i64>(base)));
  const i32 *x = ints(x_address);
  u64 whole = n - n % LANES;
  for (u64 i = 0; i < whole; i += LANES) {
    if (!any(sub32(load(x + i), splat(static_cast<u32>(x[i]))))) {
      counter[x[i]] += LANES;
      continue;
    }
#pragma GCC unroll 16
    for (int j = 0; j < LANES; j++) {
      counter[x[i + j]]++;
    }
  }
  for (u64 i = whole; i < n; i++) {
    counter[x[i]]++;
  }
}

i32 max(u64 address, u64 n) {
  const i32 *x = ints(address);
  i32 largest = x[0];
  u64 i = 0;
  if (n >= 2 * LANES) {
    V a = load(x);
    V b = load(x + LANES);
    for (i = 2 * LANES; i + 2 * LANES <= n; i += 2 * LANES) {
      a = max_i32(a, load(x + i));
      b = max_i32(b, load(x + i + LANES));
    }
    largest = max_of(max_i32(a, b));
  }
  for (; i < n; i++) {
    largest = x[i] > largest ? x[i] : largest;
  }
  return largest;
}

}  // namespace chk::CHK_ISA
