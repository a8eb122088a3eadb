/* Rates of the kernels of Chagres in C with AVX-512 intrinsics: the limit that the Java kernels are measured against.
 *
 *   gcc -O3 -march=native -DFLAGS='"-O3 -march=native"' limits.c -o limits && ./limits [NAME]
 *
 * Prints the lines of c-limits.tsv for this processor; with NAME only kernels whose names contain it. Kernels are checked
 * against scalar code first. Names, sizes and units are those of `chagres bench kernels`. */
#include "blake3.h"
#include "fft.h"
#include "field.h"
#include "integer.h"

#ifndef FLAGS
#define FLAGS "unknown"
#endif

static const Ext R = {{1234567890, 77777777, 2000000000, 987654321}};
static volatile int sink;

/* "2^14", "32x2^13" */
static const char *power(int log) {
  static char text[2][16];
  static int at;
  at ^= 1;
  snprintf(text[at], sizeof text[at], "2^%d", log);
  return text[at];
}
static const char *product(int n, int log) {
  static char text[24];
  snprintf(text, sizeof text, "%dx2^%d", n, log);
  return text;
}

static void header(void) {
  char line[256], *fields[4] = {0};
  const char *names[4] = {"model name", "cpu family", "model", "stepping"};
  FILE *f = fopen("/proc/cpuinfo", "r");
  while (f && fgets(line, sizeof line, f)) {
    char *colon = strchr(line, ':');
    if (!colon) continue;
    char *end = colon;
    while (end > line && (end[-1] == ' ' || end[-1] == '\t')) end--;
    *end = 0;
    colon[strcspn(colon, "\n")] = 0;
    for (int i = 0; i < 4; i++)
      if (!fields[i] && !strcmp(line, names[i])) fields[i] = strdup(colon + 2);
  }
  if (f) fclose(f);
  printf("# cpu: %s (family %s, model %s, stepping %s)\n# compiler: gcc %s\n# flags: %s\n", fields[0], fields[1], fields[2],
         fields[3], __VERSION__, FLAGS);
}

/* ---- checks against scalar code ---- */

static void check_elementwise(void) {
  enum { N = 64 };
  u32 *a = elements(4 * N), *b = elements(4 * N), *c = elements(4 * N), *d = room(16 * N), *want = room(16 * N);
  add_base(d, a, b, N);
  for (int i = 0; i < N; i++) want[i] = s_add(a[i], b[i]);
  check_equal(d, want, 4 * N, "addBase");
  mul_add_base(d, a, b, c, N);
  for (int i = 0; i < N; i++) want[i] = s_add(s_mul(a[i], b[i]), c[i]);
  check_equal(d, want, 4 * N, "mulAddBase");
  mul_ext(d, a, b, N);
  for (int i = 0; i < N; i++) e_set(want, i, e_mul(e_get(a, i), e_get(b, i)));
  check_equal(d, want, 16 * N, "mulExt");
  mul_ext_by_base(d, a, b, N);
  for (int i = 0; i < N; i++) e_set(want, i, e_mul(e_get(a, i), e_of(b[i])));
  check_equal(d, want, 16 * N, "mulExtByBase");
  fold_base(d, a, b, R, N);
  for (int i = 0; i < N; i++) e_set(want, i, e_fold(e_of(a[i]), e_of(b[i]), R));
  check_equal(d, want, 16 * N, "foldBase");
  fold_ext(d, a, b, R, N);
  for (int i = 0; i < N; i++) e_set(want, i, e_fold(e_get(a, i), e_get(b, i), R));
  check_equal(d, want, 16 * N, "foldExt");
  memcpy(d, c, 16 * N);
  add_scaled_base(d, a, R, N);
  for (int i = 0; i < N; i++) e_set(want, i, e_add(e_get(c, i), e_mul(R, e_of(a[i]))));
  check_equal(d, want, 16 * N, "addScaledBase");
  free(a), free(b), free(c), free(d), free(want);
}

static void check_small_values(void) {
  enum { N = 1040, ROWS = 8 };
  u32 *rows = elements(N * ROWS), *ext = elements(4 * N), *d = room(16 * N), *want = room(16 * N);
  int16_t *narrow = shorts(N * ROWS, -32768, 32768);
  Ext w[ROWS], sum = e_of(0);
  for (int r = 0; r < ROWS; r++) w[r] = e_get(ext, r);
  combine_rows(d, rows, N, w, ROWS);
  for (int i = 0; i < N; i++) {
    Ext s = e_of(0);
    for (int r = 0; r < ROWS; r++) s = e_add(s, e_mul(w[r], e_of(rows[r * N + i])));
    e_set(want, i, s);
    sum = e_add(sum, e_mul(e_get(ext, i), e_of(rows[i])));
  }
  check_equal(d, want, 16 * N, "combineRows");
  Ext dot = dot_base(rows, ext, N);
  check_equal(&dot, &sum, sizeof sum, "dotBase");
  for (int i = 0; i < N; i++) {
    Ext s = e_of(0);
    for (int r = 0; r < ROWS; r++) s = e_add(s, e_mul(w[r], e_of(s_embed(narrow[r * N + i]))));
    e_set(want, i, s);
  }
  memset(d, 0, 16 * N);
  combine_rows16(d, narrow, N, w, ROWS);
  check_equal(d, want, 16 * N, "combineRowsInt16");
  memset(d, 0, 16 * N);
  combine_rows16_ifma(d, narrow, N, w, ROWS);
  check_equal(d, want, 16 * N, "combineRowsInt16, ifma");
  free(rows), free(ext), free(d), free(want), free(narrow);
}

static Ext fraction(const Ext *v, Ext lambda) { /* p0, p1, q0, q1 */
  return e_add(e_add(e_mul(v[0], v[3]), e_mul(v[1], v[2])), e_mul(lambda, e_mul(v[2], v[3])));
}

static void check_rounds(void) {
  enum { N = 64 };
  u32 *eq = elements(4 * N), *f[8], *quarters[4], *folded[4];
  for (int k = 0; k < 8; k++) f[k] = elements(4 * N);
  Ext nil = e_of(0), p[2] = {nil, nil}, ep[2] = {nil, nil}, cubic[3] = {nil, nil, nil}, fr[2] = {nil, nil}, me[2] = {nil, nil};
  for (int i = 0; i < N; i++) {
    Ext e = e_get(eq, i), lo[4], d[4];
    for (int k = 0; k < 4; k++) lo[k] = e_get(f[2 * k], i), d[k] = e_sub(e_get(f[2 * k + 1], i), lo[k]);
    Ext *at[2] = {lo, d};
    for (int x = 0; x < 2; x++) {
      Ext ab = e_mul(at[x][0], at[x][1]);
      p[x] = e_add(p[x], ab);
      ep[x] = e_add(ep[x], e_mul(e, ab));
      fr[x] = e_add(fr[x], e_mul(e, fraction(at[x], R)));
      me[x] = e_add(me[x], e_mul(e, fraction(at[x], nil)));
    }
    for (int x = 0; x < 3; x++) {
      Ext t = e;
      for (int k = 0; k < 3; k++) t = e_mul(t, e_add(lo[k], e_mul(e_of(x ? x + 1 : 0), d[k])));
      cubic[x] = e_add(cubic[x], t);
    }
  }
  Round r = round_product(f[0], f[1], f[2], f[3], N);
  check_equal(r.e, p, sizeof p, "roundProduct");
  r = round_eq_product(eq, f[0], f[1], f[2], f[3], N);
  check_equal(r.e, ep, sizeof ep, "roundEqProduct");
  r = round_eq_product3(eq, f, N);
  check_equal(r.e, cubic, sizeof cubic, "roundEqProduct3");
  r = round_fractions(eq, f, R, N);
  check_equal(r.e, fr, sizeof fr, "roundFractions");
  r = round_merged(eq, f, N);
  check_equal(r.e, me, sizeof me, "roundMerged");
  for (int k = 0; k < 4; k++) {
    quarters[k] = elements(16 * N);
    folded[k] = room(64 * N);
    for (int i = 0; i < 2 * N; i++) e_set(folded[k], i, e_fold(e_get(quarters[k], i), e_get(quarters[k], 2 * N + i), R));
  }
  u32 *h[8];
  for (int k = 0; k < 8; k++) h[k] = folded[k / 2] + k % 2 * 4 * N;
  Round want = round_merged(eq, h, N), got;
  u32 *copy = room(64 * N);
  memcpy(copy, quarters[0], 64 * N);
  u32 *copied[4] = {copy, quarters[1], quarters[2], quarters[3]};
  got = fold_round_merged(eq, copied, R, N);
  check_equal(got.e, want.e, 2 * sizeof(Ext), "foldRoundMerged");
  check_equal(copy, folded[0], 32 * N, "foldRoundMerged, fold");
  for (int k = 0; k < 2; k++) memcpy(quarters[2 + k], quarters[0], 64 * N), memcpy(copy, quarters[0], 64 * N);
  want = round_eq_product(eq, h[0], h[1], h[0], h[1], N);
  got = fold_round_eq_product(eq, quarters[2], quarters[3], R, N);
  check_equal(got.e, want.e, 2 * sizeof(Ext), "foldRoundEqProduct");
  want = round_product(h[0], h[1], h[0], h[1], N);
  got = fold_round_product(quarters[0], copy, R, N);
  check_equal(got.e, want.e, 2 * sizeof(Ext), "foldRoundProduct");
}

static void check_fractions(void) {
  enum { N = 64 };
  u32 *f[4], *p = room(16 * N), *q = room(16 * N), *wp = room(16 * N), *wq = room(16 * N);
  int16_t *a[4];
  for (int k = 0; k < 4; k++) f[k] = elements(4 * N), a[k] = shorts(N, -32768, 32768);
  Ext nil = e_of(0);
  add_fractions(p, q, f[0], f[2], f[1], f[3], N);
  for (int i = 0; i < N; i++) {
    Ext v[4] = {e_get(f[0], i), e_get(f[1], i), e_get(f[2], i), e_get(f[3], i)};
    e_set(wp, i, fraction(v, nil));
    e_set(wq, i, e_mul(v[2], v[3]));
  }
  check_equal(p, wp, 16 * N, "addFractions");
  check_equal(q, wq, 16 * N, "addFractions");
  add_unit_fractions(p, q, f[2], f[3], N);
  for (int i = 0; i < N; i++) e_set(wp, i, e_add(e_get(f[2], i), e_get(f[3], i)));
  check_equal(p, wp, 16 * N, "addUnitFractions");
  check_equal(q, wq, 16 * N, "addUnitFractions");
  leaf_pair(p, q, a[0], a[1], R, N);
  for (int i = 0; i < N; i++) {
    Ext x = e_sub(R, e_of(s_embed(a[0][i]))), y = e_sub(R, e_of(s_embed(a[1][i])));
    e_set(wp, i, e_add(x, y));
    e_set(wq, i, e_mul(x, y));
  }
  check_equal(p, wp, 16 * N, "leafPair");
  check_equal(q, wq, 16 * N, "leafPair");
  leaf_quad(p, q, a, R, N);
  for (int i = 0; i < N; i++) {
    Ext x = e_sub(R, e_of(s_embed(a[2][i]))), y = e_sub(R, e_of(s_embed(a[3][i])));
    Ext v[4] = {e_get(wp, i), e_add(x, y), e_get(wq, i), e_mul(x, y)};
    e_set(wp, i, fraction(v, nil));
    e_set(wq, i, e_mul(v[2], v[3]));
  }
  check_equal(p, wp, 16 * N, "leafQuad");
  check_equal(q, wq, 16 * N, "leafQuad");
}

static void check_integers(void) {
  enum { ROWS = 16, DEPTH_ = 600, WIDTH = 64, N = 4096 };
  int16_t *w = shorts(ROWS * DEPTH_, -2048, 2048);
  int32_t *x = ints(DEPTH_ * WIDTH, -2048, 2048), *got = room(4 * ROWS * WIDTH), *want = room(4 * ROWS * WIDTH);
  matmul_scalar(want, w, x, ROWS, DEPTH_, WIDTH);
  void (*all[])(int32_t *, const int16_t *, const int32_t *, size_t, size_t, size_t) = {matmul_int, matmul_pairs, matmul_double};
  for (int k = 0; k < 3; k++) {
    memset(got, 0, 4 * ROWS * WIDTH);
    all[k](got, w, x, ROWS, DEPTH_, WIDTH);
    check_equal(got, want, 4 * ROWS * WIDTH, "matmul");
  }
  enum { D = 576 };
  memset(want, 0, 4 * ROWS);
  matmul_scalar(want, w, x, ROWS, D, 1);
  for (int k = 0; k < 2; k++) {
    memset(got, 0, 4 * ROWS);
    (k ? matvec_int : matvec_pairs)(got, w, x, ROWS, D);
    check_equal(got, want, 4 * ROWS, "matvec");
  }
  int32_t *index = ints(N, -7, 57), *table = ints(64, -1000, 1000), *d = room(4 * N), *rem = room(4 * N);
  lookup_gather(d, table, -7, index, N);
  for (int i = 0; i < N; i++) check(d[i] == table[index[i] + 7], "lookup");
  int m = index[0];
  for (int i = 0; i < N; i++) m = index[i] > m ? index[i] : m;
  check(largest(index, N) == m && largest4(index, N) == m, "max");
  int32_t *wide = ints(N, -1000000, 1000000);
  shift_round(d, rem, wide, 9, N);
  for (int i = 0; i < N; i++) check(d[i] == (wide[i] + 256) >> 9 && rem[i] == ((wide[i] + 256) & 511), "shiftRound");
}

/* ---- times ---- */

static void time_base(void) {
  for (int log = 14; log <= 24; log += 10) {
    size_t n = 1ul << log;
    const char *size = power(log);
    u32 *a = elements(n), *b = elements(n), *c = elements(n), *d = room(4 * n);
    TIME("addBase", size, "same", "Gelem/s", n, add_base(d, a, b, n));
    TIME("mulBase", size, "same", "Gelem/s", n, mul_base(d, a, b, n));
    TIME("mulAddBase", size, "same", "Gelem/s", n, mul_add_base(d, a, b, c, n));
    if (log > 20) {
      TIME("addBase", size, "stream", "Gelem/s", n, add_base_stream(d, a, b, n));
      TIME("mulBase", size, "stream", "Gelem/s", n, mul_base_stream(d, a, b, n));
      TIME("mulAddBase", size, "stream", "Gelem/s", n, mul_add_base_stream(d, a, b, c, n));
    }
    free(a), free(b), free(c), free(d);
  }
}

static void time_small_values(void) {
  enum { ROWS = 32 };
  for (int log = 13; log <= 19; log += 6) {
    size_t n = 1ul << log;
    u32 *rows = elements(n * ROWS), *ext = elements(4 * n), *d = room(16 * n);
    int16_t *narrow = shorts(n * ROWS, -32768, 32768);
    Ext w[ROWS];
    for (int r = 0; r < ROWS; r++) w[r] = e_get(ext, r);
    TIME("combineRows", product(ROWS, log), "same", "Gmac/s", n * ROWS, combine_rows(d, rows, n, w, ROWS));
    TIME("combineRowsInt16", product(ROWS, log), "same", "Gmac/s", n * ROWS, combine_rows16(d, narrow, n, w, ROWS));
    TIME("combineRowsInt16", product(ROWS, log), "ifma", "Gmac/s", n * ROWS, combine_rows16_ifma(d, narrow, n, w, ROWS));
    if (log == 13) {
      TIME("dotBase", power(log), "same", "Gmac/s", n, sink = dot_base(rows, ext, n).c[0]);
      TIME("addScaledBase", power(log), "same", "Gmac/s", n, add_scaled_base(d, rows, R, n));
    }
    free(rows), free(ext), free(d), free(narrow);
  }
}

static void time_ext(void) {
  for (int log = 14; log <= 22; log += 8) {
    size_t n = 1ul << log;
    u32 *a = elements(4 * n), *b = elements(4 * n), *d = room(16 * n);
    TIME("mulExt", power(log), "same", "Gelem/s", n, mul_ext(d, a, b, n));
    TIME("mulExtByBase", power(log), "same", "Gelem/s", n, mul_ext_by_base(d, a, b, n));
    free(a), free(b), free(d);
  }
}

static void time_sumcheck(void) {
  for (int log = 13; log <= 21; log += 8) {
    size_t n = 1ul << log;
    u32 *eq = elements(4 * n), *f[6], *d = room(16 * n), *lo = elements(n), *hi = elements(n);
    for (int k = 0; k < 6; k++) f[k] = elements(4 * n);
    TIME("foldBase", power(log), "same", "Gelem/s", n, fold_base(d, lo, hi, R, n));
    TIME("foldExt", power(log), "same", "Gelem/s", n, fold_ext(d, f[0], f[1], R, n));
    TIME("roundProduct", power(log), "same", "Gelem/s", n, sink = round_product(f[0], f[1], f[2], f[3], n).e[0].c[0]);
    TIME("roundEqProduct", power(log), "same", "Gelem/s", n, sink = round_eq_product(eq, f[0], f[1], f[2], f[3], n).e[0].c[0]);
    TIME("roundEqProduct3", power(log), "same", "Gelem/s", n, sink = round_eq_product3(eq, f, n).e[0].c[0]);
    for (int k = 0; k < 6; k++) free(f[k]);
    free(eq), free(d), free(lo), free(hi);
  }
  for (int log = 12; log <= 20; log += 8) {
    size_t n = 1ul << log;
    u32 *eq = elements(4 * n), *a = elements(16 * n), *b = elements(16 * n);
    TIME("foldRoundProduct", power(log), "same", "Gelem/s", n, sink = fold_round_product(a, b, R, n).e[0].c[0]);
    TIME("foldRoundEqProduct", power(log), "same", "Gelem/s", n, sink = fold_round_eq_product(eq, a, b, R, n).e[0].c[0]);
    free(eq), free(a), free(b);
  }
}

static void time_fractions(void) {
  for (int log = 12; log <= 20; log += 8) {
    size_t n = 1ul << log;
    u32 *eq = elements(4 * n), *f[8], *p = room(16 * n), *q = room(16 * n), *quarters[4];
    int16_t *a[4];
    for (int k = 0; k < 8; k++) f[k] = elements(4 * n);
    for (int k = 0; k < 4; k++) a[k] = shorts(n, -32768, 32768), quarters[k] = elements(16 * n);
    TIME("leafPair", power(log), "same", "Gelem/s", n, leaf_pair(p, q, a[0], a[1], R, n));
    TIME("leafQuad", power(log), "same", "Gelem/s", n, leaf_quad(p, q, a, R, n));
    TIME("addUnitFractions", power(log), "same", "Gelem/s", n, add_unit_fractions(p, q, f[4], f[5], n));
    TIME("addFractions", power(log), "same", "Gelem/s", n, add_fractions(p, q, f[0], f[4], f[1], f[5], n));
    TIME("roundFractions", power(log), "same", "Gelem/s", n, sink = round_fractions(eq, f, R, n).e[0].c[0]);
    TIME("roundMerged", power(log), "same", "Gelem/s", n, sink = round_merged(eq, f, n).e[0].c[0]);
    TIME("foldRoundMerged", power(log), "same", "Gelem/s", n, sink = fold_round_merged(eq, quarters, R, n).e[0].c[0]);
    for (int k = 0; k < 8; k++) free(f[k]);
    for (int k = 0; k < 4; k++) free(a[k]), free(quarters[k]);
    free(eq), free(p), free(q);
  }
}

static void time_fft(void) {
  u32 *s = elements(1 << 19), *d = room(4 << 20), *image = room(4 << 19);
  for (int log = 14; log <= 20; log++) TIME("encode", power(log), "same", "Gelem/s", 1 << log, encode(d, s, log, 1));
  TIME("encode", product(8, 16), "same", "Gelem/s", 8 << 16, encode(d, s, 16, 8));
  for (int log = 14; log <= 20; log++) TIME("encodeTransposed", power(log), "same", "Gelem/s", 1 << log, encode_transposed(image, d, log));
  free(s), free(d), free(image);
}

static void time_blake3(void) {
  enum { ROWS = 256 };
  for (int log = 10; log <= 17; log += 7) {
    size_t n = 1ul << log;
    u32 *m = elements(ROWS * n), *d = room(32 * n);
    TIME("hashColumns", product(ROWS, log), "same", "GB/s", 4.0 * ROWS * n, hash_columns(d, m, ROWS, n));
    TIME("hashPairs", power(log), "same", "GB/s", 64.0 * n, hash_columns(d, m, 16, n));
    free(m), free(d);
  }
}

static void time_matrix(void) {
  static const int shapes[][3] = {{256, 64, 256}, {768, 768, 128}, {3072, 768, 128}, {768, 3072, 128}};
  for (int k = 0; k < 4; k++) {
    int rows = shapes[k][0], depth = shapes[k][1], width = shapes[k][2];
    char size[32];
    snprintf(size, sizeof size, "%dx%dx%d", rows, depth, width);
    double work = (double) rows * depth * width;
    int16_t *w = shorts((size_t) rows * depth, -2048, 2048);
    int32_t *x = ints((size_t) depth * width, -2048, 2048), *acc = room(4ul * rows * width);
    TIME("matmul", size, "same", "Gmac/s", work, matmul_double(acc, w, x, rows, depth, width));
    TIME("matmul", size, "vpmulld", "Gmac/s", work, matmul_int(acc, w, x, rows, depth, width));
    TIME("matmul", size, "vpdpwssd", "Gmac/s", work, matmul_pairs(acc, w, x, rows, depth, width));
    free(w), free(x), free(acc);
  }
  static const int rows[] = {768, 50257};
  for (int k = 0; k < 2; k++) {
    char size[32];
    snprintf(size, sizeof size, "%dx768x1", rows[k]);
    int16_t *w = shorts(rows[k] * 768ul, -2048, 2048);
    int32_t *x = ints(768, -2048, 2048), *acc = room(4ul * rows[k]);
    TIME("matvec", size, "same", "Gmac/s", rows[k] * 768.0, matvec_int(acc, w, x, rows[k], 768));
    TIME("matvec", size, "vpdpwssd", "Gmac/s", rows[k] * 768.0, matvec_pairs(acc, w, x, rows[k], 768));
    free(w), free(x), free(acc);
  }
}

static void time_tables(void) {
  for (int log = 14; log <= 24; log += 10) {
    int bits = log == 14 ? 12 : 22;
    size_t n = 1ul << log;
    char size[32];
    snprintf(size, sizeof size, "2^%d of 2^%d", log, bits);
    int32_t *x = ints(n, -7, (1 << bits) - 7), *table = ints(1 << bits, -1000, 1000), *d = room(4 * n), *rem = room(4 * n);
    TIME("lookup", size, "same", "Gelem/s", n, lookup(d, table, -7, x, n));
    TIME("lookup", size, "gather", "Gelem/s", n, lookup_gather(d, table, -7, x, n));
    TIME("histogram", size, "same", "Gelem/s", n, histogram(table, -7, x, n));
    TIME("max", power(log), "same", "Gelem/s", n, sink = largest(x, n));
    TIME("max", power(log), "four", "Gelem/s", n, sink = largest4(x, n));
    TIME("shiftRound", power(log), "same", "Gelem/s", n, shift_round(d, rem, x, 9, n));
    free(x), free(table), free(d), free(rem);
  }
}

int main(int count, char **words) {
  if (count > 1) filter = words[1];
  pairs = room(4ul * 1536 * 128);
  make_twiddles();
  make_lanes();
  check_elementwise();
  check_small_values();
  check_rounds();
  check_fractions();
  for (int log = 10; log <= 15; log++) check_fft(log);
  check_blake3();
  check_integers();
  header();
  time_base();
  time_small_values();
  time_ext();
  time_sumcheck();
  time_fractions();
  time_fft();
  time_blake3();
  time_matrix();
  time_tables();
  return 0;
}
