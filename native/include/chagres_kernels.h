/*
 * Kernels for the processor, with AVX-512 or AVX2: the same functions as the Java interfaces of dev.chagres.kernel, whose
 * comments define them in full, on the same arrays.
 *
 * Addresses are those of this process, as 64-bit integers. Layouts: base arrays are 32-bit canonical words; ext arrays are
 * blocks of sixteen elements, 256 bytes, coordinate k of element i of a block at word 16 k + i; both are padded to whole
 * blocks, start at multiples of 64, and padding may be read and overwritten. "Ints" are signed integers of 8, 16 or 32
 * bits (`bits`), aligned to one integer, and may be read to the end of a block of sixteen. A field constant x is two
 * words: x01 = c0 + 2^32 c1, x23 = c2 + 2^32 c3. `out` takes elements as four 32-bit words each.
 *
 * Numbers are 64-bit whatever their range, so that functions with as many parameters have one signature: to link a new
 * one costs a process of Java milliseconds.
 *
 * Nothing is checked here and nothing fails: callers check sizes, as the Java face does. Any thread may call; there is no
 * state. Every function takes first which code is to run, one of chk_isa that chk_supported() allows.
 *
 * Read by C compilers and by jextract: fixed-width types, no function-like macros, no callbacks.
 */
#ifndef CHAGRES_KERNELS_H
#define CHAGRES_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever a prototype or a meaning changes. */
enum chk_abi { CHK_ABI_VERSION = 1 };

/* Instruction sets: AVX2 with FMA (x86-64-v3); AVX-512 F, BW, CD, DQ, VL with IFMA, VBMI, VBMI2 and VNNI. */
enum chk_isa { CHK_AVX2 = 0, CHK_AVX512 = 1, CHK_ISA_COUNT = 2 };

/* The CHK_ABI_VERSION that the library was built with. To be called, and compared, before all others. */
int64_t chk_abi_version(void);

/* Whether this processor and its operating system run the code of an instruction set: 1 or 0. */
int64_t chk_supported(int64_t isa);

/* One line: instruction sets, ABI, compiler, SHA-256 of this file. Lives as long as the library. */
const char *chk_build_info(void);

/* --- Base arrays --- */

/* dst[i] = a[i] + b[i] */
void chk_add_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] - b[i] */
void chk_sub_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] b[i] */
void chk_mul_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] b[i] + c[i] */
void chk_mul_add_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t c, uint64_t n);

/* dst[i] = the residue of src[i], ints */
void chk_embed_ints(int64_t isa, uint64_t dst, uint64_t src, int64_t bits, uint64_t n);

/* dst[i] = table[x[i] - base], 0 where that index is not in [0, size) */
void chk_gather_ints(int64_t isa, uint64_t dst, uint64_t table, int64_t base, uint64_t size, uint64_t x,
    int64_t bits, uint64_t n);

/* --- Ext arrays --- */

/* dst[i] = a[i], base to ext */
void chk_ext_from_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t n);

/* dst[i] = a[i] + b[i] */
void chk_add_ext(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] - b[i] */
void chk_sub_ext(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] b[i] */
void chk_mul_ext(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = a[i] b[i], b base */
void chk_mul_ext_by_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t b, uint64_t n);

/* dst[i] = s a[i] */
void chk_scale_ext(int64_t isa, uint64_t dst, uint64_t a, uint64_t s01, uint64_t s23, uint64_t n);

/* dst[i] += s a[i] */
void chk_add_scaled_ext(int64_t isa, uint64_t dst, uint64_t a, uint64_t s01, uint64_t s23, uint64_t n);

/* dst[i] += s a[i], a base */
void chk_add_scaled_base(int64_t isa, uint64_t dst, uint64_t a, uint64_t s01, uint64_t s23, uint64_t n);

/* dst[i] += s a[i], a ints */
void chk_add_scaled_ints(int64_t isa, uint64_t dst, uint64_t a, int64_t bits, uint64_t s01, uint64_t s23, uint64_t n);

/* dst[i] = s */
void chk_fill_ext(int64_t isa, uint64_t dst, uint64_t s01, uint64_t s23, uint64_t n);

/* dst[i] = s - a[i], a base */
void chk_constant_minus_base(int64_t isa, uint64_t dst, uint64_t s01, uint64_t s23, uint64_t a, uint64_t n);

/* dst[i] = lo[i] + r (hi[i] - lo[i]) */
void chk_fold_ext(int64_t isa, uint64_t dst, uint64_t lo, uint64_t hi, uint64_t r01, uint64_t r23, uint64_t n);

/* the same, lo and hi base */
void chk_fold_base(int64_t isa, uint64_t dst, uint64_t lo, uint64_t hi, uint64_t r01, uint64_t r23, uint64_t n);

/* sum of a[i] */
void chk_sum_ext(int64_t isa, uint64_t out, uint64_t a, uint64_t n);

/* sum of a[i] b[i] */
void chk_dot_ext(int64_t isa, uint64_t out, uint64_t a, uint64_t b, uint64_t n);

/* sum of a[i] b[i], a base */
void chk_dot_base(int64_t isa, uint64_t out, uint64_t a, uint64_t b, uint64_t n);

/* sum of a[i] b[i], a ints */
void chk_dot_ints(int64_t isa, uint64_t out, uint64_t a, int64_t bits, uint64_t b, uint64_t n);

/* dst[y] += sum over r of w[r] src[r * stride + y], src base, w and dst ext */
void chk_combine_rows(int64_t isa, uint64_t dst, uint64_t src, uint64_t width, uint64_t stride, uint64_t w,
    uint64_t rows);

/* the same, src ints */
void chk_combine_rows_ints(int64_t isa, uint64_t dst, uint64_t src, int64_t bits, uint64_t width, uint64_t stride,
    uint64_t w, uint64_t rows);

/* table of eq(point, x) s for all x; point: `variables` times four words */
void chk_eq_table(int64_t isa, uint64_t dst, uint64_t point, int64_t variables, uint64_t s01, uint64_t s23);

/* --- Sumcheck rounds on halves: out = {value at 0, coefficient of X^2}, eight words --- */

/* sum of a b */
void chk_round_product(int64_t isa, uint64_t out, uint64_t a_lo, uint64_t a_hi, uint64_t b_lo, uint64_t b_hi,
    uint64_t n);

/* sum of e a b */
void chk_round_eq_product(int64_t isa, uint64_t out, uint64_t e, uint64_t a_lo, uint64_t a_hi, uint64_t b_lo,
    uint64_t b_hi, uint64_t n);

/* sum of e (p0 q1 + p1 q0 + l q0 q1) */
void chk_round_fractions(int64_t isa, uint64_t out, uint64_t e, uint64_t p0_lo, uint64_t p0_hi, uint64_t p1_lo,
    uint64_t p1_hi, uint64_t q0_lo, uint64_t q0_hi, uint64_t q1_lo, uint64_t q1_hi, uint64_t l01, uint64_t l23,
    uint64_t n);

/* sum of e (a q1 + p1 q0) */
void chk_round_merged(int64_t isa, uint64_t out, uint64_t e, uint64_t a_lo, uint64_t a_hi, uint64_t p1_lo,
    uint64_t p1_hi, uint64_t q0_lo, uint64_t q0_hi, uint64_t q1_lo, uint64_t q1_hi, uint64_t n);

/* sum of e a b c at 0, 2 and 3, twelve words */
void chk_round_eq_product3(int64_t isa, uint64_t out, uint64_t e, uint64_t a_lo, uint64_t a_hi, uint64_t b_lo,
    uint64_t b_hi, uint64_t c_lo, uint64_t c_hi, uint64_t n);

/* --- Fold of one challenge and the next round; arrays of four quarters, `stride` elements apart --- */

/* fold_ext on both arrays, then round_product */
void chk_fold_round_product(int64_t isa, uint64_t out, uint64_t a, uint64_t b, uint64_t stride, uint64_t r01,
    uint64_t r23, uint64_t n);

/* fold_ext on a and b, then round_eq_product */
void chk_fold_round_eq_product(int64_t isa, uint64_t out, uint64_t e, uint64_t a, uint64_t b, uint64_t stride,
    uint64_t r01, uint64_t r23, uint64_t n);

/* fold_ext on all but e, then round_merged */
void chk_fold_round_merged(int64_t isa, uint64_t out, uint64_t e, uint64_t a, uint64_t p1, uint64_t q0, uint64_t q1,
    uint64_t stride, uint64_t r01, uint64_t r23, uint64_t n);

/* --- Fraction trees --- */

/* p = p0 q1 + p1 q0, q = q0 q1 */
void chk_add_fractions(int64_t isa, uint64_t p, uint64_t q, uint64_t p0, uint64_t q0, uint64_t p1, uint64_t q1,
    uint64_t n);

/* p = q0 + q1, q = q0 q1 */
void chk_add_unit_fractions(int64_t isa, uint64_t p, uint64_t q, uint64_t q0, uint64_t q1, uint64_t n);

/* sum of 1 / (c - aj[i]), two ints */
void chk_leaf_pair(int64_t isa, uint64_t p, uint64_t q, uint64_t a0, uint64_t a1, int64_t bits, uint64_t c01,
    uint64_t c23, uint64_t n);

/* sum of 1 / (c - aj[i]), four ints */
void chk_leaf_quad(int64_t isa, uint64_t p, uint64_t q, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
    int64_t bits, uint64_t c01, uint64_t c23, uint64_t n);

/* rows with a digit 2 from the corners, whole blocks */
void chk_extend_grid(int64_t isa, uint64_t grid, uint64_t n);

/* for 27 rows sums += sum of e a b */
void chk_add_grid_products(int64_t isa, uint64_t sums, uint64_t e, uint64_t a, uint64_t b, uint64_t n);

/* for 27 rows sums += sum of e (a b + c d) */
void chk_add_grid_cross(int64_t isa, uint64_t sums, uint64_t e, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
    uint64_t n);

/* for 8 corners sums += sum of e (a + b) */
void chk_add_grid_corners(int64_t isa, uint64_t sums, uint64_t e, uint64_t a, uint64_t b, uint64_t n);

/* --- Circle FFT. `twiddles`: 31 words of 64 bits, entry m the address of table m (2 <= m <= log_n), as in CircleTwiddles --- */

/* rows of 2^log_k coefficients to rows of 2^log_n values */
void chk_encode(int64_t isa, uint64_t dst, uint64_t src, int64_t log_k, int64_t log_n, uint64_t rows,
    uint64_t twiddles);

/* one row; only values at `count` ascending 32-bit positions are asked for */
void chk_encode_at(int64_t isa, uint64_t dst, uint64_t src, int64_t log_k, int64_t log_n, uint64_t positions,
    uint64_t count, uint64_t twiddles);

/* the transpose of encode for one row; src is overwritten */
void chk_encode_transposed(int64_t isa, uint64_t dst, uint64_t src, int64_t log_k, int64_t log_n, uint64_t twiddles);

/* --- BLAKE3. `start`: eight words, the initial chaining value; `mode_flag` is added to all flags --- */

/* digests of columns [from, to) */
void chk_hash_columns(int64_t isa, uint64_t start, int64_t mode_flag, uint64_t dst, uint64_t src,
    uint64_t block_stride, uint64_t rows, uint64_t from, uint64_t to);

/* Merkle nodes: dst[i] = digest of src[2i], src[2i + 1] */
void chk_hash_pairs(int64_t isa, uint64_t start, int64_t mode_flag, uint64_t dst, uint64_t src, uint64_t n,
    int64_t bytes);

/* chaining values = start */
void chk_init_columns(int64_t isa, uint64_t start, uint64_t state, uint64_t n);

/* one block of every column; row_stride in bytes */
void chk_absorb_columns(int64_t isa, int64_t mode_flag, uint64_t state, uint64_t src, uint64_t row_stride,
    int64_t rows, uint64_t n, uint64_t chunk, int64_t flags);

/* right = parent of left and right */
void chk_merge_columns(int64_t isa, uint64_t start, int64_t mode_flag, uint64_t left, uint64_t right, uint64_t n,
    int64_t flags);

/* chaining values as digests */
void chk_store_columns(int64_t isa, uint64_t dst, uint64_t state, uint64_t n, int64_t bytes);

/* the reverse for whole digests */
void chk_load_columns(int64_t isa, uint64_t state, uint64_t src, uint64_t n);

/* least nonce of [first, first + count), or -1; `head` bytes */
int64_t chk_least_nonce(int64_t isa, uint64_t head, int64_t head_bytes, int64_t bits, uint64_t first,
    uint64_t count, uint64_t start, int64_t flags);

/* --- Integers --- */

/* acc[j][t] += sum over k of w[j][k] x[k][t]; w 16-bit, x and acc 32-bit */
void chk_matmul(int64_t isa, uint64_t acc, uint64_t acc_stride, uint64_t w, uint64_t w_stride, uint64_t x,
    uint64_t x_stride, int64_t rows, int64_t depth, int64_t width);

/* acc[j] += sum over k of w[j][k] x[k] */
void chk_matvec(int64_t isa, uint64_t acc, uint64_t w, uint64_t w_stride, uint64_t x, int64_t rows, int64_t depth);

/* dst = round half up of x / 2^s, rem (if not 0) the rest */
void chk_shift_round(int64_t isa, uint64_t dst, uint64_t rem, uint64_t x, int64_t s, uint64_t n);

/* dst[i] = table[x[i] - base] */
void chk_lookup(int64_t isa, uint64_t dst, uint64_t table, int64_t base, uint64_t x, uint64_t n);

/* count[x[i] - base] += 1 */
void chk_histogram(int64_t isa, uint64_t count, int64_t base, uint64_t x, uint64_t n);

/* the largest of x, n > 0 */
int64_t chk_max(int64_t isa, uint64_t x, uint64_t n);

/* --- Panels: 32-bit integers [row][lane], strides in elements --- */

/* dst = src */
void chk_panel_copy(int64_t isa, uint64_t dst, uint64_t dst_stride, uint64_t src, uint64_t src_stride, int64_t rows,
    int64_t width);

/* dst = src of 16 bits */
void chk_panel_widen(int64_t isa, uint64_t dst, uint64_t dst_stride, uint64_t src, uint64_t src_stride,
    int64_t rows, int64_t width);

/* dst of 16 bits = src; 1 if every value fits, else 0 */
int64_t chk_panel_narrow(int64_t isa, uint64_t dst, uint64_t dst_stride, uint64_t src, uint64_t src_stride,
    int64_t rows, int64_t width);

/* dst[i] = x[i] + y[i] modulo 2^32 */
void chk_panel_add(int64_t isa, uint64_t dst, uint64_t x, uint64_t y, uint64_t n);

/* dst[i] = x[i] y[i] modulo 2^32 */
void chk_panel_multiply(int64_t isa, uint64_t dst, uint64_t x, uint64_t y, uint64_t n);

/* (x[i], y[i]) = (x[i] cos[i] - y[i] sin[i], y[i] cos[i] + x[i] sin[i]) modulo 2^32 */
void chk_panel_rotate(int64_t isa, uint64_t x, uint64_t y, uint64_t cos, uint64_t sin, uint64_t n);

/* x = offset[lane] - x */
void chk_panel_subtract_from(int64_t isa, uint64_t x, uint64_t stride, uint64_t offset, int64_t rows, int64_t width);

/* largest of each lane */
void chk_panel_max(int64_t isa, uint64_t dst, uint64_t x, uint64_t stride, int64_t rows, int64_t width);

/* sum of each lane */
void chk_panel_sum(int64_t isa, uint64_t dst, uint64_t x, uint64_t stride, int64_t rows, int64_t width);

/* or of x or ~x of each lane */
void chk_panel_magnitude(int64_t isa, uint64_t dst, uint64_t x, uint64_t stride, int64_t rows, int64_t width);

/* m = x >> e, pair = 2^e + x - m 2^e */
void chk_panel_mantissas(int64_t isa, uint64_t m, uint64_t pair, uint64_t x, uint64_t stride, uint64_t exponent,
    int64_t rows, int64_t width);

/* sum of m (m + 1) of each lane */
void chk_panel_neighbour_products(int64_t isa, uint64_t dst, uint64_t m, uint64_t stride, int64_t rows,
    int64_t width);

/* least row outside [low, high) of each lane */
void chk_panel_first_outside(int64_t isa, uint64_t dst, uint64_t x, uint64_t stride, int64_t low, int64_t high,
    int64_t rows, int64_t width);

/* p = (2 m + 1) factor, n = round(p / 2^s), rem */
void chk_panel_scale_round(int64_t isa, uint64_t n, uint64_t rem, uint64_t m, uint64_t stride, uint64_t factor,
    int64_t s, int64_t rows, int64_t width);

/* dst[i] = table[x[i] - base]; 1 if every index was inside, else 0 */
int64_t chk_panel_lookup(int64_t isa, uint64_t dst, uint64_t table, int64_t base, uint64_t size, uint64_t x,
    uint64_t n);

/* x = d = offset - x, before and at = table at min(d, limit) and the next */
void chk_panel_neighbours(int64_t isa, uint64_t before, uint64_t at, uint64_t x, uint64_t stride, uint64_t offset,
    uint64_t table, int64_t limit, int64_t rows, int64_t width);

/* sums for lane 0: before in the low word, at in the high one */
int64_t chk_panel_neighbour_sums(int64_t isa, uint64_t x, uint64_t stride, int64_t offset, uint64_t table,
    int64_t limit, int64_t rows);

/* about the sum of round(one exp(-rate (offset - x))) */
void chk_panel_exponential_sums(int64_t isa, uint64_t dst, uint64_t x, uint64_t stride, uint64_t offset, float rate,
    float one, int64_t rows, int64_t width);

#ifdef __cplusplus
}
#endif

#endif
