/* Blocks of the circle FFT from coefficients to values. */
#ifndef CHK_FFT_BLOCKS_H
#define CHK_FFT_BLOCKS_H

#include "fft.h"

namespace chk::CHK_ISA {

/*
 * Layers from `top` down, `radix` of them, of block b: 2^(top + 1) words, of 64 and more each. `dst` may be `src`.
 * Words that a pass leaves stand for the right residues, but need not be canonical; passes and blocks take such words.
 */
void encode_pass(u32 *dst, const u32 *src, int radix, int top, size_t b, const Twiddles &w);

/*
 * All layers of block b of 2^h words, h >= TAIL: depth first until a block fits the first-level cache, then pass by
 * pass.
 */
void encode_block(u32 *dst, const u32 *src, int h, size_t b, const Twiddles &w);

}  // namespace chk::CHK_ISA

#endif
