/* Loops that are unrolled before the compiler decides which arrays become registers. */
#ifndef CHK_UNROLLED_H
#define CHK_UNROLLED_H

#include <utility>

#include "lanes.h"

namespace chk::CHK_ISA {

/* For functions that cannot be CHK_INLINE: of objects, and without names. */
#define CHK_LAMBDA __attribute__((always_inline))

template <int I>
using Index = std::integral_constant<int, I>;

template <class F, int... I>
CHK_INLINE void unrolled(F f, std::integer_sequence<int, I...>) {
  (f(Index<I>{}), ...);
}

/* f(0), ..., f(N - 1), where the argument is a constant; f is marked CHK_LAMBDA. */
template <int N, class F>
CHK_INLINE void unrolled(F f) {
  unrolled(f, std::make_integer_sequence<int, N>{});
}


}  // namespace chk::CHK_ISA

#endif
