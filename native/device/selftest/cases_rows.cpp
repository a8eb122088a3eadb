#include "cases.h"

namespace {

void pieces(Machine &m) {
  std::vector<int8_t> bytes(4096);
  for (int8_t &b : bytes) b = (int8_t)m.between(-128, 127);
  /* No int of 32 bits is -p or below. */
  for (uint64_t i = 3; i < 1024; i += 4) bytes[i] = (int8_t)(bytes[i] / 2);
  std::vector<chg_piece> list = {{0, 0, 100, 32}, {1024, 128, 300, 16}, {2001, 500, 77, 8}, {0, 1020, 10, 16}};
  chg_ptr dst = m.base(1024);
  OK(m, fill, dst, 0, 4096);
  OK(m, place_pieces, dst, 1024, m.put(bytes), bytes.size(), m.put(list), list.size());
  m.base_result(dst, 1024);
}

void folds(Machine &m) {
  for (int head : {0, 1, 4, 8})
    for (uint64_t n : {1u, 17u, 300u}) {
      chg_ptr dst = m.ext(n);
      OK(m, fold_rows, dst, m.random_base(n << head), n, head, m.random_ext(1u << head));
      m.ext_result(dst, n);
    }
}

void claims(Machine &m) {
  const int head = 3;
  uint64_t n = 4096, entries = 700, groups = 3;
  std::vector<chg_claim_term> terms(9);
  for (chg_claim_term &t : terms) {
    t.weight = m.element();
    t.table = (uint64_t)m.between(0, 400);
  }
  std::vector<chg_claim_run> runs = {{0, 256, 0, 0, 0, 2, 0}, {2048, 100, 17, 1, 2, 3, 0}, {3000, 64, 3, 2, 5, 4, 0},
                                     {2900, 12, 0, 0, 0, 1, 0}};
  chg_ptr table = m.random_ext(entries), term = m.put(terms), run = m.put(runs), src = m.random_base(n);
  uint64_t cells = ((groups << head) + 15) / 16 * 16 * 32;
  chg_ptr sums = m.room(cells), to = m.ext(groups << head);
  OK(m, fill, sums, 0, cells);
  OK(m, add_head_sums, sums, groups, src, n, head, table, entries, term, terms.size(), run, runs.size());
  OK(m, add_head_sums, sums, groups, src, n, head, table, entries, term, terms.size(), run, runs.size());
  OK(m, reduce_sums, to, sums, groups << head);
  m.ext_result(to, groups << head);
  std::vector<chg_claim_run> apart = {{0, 256, 0, 0, 0, 2, 0}, {400, 100, 17, 0, 2, 3, 0}, {900, 64, 3, 0, 5, 4, 0}};
  chg_ptr w = m.random_ext(1024);
  OK(m, claim_weights, w, 1024, table, entries, term, terms.size(), m.put(apart), apart.size());
  m.ext_result(w, 1024);
}

}  // namespace

std::vector<Case> row_cases() {
  return {{"rows", "pieces", pieces}, {"rows", "folded rows", folds}, {"rows", "claims", claims}};
}
