/*
 * Entry functions of kernels as a C program sees them: what they refuse, and that each runs on sizes around a block
 * without touching anything but its results. That results are right is the matter of the law suites in Java.
 */
#include <stdlib.h>

#include "check.h"

enum { SLAB = 1 << 22, GUARD = 64 };
static const uint32_t POISON = 0xA5A5A5A5, P = 0x7fffffff;

static chg_stream *stream;
static chg_ptr slab, end;
static uint32_t *image; /* of the slab, as it has to be */
static uint64_t state = 1;

static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}

static void restart(void) {
  end = slab;
  for (size_t i = 0; i < SLAB / 4; i++) image[i] = POISON;
  CHECK(chg_fill(stream, slab, POISON, SLAB) == CHG_OK);
}

/* A region for `words` words that are yet to be written, in whole blocks; behind it bytes that stay. */
static chg_ptr room(uint64_t words) {
  chg_ptr region = end;
  end += (words + 15) / 16 * 64 + GUARD;
  CHECK(end <= slab + SLAB);
  return region;
}

/* The same, with random words below `limit`. */
static chg_ptr words(uint64_t n, uint32_t limit) {
  chg_ptr region = room(n);
  uint32_t *own = image + (region - slab) / 4;
  for (uint64_t i = 0; i < (n + 15) / 16 * 16; i++) own[i] = next() % limit;
  CHECK(chg_in(stream, region, own, (n + 15) / 16 * 64) == CHG_OK);
  return region;
}

static chg_ptr base(uint64_t n) { return words(n, P); }
static chg_ptr ext(uint64_t n) { return words((n + 15) / 16 * 64, P); }
static chg_ptr ext_room(uint64_t n) { return room((n + 15) / 16 * 64); }

/* Takes the n words that a kernel wrote into the image; the first `counted` are below `limit`. */
static void wrote(chg_ptr region, uint64_t n, uint64_t counted, uint32_t limit, int line) {
  uint32_t *own = image + (region - slab) / 4;
  check(chg_out(stream, own, region, (n + 15) / 16 * 64) == CHG_OK, "the result is read", line);
  uint64_t good = 0;
  while (good < counted && own[good] < limit) good++;
  check(good == counted, "results are in their range", line);
}

/* All the rest of the slab is as it was. */
static void rest_stays(int line) {
  uint32_t *seen = malloc(SLAB);
  check(chg_out(stream, seen, slab, SLAB) == CHG_OK && memcmp(seen, image, SLAB) == 0, "the rest stays", line);
  free(seen);
}

#define RUNS(call) check((call) == CHG_OK, #call, __LINE__)
#define WROTE_BASE(region, n) wrote(region, n, n, P, __LINE__)
/* Of a block that is not whole all words but the first lie beside others that do not count. */
#define WROTE_EXT(region, n) wrote(region, ((n) + 15) / 16 * 64, (n) / 16 * 64 + ((n) % 16 != 0), P, __LINE__)
#define WROTE(region, n) wrote(region, n, 0, 0, __LINE__)
#define REST_STAYS() rest_stays(__LINE__)

static int canonical(const chg_qm31 *values, int n) {
  int good = 1;
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < 4; k++) good &= values[i].c[k] < P;
  }
  return good;
}

static const chg_qm31 S = {{1, 0x7ffffffe, 3, 4}};

static void arrays(uint64_t n) {
  restart();
  chg_ptr a = base(n), b = base(n), c = base(n), x = ext(n), y = ext(n), d = room(n), e = ext_room(n);
  RUNS(chg_add_base(stream, d, a, b, n));
  RUNS(chg_sub_base(stream, d, d, b, n));
  WROTE_BASE(d, n);
  CHECK(memcmp(image + (d - slab) / 4, image + (a - slab) / 4, 4 * n) == 0);
  RUNS(chg_mul_base(stream, d, a, b, n));
  RUNS(chg_mul_add_base(stream, d, d, b, c, n));
  WROTE_BASE(d, n);
  for (int32_t bits = 8; bits <= 32; bits *= 2) {
    uint64_t skip = (uint64_t)bits / 8;
    RUNS(chg_embed_ints(stream, d, b + (n == 0 ? 0 : skip), bits, n == 0 ? 0 : n - 1));
    WROTE_BASE(d, n == 0 ? 0 : n - 1);
    RUNS(chg_gather_ints(stream, d, c, -3, n, b, bits, n));
    WROTE(d, n);
    RUNS(chg_add_scaled_ints(stream, x, a, bits, &S, n));
    WROTE_EXT(x, n);
    RUNS(chg_leaf_pair(stream, e, y, a, b, bits, &S, n));
    WROTE_EXT(e, n);
    WROTE_EXT(y, n);
    RUNS(chg_leaf_quad(stream, e, y, a, b, c, a, bits, &S, n));
    WROTE_EXT(e, n);
    WROTE_EXT(y, n);
  }
  RUNS(chg_ext_from_base(stream, e, a, n));
  RUNS(chg_add_ext(stream, e, e, y, n));
  RUNS(chg_sub_ext(stream, e, e, x, n));
  RUNS(chg_mul_ext(stream, e, e, x, n));
  RUNS(chg_mul_ext_by_base(stream, e, e, b, n));
  RUNS(chg_scale_ext(stream, e, e, &S, n));
  RUNS(chg_add_scaled_ext(stream, e, x, &S, n));
  RUNS(chg_add_scaled_base(stream, e, a, &S, n));
  WROTE_EXT(e, n);
  RUNS(chg_fill_ext(stream, e, &S, n));
  RUNS(chg_constant_minus_base(stream, e, &S, a, n));
  RUNS(chg_fold_ext(stream, e, e, x, &S, n));
  RUNS(chg_fold_base(stream, e, a, b, &S, n));
  WROTE_EXT(e, n);
  RUNS(chg_combine_rows(stream, e, a, n, 0, x, n));
  RUNS(chg_combine_rows_ints(stream, e, a, 8, n, 1, x, n == 0 ? 0 : 3));
  WROTE_EXT(e, n);
  REST_STAYS();
}

static void sums(uint64_t n) {
  restart();
  chg_ptr v[9], q[4];
  chg_qm31 out[3];
  uint64_t stride = (n + 15) / 16 * 16;
  for (int k = 0; k < 9; k++) v[k] = ext(n);
  for (int k = 0; k < 4; k++) q[k] = ext(4 * stride);
  RUNS(chg_sum_ext(stream, v[0], n, out));
  RUNS(chg_dot_ext(stream, v[0], v[1], n, out + 1));
  RUNS(chg_dot_base(stream, v[0], v[1], n, out + 2));
  CHECK(canonical(out, 3));
  for (int32_t bits = 8; bits <= 32; bits *= 2) RUNS(chg_dot_ints(stream, v[0], bits, v[1], n, out));
  RUNS(chg_round_product(stream, v[0], v[1], v[2], v[3], n, out));
  RUNS(chg_round_eq_product(stream, v[0], v[1], v[2], v[3], v[4], n, out));
  RUNS(chg_round_fractions(stream, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], &S, n, out));
  RUNS(chg_round_merged(stream, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], n, out));
  CHECK(canonical(out, 2));
  RUNS(chg_round_eq_triple(stream, v[0], v[1], v[2], v[3], v[4], v[5], v[6], n, out));
  CHECK(canonical(out, 3));
  REST_STAYS();
  RUNS(chg_fold_round_product(stream, q[0], q[1], stride, &S, n, out));
  RUNS(chg_fold_round_eq_product(stream, v[0], q[0], q[1], stride, &S, n, out));
  RUNS(chg_fold_round_merged(stream, v[0], q[0], q[1], q[2], q[3], stride, &S, n, out));
  CHECK(canonical(out, 2));
  for (int k = 0; k < 4; k++) wrote(q[k], 8 * stride, n == stride ? 8 * stride : 0, P, __LINE__);
  RUNS(chg_add_fractions(stream, v[0], v[1], v[2], v[3], v[4], v[5], n));
  RUNS(chg_add_unit_fractions(stream, v[6], v[7], v[4], v[5], n));
  WROTE_EXT(v[0], n);
  WROTE_EXT(v[1], n);
  WROTE_EXT(v[6], n);
  WROTE_EXT(v[7], n);
  REST_STAYS();
}

static void tables_and_grids(void) {
  chg_qm31 point[7];
  for (int i = 0; i < 7; i++) point[i] = S;
  for (int32_t variables = 0; variables <= 7; variables++) {
    restart();
    chg_ptr e = ext_room(1u << variables);
    RUNS(chg_eq_table(stream, e, variables == 0 ? NULL : point, variables, &S));
    WROTE_EXT(e, 1u << variables);
    REST_STAYS();
  }
  for (uint64_t n = 0; n <= 256; n += 64) {
    restart();
    chg_ptr a = base(27 * 256), b = base(27 * 256), e = ext(n), s = ext(27 * 16);
    RUNS(chg_extend_grid(stream, a, n));
    WROTE_BASE(a, 27 * 256);
    RUNS(chg_add_grid_products(stream, s, e, a, b, n));
    RUNS(chg_add_grid_cross(stream, s, e, a, b, b, a, n));
    RUNS(chg_add_grid_corners(stream, s, e, a, b, n));
    WROTE_EXT(s, 27 * 16);
    REST_STAYS();
  }
}

static void codes(void) {
  for (int32_t n = 1; n <= 15; n++) {
    for (int32_t k = n < 4 ? 0 : n - 2; k < n; k++) {
      restart();
      chg_ptr twiddles = room(1u << (n - 1)), src = base(3u << k), dst = room(3u << n), back = room(1u << k);
      int32_t positions[2] = {0, 1};
      RUNS(chg_twiddles(stream, twiddles, n));
      WROTE_BASE(twiddles, 1u << (n - 1));
      RUNS(chg_encode(stream, dst, src, k, n, 3, twiddles));
      RUNS(chg_encode_at(stream, dst, src, k, n, positions, 2, twiddles));
      WROTE_BASE(dst, 3u << n);
      RUNS(chg_encode_transposed(stream, back, dst, k, n, twiddles));
      WROTE_BASE(back, 1u << k);
      WROTE_BASE(dst, 3u << n);
      REST_STAYS();
    }
  }
}

static const chg_blake3_mode MODE = {
    {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19}, 0};

static void hashes(void) {
  /* The BLAKE3 of no bytes, from the test vectors of its authors. */
  static const uint8_t EMPTY[8] = {0xaf, 0x13, 0x49, 0xb9, 0xf5, 0xf9, 0xa1, 0xa6};
  static const uint64_t ROWS[] = {0, 1, 16, 257, 1025};
  for (int i = 0; i < 5; i++) {
    restart();
    uint64_t rows = ROWS[i], blocks = (rows + 15) / 16;
    chg_ptr src = words(blocks * 16 * 20, UINT32_MAX), dst = room(8 * 13);
    RUNS(chg_hash_columns(stream, &MODE, dst, src, 64 * 20, rows, 7, 20));
    WROTE(dst, 8 * 13);
    if (rows == 0) CHECK(memcmp(image + (dst - slab) / 4, EMPTY, sizeof EMPTY) == 0);
    chg_ptr parents = room(39);
    RUNS(chg_hash_pairs(stream, &MODE, parents, dst, 2, 26));
    WROTE(parents, 39);
    REST_STAYS();
  }
  restart();
  chg_ptr left = room(8 * 48), right = room(8 * 48), src = words(48 * 16, UINT32_MAX), digests = room(12 * 28);
  RUNS(chg_init_columns(stream, &MODE, left, 48));
  RUNS(chg_init_columns(stream, &MODE, right, 48));
  for (int32_t rows = 1; rows <= 16; rows++) {
    RUNS(chg_absorb_columns(stream, &MODE, left, src, 4 * 48, rows, 48, 1, 1));
  }
  RUNS(chg_merge_columns(stream, &MODE, left, right, 48, 4));
  RUNS(chg_store_columns(stream, digests, right, 48, 28));
  WROTE(digests, 12 * 28);
  RUNS(chg_store_columns(stream, src, right, 48, 32));
  RUNS(chg_load_columns(stream, left, src, 48));
  WROTE(left, 8 * 48);
  WROTE(right, 8 * 48);
  CHECK(memcmp(image + (left - slab) / 4, image + (right - slab) / 4, 32 * 48) == 0);
  WROTE(src, 8 * 48);
  REST_STAYS();
  uint8_t head[56] = {1};
  for (uint64_t bytes = 0; bytes <= 56; bytes++) {
    int64_t nonce = -2;
    RUNS(chg_least_nonce(stream, head, bytes, 3, 64, 256, MODE.word, 11, &nonce));
    CHECK(nonce == -1 || (nonce >= 64 && nonce < 320));
  }
}

static void integers(uint64_t n) {
  restart();
  int32_t largest = 0;
  chg_ptr x = words(n, UINT32_MAX), d = room(n), r = room(n), count = words(9, 2), table = words(9, 100);
  for (int32_t s = 0; s <= 31; s++) RUNS(chg_shift_round(stream, d, s % 2 == 0 ? r : 0, x, s, n));
  WROTE(d, n);
  WROTE(r, n);
  RUNS(chg_lookup(stream, d, table, -4, 9, x, n));
  WROTE(d, n);
  RUNS(chg_histogram(stream, count, 0, 9, d, n));
  WROTE(count, 9);
  if (n > 0) RUNS(chg_max(stream, x, n, &largest));
  REST_STAYS();
}

static void panels(uint64_t rows, uint64_t width) {
  restart();
  uint64_t stride = width + 16, size = rows == 0 ? 0 : (rows - 1) * stride + width, sums = 0;
  chg_ptr x = words(size, 1000), y = words(size, 1000), z = words(size, 1000), narrow = words(size, 1000);
  chg_ptr lanes = words(width, 30), d = room(width), table = words(12, 1000), w = words(size, 1000);
  int32_t holds = 0;
  RUNS(chg_panel_copy(stream, y, stride, x, stride, rows, width));
  RUNS(chg_panel_narrow(stream, narrow, stride, x, stride, rows, width, &holds));
  CHECK(holds == 1);
  RUNS(chg_panel_widen(stream, z, stride, narrow, stride, rows, width));
  WROTE(y, size);
  WROTE(narrow, size);
  WROTE(z, size);
  RUNS(chg_panel_add(stream, z, x, y, size));
  RUNS(chg_panel_subtract_from(stream, z, stride, lanes, rows, width));
  RUNS(chg_panel_mantissas(stream, y, z, x, stride, lanes, rows, width));
  RUNS(chg_panel_scale_round(stream, y, z, y, stride, lanes, 5, rows, width));
  RUNS(chg_panel_neighbours(stream, y, z, w, stride, lanes, table, 10, rows, width));
  RUNS(chg_panel_neighbour_sums(stream, x + (rows == 0 ? 0 : 4), stride, 5, table, 10, rows, &sums));
  RUNS(chg_panel_lookup(stream, y, table, 0, 12, x, size, &holds));
  RUNS(chg_matmul(stream, y, stride, narrow + 2, stride, x, stride, rows, rows == 0 ? 0 : rows - 1, width));
  WROTE(y, size);
  WROTE(z, size);
  WROTE(w, size);
  if (rows > 0) RUNS(chg_panel_max(stream, d, x, stride, rows, width));
  RUNS(chg_panel_sum(stream, d, x, stride, rows, width));
  RUNS(chg_panel_magnitude(stream, d, x, stride, rows, width));
  RUNS(chg_panel_neighbour_products(stream, d, x, stride, rows, width));
  RUNS(chg_panel_first_outside(stream, d, x, stride, 0, 500, rows, width));
  RUNS(chg_panel_exponential_sums(stream, d, x, stride, lanes, 1e-3f, 1000, rows, width));
  RUNS(chg_matvec(stream, d, narrow, stride, lanes, rows < width ? rows : width, width));
  WROTE(d, width);
  REST_STAYS();
}

/* Lanes that are no whole blocks, tensors of all widths in rows and in columns. */
static void inference(uint64_t rows, uint64_t lanes) {
  restart();
  uint64_t stride = (lanes + 31) / 16 * 16, size = rows == 0 ? 0 : (rows - 1) * stride + lanes, n = rows * lanes;
  uint64_t full = rows * stride;
  chg_ptr x = words(full, 100), y = words(full, 100), z = words(full, 100), tensor = words(n, 100);
  chg_ptr d = room(stride), least = words(stride, 200), table = words(12, 1000), failed = words(2, 1);
  for (int32_t bits = 8; bits <= 32; bits *= 2) {
    RUNS(chg_panel_load(stream, y, stride, 0, tensor, bits, lanes, 1, 0, rows, lanes, 1));
    RUNS(chg_panel_load(stream, z, stride, 0, tensor, bits, 1, rows, 0, rows, lanes, 1));
    RUNS(chg_panel_store(stream, tensor, bits, lanes, 1, 0, x, stride, 0, rows, lanes, 1, failed));
    RUNS(chg_panel_store(stream, tensor, bits, 1, rows, 0, x, stride, 0, rows, lanes, 1, failed));
  }
  RUNS(chg_panel_load(stream, z, stride, 0, least, 32, 0, 1, 0, rows, lanes, 1));
  WROTE(y, size);
  WROTE(z, size);
  WROTE(tensor, n);
  RUNS(chg_panel_table(stream, y, x, stride, table, -88, 12, 0, lanes, failed));
  uint32_t flag = 1;
  CHECK(chg_out(stream, &flag, failed, 4) == CHG_OK && flag == 0);
  RUNS(chg_panel_table(stream, y, y, stride, table, 0, 12, rows, lanes, failed));
  WROTE(failed, 2);
  RUNS(chg_panel_mask(stream, z, stride, -1, 7, rows, lanes, 1));
  RUNS(chg_panel_copy_above(stream, y, z, stride, 2, rows, lanes, 1));
  RUNS(chg_panel_multiply(stream, z, x, y, full));
  RUNS(chg_panel_rotate(stream, y, z, x, x, rows == 0 ? 0 : full / rows));
  WROTE(y, full);
  WROTE(z, full);
  RUNS(chg_panel_first_outside_below(stream, d, x, stride, 0, 90, 3, rows, stride, 1));
  RUNS(chg_panel_offsets(stream, d, x, stride, least, table, 10, 500, 77, rows, lanes));
  WROTE(d, stride);
  REST_STAYS();
}

/* Where weight (g, j, k) is. */
static uint64_t weight_number(const chg_product *p, uint64_t g, uint64_t j, uint64_t k) {
  uint64_t out = (j >> p->out_bits) * p->out_tile, in = (k >> p->in_bits) * p->in_tile;
  uint64_t inside = ((j & (((uint64_t)1 << p->out_bits) - 1)) << p->in_bits) + (k & (((uint64_t)1 << p->in_bits) - 1));
  return g / (uint64_t)p->share * p->w_group + out + in + inside;
}

static int32_t int_at(const void *values, int32_t bits, uint64_t i) {
  if (bits == 8) return ((const int8_t *)values)[i];
  return bits == 16 ? ((const int16_t *)values)[i] : ((const int32_t *)values)[i];
}

/* What has to be in `acc` afterwards. */
static void multiply(const chg_product *p, const int16_t *w, const void *x, int32_t *acc) {
  for (uint64_t g = 0; g < p->groups; g++) {
    for (uint64_t j = 0; j < p->rows; j++) {
      for (uint64_t k = 0; k < p->depth; k++) {
        uint32_t weight = (uint32_t)w[weight_number(p, g, j, k)];
        for (uint64_t t = 0; t < p->lanes; t++) {
          int32_t *sum = acc + g * p->acc_group + j * p->acc_stride + t;
          *sum = (int32_t)((uint32_t)*sum + weight * (uint32_t)int_at(x, p->bits, g * p->x_group + k * p->x_stride + t));
        }
      }
    }
  }
}

/* Groups of lanes beside each other: each as it would be alone. */
static void lane_groups(uint64_t rows, uint64_t lanes, uint64_t groups) {
  uint64_t pitch = (lanes + 15) / 16 * 16, stride = groups * pitch, size = rows * stride, each = rows * lanes + 3;
  for (int32_t bits = 8; bits <= 32; bits *= 2) {
    restart();
    chg_ptr x = words(size, 100), tensor = words(groups * each, 100), d = room(stride);
    chg_ptr failed = words(2, 1), copy = words(size, 100);
    uint64_t bytes = (uint64_t)bits / 8;
    RUNS(chg_panel_load(stream, x, stride, pitch, tensor, bits, lanes, 1, each, rows, lanes, groups));
    WROTE(x, size);
    for (uint64_t g = 0; g < groups; g++) {
      const int32_t *all = (const int32_t *)(image + (x - slab) / 4) + g * pitch;
      const char *from = (const char *)(image + (tensor - slab) / 4) + g * each * bytes;
      uint64_t good = 0;
      for (uint64_t i = 0; i < rows * lanes; i++) good += all[i / lanes * stride + i % lanes] == int_at(from, bits, i);
      CHECK(good == rows * lanes);
    }
    RUNS(chg_panel_store(stream, tensor, bits, 1, rows, each, x, stride, pitch, rows, lanes, groups, failed));
    WROTE(tensor, groups * each);
    RUNS(chg_panel_first_outside_below(stream, d, x, stride, 0, 90, 3, rows, pitch, groups));
    WROTE(d, stride);
    RUNS(chg_panel_mask(stream, x, stride, -2, 7, rows, pitch, groups));
    RUNS(chg_panel_copy_above(stream, copy, x, stride, 2, rows, pitch, groups));
    WROTE(x, size);
    WROTE(copy, size);
    REST_STAYS();
  }
}

/* Weights in tiles with gaps between them; groups of lanes beside each other; x begins at an odd number. */
static void products(int32_t out_bits, int32_t in_bits, uint64_t rows, uint64_t depth, uint64_t lanes, uint64_t groups) {
  for (int32_t bits = 8; bits <= 32; bits *= 2) {
    restart();
    chg_product p = {0};
    p.rows = rows, p.depth = depth, p.lanes = lanes, p.groups = groups, p.share = 2;
    p.out_bits = out_bits, p.in_bits = in_bits, p.bits = bits;
    p.acc_group = (lanes + 15) / 16 * 16, p.acc_stride = groups * p.acc_group + 16;
    p.x_group = lanes + 1, p.x_stride = groups * p.x_group;
    uint64_t down = (rows >> out_bits) + 1, across = (depth >> in_bits) + 1;
    p.in_tile = (out_bits == 30 ? rows << in_bits : (uint64_t)1 << (out_bits + in_bits)) + 2, p.out_tile = across * p.in_tile;
    p.w_group = down * p.out_tile;
    uint64_t none = rows == 0 || depth == 0 || lanes == 0 || groups == 0;
    uint64_t weights = none ? 0 : weight_number(&p, groups - 1, rows - 1, depth - 1) + p.in_tile;
    uint64_t size = none ? 0 : (rows - 1) * p.acc_stride + (groups - 1) * p.acc_group + lanes;
    uint64_t skip = (uint64_t)bits / 8;
    p.w = words(weights / 2 + 1, UINT32_MAX), p.x = words(depth * p.x_stride + 1, P), p.acc = words(size, P);
    int32_t *expected = malloc(size * 4 + 4);
    memcpy(expected, image + (p.acc - slab) / 4, size * 4);
    const char *x = (const char *)(image + (p.x - slab) / 4) + skip;
    multiply(&p, (const int16_t *)(image + (p.w - slab) / 4), x, expected);
    p.x += skip;
    RUNS(chg_panel_product(stream, &p));
    WROTE(p.acc, size);
    CHECK(memcmp(image + (p.acc - slab) / 4, expected, size * 4) == 0);
    REST_STAYS();
    free(expected);
  }
}

/* Pairs of a value and a column of a table with a gap, through tiles in any order and a table between. */
static void lookups(uint64_t tiles) {
  restart();
  uint64_t n = 16 * tiles;
  chg_ptr data = words(n, 40), wide = words(n, 9), inside = words(16, 16), look = words(40, 100), starts = room(2 * 3);
  chg_ptr from = room(2 * tiles), counts = words(48, 1), outside = words(2, 1), values = words(20, 100);
  static const uint64_t STARTS[] = {0, 16, 48};
  uint64_t *order = malloc(tiles * 8 + 8);
  for (uint64_t t = 0; t < tiles; t++) order[t] = 16 * (tiles - 1 - t);
  CHECK(chg_in(stream, starts, STARTS, sizeof STARTS) == CHG_OK && chg_in(stream, from, order, tiles * 8) == CHG_OK);
  memcpy((char *)image + (starts - slab), STARTS, sizeof STARTS);
  memcpy((char *)image + (from - slab), order, tiles * 8);
  free(order);
  chg_count_table table = {starts, 3, 0, 4, 0};
  chg_count_part parts[] = {{data, n, from, inside, 0, 0, 0, 1, 32, 0}, {wide, 2 * n, 0, 0, 0, 0, 0, 3, 16, 0},
                            {data, n, 0, 0, look, 40, 0, -1, 32, 0}};
  chg_count_column columns[] = {{5, 0, 0, 0, 1, 0, 0, 20}, {-7, 0, values, 20, 2, 32, 0, 0}};
  RUNS(chg_count(stream, counts, outside, &table, columns, 2, parts, 3, 4, tiles));
  RUNS(chg_count(stream, counts, outside, &table, columns, 1, parts, 1, 4, tiles));
  WROTE(counts, 48);
  WROTE(outside, 2);
  REST_STAYS();
}

/* No call of these gets far enough to look at its other arguments. */
/* What the host knows, in device memory. */
static chg_ptr structures(const void *host, uint64_t bytes) {
  chg_ptr region = room(bytes / 4);
  memcpy(image + (region - slab) / 4, host, bytes);
  CHECK(chg_in(stream, region, host, bytes) == CHG_OK);
  return region;
}

/* Structures, of which many leave the arrays of the call. */
static void rows(void) {
  static const chg_piece PIECES[] = {{0, 3, 17, 8}, {64, 40, 16, 16}, {128, 100, 1, 32}, {256, 200, 300, 16},
                                     {UINT64_MAX, 0, 1, 8}, {1, 0, 1, 16}, {0, UINT64_MAX, 2, 8}, {0, 990, 11, 8},
                                     {0, 0, UINT32_MAX, 32}, {0, 0, 1, 7}, {1023, 0, 2, 8}, {1024, 0, 0, 8}};
  static const chg_claim_term TERMS[] = {{{{1, 2, 3, 0x7ffffffe}}, 0}, {{{5, 6, 7, 8}}, 44},  {{{9, 0, 0, 0}}, 299},
                                         {{{1, 1, 1, 1}}, 300}, {{{1, 1, 1, 1}}, UINT64_MAX}};
  static const chg_claim_run RUNS_OF[] = {
      {0, 1, 0, 0, 0, 2, 0},         {48, 17, 3, 1, 0, 5, 0},         {80, 256, 40, 2, 2, 1, 0},
      {0, 257, 0, 0, 0, 2, 0},       {UINT64_MAX, 1, 0, 0, 0, 1, 0},  {0, 1, UINT32_MAX, 0, 0, 2, 0},
      {336, 1, 0, 3, 4, 9, 0},       {0, 0, 0, 0, 0, 0, 0},           {0, UINT32_MAX, 0, 0, 0, 1, 0},
      {16, 1, 0, UINT32_MAX, 0, 1, 0}, {400, 1, 0, 0, UINT32_MAX, UINT32_MAX, 0}};
  enum { PIECE_COUNT = sizeof PIECES / sizeof PIECES[0], TERM_COUNT = sizeof TERMS / sizeof TERMS[0],
         RUN_COUNT = sizeof RUNS_OF / sizeof RUNS_OF[0], GROUPS = 4 };
  restart();
  chg_ptr dst = base(1000), ints = words(256, 100), pieces = structures(PIECES, sizeof PIECES);
  RUNS(chg_place_pieces(stream, dst, 1000, ints, 1024, pieces, PIECE_COUNT));
  WROTE_BASE(dst, 1000);
  RUNS(chg_place_pieces(stream, dst, 0, ints, 0, pieces, PIECE_COUNT));
  REST_STAYS();
  chg_ptr tables = ext(300), terms = structures(TERMS, sizeof TERMS), runs = structures(RUNS_OF, sizeof RUNS_OF);
  chg_ptr weights = ext(500);
  RUNS(chg_claim_weights(stream, weights, 337, tables, 300, terms, TERM_COUNT, runs, RUN_COUNT));
  WROTE_EXT(weights, 337);
  REST_STAYS();
  for (int32_t head = 0; head <= CHG_MAX_HEAD; head += 4) {
    static const uint64_t SIZES[] = {0, 1, 17, 300};
    uint64_t width = 1u << head;
    for (int i = 0; i < 4; i++) {
      restart();
      uint64_t n = SIZES[i];
      chg_ptr src = base(n * width), eq = ext(width), folded = ext_room(n);
      RUNS(chg_fold_rows(stream, folded, src, n, head, eq));
      WROTE_EXT(folded, n);
      tables = ext(300), terms = structures(TERMS, sizeof TERMS), runs = structures(RUNS_OF, sizeof RUNS_OF);
      uint64_t cells = (GROUPS * width + 15) / 16 * 128;
      chg_ptr sums = room(cells), reduced = ext_room(GROUPS * width);
      RUNS(chg_fill(stream, sums, 0, cells * 4));
      RUNS(chg_add_head_sums(stream, sums, GROUPS, src, n * width, head, tables, 300, terms, TERM_COUNT, runs,
                             RUN_COUNT));
      RUNS(chg_reduce_sums(stream, reduced, sums, GROUPS * width));
      WROTE(sums, cells);
      WROTE_EXT(reduced, GROUPS * width);
      REST_STAYS();
    }
  }
}

static void null_streams(void) {
  chg_qm31 out[3];
  int32_t word;
  int64_t nonce;
  uint64_t sum;
#define NULL_STREAM(call) REFUSED(call, "stream is null")
  NULL_STREAM(chg_add_base(NULL, 0, 0, 0, 1));
  NULL_STREAM(chg_gather_ints(NULL, 0, 0, 0, 1, 0, 8, 1));
  NULL_STREAM(chg_sum_ext(NULL, 0, 1, out));
  NULL_STREAM(chg_eq_table(NULL, 0, out, 1, out));
  NULL_STREAM(chg_fold_round_merged(NULL, 0, 0, 0, 0, 0, 16, &S, 1, out));
  NULL_STREAM(chg_extend_grid(NULL, 0, 1));
  NULL_STREAM(chg_twiddles(NULL, 0, 1));
  NULL_STREAM(chg_encode(NULL, 0, 0, 1, 2, 1, 0));
  NULL_STREAM(chg_encode_transposed(NULL, 0, 0, 1, 2, 0));
  NULL_STREAM(chg_hash_columns(NULL, &MODE, 0, 0, 64, 1, 0, 1));
  NULL_STREAM(chg_least_nonce(NULL, NULL, 0, 1, 0, 64, MODE.word, 0, &nonce));
  NULL_STREAM(chg_matmul(NULL, 0, 0, 0, 0, 0, 0, 1, 1, 16));
  NULL_STREAM(chg_max(NULL, 0, 1, &word));
  NULL_STREAM(chg_panel_lookup(NULL, 0, 0, 0, 1, 0, 1, &word));
  NULL_STREAM(chg_panel_neighbour_sums(NULL, 0, 0, 0, 0, 1, 1, &sum));
  NULL_STREAM(chg_panel_load(NULL, 0, 16, 0, 0, 8, 1, 1, 0, 1, 1, 1));
  NULL_STREAM(chg_panel_product(NULL, NULL));
  NULL_STREAM(chg_panel_offsets(NULL, 0, 0, 16, 0, 0, 0, 1, 1, 1, 1));
  NULL_STREAM(chg_count(NULL, 0, 0, NULL, NULL, 1, NULL, 1, 4, 1));
  NULL_STREAM(chg_place_pieces(NULL, 0, 1, 0, 1, 0, 1));
  NULL_STREAM(chg_fold_rows(NULL, 0, 0, 1, 1, 0));
  NULL_STREAM(chg_add_head_sums(NULL, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1));
  NULL_STREAM(chg_reduce_sums(NULL, 0, 0, 1));
  NULL_STREAM(chg_claim_weights(NULL, 0, 1, 0, 1, 0, 1, 0, 1));
}

static void refused_products(void) {
  restart();
  chg_ptr last = slab + SLAB - 64;
  const chg_product good = {ext(256), ext(256), ext(256), 32, 16, 64, 32, 8, 32, 16, 2, 16, 128, 16, 2, 3, 4, 16};
  RUNS(chg_panel_product(stream, &good));
  REFUSED(chg_panel_product(stream, NULL), "product is null");
#define REFUSED_WITH(change, text)              \
  {                                             \
    chg_product p = good;                       \
    change;                                     \
    REFUSED(chg_panel_product(stream, &p), text); \
  }
  REFUSED_WITH(p.acc = 0, "acc is null");
  REFUSED_WITH(p.acc = last, "acc: ");
  REFUSED_WITH(p.acc += 4, "acc: ");
  REFUSED_WITH(p.acc_group = SLAB / 4, "acc: ");
  REFUSED_WITH(p.w = 0, "w is null");
  REFUSED_WITH(p.w = last, "w: ");
  REFUSED_WITH(p.w += 1, "w: ");
  REFUSED_WITH((p.share = 1, p.w_group = SLAB / 2), "w: ");
  REFUSED_WITH(p.in_tile = SLAB / 2, "w: ");
  REFUSED_WITH((p.rows = 9, p.out_tile = SLAB / 2), "w: ");
  REFUSED_WITH(p.x = last, "x: ");
  REFUSED_WITH(p.x += 1, "x: ");
  REFUSED_WITH(p.x_stride = SLAB, "x: ");
  REFUSED_WITH(p.x_stride = UINT64_MAX, "too large");
  REFUSED_WITH(p.x_group = SLAB, "x: ");
  REFUSED_WITH(p.acc_group = UINT64_MAX, "too large");
  REFUSED_WITH((p.x_group = (uint64_t)1 << 31, p.groups = 3), "integers; up to 2^32");
  REFUSED_WITH(p.bits = 12, "not 12");
  REFUSED_WITH(p.out_bits = 31, "2^31 x 2^4 weights");
  REFUSED_WITH(p.in_bits = -1, "2^3 x 2^-1 weights");
  REFUSED_WITH(p.share = 0, "0 groups with the same weights");
  REFUSED_WITH(p.rows = UINT64_MAX, "-1 x 32 weights");
  REFUSED_WITH(p.lanes = UINT64_MAX, "-1 lanes of 2 groups");
  REFUSED_WITH(p.in_tile = UINT64_MAX, "too far apart");
  REFUSED_WITH((p.share = 1, p.w_group = UINT64_MAX), "too far apart");
  REFUSED_WITH((p.share = 1, p.w_group = UINT32_MAX), "4294967455 weights");
#undef REFUSED_WITH
}

static void refusals(void) {
  restart();
  chg_ptr a = ext(256), b = ext(256), c = ext(256), last = slab + SLAB - 64;
  chg_qm31 out[3], wrong = {{0, 0, 0x7fffffff, 0}};
  int32_t word = 0, back[2] = {3, 2}, far = 4;
  int64_t nonce = 0;
  REFUSED(chg_add_base(stream, 0, a, b, 1), "chg_add_base: dst is null");
  REFUSED(chg_add_base(stream, a + 4, a, b, 1), "dst: the device address");
  REFUSED(chg_add_base(stream, a, b, last, 17), "b: 128 bytes");
  REFUSED(chg_add_base(stream, a, b, c, UINT64_MAX), "not in the slab");
  REFUSED(chg_add_ext(stream, a, b, c, UINT64_MAX / 16 + 2), "not in the slab");
  REFUSED(chg_add_ext(stream, last, b, c, 1), "dst: 256 bytes");
  REFUSED(chg_add_base(stream, a, a + 64, b, 17), "dst overlaps a");
  REFUSED(chg_ext_from_base(stream, a, a, 16), "dst overlaps a");
  REFUSED(chg_add_fractions(stream, a, a, b, b, c, c, 16), "p overlaps q");
  REFUSED(chg_add_fractions(stream, a, b, b, c, c, c, 16), "q overlaps p0");
  REFUSED(chg_gather_ints(stream, a, a, 0, 16, b, 32, 16), "dst overlaps table");
  REFUSED(chg_embed_ints(stream, a, b, 24, 1), "8, 16 or 32 bits, not 24");
  REFUSED(chg_embed_ints(stream, a, b + 1, 16, 1), "no multiple of 2");
  REFUSED(chg_scale_ext(stream, a, b, NULL, 1), "s is null");
  REFUSED(chg_scale_ext(stream, a, b, &wrong, 1), "s is not canonical: it has the word 0x7fffffff");
  REFUSED(chg_sum_ext(stream, a, 1, NULL), "out is null");
  REFUSED(chg_combine_rows(stream, a, b, 16, 8, c, 1), "no multiple of 16");
  REFUSED(chg_combine_rows(stream, a, b, 16, UINT64_MAX / 16 * 16, c, 3), "not in the slab");
  REFUSED(chg_eq_table(stream, a, out, 33, &S), "0 to 32 variables, not 33");
  REFUSED(chg_eq_table(stream, a, out, -1, &S), "not -1");
  REFUSED(chg_eq_table(stream, a, NULL, 1, &S), "point is null");
  REFUSED(chg_fold_round_product(stream, a, b, 16, &S, 17, out), "more than the stride");
  REFUSED(chg_fold_round_product(stream, a, b, 17, &S, 1, out), "no multiple of 16");
  REFUSED(chg_fold_round_product(stream, a, a, 16, &S, 1, out), "overlaps");
  REFUSED(chg_add_grid_products(stream, a, b, c, c, 257), "at most 256 elements, not 257");
  REFUSED(chg_twiddles(stream, a, 0), "not 2^0");
  REFUSED(chg_twiddles(stream, a, 31), "not 2^31");
  REFUSED(chg_encode(stream, a, b, 3, 3, 1, c), "log_k 3, log_n 3");
  REFUSED(chg_encode(stream, a, b, 1, 2, UINT64_MAX, c), "not in the slab");
  REFUSED(chg_encode_at(stream, a, b, 1, 2, back, 2, c), "position 2 comes after a greater one");
  REFUSED(chg_encode_at(stream, a, b, 1, 2, &far, 1, c), "position 4 is not in a codeword");
  REFUSED(chg_encode_at(stream, a, b, 1, 2, NULL, 1, c), "positions is null");
  REFUSED(chg_hash_columns(stream, NULL, a, b, 64, 1, 0, 1), "mode is null");
  REFUSED(chg_hash_columns(stream, &MODE, a, b, 64, 1, 2, 1), "the columns end at 1");
  REFUSED(chg_hash_columns(stream, &MODE, a, b, 2, 1, 0, 1), "no multiple of 4");
  REFUSED(chg_hash_columns(stream, &MODE, a, b, 64, UINT64_MAX, 0, 1), "not in the slab");
  REFUSED(chg_hash_pairs(stream, &MODE, a, b, 1, 34), "a digest of 34 bytes");
  REFUSED(chg_hash_pairs(stream, &MODE, a, b, 1, 17), "a digest of 17 bytes");
  REFUSED(chg_init_columns(stream, &MODE, a, 15), "15 columns");
  REFUSED(chg_absorb_columns(stream, &MODE, a, b, 64, 17, 16, 0, 0), "1 to 16 rows, not 17");
  REFUSED(chg_absorb_columns(stream, &MODE, a, b, 64, 0, 16, 0, 0), "1 to 16 rows, not 0");
  REFUSED(chg_merge_columns(stream, &MODE, a, a, 16, 0), "right overlaps left");
  REFUSED(chg_least_nonce(stream, NULL, 57, 1, 0, 64, MODE.word, 0, &nonce), "at most 56 bytes");
  REFUSED(chg_least_nonce(stream, NULL, 1, 1, 0, 64, MODE.word, 0, &nonce), "head is null");
  REFUSED(chg_least_nonce(stream, NULL, 0, 65, 0, 64, MODE.word, 0, &nonce), "1 to 64 bits");
  REFUSED(chg_least_nonce(stream, NULL, 0, 1, 1, 64, MODE.word, 0, &nonce), "multiples of 64");
  REFUSED(chg_least_nonce(stream, NULL, 0, 1, UINT64_MAX - 63, 64, MODE.word, 0, &nonce), "below 2^63");
  REFUSED(chg_least_nonce(stream, NULL, 0, 1, 0, 64, MODE.word, 0, NULL), "nonce is null");
  REFUSED(chg_matmul(stream, a, 16, b, 1, c, 16, 1, 1, 8), "a width of 8");
  REFUSED(chg_matmul(stream, a, 16, b + 1, 1, c, 16, 1, 1, 16), "w: the device address");
  REFUSED(chg_shift_round(stream, a, 0, b, 32, 1), "a shift of 32 bits");
  REFUSED(chg_max(stream, a, 0, &word), "no integers");
  REFUSED(chg_lookup(stream, a, b, 0, UINT64_MAX, c, 1), "table: ");
  REFUSED(chg_panel_max(stream, a, b, 16, 0, 16), "no rows");
  REFUSED(chg_panel_copy(stream, a, UINT64_MAX, b, 16, 3, 16), "dst: ");
  REFUSED(chg_panel_scale_round(stream, a, b, c, 16, b, 0, 1, 16), "not 0");
  REFUSED(chg_panel_neighbours(stream, a, b, c, 16, b, b, -1, 1, 16), "negative, -1");
  REFUSED(chg_panel_narrow(stream, a, 16, b, 16, 1, 16, NULL), "fits is null");
  REFUSED(chg_panel_load(stream, a, 16, 0, b, 12, 1, 1, 0, 1, 1, 1), "not 12");
  REFUSED(chg_panel_load(stream, a, 16, 0, last, 32, 17, 1, 0, 2, 1, 1), "src: ");
  REFUSED(chg_panel_load(stream, a, 16, 0, last, 32, 1, 1, 17, 1, 1, 2), "src: ");
  REFUSED(chg_panel_load(stream, last, 16, 17, a, 32, 1, 1, 1, 1, 1, 2), "dst: ");
  REFUSED(chg_panel_load(stream, a, 16, 1, b, 32, 1, 1, UINT64_MAX, 1, 1, 2), "too large");
  REFUSED(chg_panel_load(stream, a, 0, 0, b, 32, 0, 0, 0, 1 << 30, 1, 1 << 30), "as many groups");
  REFUSED(chg_panel_load(stream, a, 16, 0, b, 32, UINT64_MAX, 1, 0, 2, 1, 1), "too large");
  REFUSED(chg_panel_store(stream, last, 16, 1, 16, 0, a, 16, 0, 2, 17, 1, c), "dst: ");
  REFUSED(chg_panel_store(stream, last, 16, 1, 1, 32, a, 16, 16, 1, 1, 2, c), "dst: ");
  REFUSED(chg_panel_store(stream, a, 16, 1, 1, 1, last, 16, 16, 1, 1, 2, c), "src: ");
  REFUSED(chg_panel_store(stream, a, 16, 1, 16, 0, b, 16, 0, 1, 1, 1, 0), "failed is null");
  REFUSED(chg_panel_rotate(stream, a, a, b, c, 16), "overlaps");
  REFUSED(chg_panel_table(stream, a, b, 16, c, 0, UINT64_MAX, 1, 1, c), "table: ");
  REFUSED(chg_panel_mask(stream, a, 16, INT64_MAX, 0, 1, 1, 1), "out of range");
  REFUSED(chg_panel_mask(stream, last, 16, 0, 0, 1, 4, 5), "x: ");
  REFUSED(chg_panel_copy_above(stream, a, last, 16, 0, 1, 4, 5), "x: ");
  REFUSED(chg_panel_first_outside_below(stream, a, b, 16, 0, 1, 0, 1, 8, 2), "8 lanes are no multiple");
  REFUSED(chg_panel_offsets(stream, a, b, 16, c, c, -1, 1, 1, 1, 1), "negative, -1");
  REFUSED(chg_panel_offsets(stream, a, b, 16, c, c, 1, 1, -2, 1, 1), "negative, -2");
  const chg_count_table table = {0, 1, 0, 4, 0}, none = {0, 0, 0, 4, 0}, pairs = {0, 1, 0, 4, 2};
  const chg_count_part part = {b, 16, 0, 0, 0, 0, 0, 1, 32, 0}, outside = {last, 17, 0, 0, 0, 0, 0, 1, 32, 0};
  const chg_count_column column = {0, 0, 0, 0, 1, 0, 0, 4}, long_one = {0, 0, 0, 0, 2, 0, 0, 4},
                         bits = {0, 0, 0, 0, 1, 0, 63, 1}, empty = {0, 0, 0, 0, 0, 0, 0, 4};
  REFUSED(chg_count(stream, a, c, NULL, &column, 1, &part, 1, 4, 1), "table is null");
  REFUSED(chg_count(stream, a, c, &table, &column, 5, &part, 1, 4, 1), "5 columns; 1 to 4");
  REFUSED(chg_count(stream, a, c, &table, &column, 1, &part, 9, 4, 1), "9 parts; up to 8");
  REFUSED(chg_count(stream, a, c, &none, &column, 1, &part, 1, 4, 1), "a table of 0 tiles");
  REFUSED(chg_count(stream, a, c, &pairs, &column, 1, &part, 1, 4, 1), "two digits");
  REFUSED(chg_count(stream, a, c, &table, &long_one, 1, &part, 1, 4, 1), "2 parts, 1 are left");
  REFUSED(chg_count(stream, a, c, &table, &empty, 1, &part, 1, 4, 1), "1 parts belong to no component");
  REFUSED(chg_count(stream, a, c, &table, &bits, 1, &part, 1, 4, 1), "of an entry");
  REFUSED(chg_count(stream, a, c, &table, &column, 1, &outside, 1, 4, 1), "data of a part");
  REFUSED(chg_count(stream, a, c, &table, &column, 1, &part, 1, 31, 1), "tiles of 2^31");
  REFUSED(chg_count(stream, b, c, &table, &column, 1, &part, 1, 4, 1), "counts overlaps data");
  REFUSED(chg_place_pieces(stream, a, 16, b, 64, c, UINT64_MAX), "pieces: ");
  REFUSED(chg_place_pieces(stream, a, 16, b, UINT64_MAX, c, 1), "src: ");
  REFUSED(chg_place_pieces(stream, a, 16, a, 64, c, 1), "dst overlaps src");
  REFUSED(chg_fold_rows(stream, a, b, 1, -1, c), "0 to 8 variables, not -1");
  REFUSED(chg_fold_rows(stream, a, b, UINT64_MAX / 2, 8, c), "not in the slab");
  REFUSED(chg_add_head_sums(stream, a, UINT64_MAX, b, 1, 8, c, 1, c, 1, c, 1), "sums: ");
  REFUSED(chg_add_head_sums(stream, a, 1, b, 1, 0, c, 1, c, 1, a, 1), "sums overlaps runs");
  REFUSED(chg_reduce_sums(stream, a, b, UINT64_MAX), "not in the slab");
  REFUSED(chg_claim_weights(stream, a, 1, b, 1, c, UINT64_MAX, c, 1), "terms: ");
  REST_STAYS();
}

/* Descriptions and programs of any words: whatever they say, kernels stay inside their operands. */
static void statements(uint64_t n) {
  restart();
  enum { FACTORS = 5, VARIABLE = 6 };
  uint64_t elements = n / 16 * 16;
  static const uint32_t POINTS[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x7ffffffe};
  chg_statement s = {.tables = ext(elements), .elements = elements, .factors = words(16 * FACTORS, UINT32_MAX),
                     .program = words(n, UINT32_MAX), .constants = base(4 * n), .factor_count = FACTORS,
                     .words = (uint32_t)n, .constant_count = (uint32_t)n, .weight = -1};
  chg_qm31 out[12];
  for (int32_t count = 1; count <= 12; count++) {
    RUNS(chg_sum_round(stream, &s, VARIABLE, POINTS, count, out));
    CHECK(canonical(out, count));
  }
  uint32_t *program = image + (s.program - slab) / 4;
  for (uint64_t i = 0; i < n; i++) program[i] = program[i] % 9 | program[i] / 9 % 6 << 8;
  chg_factor *factors = (chg_factor *)(image + (s.factors - slab) / 4);
  for (uint32_t f = 0; f < FACTORS; f++) {
    factors[f].first = 16 * f;
    factors[f].runs = f + 4;
    for (uint32_t r = 0; r < CHG_FACTOR_RUNS; r++) factors[f].mask[r] &= 0x7f;
  }
  CHECK(chg_in(stream, s.program, program, 4 * n) == CHG_OK);
  CHECK(chg_in(stream, s.factors, factors, sizeof(chg_factor) * FACTORS) == CHG_OK);
  for (s.weight = -1; s.weight < FACTORS; s.weight++) {
    RUNS(chg_sum_round(stream, &s, VARIABLE, POINTS, 12, out));
    CHECK(canonical(out, 12));
    RUNS(chg_bind_factors(stream, &s, VARIABLE, &S));
    WROTE_EXT(s.tables, elements);
  }
  s.weight = 0;
  chg_ptr values = ext_room(FACTORS << 4);
  RUNS(chg_factor_values(stream, &s, 4, values));
  WROTE_EXT(values, FACTORS << 4);
  int32_t to[] = {-1, 3, 0, 2, -1, 1};
  chg_ptr table = ext(16), wide = ext_room(64);
  RUNS(chg_spread_table(stream, wide, table, to, 6));
  WROTE_EXT(wide, 64);
  chg_ptr index = words(n, 100), many = ext(n);
  RUNS(chg_scatter_ext(stream, wide, 64, index, many, n > 0));
  WROTE_EXT(wide, 64);
  for (uint32_t slices = 1; slices <= 4; slices *= 2) {
    chg_column c = {.values = base(n), .size = n, .weights = ext(8), .starts = words(5, 12), .tiles = words(9, 12),
                    .tile_weights = ext(9), .entries = 9, .parts = ext_room(16 * slices * 4), .free = 0x12, .bits = 16,
                    .low_bits = 5, .high_bits = 2, .lanes = 64 / slices, .tile_slices = slices, .low_slices = 4};
    chg_ptr bound = ext_room(16);
    RUNS(chg_bind_column(stream, bound, &c));
    WROTE_EXT(bound, 16);
    WROTE_EXT(c.parts, 16 * slices * 4);
  }
  REST_STAYS();
}

static void refused_statements(void) {
  restart();
  chg_ptr a = base(256);
  chg_statement s = {.tables = a, .elements = 16, .factors = a, .program = a, .factor_count = 1, .words = 1};
  chg_column c = {.values = a, .size = 16, .weights = a, .starts = a, .tiles = a, .tile_weights = a, .bits = 16,
                  .lanes = 1, .tile_slices = 1, .low_slices = 1};
  const uint32_t zero = 0, wrong = P;
  const int32_t to = 32;
  chg_qm31 out;
  REFUSED(chg_sum_round(NULL, &s, 0, &zero, 1, &out), "stream is null");
  REFUSED(chg_sum_round(stream, NULL, 0, &zero, 1, &out), "statement is null");
  REFUSED(chg_sum_round(stream, &s, -1, &zero, 1, &out), "no variable -1");
  REFUSED(chg_sum_round(stream, &s, 0, &zero, 13, &out), "1 to 12 points, not 13");
  REFUSED(chg_sum_round(stream, &s, 0, &wrong, 1, &out), "is not canonical");
  REFUSED(chg_sum_round(stream, &s, 0, NULL, 1, &out), "points is null");
  REFUSED(chg_sum_round(stream, &s, 0, &zero, 1, NULL), "out is null");
  REFUSED(chg_bind_factors(stream, &s, 0, NULL), "r is null");
  REFUSED(chg_bind_factors(stream, &s, 32, &S), "no variable 32");
  REFUSED(chg_bind_factors(stream, &s, 0, &S), "tables overlaps factors");
  REFUSED(chg_factor_values(stream, &s, 0, a), "dst overlaps");
  s.weight = 1;
  REFUSED(chg_bind_factors(stream, &s, 0, &S), "factor 1, the weight, is not there");
  s.factor_count = 0;
  REFUSED(chg_bind_factors(stream, &s, 0, &S), "factors, not 0");
  REFUSED(chg_bind_column(stream, a, NULL), "column is null");
  REFUSED(chg_bind_column(stream, a, &c), "dst overlaps values");
  c.lanes = 512;
  REFUSED(chg_bind_column(stream, a, &c), "512 lanes");
  c.lanes = 1;
  c.low_slices = 2;
  REFUSED(chg_bind_column(stream, a, &c), "2 slices of 2^0 elements");
  c.free = 1;
  REFUSED(chg_bind_column(stream, a, &c), "are not bits of a tile");
  c.low_bits = 33;
  REFUSED(chg_bind_column(stream, a, &c), "0 to 32 bits, not 33");
  REFUSED(chg_spread_table(stream, a, a, &to, 1), "there is no bit 32");
  REFUSED(chg_scatter_ext(stream, a, 16, a, a, 1), "dst overlaps index");
  REST_STAYS();
}

int main(void) {
  chg_device *device = NULL;
  chg_device_info info;
  image = malloc(SLAB);
  CHECK(chg_open(0, SLAB, &device) == CHG_OK && chg_describe(device, &info) == CHG_OK);
  slab = info.slab_address;
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  null_streams();
  refusals();
  refused_statements();
  refused_products();
  for (uint64_t seed = 0; seed < 3; seed++) {
    static const uint64_t SIZES[] = {0, 1, 16, 17, 304, 1000};
    CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
    for (int i = 0; i < 6; i++) {
      arrays(SIZES[i]);
      sums(SIZES[i]);
      statements(SIZES[i]);
      integers(SIZES[i]);
      panels(SIZES[i] / 10, 16 + SIZES[i] / 16 * 16);
      inference(SIZES[i] / 10, 1 + SIZES[i] / 10);
      lookups(SIZES[i] / 3);
    }
    lane_groups(1, 1, 3);
    lane_groups(40, 17, 5);
    lane_groups(9, 32, 1);
    products(0, 0, 1, 1, 1, 1);
    products(2, 1, 12, 10, 15, 3);
    products(4, 5, 33, 31, 16, 2);
    products(3, 4, 72, 170, 65, 1);
    products(1, 6, 2, 500, 130, 4);
    products(30, 5, 100, 32, 20, 5);
    products(4, 4, 0, 16, 16, 1);
    products(4, 4, 16, 0, 16, 1);
    products(4, 4, 16, 16, 0, 1);
    products(4, 4, 16, 16, 16, 0);
    tables_and_grids();
    codes();
    hashes();
    rows();
  }
  CHECK(chg_stream_close(stream) == CHG_OK);
  CHECK(chg_close(device) == CHG_OK);
  free(image);
  return failures > 255 ? 255 : failures;
}
