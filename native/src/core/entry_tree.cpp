/* Trees of fractions: chagres_cuda.h. */
#include "exported.h"

#include <algorithm>
#include <vector>

#include "call.h"
#include "launched.h"

using chg::BoundChildren;
using chg::Call;
using chg::Children;
using chg::guarded;
using chg::i32;
using chg::i64;
using chg::P;
using chg::ProgramLeaves;
using chg::Q31;
using chg::StoredNodes;
using chg::TreeFoldRound;
using chg::TreeParents;
using chg::TreeRound;
using chg::TreeWeights;
using chg::u32;
using chg::u64;
using chg::Use;

static_assert(sizeof(chg_tree_segment) == 64 && sizeof(chg_tree_term) == 64, "as chg_tree_program.program says");
static_assert(chg::TREE_EQ_LOW == CHG_TREE_EQ_LOW, "one split");

namespace {

u64 power(i32 bits) { return u64{1} << bits; }

u64 whole_blocks(u64 n) { return (n + CHG_BLOCK - 1) / CHG_BLOCK * CHG_BLOCK; }

/* Segments and terms with the addresses of kernels, on their way to the device. */
struct Program {
  ProgramLeaves leaves{};
  u64 stored = 0;
  std::vector<chg_tree_segment> segments;
  std::vector<chg_tree_term> terms;

  /* Stored leaves of a strip. */
  u64 width() const { return u64{leaves.units} << leaves.run_bits; }
};

chg_ptr address(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer); }

void check_term(Call &call, const chg_tree_segment &segment, chg_tree_term &term) {
  call.element("the weight of a term", &term.weight);
  if (term.data == 0) {
    call.need(term.base >= 0 && term.base < P, "the base of digits is not canonical: %lld", Call::as(term.base));
    call.need(term.from >= 0 && term.from < 63 && term.bits >= 0 && term.bits < 63,
              "digits begin at and have 0 to 62 bits, not %lld and %lld", Call::as(term.from), Call::as(term.bits));
    call.need(segment.entries != 0, "digits need the entries of their segment");
    return;
  }
  term.data = address(call.ints("data", term.data, term.bits, term.size, Use::TABLE));
  term.starts = address(call.entries<i64>("starts", term.starts, segment.tiles));
  if (term.inside != 0) term.inside = address(call.entries<i32>("inside", term.inside, power(segment.low_bits)));
}

/* Checks a segment and gives the place at which it ends. */
u64 check_segment(Call &call, const chg_tree_program &program, u64 first, Program &out, chg_tree_segment &segment) {
  call.element("the constant of a segment", &segment.constant);
  call.need(segment.low_bits >= 0 && segment.low_bits <= program.bits, "a tile of 2^%lld leaves in a tree of 2^%lld",
            Call::as(segment.low_bits), Call::as(program.bits));
  if (call.refused()) return 0;
  u64 most = power(program.bits - segment.low_bits);
  call.need(segment.tiles > 0 && segment.tiles <= most, "a segment has 1 to %lld tiles, not %lld", most, segment.tiles);
  call.need(segment.first == first, "a segment begins at place %lld instead of %lld", segment.first, first);
  call.need(segment.first_term <= program.terms && segment.terms <= program.terms - segment.first_term,
            "a segment has terms up to number %lld of %lld", u64{segment.first_term} + segment.terms, program.terms);
  if (call.refused()) return 0;
  u64 leaves = segment.tiles << segment.low_bits;
  call.need(leaves <= power(program.bits) - first, "more than 2^%lld leaves", Call::as(program.bits));
  if (segment.numerators != 0) {
    segment.numerators = address(call.ints("numerators", segment.numerators, segment.bits, leaves, Use::TABLE));
  }
  if (segment.entries != 0) segment.entries = address(call.entries<i64>("entries", segment.entries, segment.tiles));
  for (u32 k = 0; k < segment.terms && !call.refused(); k++) {
    check_term(call, segment, out.terms[segment.first_term + k]);
  }
  return first + leaves;
}

/* Checks all of a program; a refusal is the call's. */
Program read(Call &call, const chg_tree_program *program, const chg_tree_segment *segments,
             const chg_tree_term *terms) {
  Program out;
  call.host("program", program);
  if (call.refused()) return out;
  const chg_tree_program &all = *program;
  call.need(all.segments > 0, "a tree without segments");
  call.need(all.reserved == 0, "a reserved field is %lld instead of 0", Call::as(all.reserved));
  call.need(all.bits >= 0 && all.bits <= CHG_MAX_VARIABLES, "a tree has at most 2^32 leaves, not 2^%lld",
            Call::as(all.bits));
  call.need(all.strip_bits >= 0 && all.run_bits >= 0 && all.run_bits <= all.bits &&
                all.strip_bits <= all.bits - all.run_bits && (all.strip_bits > 0 || all.run_bits == all.bits),
            "strips of %lld and runs of %lld bits", Call::as(all.strip_bits), Call::as(all.run_bits));
  call.host("segments", segments);
  if (all.terms > 0) call.host("terms", terms);
  u64 room = 64 * (u64{all.segments} + all.terms);
  void *at = call.region<void>("program", all.program, room, Use::WRITE);
  if (call.refused()) return out;
  out.segments.assign(segments, segments + all.segments);
  if (all.terms > 0) out.terms.assign(terms, terms + all.terms);
  /* A term has one segment, whose tiles it is checked for. */
  u64 places = 0, next_term = 0;
  for (chg_tree_segment &segment : out.segments) {
    call.need(segment.first_term == next_term, "terms of a segment begin at number %lld instead of %lld",
              segment.first_term, next_term);
    if (call.refused()) return out;
    next_term += segment.terms;
    places = check_segment(call, all, places, out, segment);
    if (call.refused()) return out;
  }
  i32 unit_bits = all.strip_bits + all.run_bits;
  u64 units = (places + power(unit_bits) - 1) >> unit_bits;
  out.leaves = {static_cast<const chg_tree_segment *>(at),
                reinterpret_cast<const chg_tree_term *>(static_cast<const chg_tree_segment *>(at) + all.segments),
                places, all.segments, static_cast<u32>(units), all.strip_bits, all.run_bits};
  out.stored = units << unit_bits;
  return out;
}

void send(Call &call, chg_ptr to, const Program &program) {
  call.send(to, program.segments.data(), 64 * program.segments.size());
  call.send(to + 64 * program.segments.size(), program.terms.data(), 64 * program.terms.size());
}

/* The shape of both children, at first and after each binding. */
struct Shape {
  u64 width[2];
  i32 variables, strip_bits;

  u64 size(u32 child) const { return width[child] << strip_bits; }
  /* What is between the two nodes of a position below the top variable. */
  u64 upper() const { return strip_bits > 0 ? size(0) / 2 : power(variables - 1); }
  u64 positions() const { return std::min(upper(), size(0)); }
  Shape bound() const {
    if (strip_bits > 0) return {{width[0], width[1]}, variables - 1, strip_bits - 1};
    u64 half = upper();
    return {{std::min(width[0], half), std::min(width[1], half)}, variables - 1, 0};
  }
};

/* What is left of the children of unstored leaves: each has half of the strips. */
Shape shape_of(const Program &program, const chg_tree_program &all) {
  return {{program.width(), program.width()}, all.bits - 1, all.strip_bits - 1};
}

Shape check(Call &call, const chg_tree_children *children) {
  call.host("children", children);
  if (call.refused()) return {};
  const chg_tree_children &c = *children;
  call.need(c.variables >= 0 && c.variables <= CHG_MAX_VARIABLES, "children of %lld variables",
            Call::as(c.variables));
  call.need(c.strip_bits >= 0 && c.strip_bits <= c.variables, "%lld of %lld variables are strips",
            Call::as(c.strip_bits), Call::as(c.variables));
  if (call.refused()) return {};
  call.need(c.width[0] > 0 && c.width[0] <= power(c.variables - c.strip_bits), "strips of %lld nodes", c.width[0]);
  call.need(c.strip_bits > 0 ? c.width[1] == c.width[0] : c.width[1] <= c.width[0],
            "strips of child 1 have %lld nodes, those of child 0 %lld", c.width[1], c.width[0]);
  call.need(c.second >= c.width[0] << c.strip_bits, "child 1 begins at node %lld, inside of child 0", c.second);
  return {{c.width[0], c.width[1]}, c.variables, c.strip_bits};
}

/* The array of the nodes of both children. */
u32 *nodes(Call &call, const char *name, chg_ptr at, u64 second, const Shape &shape, Use use) {
  u64 all = shape.size(1) == 0 ? shape.size(0) : second > UINT64_MAX - shape.size(1) ? UINT64_MAX
                                                                                    : second + shape.size(1);
  return call.ext(name, at, all, use);
}

i32 low_variables(i32 variables) { return std::min(variables, chg::TREE_EQ_LOW); }

u64 low_elements(i32 variables) { return whole_blocks(2 * power(low_variables(variables))); }

u64 eq_elements(i32 variables) { return low_elements(variables) + 2 * power(variables - low_variables(variables)); }

/* The weights of a round whose top variable is the shape's. */
TreeWeights weights(Call &call, const Shape &shape, chg_ptr eq, i32 eq_variables) {
  call.need(shape.variables > 0, "a round needs a variable");
  call.need(eq_variables <= CHG_MAX_VARIABLES && eq_variables >= shape.variables - 1,
            "equality tables of %lld variables for the %lld of a round", Call::as(eq_variables),
            Call::as(shape.variables - 1));
  if (call.refused()) return {};
  const u32 *low = call.ext("eq", eq, eq_elements(eq_variables), Use::TABLE);
  if (call.refused()) return {};
  i32 below = shape.variables - 1, low_bits = std::min(below, low_variables(eq_variables));
  i32 strips = std::max(0, shape.strip_bits - 1);
  return {low, low + 4 * low_elements(eq_variables), low_bits, below - low_bits, static_cast<u32>(shape.width[0]),
          strips, below - strips};
}

/* The sums of a round, with the value lambda that 1 without the stored weights stands for. */
template <class Round>
int32_t finish(Call &call, const Round &round, u64 positions, Q31 lambda, chg_qm31 *out) {
  call.host("out", out);
  chg_qm31 sums[3];
  if (call.sum(round, positions, sums) != CHG_OK) return call.status();
  auto element = [&](u32 k) { return Q31{sums[k].c[0], sums[k].c[1], sums[k].c[2], sums[k].c[3]}; };
  Q31 absent = q31_mul(lambda, q31_sub(chg::q31_of(1), element(2)));
  Q31 at0 = q31_add(element(0), absent);
  out[0] = {{at0.a, at0.b, at0.c, at0.d}};
  out[1] = sums[1];
  return CHG_OK;
}

}  // namespace

int32_t chg_tree_leaves(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                        const chg_tree_term *terms, chg_ptr p, chg_ptr q) {
  return guarded(__func__, [&, function = __func__] {
    Call call(function, stream);
    Program all = read(call, program, segments, terms);
    u32 *top = call.ext("p", p, all.stored, Use::WRITE), *bottom = call.ext("q", q, all.stored, Use::WRITE);
    if (call.refused()) return call.status();
    send(call, program->program, all);
    return call.map(chg::TreeLeaves{top, bottom, all.leaves}, all.stored);
  });
}

int32_t chg_tree_leaf_parents(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                              const chg_tree_term *terms, chg_ptr p, chg_ptr q) {
  return guarded(__func__, [&, function = __func__] {
    Call call(function, stream);
    Program all = read(call, program, segments, terms);
    call.need(all.leaves.strip_bits > 0, "a tree without strips");
    u64 half = all.stored / 2;
    u32 *top = call.ext("p", p, half, Use::WRITE), *bottom = call.ext("q", q, half, Use::WRITE);
    if (call.refused()) return call.status();
    send(call, program->program, all);
    return call.map(TreeParents<ProgramLeaves>{top, bottom, all.leaves, half, all.stored}, half);
  });
}

int32_t chg_tree_parents(chg_stream *stream, chg_ptr p, chg_ptr q, chg_ptr p_below, chg_ptr q_below, uint64_t upper,
                         uint64_t size) {
  Call call(__func__, stream);
  u64 n = std::min(upper, size);
  call.need(upper <= UINT64_MAX / 2, "node %lld is no node", upper);
  u32 *top = call.ext("p", p, n, Use::WRITE), *bottom = call.ext("q", q, n, Use::WRITE);
  const u32 *numerators = call.ext("p_below", p_below, size, Use::TABLE);
  const u32 *denominators = call.ext("q_below", q_below, size, Use::TABLE);
  return call.map(TreeParents<StoredNodes>{top, bottom, {numerators, denominators}, upper, size}, n);
}

int32_t chg_tree_eq(chg_stream *stream, chg_ptr dst, const chg_qm31 *point, int32_t variables) {
  Call call(__func__, stream);
  call.need(variables >= 0 && variables <= CHG_MAX_VARIABLES, "an equality table of %lld variables",
            Call::as(variables));
  if (call.refused()) return call.status();
  u32 *to = call.ext("dst", dst, eq_elements(variables), Use::WRITE);
  i32 low = low_variables(variables), high = variables - low;
  chg::EqLevels lower{to, low, {}}, upper{to + 4 * low_elements(variables), high, {}};
  if (variables > 0) call.host("point", point);
  for (i32 v = 0; v < variables && !call.refused(); v++) {
    (v < low ? lower.point[v] : upper.point[v - low]) = call.element("point", point + v);
  }
  if (call.refused()) return call.status();
  call.map(lower, 2 * power(low));
  return call.map(upper, 2 * power(high));
}

int32_t chg_tree_round(chg_stream *stream, const chg_tree_children *children, chg_ptr eq, int32_t eq_variables,
                       const chg_qm31 *lambda, const chg_qm31 *bind, chg_qm31 out[2]) {
  Call call(__func__, stream);
  Shape shape = check(call, children);
  if (call.refused()) return call.status();
  Use use = bind == nullptr ? Use::TABLE : Use::WRITE;
  u32 *p = nodes(call, "p", children->p, children->second, shape, use);
  u32 *q = nodes(call, "q", children->q, children->second, shape, use);
  Q31 factor = call.element("lambda", lambda);
  Children<StoredNodes> all{{p, q}, children->second, {shape.size(0), shape.size(1)}};
  if (bind == nullptr) {
    TreeWeights w = weights(call, shape, eq, eq_variables);
    if (call.refused()) return call.status();
    return finish(call, TreeRound<StoredNodes>{all, shape.upper(), w, factor}, shape.positions(), factor, out);
  }
  call.need(shape.variables > 1, "a round after a binding needs two variables, not %lld", Call::as(shape.variables));
  if (call.refused()) return call.status();
  Q31 point = call.element("bind", bind);
  Shape left = shape.bound();
  TreeWeights w = weights(call, left, eq, eq_variables);
  if (call.refused()) return call.status();
  BoundChildren<StoredNodes> bound{all, shape.upper(), point};
  TreeFoldRound<StoredNodes> round{bound, p, q, children->second, {left.size(0), left.size(1)}, left.upper(), w,
                                   factor};
  return finish(call, round, left.positions(), factor, out);
}

int32_t chg_tree_leaf_round(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                            const chg_tree_term *terms, chg_ptr eq, int32_t eq_variables, const chg_qm31 *lambda,
                            chg_qm31 out[2]) {
  return guarded(__func__, [&, function = __func__] {
    Call call(function, stream);
    Program all = read(call, program, segments, terms);
    call.need(all.leaves.strip_bits > 0, "a tree without strips");
    if (call.refused()) return call.status();
    Shape shape = shape_of(all, *program);
    Q31 factor = call.element("lambda", lambda);
    TreeWeights w = weights(call, shape, eq, eq_variables);
    call.host("out", out);
    if (call.refused()) return call.status();
    send(call, program->program, all);
    Children<ProgramLeaves> children{all.leaves, all.stored / 2, {shape.size(0), shape.size(1)}};
    return finish(call, TreeRound<ProgramLeaves>{children, shape.upper(), w, factor}, shape.positions(), factor, out);
  });
}

int32_t chg_tree_leaf_fold_round(chg_stream *stream, const chg_tree_program *program, const chg_tree_segment *segments,
                                 const chg_tree_term *terms, const chg_tree_children *children, chg_ptr eq,
                                 int32_t eq_variables, const chg_qm31 *lambda, const chg_qm31 *bind, chg_qm31 out[2]) {
  return guarded(__func__, [&, function = __func__] {
    Call call(function, stream);
    Program all = read(call, program, segments, terms);
    call.need(all.leaves.strip_bits > 0, "a tree without strips");
    call.host("children", children);
    if (call.refused()) return call.status();
    Shape shape = shape_of(all, *program);
    call.need(shape.variables > 1, "a round after a binding needs two variables, not %lld",
              Call::as(shape.variables));
    if (call.refused()) return call.status();
    Shape left = shape.bound();
    call.need(children->second >= left.size(0), "child 1 begins at node %lld, inside of child 0", children->second);
    if (call.refused()) return call.status();
    u32 *p = nodes(call, "p", children->p, children->second, left, Use::WRITE);
    u32 *q = nodes(call, "q", children->q, children->second, left, Use::WRITE);
    Q31 factor = call.element("lambda", lambda), point = call.element("bind", bind);
    TreeWeights w = weights(call, left, eq, eq_variables);
    call.host("out", out);
    if (call.refused()) return call.status();
    send(call, program->program, all);
    Children<ProgramLeaves> leaves{all.leaves, all.stored / 2, {shape.size(0), shape.size(1)}};
    BoundChildren<ProgramLeaves> bound{leaves, shape.upper(), point};
    TreeFoldRound<ProgramLeaves> round{bound, p, q, children->second, {left.size(0), left.size(1)}, left.upper(), w,
                                       factor};
    return finish(call, round, left.positions(), factor, out);
  });
}

int32_t chg_tree_values(chg_stream *stream, const chg_tree_children *children, const chg_qm31 *bind, chg_ptr dst) {
  Call call(__func__, stream);
  Shape shape = check(call, children);
  if (call.refused()) return call.status();
  const u32 *p = nodes(call, "p", children->p, children->second, shape, Use::TABLE);
  const u32 *q = nodes(call, "q", children->q, children->second, shape, Use::TABLE);
  u32 *to = call.ext("dst", dst, 4 * CHG_BLOCK, Use::WRITE);
  call.need(bind == nullptr || shape.variables > 0, "no variable to bind");
  Q31 point = bind == nullptr ? chg::q31_of(0) : call.element("bind", bind);
  if (call.refused()) return call.status();
  i32 left = bind == nullptr ? shape.variables : shape.variables - 1;
  call.need(power(left) <= CHG_BLOCK, "at most 16 nodes can be had, not 2^%lld", Call::as(left));
  if (call.refused()) return call.status();
  Children<StoredNodes> all{{p, q}, children->second, {shape.size(0), shape.size(1)}};
  u64 step = bind == nullptr ? 0 : shape.upper();
  return call.map(chg::TreeValues{to, {all, step, point}, bind != nullptr, left}, 4 * CHG_BLOCK);
}
