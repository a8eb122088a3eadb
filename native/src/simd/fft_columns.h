/* The circle FFT at a few positions, by columns. */
#ifndef CHK_FFT_COLUMNS_H
#define CHK_FFT_COLUMNS_H

#include "fft.h"

namespace chk::CHK_ISA {

/*
 * Values of one row of 2^log_k coefficients at `count` positions, written to their places of dst. False, and nothing
 * done, where there are too many positions or the row is too short for this way to be the better one.
 */
bool encode_columns(u32 *dst, const u32 *src, int log_k, int log_n, const u32 *positions, size_t count,
    const Twiddles &w);

}  // namespace chk::CHK_ISA

#endif
