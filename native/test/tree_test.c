/*
 * Trees of fractions as a C program sees them: leaves that are stored and leaves that are made on demand give the same,
 * no index of a program leaves its tensors, and what is refused. That values are right is tested in Java.
 */
#include <stdlib.h>

#include "check.h"

enum { SLAB = 1 << 18, BITS = 7, STRIPS = 2, RUN = 2, PLACES = 2 * 16 + 3 * 4 };
/* Three units of sixteen leaves, of eight that there might be. */
enum { STORED = 48, WIDTH = 12 };

static const chg_qm31 LAMBDA = {{5, 6, 7, 0x7ffffffe}}, R = {{0x12345678, 9, 0x7ffffffe, 11}};
static chg_stream *stream;
static chg_ptr slab, end;
static uint64_t state = 1;

static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % 0x7fffffff;
}

static chg_qm31 element(void) {
  chg_qm31 value;
  for (int k = 0; k < 4; k++) value.c[k] = next();
  return value;
}

static chg_ptr room(uint64_t bytes) {
  chg_ptr region = end;
  end += (bytes + 63) / 64 * 64 + 64;
  CHECK(end <= slab + SLAB);
  return region;
}

static chg_ptr ext(uint64_t n) { return room((n + 15) / 16 * 256); }

static chg_ptr put(const void *from, uint64_t bytes) {
  chg_ptr region = room(bytes);
  CHECK(chg_in(stream, region, from, bytes) == CHG_OK);
  return region;
}

/* n whole blocks of an ext array are the same. */
static int same(chg_ptr a, chg_ptr b, uint64_t n) {
  uint64_t bytes = n * 16;
  char *x = malloc(bytes), *y = malloc(bytes);
  int equal = chg_out(stream, x, a, bytes) == CHG_OK && chg_out(stream, y, b, bytes) == CHG_OK &&
              memcmp(x, y, bytes) == 0;
  free(x);
  free(y);
  return equal;
}

static chg_tree_segment segments[2];
static chg_tree_term terms[3];
static chg_tree_program program;

static void make_program(void) {
  int16_t values[32];
  for (int i = 0; i < 32; i++) values[i] = (int16_t)next();
  int8_t bytes[5] = {1, -2, 3, -4, 5};
  int32_t numerators[12];
  for (int i = 0; i < 12; i++) numerators[i] = (int32_t)next() - 0x3fffffff;
  int64_t starts[2] = {0, 16}, wild[2] = {-3, INT64_MAX}, entries[3] = {8, 0, INT64_C(1) << 40};
  int32_t inside[16] = {0, 1, 2, 3, 4, 5, -1, 7, INT32_MAX, INT32_MIN, 3, 3, 4, 4, 0, 0};
  segments[0] = (chg_tree_segment){.constant = element(), .tiles = 2, .low_bits = 4, .terms = 2};
  segments[1] = (chg_tree_segment){.constant = element(), .first = 32, .tiles = 3, .low_bits = 2, .bits = 32,
                                   .first_term = 2, .terms = 1, .numerators = put(numerators, sizeof numerators),
                                   .entries = put(entries, sizeof entries)};
  terms[0] = (chg_tree_term){.weight = element(), .data = put(values, sizeof values), .size = 32, .bits = 16,
                             .starts = put(starts, sizeof starts)};
  terms[1] = (chg_tree_term){.weight = element(), .data = put(bytes, sizeof bytes), .size = 5, .bits = 8,
                             .starts = put(wild, sizeof wild), .inside = put(inside, sizeof inside)};
  terms[2] = (chg_tree_term){.weight = element(), .base = 0x7ffffffe, .from = 1, .bits = 2};
  program = (chg_tree_program){.program = room(5 * 64), .segments = 2, .terms = 3, .bits = BITS, .strip_bits = STRIPS,
                               .run_bits = RUN};
}

static void stored_and_unstored_leaves_are_the_same(void) {
  chg_ptr p = ext(STORED), q = ext(STORED), half = ext(2 * STORED), other = ext(2 * STORED), eq = ext(2 * 64 + 16);
  chg_qm31 point[BITS - 2], first[2], second[2];
  for (int i = 0; i < BITS - 2; i++) point[i] = element();
  CHECK(chg_tree_leaves(stream, &program, segments, terms, p, q) == CHG_OK);
  chg_ptr bottom = half + 32 * 16, other_bottom = other + 32 * 16;
  CHECK(chg_fill(stream, half, 1, STORED * 32) == CHG_OK && chg_fill(stream, other, 1, STORED * 32) == CHG_OK);
  CHECK(chg_tree_parents(stream, half, bottom, p, q, STORED / 2, STORED) == CHG_OK);
  CHECK(chg_tree_leaf_parents(stream, &program, segments, terms, other, other_bottom) == CHG_OK);
  CHECK(same(half, other, 16) && same(bottom, other_bottom, 16));
  CHECK(chg_tree_eq(stream, eq, point, BITS - 2) == CHG_OK);
  chg_tree_children children = {p, q, STORED / 2, {WIDTH, WIDTH}, BITS - 1, STRIPS - 1};
  CHECK(chg_tree_round(stream, &children, eq, BITS - 2, &LAMBDA, NULL, first) == CHG_OK);
  CHECK(chg_tree_leaf_round(stream, &program, segments, terms, eq, BITS - 2, &LAMBDA, second) == CHG_OK);
  CHECK(memcmp(first, second, sizeof first) == 0);
  chg_tree_children bound = {half, bottom, 16, {WIDTH, WIDTH}, BITS - 2, 0};
  CHECK(chg_tree_leaf_fold_round(stream, &program, segments, terms, &bound, eq, BITS - 2, &LAMBDA, &R, second) ==
        CHG_OK);
  CHECK(chg_tree_round(stream, &children, eq, BITS - 2, &LAMBDA, &R, first) == CHG_OK);
  CHECK(memcmp(first, second, sizeof first) == 0);
  children.variables--;
  children.strip_bits--;
  for (; children.variables > 4; children.variables--, bound.variables--) {
    CHECK(chg_tree_round(stream, &children, eq, BITS - 2, &LAMBDA, &R, first) == CHG_OK);
    CHECK(chg_tree_round(stream, &bound, eq, BITS - 2, &LAMBDA, &R, second) == CHG_OK);
    CHECK(memcmp(first, second, sizeof first) == 0);
  }
  chg_ptr values = ext(64), others = ext(64);
  CHECK(chg_tree_values(stream, &children, &R, values) == CHG_OK);
  CHECK(chg_tree_values(stream, &bound, &R, others) == CHG_OK && same(values, others, 64));
  CHECK(chg_tree_values(stream, &children, NULL, values) == CHG_OK && !same(values, others, 64));
}

/* One strip: the upper half is shorter than the lower one, or is not there. */
static void layers_without_strips(void) {
  chg_ptr p = ext(32), q = ext(32), to = ext(16), under = ext(16), eq = ext(64), values = ext(64);
  chg_qm31 point[4], out[2];
  for (int i = 0; i < 4; i++) point[i] = element();
  CHECK(chg_fill(stream, p, 3, 512) == CHG_OK && chg_fill(stream, q, 4, 512) == CHG_OK);
  CHECK(chg_tree_eq(stream, eq, point, 4) == CHG_OK);
  for (uint64_t n = 1; n <= 32; n++) {
    CHECK(chg_tree_parents(stream, to, under, p, q, 16, n) == CHG_OK);
    chg_tree_children children = {p, q, 16, {n < 16 ? n : 16, n < 16 ? 0 : n - 16}, 4, 0};
    CHECK(chg_tree_round(stream, &children, eq, 4, &LAMBDA, NULL, out) == CHG_OK);
    CHECK(chg_tree_round(stream, &children, eq, 4, &LAMBDA, &R, out) == CHG_OK);
    CHECK(chg_tree_values(stream, &children, NULL, values) == CHG_OK);
  }
  CHECK(chg_tree_eq(stream, eq, NULL, 0) == CHG_OK);
  chg_tree_children single = {p, q, 1, {1, 1}, 0, 0};
  CHECK(chg_tree_values(stream, &single, NULL, values) == CHG_OK);
  chg_tree_children pair = {p, q, 2, {2, 1}, 1, 0};
  CHECK(chg_tree_round(stream, &pair, eq, 0, &LAMBDA, NULL, out) == CHG_OK);
}

static int32_t leaves(const chg_tree_program *of) {
  return chg_tree_leaves(stream, of, segments, terms, slab + SLAB - 4096, slab + SLAB - 2048);
}

static void programs_that_are_refused(void) {
  CHECK(leaves(&program) == CHG_OK);
  CHECK(chg_tree_leaves(NULL, &program, segments, terms, slab, slab) == CHG_ARGUMENT);
  CHECK(chg_tree_leaves(stream, NULL, segments, terms, slab, slab) == CHG_ARGUMENT);
  REFUSED(chg_tree_leaves(stream, &program, NULL, terms, slab, slab), "segments");
  REFUSED(chg_tree_leaves(stream, &program, segments, NULL, slab, slab), "terms");
  REFUSED(chg_tree_leaves(stream, &program, segments, terms, program.program, slab), "overlaps");
#define WRONG(structure, field, value, text) \
  do {                                       \
    __typeof__(structure) kept = structure;  \
    structure.field = value;                 \
    REFUSED(leaves(&program), text);         \
    structure = kept;                        \
  } while (0)
  WRONG(program, segments, 0, "without segments");
  WRONG(program, bits, 33, "2^33");
  WRONG(program, bits, 5, "more than 2^5");
  WRONG(program, strip_bits, 6, "runs of");
  WRONG(program, strip_bits, 0, "runs of");
  WRONG(program, reserved, 1, "reserved");
  WRONG(program, terms, 2, "of 2");
  WRONG(program, program, slab + 1, "multiple");
  WRONG(segments[0], tiles, 0, "0");
  WRONG(segments[0], tiles, UINT64_MAX, "tiles");
  WRONG(segments[0], low_bits, -1, "2^-1");
  WRONG(segments[0], constant.c[2], 0x7fffffff, "not canonical");
  WRONG(segments[1], first, 31, "place 31");
  WRONG(segments[1], first_term, 1, "number 1");
  WRONG(segments[1], bits, 7, "not 7");
  WRONG(segments[1], numerators, slab + SLAB, "not in the slab");
  WRONG(segments[1], entries, 0, "digits need");
  WRONG(terms[0], weight.c[0], UINT32_MAX, "not canonical");
  WRONG(terms[0], size, UINT64_MAX, "not in the slab");
  WRONG(terms[0], starts, slab + 4, "multiple");
  WRONG(terms[1], inside, slab + SLAB - 60, "not in the slab");
  WRONG(terms[2], base, -1, "not canonical");
  WRONG(terms[2], from, 63, "0 to 62");
  WRONG(terms[2], bits, -1, "0 to 62");
  program.strip_bits = 0;
  program.run_bits = BITS;
  REFUSED(chg_tree_leaf_parents(stream, &program, segments, terms, slab + SLAB - 4096, slab + SLAB - 2048), "strips");
}

static void layers_that_are_refused(void) {
  chg_ptr p = ext(64), q = ext(64), eq = ext(64);
  chg_qm31 out[2];
  chg_tree_children children = {p, q, 32, {32, 32}, 5, 0};
#define REFUSES(field, value, text)                                                       \
  do {                                                                                    \
    chg_tree_children wrong = children;                                                   \
    wrong.field = value;                                                                  \
    REFUSED(chg_tree_round(stream, &wrong, eq, 4, &LAMBDA, NULL, out), text);             \
  } while (0)
  REFUSES(variables, 33, "33 variables");
  REFUSES(variables, 6, "4 variables");
  REFUSES(variables, 0, "32 nodes");
  REFUSES(strip_bits, 6, "strips");
  REFUSES(width[0], 0, "0 nodes");
  REFUSES(width[0], 33, "33 nodes");
  REFUSES(width[1], 33, "33 nodes");
  REFUSES(second, 31, "31");
  REFUSES(second, UINT64_MAX, "not in the slab");
  REFUSED(chg_tree_round(stream, NULL, eq, 4, &LAMBDA, NULL, out), "children");
  REFUSED(chg_tree_round(stream, &children, eq, 33, &LAMBDA, NULL, out), "33 variables");
  REFUSED(chg_tree_round(stream, &children, eq, 4, NULL, NULL, out), "lambda");
  REFUSED(chg_tree_round(stream, &children, eq, 4, &LAMBDA, NULL, NULL), "out");
  REFUSED(chg_tree_round(stream, &children, p, 4, &LAMBDA, &R, out), "overlaps");
  REFUSED(chg_tree_values(stream, &children, NULL, eq), "16 nodes");
  REFUSED(chg_tree_values(stream, &children, &R, p), "overlaps");
  REFUSED(chg_tree_eq(stream, eq, NULL, 4), "point");
  REFUSED(chg_tree_eq(stream, eq, NULL, 33), "33 variables");
  REFUSED(chg_tree_parents(stream, p, q, p, q, 16, 32), "overlaps");
}

int main(void) {
  chg_device *device = NULL;
  chg_device_info info;
  CHECK(chg_open(0, SLAB, &device) == CHG_OK && chg_describe(device, &info) == CHG_OK);
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  slab = info.slab_address;
  for (uint64_t seed = 0; seed < 4; seed++) {
    CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
    end = slab;
    make_program();
    stored_and_unstored_leaves_are_the_same();
    layers_without_strips();
  }
  programs_that_are_refused();
  layers_that_are_refused();
  CHECK(chg_stream_close(stream) == CHG_OK);
  CHECK(chg_close(device) == CHG_OK);
  printf("%d failures\n", failures);
  return failures != 0;
}
