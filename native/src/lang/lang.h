/*
 * One source, two compilers: what the body of a kernel may use.
 *
 * A kernel is a structure of pointers and numbers with an operator()(Block &). A block has THREADS threads; the work
 * between two barriers is one `block.each([&](u32 t) { ... })`: on a GPU it runs for the thread's own t and ends at a
 * barrier, in the emulator it is a loop over all t, in any order. Code outside of each() runs the same in all threads.
 *
 *   Reg<T> r;                  a value of each thread that lives across parts: r[t]
 *   CHG_SHARED(T, name, n);    memory of the block, with arbitrary content at first
 *   block.index(), count()     of this block and of all; any count must do
 *   least(a, b)                of two words, as one instruction
 *   CHG_UNROLL for (..)        a loop that is written out, CHG_UNROLL_BY_4 four turns of it
 *   block.first(t), step()     for loops over elements that are spread over all threads of all blocks
 *
 * No barrier but that of each(), no intrinsics, no address of a local variable that is indexed at run time. Grids are
 * one-dimensional; indices have 64 bits.
 */
#ifndef CHG_LANG_H
#define CHG_LANG_H

#include <cstdint>

#include "chagres_cuda.h"

namespace chg {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;

/* Threads of every block. */
constexpr u32 THREADS = 256;

}  // namespace chg

#ifdef __CUDACC__
#include "lang_cuda.h"
#else
#include "lang_host.h"
#endif

#endif
