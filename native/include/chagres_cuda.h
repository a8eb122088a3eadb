/*
 * Devices that hold tensors: CUDA, or a device emulated on the processor. One ABI, two libraries.
 *
 * Every function returns a status unless its comment says otherwise; chg_message() tells the reason of this thread's
 * last failure. Arguments are checked before anything happens: a refused call has changed nothing. Device addresses
 * are no addresses of this process and must never be read here. They are multiples of 64 unless a function says
 * otherwise.
 *
 * Any thread may call. A stream and its device are used by one thread at a time; different streams of a device may be
 * used by different threads.
 *
 * Read by a C compiler and by jextract alike: fixed-width types, no function-like macros, no bit-fields, no callbacks.
 */
#ifndef CHAGRES_CUDA_H
#define CHAGRES_CUDA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever a prototype, a structure or a meaning changes. */
enum chg_abi { CHG_ABI_VERSION = 4 };

enum chg_limits {
  CHG_ALIGNMENT = 64,      /* device addresses, and sizes of slabs, are multiples of this many bytes */
  CHG_BLOCK = 16,          /* elements of a block; arrays take whole blocks */
  CHG_MAX_VARIABLES = 32,  /* of the point of an equality table */
  CHG_MAX_LOG_SIZE = 30,   /* of a codeword */
  CHG_GRID_ROW = 256,      /* elements of a row of a grid */
  CHG_GRID_ROWS = 27,      /* rows of a grid */
  CHG_NONCE_HEAD = 56,     /* most bytes before a nonce */
  CHG_NONCES = 64,         /* nonces are searched by groups of so many */
  CHG_COUNT_COLUMNS = 4,   /* of a lookup */
  CHG_COUNT_PARTS = 8,     /* of all components of a lookup */
  CHG_TREE_EQ_LOW = 10     /* most variables of the lower equality table of a tree */
};

/* Status of a call. */
enum chg_status {
  CHG_OK = 0,
  CHG_ARGUMENT = 1,       /* an argument is refused; nothing has changed */
  CHG_MEMORY = 2,         /* the device or the process has no memory for this */
  CHG_NO_DEVICE = 3,      /* no driver, or no such device */
  CHG_DRIVER_TOO_OLD = 4, /* the driver is older than the runtime of the library */
  CHG_LOST = 5,           /* the device failed; all calls but those that close say so until it is closed */
  CHG_DOMAIN = 6          /* a value is outside the domain of the integer program */
};

/* What a device is. */
enum chg_kind { CHG_EMULATED = 0, CHG_CUDA = 1 };

typedef struct chg_device chg_device;
typedef struct chg_stream chg_stream;

/* A device address; 0 is none. */
typedef uint64_t chg_ptr;

/* An element of the extension of degree 4 over p = 2^31 - 1; words are canonical, in [0, p). */
typedef struct {
  uint32_t c[4];
} chg_qm31;

/* A mode of BLAKE3: the first chaining value of every chunk and parent, and a flag of every compression. */
typedef struct {
  uint32_t word[8];
  uint32_t flag;
} chg_blake3_mode;

typedef struct {
  char name[64];              /* UTF-8, ends with a zero */
  int32_t kind;               /* CHG_EMULATED or CHG_CUDA */
  int32_t ordinal;
  int32_t compute_capability; /* 90 for 9.0; 0 when emulated */
  int32_t multiprocessors;    /* threads of the processor when emulated */
  uint64_t memory_bytes;      /* of the whole device */
  uint64_t free_bytes;        /* now, outside slabs */
  chg_ptr slab_address;
  uint64_t slab_bytes;
} chg_device_info;

/*
 * A part of a component of a lookup: `scale` times integer starts[tile] + inside[x] of `size` ints at `data`, 0 where
 * there is none. Without `starts`, uint64 for each tile, tile t starts at t 2^low_bits; without `inside`, int32 for each
 * position in a tile, it is x. With `table` the integer v becomes entry v - base of `entries` int32, 0 where there is
 * none.
 */
typedef struct {
  chg_ptr data;
  uint64_t size;
  chg_ptr starts;
  chg_ptr inside;
  chg_ptr table;
  uint64_t entries;
  int64_t base;
  int64_t scale;
  int32_t bits; /* of the data: 8, 16 or 32 */
  int32_t reserved;
} chg_count_part;

/*
 * A component of a lookup, `offset` plus its `parts`, and the column that it has to equal: `size` ints at `values` by
 * slot, followed by zeros; or, without them, base + bits [shift, shift + digits) of the entry.
 */
typedef struct {
  int64_t offset;
  int64_t base;
  chg_ptr values;
  uint64_t size;
  int32_t parts;
  int32_t bits; /* of the values: 8, 16 or 32 */
  int32_t shift;
  int32_t digits;
} chg_count_column;

/*
 * Where a table has entries: `tiles` tiles of 2^tile_bits from starts[t] on, increasing, uint64; without `starts` one
 * after another from 0 on. The entry of a tuple is its first component - first_value, plus, where digit_bits is not 0,
 * the second one times 2^digit_bits.
 */
typedef struct {
  chg_ptr starts;
  uint64_t tiles;
  int64_t first_value;
  int32_t tile_bits;
  int32_t digit_bits;
} chg_count_table;

/* Structures that chg_layout() reports. */
enum chg_structure {
  CHG_LAYOUT_QM31 = 0,
  CHG_LAYOUT_DEVICE_INFO = 1,
  CHG_LAYOUT_BLAKE3_MODE = 2,
  CHG_LAYOUT_COUNT_PART = 3,
  CHG_LAYOUT_COUNT_COLUMN = 4,
  CHG_LAYOUT_COUNT_TABLE = 5,
  CHG_LAYOUT_PIECE = 6,
  CHG_LAYOUT_CLAIM_TERM = 7,
  CHG_LAYOUT_CLAIM_RUN = 8,
  CHG_LAYOUT_TREE_SEGMENT = 9,
  CHG_LAYOUT_TREE_TERM = 10,
  CHG_LAYOUT_TREE_PROGRAM = 11,
  CHG_LAYOUT_TREE_CHILDREN = 12,
  CHG_LAYOUT_FACTOR = 13,
  CHG_LAYOUT_STATEMENT = 14,
  CHG_LAYOUT_COLUMN = 15,
  CHG_LAYOUT_PRODUCT = 16,
  CHG_LAYOUT_COUNT = 17
};

/* The CHG_ABI_VERSION that the library was built with; not a status. To be called, and compared, before all others. */
int32_t chg_abi_version(void);

/*
 * How the library's compiler laid out a structure: its size, its alignment, then the offset of each field, in order.
 * Writes at most `capacity` values; `count` is how many there are.
 */
int32_t chg_layout(int32_t structure, uint64_t *values, int32_t capacity, int32_t *count);

/* One line: kind, targets, ABI, compiler, SHA-256 of this file. Lives as long as the library; not a status. */
const char *chg_build_info(void);

/* One line about this thread's last failure, or an empty line; valid until this thread's next failure. */
const char *chg_message(void);

/*
 * How many devices there are; versions of the driver (0: none) and of the runtime as CUDA writes them, 13000 for 13.0,
 * both 0 when emulated. No driver and no device are CHG_NO_DEVICE, never a count of 0.
 */
int32_t chg_device_count(int32_t *count, int32_t *driver, int32_t *runtime);

/*
 * Opens a device and takes the memory that it works in: one slab of `slab_bytes`, a positive multiple of
 * CHG_ALIGNMENT, with arbitrary content. Only streams take more, a few hundred bytes each. The emulated device fills
 * the slab with bytes 0xA5: no word of it is canonical.
 */
int32_t chg_open(int32_t ordinal, uint64_t slab_bytes, chg_device **out);

/* Gives everything back. Refused while streams or pinned blocks are open. */
int32_t chg_close(chg_device *device);

int32_t chg_describe(chg_device *device, chg_device_info *out);

/*
 * A stream runs its work in order, and later than the call that asks for it; streams are not ordered to each other but
 * by chg_after().
 */
int32_t chg_stream_open(chg_device *device, chg_stream **out);

/* Waits for the work of the stream; the stream is gone, whatever the status. */
int32_t chg_stream_close(chg_stream *stream);

/* Waits for the work of the stream. */
int32_t chg_sync(chg_stream *stream);

/*
 * What `stream` is asked for from now on runs after what `other`, of the same device, has been asked for until now.
 * Does not wait. The two streams are used by one thread during this call.
 */
int32_t chg_after(chg_stream *stream, chg_stream *other);

/* Memory of this process that copies reach by themselves; at a multiple of CHG_ALIGNMENT, with arbitrary content. */
int32_t chg_pinned(chg_device *device, uint64_t bytes, void **out);

/* Waits for all streams of the device; the block is gone, whatever the status, unless it is none of this device. */
int32_t chg_unpin(chg_device *device, void *block);

/*
 * Copies into the slab. From a pinned block: asynchronous, and the block must stay as it is until chg_sync(). From
 * other memory: it has been read when the call returns.
 */
int32_t chg_in(chg_stream *stream, chg_ptr to, const void *from, uint64_t bytes);

/*
 * Copies out of the slab. Into a pinned block: asynchronous, and defined after chg_sync(). Into other memory: waits for
 * the stream, and the copy is there when the call returns.
 */
int32_t chg_out(chg_stream *stream, void *to, chg_ptr from, uint64_t bytes);

/* Sets every word; `bytes` is a multiple of 4. Asynchronous. */
int32_t chg_fill(chg_stream *stream, chg_ptr to, uint32_t word, uint64_t bytes);

/* ---- kernels ------------------------------------------------------------------------------------------------------
 *
 * One function for each method of the kernel interfaces of Java (dev.chagres.kernel), on device addresses: same
 * meaning, same order of arguments, the stream first. They are asynchronous, but those with a result of the host's
 * (`out`, `fits`, `inside`, `nonce`) wait for the stream and write it. `n` may be 0.
 *
 *   base array   canonical elements of M31, 4 bytes each
 *   ext array    elements of QM31 in blocks of sixteen, 256 bytes a block: sixteen c[0], then c[1], c[2], c[3]
 *   integers     signed, 32 bits, unless said otherwise
 *   ints         signed integers of `bits` 8, 16 or 32; those of 32 are above -p and below p
 *
 * Arrays begin at multiples of CHG_ALIGNMENT and take whole blocks of CHG_BLOCK elements; what lies after the last
 * element, up to the end of its block, may be overwritten and never matters. Ints, the weights of products and the
 * lane of chg_panel_neighbour_sums() begin at the natural alignment of one integer and end with the last one. Tables
 * have as many entries as is said. All field elements are canonical, before and after. `dst` may equal a source whose
 * elements have the same size; other overlaps are refused, but in panels and matrices, where they are not looked for.
 * Elements and bytes that the host gives by a pointer are copied during the call.
 */

/* base arrays */
int32_t chg_add_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
int32_t chg_sub_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
int32_t chg_mul_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
/* dst = a b + c */
int32_t chg_mul_add_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, chg_ptr c, uint64_t n);
/* dst = the residues of ints */
int32_t chg_embed_ints(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t bits, uint64_t n);
/* dst[i] = table[x[i] - base], 0 where that index is not in [0, size); ints to integers */
int32_t chg_gather_ints(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x,
                        int32_t bits, uint64_t n);

/* ext arrays */
int32_t chg_ext_from_base(chg_stream *stream, chg_ptr dst, chg_ptr a, uint64_t n);
int32_t chg_add_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
int32_t chg_sub_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
int32_t chg_mul_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
/* b is a base array */
int32_t chg_mul_ext_by_base(chg_stream *stream, chg_ptr dst, chg_ptr a, chg_ptr b, uint64_t n);
/* dst = s a */
int32_t chg_scale_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n);
/* dst = dst + s a; a ext, base, ints */
int32_t chg_add_scaled_ext(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n);
int32_t chg_add_scaled_base(chg_stream *stream, chg_ptr dst, chg_ptr a, const chg_qm31 *s, uint64_t n);
int32_t chg_add_scaled_ints(chg_stream *stream, chg_ptr dst, chg_ptr a, int32_t bits, const chg_qm31 *s, uint64_t n);
int32_t chg_fill_ext(chg_stream *stream, chg_ptr dst, const chg_qm31 *s, uint64_t n);
/* dst = s - a, a base */
int32_t chg_constant_minus_base(chg_stream *stream, chg_ptr dst, const chg_qm31 *s, chg_ptr a, uint64_t n);
/* dst = lo + r (hi - lo); sources ext, base */
int32_t chg_fold_ext(chg_stream *stream, chg_ptr dst, chg_ptr lo, chg_ptr hi, const chg_qm31 *r, uint64_t n);
int32_t chg_fold_base(chg_stream *stream, chg_ptr dst, chg_ptr lo, chg_ptr hi, const chg_qm31 *r, uint64_t n);
/* sums of a, and of a b; b is ext, a is ext, base, ints */
int32_t chg_sum_ext(chg_stream *stream, chg_ptr a, uint64_t n, chg_qm31 *out);
int32_t chg_dot_ext(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t n, chg_qm31 *out);
int32_t chg_dot_base(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t n, chg_qm31 *out);
int32_t chg_dot_ints(chg_stream *stream, chg_ptr a, int32_t bits, chg_ptr b, uint64_t n, chg_qm31 *out);
/* dst[y] += sum_r w[r] src[r stride + y] for y < width, r < rows; strides in elements, a multiple of 16 in base rows */
int32_t chg_combine_rows(chg_stream *stream, chg_ptr dst, chg_ptr src, uint64_t width, uint64_t stride, chg_ptr w,
                         uint64_t rows);
int32_t chg_combine_rows_ints(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t bits, uint64_t width,
                              uint64_t stride, chg_ptr w, uint64_t rows);
/* scale eq(point, x) for all x of 2^variables; variable i is bit i of x. `point` may be null when there is none */
int32_t chg_eq_table(chg_stream *stream, chg_ptr dst, const chg_qm31 *point, int32_t variables, const chg_qm31 *scale);

/* Rounds of sumchecks, on halves: the value at 0 and the coefficient of X^2, or of the cubic the values at 0, 2, 3. */
int32_t chg_round_product(chg_stream *stream, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi, uint64_t n,
                          chg_qm31 out[2]);
int32_t chg_round_eq_product(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi,
                             uint64_t n, chg_qm31 out[2]);
int32_t chg_round_fractions(chg_stream *stream, chg_ptr e, chg_ptr p0_lo, chg_ptr p0_hi, chg_ptr p1_lo, chg_ptr p1_hi,
                            chg_ptr q0_lo, chg_ptr q0_hi, chg_ptr q1_lo, chg_ptr q1_hi, const chg_qm31 *lambda,
                            uint64_t n, chg_qm31 out[2]);
int32_t chg_round_merged(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr p1_lo, chg_ptr p1_hi,
                         chg_ptr q0_lo, chg_ptr q0_hi, chg_ptr q1_lo, chg_ptr q1_hi, uint64_t n, chg_qm31 out[2]);
/* sum e a b c (Java: roundEqProduct3) */
int32_t chg_round_eq_triple(chg_stream *stream, chg_ptr e, chg_ptr a_lo, chg_ptr a_hi, chg_ptr b_lo, chg_ptr b_hi,
                            chg_ptr c_lo, chg_ptr c_hi, uint64_t n, chg_qm31 out[3]);
/*
 * The fold of one challenge and the next round in one pass: arrays of four quarters, `stride` elements apart, a
 * multiple of 16. Quarters 0 and 1 are written.
 */
int32_t chg_fold_round_product(chg_stream *stream, chg_ptr a, chg_ptr b, uint64_t stride, const chg_qm31 *r,
                               uint64_t n, chg_qm31 out[2]);
int32_t chg_fold_round_eq_product(chg_stream *stream, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t stride,
                                  const chg_qm31 *r, uint64_t n, chg_qm31 out[2]);
int32_t chg_fold_round_merged(chg_stream *stream, chg_ptr e, chg_ptr a, chg_ptr p1, chg_ptr q0, chg_ptr q1,
                              uint64_t stride, const chg_qm31 *r, uint64_t n, chg_qm31 out[2]);

/* Fraction trees: sums of fractions, and of the fractions 1 / (c - a[i]) of ints. Nothing overlaps. */
int32_t chg_add_fractions(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr p0, chg_ptr q0, chg_ptr p1, chg_ptr q1,
                          uint64_t n);
int32_t chg_add_unit_fractions(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr q0, chg_ptr q1, uint64_t n);
int32_t chg_leaf_pair(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr a0, chg_ptr a1, int32_t bits,
                      const chg_qm31 *c, uint64_t n);
int32_t chg_leaf_quad(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr a0, chg_ptr a1, chg_ptr a2, chg_ptr a3,
                      int32_t bits, const chg_qm31 *c, uint64_t n);

/*
 * Functions on the grid {0, 1, inf}^3: base arrays of CHG_GRID_ROWS rows of CHG_GRID_ROW elements, of which n count.
 * `sums` are ext arrays with a block for each row, or for each of the 8 corners; the sum of a block counts.
 */
int32_t chg_extend_grid(chg_stream *stream, chg_ptr grid, uint64_t n);
/* sums += e a b */
int32_t chg_add_grid_products(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t n);
/* sums += e (a b + c d) */
int32_t chg_add_grid_cross(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, chg_ptr c, chg_ptr d,
                           uint64_t n);
/* sums += e (a + b) at the corners */
int32_t chg_add_grid_corners(chg_stream *stream, chg_ptr sums, chg_ptr e, chg_ptr a, chg_ptr b, uint64_t n);

/*
 * The circle FFT. Its twiddles lie in memory of the caller's: chg_twiddles() makes all of them up to size 2^log_n, in
 * 2^(log_n + 1) bytes or one block, and they serve every size up to that, for as long as the caller keeps them. The
 * library keeps nothing. For a size 2^log_n the transforms read the first 2^(log_n + 1) bytes.
 */
int32_t chg_twiddles(chg_stream *stream, chg_ptr dst, int32_t log_n);
/* Rows of 2^log_k coefficients to rows of 2^log_n values, 0 <= log_k < log_n <= CHG_MAX_LOG_SIZE. */
int32_t chg_encode(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n, uint64_t rows,
                   chg_ptr twiddles);
/* One row, of which the values at `positions` are wanted, ascending; elsewhere dst is undefined. */
int32_t chg_encode_at(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n,
                      const int32_t *positions, uint64_t count, chg_ptr twiddles);
/* The transpose, for one row; src is overwritten. */
int32_t chg_encode_transposed(chg_stream *stream, chg_ptr dst, chg_ptr src, int32_t log_k, int32_t log_n,
                              chg_ptr twiddles);

/*
 * BLAKE3. Word r of column i is at src + (r / 16) block_stride + 64 i + 4 (r % 16), block_stride in bytes, a multiple
 * of 4; digests, 32 bytes each, of the columns [from, to).
 */
int32_t chg_hash_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr dst, chg_ptr src,
                         uint64_t block_stride, uint64_t rows, uint64_t from, uint64_t to);
/* Nodes of `bytes` bytes, even, 16 to 32, on both sides. */
int32_t chg_hash_pairs(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr dst, chg_ptr src, uint64_t n,
                       int32_t bytes);
/*
 * States of n columns, whole blocks of CHG_BLOCK: 32 bytes each, in an order of the library's own in which any whole
 * blocks of columns are a state by themselves. Word r of column i is at src + r row_stride + 4 i, row_stride in bytes,
 * a multiple of 4; 1 <= rows <= 16.
 */
int32_t chg_init_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr state, uint64_t n);
int32_t chg_absorb_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr state, chg_ptr src,
                           uint64_t row_stride, int32_t rows, uint64_t n, uint64_t chunk, uint32_t flags);
/* right = parent of left and right */
int32_t chg_merge_columns(chg_stream *stream, const chg_blake3_mode *mode, chg_ptr left, chg_ptr right, uint64_t n,
                          uint32_t flags);
int32_t chg_store_columns(chg_stream *stream, chg_ptr dst, chg_ptr state, uint64_t n, int32_t bytes);
int32_t chg_load_columns(chg_stream *stream, chg_ptr state, chg_ptr src, uint64_t n);
/*
 * The least of the nonces first .. first + count - 1 whose hash has `bits` leading zero bits, or -1. The block is
 * `head`, at most CHG_NONCE_HEAD bytes, then the nonce; `start` is the chaining value before it. 1 <= bits <= 64;
 * `first` and `count` are multiples of CHG_NONCES below 2^63.
 */
int32_t chg_least_nonce(chg_stream *stream, const uint8_t *head, uint64_t head_bytes, int32_t bits, uint64_t first,
                        uint64_t count, const uint32_t start[8], uint32_t flags, int64_t *nonce);

/*
 * Exact integers. Products and sums stay inside 32 bits. acc[j acc_stride + t] += sum_k w[j w_stride + k]
 * x[k x_stride + t], w of 16 bits; width is a multiple of 16.
 */
int32_t chg_matmul(chg_stream *stream, chg_ptr acc, uint64_t acc_stride, chg_ptr w, uint64_t w_stride, chg_ptr x,
                   uint64_t x_stride, uint64_t rows, uint64_t depth, uint64_t width);
int32_t chg_matvec(chg_stream *stream, chg_ptr acc, chg_ptr w, uint64_t w_stride, chg_ptr x, uint64_t rows,
                   uint64_t depth);
/* dst = round half up of x / 2^s, 0 <= s <= 31; rem, when it is not 0, what is left */
int32_t chg_shift_round(chg_stream *stream, chg_ptr dst, chg_ptr rem, chg_ptr x, int32_t s, uint64_t n);
/* dst[i] = table[x[i] - base]; a table of `size` entries, 0 for what is not in it */
int32_t chg_lookup(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x, uint64_t n);
/* count[x[i] - base] += 1; `size` counters, what is outside counts nowhere */
int32_t chg_histogram(chg_stream *stream, chg_ptr count, int64_t base, uint64_t size, chg_ptr x, uint64_t n);
/* n > 0 */
int32_t chg_max(chg_stream *stream, chg_ptr x, uint64_t n, int32_t *out);

/*
 * Panels: integers [row][lane], element (r, t) at 4 (r stride + t) bytes; strides in elements, `width` a multiple of
 * 16. A lane array is one row. Sums and differences are modulo 2^32.
 */
int32_t chg_panel_copy(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                       uint64_t rows, uint64_t width);
/* src of 16 bits */
int32_t chg_panel_widen(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                        uint64_t rows, uint64_t width);
/* dst of 16 bits; `fits` is 1 if all fit, else 0 */
int32_t chg_panel_narrow(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, chg_ptr src, uint64_t src_stride,
                         uint64_t rows, uint64_t width, int32_t *fits);
int32_t chg_panel_add(chg_stream *stream, chg_ptr dst, chg_ptr x, chg_ptr y, uint64_t n);
int32_t chg_panel_subtract_from(chg_stream *stream, chg_ptr x, uint64_t stride, chg_ptr offset, uint64_t rows,
                                uint64_t width);
int32_t chg_panel_max(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows, uint64_t width);
int32_t chg_panel_sum(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows, uint64_t width);
int32_t chg_panel_magnitude(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, uint64_t rows,
                            uint64_t width);
int32_t chg_panel_mantissas(chg_stream *stream, chg_ptr m, chg_ptr pair, chg_ptr x, uint64_t stride, chg_ptr exponent,
                            uint64_t rows, uint64_t width);
int32_t chg_panel_neighbour_products(chg_stream *stream, chg_ptr dst, chg_ptr m, uint64_t stride, uint64_t rows,
                                     uint64_t width);
int32_t chg_panel_first_outside(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int32_t low, int32_t high,
                                uint64_t rows, uint64_t width);
int32_t chg_panel_scale_round(chg_stream *stream, chg_ptr n, chg_ptr rem, chg_ptr m, uint64_t stride, chg_ptr factor,
                              int32_t s, uint64_t rows, uint64_t width);
/* `inside` is 1 if every index is, else 0 */
int32_t chg_panel_lookup(chg_stream *stream, chg_ptr dst, chg_ptr table, int64_t base, uint64_t size, chg_ptr x,
                         uint64_t n, int32_t *inside);
/* a table of limit + 2 entries */
int32_t chg_panel_neighbours(chg_stream *stream, chg_ptr before, chg_ptr at, chg_ptr x, uint64_t stride,
                             chg_ptr offset, chg_ptr table, int32_t limit, uint64_t rows, uint64_t width);
int32_t chg_panel_neighbour_sums(chg_stream *stream, chg_ptr x, uint64_t stride, int32_t offset, chg_ptr table,
                                 int32_t limit, uint64_t rows, uint64_t *out);
int32_t chg_panel_exponential_sums(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr offset,
                                   float rate, float one, uint64_t rows, uint64_t width);

/*
 * Lookups. Counts the tuples at all positions of `tiles` tiles of 2^low_bits: counts[slot] += 1, modulo 2^32, a counter
 * for each entry of the tiles of the table. `outside`, a uint64, becomes 1 if a tuple is not in the table, and stays as
 * it is if not; such a tuple counts nowhere. Components follow one another in `parts`.
 */
int32_t chg_count(chg_stream *stream, chg_ptr counts, chg_ptr outside, const chg_count_table *table,
                  const chg_count_column *columns, int32_t column_count, const chg_count_part *parts,
                  int32_t part_count, int32_t low_bits, uint64_t tiles);

/*
 * A product of ints by weights of 16 bits that lie in tiles: in each of `groups` groups of lanes
 *
 *   acc[g acc_group + j acc_stride + t] += sum_k weight(g, j, k) x[g x_group + k x_stride + t]
 *
 * modulo 2^32 for j < rows, k < depth, t < lanes, where weight(g, j, k) is number
 *
 *   (g / share) w_group + (j >> out_bits) out_tile + (k >> in_bits) in_tile + (j mod 2^out_bits << in_bits) + k mod 2^in_bits
 *
 * from w on. Weights and integers are no more than 2^32 each. Nothing of x lies in what is written.
 */
typedef struct {
  chg_ptr acc;        /* int32, at a multiple of CHG_ALIGNMENT */
  chg_ptr w;
  chg_ptr x;          /* ints */
  uint64_t acc_stride;
  uint64_t x_stride;
  uint64_t out_tile;  /* weights between the beginnings of tiles */
  uint64_t in_tile;
  uint64_t rows;      /* each below 2^31, as are depth, lanes and groups */
  uint64_t depth;
  uint64_t lanes;
  uint64_t groups;
  uint64_t acc_group;
  uint64_t w_group;
  uint64_t x_group;
  int32_t share;      /* neighbouring groups with the same weights, at least one */
  int32_t out_bits;   /* 0 to 30, as in_bits */
  int32_t in_bits;
  int32_t bits;       /* of x: 8, 16 or 32 */
} chg_product;

/*
 * The integer program on panels. `lanes` of a row take part, any number; integers of tensors have 8, 16 or 32 bits and
 * their natural alignment. Lanes may lie in `groups` groups beside each other, in which t counts. `failed`, a uint64, becomes 1 if a value does not fit or a table lacks an entry, and stays as
 * it is if not.
 */
/* dst[r][g dst_group + t] = src[g group_stride + r row_stride + t lane_stride] */
int32_t chg_panel_load(chg_stream *stream, chg_ptr dst, uint64_t dst_stride, uint64_t dst_group, chg_ptr src,
                       int32_t bits, uint64_t row_stride, uint64_t lane_stride, uint64_t group_stride, uint64_t rows,
                       uint64_t lanes, uint64_t groups);
/* dst[g group_stride + r row_stride + t lane_stride] = src[r][g src_group + t]; what does not fit is cut off */
int32_t chg_panel_store(chg_stream *stream, chg_ptr dst, int32_t bits, uint64_t row_stride, uint64_t lane_stride,
                        uint64_t group_stride, chg_ptr src, uint64_t src_stride, uint64_t src_group, uint64_t rows,
                        uint64_t lanes, uint64_t groups, chg_ptr failed);
int32_t chg_panel_product(chg_stream *stream, const chg_product *product);
int32_t chg_panel_multiply(chg_stream *stream, chg_ptr dst, chg_ptr x, chg_ptr y, uint64_t n);
/* x = x cos - y sin, y = y cos + x sin */
int32_t chg_panel_rotate(chg_stream *stream, chg_ptr x, chg_ptr y, chg_ptr cos, chg_ptr sin, uint64_t n);
/* dst[r][t] = table[x[r][t] - base], 0 for what is not in the table; one stride for both, dst may be x */
int32_t chg_panel_table(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr table, int64_t base,
                        uint64_t size, uint64_t rows, uint64_t lanes, chg_ptr failed);
/* x[r][g lanes + t] = value for r > diagonal + t; the diagonal has 32 bits */
int32_t chg_panel_mask(chg_stream *stream, chg_ptr x, uint64_t stride, int64_t diagonal, int32_t value, uint64_t rows,
                       uint64_t lanes, uint64_t groups);
/* dst[r][g lanes + t] = x[r][g lanes + t] for r > diagonal + t; one stride for both */
int32_t chg_panel_copy_above(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int64_t diagonal,
                             uint64_t rows, uint64_t lanes, uint64_t groups);
/* chg_panel_first_outside of the rows up to diagonal + t, for lanes g lanes + t; lanes is a multiple of 16 */
int32_t chg_panel_first_outside_below(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, int32_t low,
                                      int32_t high, int64_t diagonal, uint64_t rows, uint64_t lanes, uint64_t groups);
/*
 * dst[t] = the least L from least[t] to least[t] + support for which the sum over r of f(L - x[r][t]) is at most `most`.
 * The table has limit + 2 entries: f(-1), f(0), .., the last one for all that follow. f falls; the end of the range is
 * the result where no sum inside is small enough.
 */
int32_t chg_panel_offsets(chg_stream *stream, chg_ptr dst, chg_ptr x, uint64_t stride, chg_ptr least, chg_ptr table,
                          int32_t limit, uint64_t most, int32_t support, uint64_t rows, uint64_t lanes);

/* ---- rows of a committed matrix -----------------------------------------------------------------------------------
 *
 * Rows of 2^k elements of the field, a base array on the device. What the host knows of them comes as structures in
 * device memory, at multiples of CHG_ALIGNMENT; one whose numbers leave the arrays of the call is passed over.
 */

/* Integers in a row: `count` signed ones of `bits` 8, 16 or 32 from byte `from` on, a multiple of their size. */
typedef struct {
  uint64_t from;
  uint64_t to; /* number of the first element that they become */
  uint32_t count;
  uint32_t bits;
} chg_piece;

/* A weighted table: weight times the elements of the tables from `table` on. */
typedef struct {
  chg_qm31 weight;
  uint64_t table;
} chg_claim_term;

/*
 * The sum of the terms [first, first + terms) at the places [place, place + rows) of their tables, rows at most
 * CHG_RUN_ROWS: weights of as many neighbours in an array.
 */
typedef struct {
  uint64_t at; /* number of the first neighbour */
  uint32_t rows;
  uint32_t place;
  uint32_t group; /* of sums that they go to */
  uint32_t first;
  uint32_t terms;
  uint32_t unused;
} chg_claim_run;

enum chg_row_limits {
  CHG_MAX_HEAD = 8,  /* variables of a head */
  CHG_RUN_ROWS = 256 /* most rows of a run */
};

/* dst[to + i] = the residue of integer i, for all pieces, which do not meet; `n` elements, the others stay */
int32_t chg_place_pieces(chg_stream *stream, chg_ptr dst, uint64_t n, chg_ptr src, uint64_t bytes, chg_ptr pieces,
                         uint64_t count);
/* dst[i] = sum_y src[i 2^head + y] eq[y] for i < n, y < 2^head; src base, eq ext */
int32_t chg_fold_rows(chg_stream *stream, chg_ptr dst, chg_ptr src, uint64_t n, int32_t head, chg_ptr eq);
/*
 * sums[group 2^head + y] += sum_i weight_i src[at + i 2^head + y] for all runs, i < rows, y < 2^head; src is a base
 * array of n elements, tables an ext array of `entries`. The sums of `groups` groups are 64-bit cells in the order of
 * the words of an ext array; a cell has room for 2^33 runs.
 */
int32_t chg_add_head_sums(chg_stream *stream, chg_ptr sums, uint64_t groups, chg_ptr src, uint64_t n, int32_t head,
                          chg_ptr tables, uint64_t entries, chg_ptr terms, uint64_t term_count, chg_ptr runs,
                          uint64_t run_count);
/* dst = the residues of the cells of n elements */
int32_t chg_reduce_sums(chg_stream *stream, chg_ptr dst, chg_ptr sums, uint64_t n);
/* dst[at + i] = weight_i for all runs, which do not meet; an ext array of n elements, the others stay */
int32_t chg_claim_weights(chg_stream *stream, chg_ptr dst, uint64_t n, chg_ptr tables, uint64_t entries, chg_ptr terms,
                          uint64_t term_count, chg_ptr runs, uint64_t run_count);

/* ---- trees of fractions -------------------------------------------------------------------------------------------
 *
 * A layer of 2^bits nodes: node i of the layer above it is the sum of nodes i and i + 2^(bits - 1). The top bits of a
 * node's number may be those of a strip; of each strip the first `width` nodes are stored in two ext arrays, numerators
 * and denominators, one strip after another, and all others are the fraction 0/1. Nodes that are added, or bound, differ
 * in a bit of the strip or, without strips, in the top bit, so the layer above, and what is left, have the same form.
 *
 * The leaves come from a program: segments of tensors, whose leaves take consecutive places from 0 on. A place has
 * `run_bits` low bits, then `strip_bits`, then the number of a unit; a leaf's number has the strip first, then the unit,
 * then the run. All leaves of the units that begin below the last place are stored, those without a place as 0/1.
 */

/* Leaves of one tensor: numerator / (constant + sum of terms). */
typedef struct {
  chg_qm31 constant;
  uint64_t first;      /* place of its first leaf: where the segment before it ends */
  chg_ptr numerators;  /* ints, one for each leaf; 0: all are one */
  chg_ptr entries;     /* int64, for each tile the number of the entry of its first leaf; 0 where no term has digits */
  uint64_t tiles;      /* of 2^low_bits leaves each, at least one */
  int32_t low_bits;
  int32_t bits;        /* of a numerator */
  uint32_t first_term; /* its terms follow one another */
  uint32_t terms;
} chg_tree_segment;

/*
 * weight * value: element starts[tile] + inside[x] of a tensor for leaf x of a tile, 0 if there is no such element;
 * or, without data, base + (entry >> from) mod 2^bits.
 */
typedef struct {
  chg_qm31 weight;
  chg_ptr data;    /* ints; 0: digits of the entry */
  uint64_t size;   /* elements of data */
  chg_ptr starts;  /* int64, one for each tile of the segment */
  chg_ptr inside;  /* int32, one for each leaf of a tile; 0: x itself */
  int64_t base;    /* of digits: canonical */
  int32_t from;    /* of digits: 0 to 62 */
  int32_t bits;    /* of an int of data; or of digits, 0 to 62 */
} chg_tree_term;

typedef struct {
  chg_ptr program;   /* room for what the device reads of segments and terms: 64 bytes for each of both; written to */
  uint32_t segments; /* at least one */
  uint32_t terms;
  int32_t bits;      /* there are 2^bits leaves, at most CHG_MAX_VARIABLES */
  int32_t strip_bits;
  int32_t run_bits;
  int32_t reserved;  /* 0 */
} chg_tree_program;

/* Both children of the nodes of a layer, 2^variables each. */
typedef struct {
  chg_ptr p;          /* ext arrays: the stored nodes of child 0, from element `second` on those of child 1 */
  chg_ptr q;
  uint64_t second;
  uint64_t width[2];  /* stored nodes of a strip, by child; with strips they are equal, and child 1 never has more */
  int32_t variables;
  int32_t strip_bits; /* top variables that are those of strips */
} chg_tree_children;

/* The stored leaves. Segments and terms are copied during the call, here and below. */
int32_t chg_tree_leaves(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                        const chg_tree_term *terms, chg_ptr p, chg_ptr q);
/* The layer above leaves that are not stored; strip_bits > 0. */
int32_t chg_tree_leaf_parents(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                              const chg_tree_term *terms, chg_ptr p, chg_ptr q);
/* Nodes i and i + upper of `size` stored ones, for all i < upper and i < size; p, q are where they go. */
int32_t chg_tree_parents(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr p_below, chg_ptr q_below, uint64_t upper,
                         uint64_t size);
/*
 * The equality tables of all rounds of a layer, as one ext array: element 2^k + x, k <= l, is eq over the first k
 * coordinates, l = min(variables, CHG_TREE_EQ_LOW); behind these 2^(l + 1) elements, or the block that they do not
 * fill, are 2^(h + 1) more in the same way over the other h coordinates.
 */
int32_t chg_tree_eq(chg_stream *stream, chg_ptr dst, const chg_qm31 *point, int32_t variables);
/*
 * The round of the top variable, after the one above it has been bound at `bind`, in place, if that is not null:
 * {g(0), coefficient of X^2} of g(X) = sum_x eq(x) (p0 q1 + p1 q0 + lambda q0 q1)(X, x). `eq` was made by chg_tree_eq()
 * of `eq_variables`, not fewer than x has.
 */
int32_t chg_tree_round(chg_stream *stream, const chg_tree_children *children, chg_ptr eq, int32_t eq_variables,
                       const chg_qm31 *lambda, const chg_qm31 *bind, chg_qm31 out[2]);
/* The first round of the layer above leaves that are not stored; strip_bits > 0. */
int32_t chg_tree_leaf_round(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                            const chg_tree_term *terms, chg_ptr eq, int32_t eq_variables, const chg_qm31 *lambda,
                            chg_qm31 out[2]);
/* The second one; p, q, `second` of children say where they go once they are bound at `bind`, the rest is not read. */
int32_t chg_tree_leaf_fold_round(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                                 const chg_tree_term *terms, const chg_tree_children *children, chg_ptr eq,
                                 int32_t eq_variables, const chg_qm31 *lambda, const chg_qm31 *bind, chg_qm31 out[2]);
/*
 * Four blocks of an ext array: the nodes of p0, p1, q0, q1 that are left after the top variable was bound at `bind`, if
 * that is not null; at most CHG_BLOCK of each. `children` stay as they are.
 */
int32_t chg_tree_values(chg_stream *stream, const chg_tree_children *children, const chg_qm31 *bind, chg_ptr dst);
/* ---- sums of symbolic statements ----------------------------------------------------------------------------------
 *
 * The sum of weight(x) body(x) over a cube, whose variables are bound from the top one down. A factor is a table, an
 * ext array over the variables that it depends on: position x of the cube is its element
 *
 *   first + the sum over its runs of (x & mask) >> shift
 *
 * of the region `tables`; its variables keep their order, and the bits of an element's number are all used. A table may
 * repeat itself along variables that its factor does not depend on.
 *
 * The body is a program for each position, of words `operation | operand << 8`, with a product p and a sum s that begin
 * at 1 and 0 and a stack of such pairs; its value is the last s. A factor or constant that is not there is 0, a word
 * that cannot be done does nothing.
 */
enum chg_statement_limits {
  CHG_FACTOR_RUNS = 6,        /* runs of neighbouring variables of a factor */
  CHG_STATEMENT_WORDS = 4096, /* of a program */
  CHG_STATEMENT_DEPTH = 4,    /* of its stack */
  CHG_STATEMENT_FACTORS = 4096,
  CHG_ROUND_POINTS = 12       /* of one call */
};

enum chg_operation {
  CHG_LOAD = 0,     /* p = factor */
  CHG_CONSTANT = 1, /* p = constant */
  CHG_TIMES = 2,    /* p = p factor */
  CHG_SCALE = 3,    /* p = p constant */
  CHG_ADD = 4,      /* s = s + p */
  CHG_SUBTRACT = 5, /* s = s - p */
  CHG_OPEN = 6,     /* puts the pair (p, s) on the stack; s = 0 */
  CHG_CLOSE = 7     /* takes (p', s') from the stack; p = p' s, s = s' */
};

/* In memory of the device, one after another. */
typedef struct {
  uint64_t first;     /* element; a multiple of CHG_BLOCK */
  uint32_t variables; /* bit v is set when it depends on variable v; in one of the masks then */
  uint32_t runs;      /* how many of them count */
  uint32_t mask[CHG_FACTOR_RUNS];
  uint32_t shift[CHG_FACTOR_RUNS]; /* below 32 */
} chg_factor;

typedef struct {
  chg_ptr tables;          /* ext array of `elements` */
  uint64_t elements;
  chg_ptr factors;         /* chg_factor[factor_count] */
  chg_ptr program;         /* uint32_t[words] */
  chg_ptr constants;       /* chg_qm31[constant_count], canonical; 0 when there are none */
  uint32_t factor_count;
  uint32_t words;
  uint32_t constant_count;
  int32_t weight;          /* number of the factor that is the weight, or -1: 1 everywhere */
} chg_statement;

/*
 * sum_x weight(x) body(X, x) over all positions x below `variable`, the top one, for each X of `points`, canonical, at
 * most CHG_ROUND_POINTS; the weight is summed over the variable, if it depends on it. Waits.
 */
int32_t chg_sum_round(chg_stream *stream, const chg_statement *statement, int32_t variable, const uint32_t *points,
                      int32_t count, chg_qm31 *out);
/* Binds the top variable to r in all factors but the weight, in place; sums the weight over it. */
int32_t chg_bind_factors(chg_stream *stream, const chg_statement *statement, int32_t variable, const chg_qm31 *r);
/* dst[f 2^variables + x] = factor f at position x of what is left; dst is an ext array */
int32_t chg_factor_values(chg_stream *stream, const chg_statement *statement, int32_t variables, chg_ptr dst);

/*
 * A tensor of tiles of 2^low_bits ints, bound at the low bits that are not in `free` and on its tiles. With
 * n = 2^(free bits + high_bits) results, x the free bits of an element's number inside its tile (low bits first), h a
 * group of tiles and c the other bits inside the tile,
 *
 *   dst[x + h 2^(free bits)] = sum_j tile_weights[j] sum_c weights[c] values[tile tiles[j], element (x, c)]
 *
 * for starts[h] <= j < starts[h + 1]. Tiles and entries that are not there give 0.
 *
 * A result is a sum of tile_slices low_slices parts, each made by `lanes` threads, all three powers of two; `lanes` are
 * at most 256, and low_slices at most 2^(bits that are not free).
 */
typedef struct {
  chg_ptr values;       /* ints, `size` of them */
  uint64_t size;
  chg_ptr weights;      /* ext array of 2^(low_bits - free bits) */
  chg_ptr starts;       /* uint32_t[2^high_bits + 1] */
  chg_ptr tiles;        /* uint32_t[entries] */
  chg_ptr tile_weights; /* ext array of `entries` */
  uint64_t entries;
  chg_ptr parts;        /* ext array of n tile_slices low_slices; 0 when there is one part */
  uint32_t free;
  int32_t bits;         /* of an int: 8, 16 or 32 */
  int32_t low_bits;     /* at most CHG_MAX_VARIABLES */
  int32_t high_bits;
  uint32_t lanes;
  uint32_t tile_slices;
  uint32_t low_slices;
  uint32_t reserved;    /* 0 */
} chg_column;

int32_t chg_bind_column(chg_stream *stream, chg_ptr dst, const chg_column *column);
/* dst[x] = src[the sum of 2^to[j] over the bits j of x], for x < 2^variables; to[j] < 0 adds nothing */
int32_t chg_spread_table(chg_stream *stream, chg_ptr dst, chg_ptr src, const int32_t *to, int32_t variables);
/* dst[index[i]] = values[i], ext arrays, for the indices, of 32 bits and all different, that are below `size` */
int32_t chg_scatter_ext(chg_stream *stream, chg_ptr dst, uint64_t size, chg_ptr index, chg_ptr values, uint64_t n);

/* ---- tests of programs that use a device ------------------------------------------------------------------------- */

/* What chg_emulate() sets. */
enum chg_emulation {
  CHG_EMULATE_SEED = 0,      /* of the order of threads, blocks and streams; 0: in order, streams as late as may be */
  CHG_EMULATE_NO_MEMORY = 1, /* the value-th stream or pinned block from now on cannot be had: CHG_MEMORY; 0: none */
  CHG_EMULATE_NO_LAUNCH = 2, /* the value-th kernel from now on cannot be started: CHG_LOST at once; 0: none */
  CHG_EMULATE_LOSS = 3,      /* the value-th kernel or copy that runs fails: CHG_LOST at the next wait; 0: none */
  CHG_EMULATION_COUNT = 4
};

/*
 * For tests: how the emulated device behaves from now on. Its seed is at first that of the environment variable
 * CHAGRES_EMULATOR_SEED, or 1. A real device refuses.
 */
int32_t chg_emulate(chg_device *device, int32_t setting, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
