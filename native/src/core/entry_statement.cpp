/* Sums of symbolic statements: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::StatementTables;
using chg::i32;
using chg::Q31;
using chg::u32;
using chg::u64;
using chg::Use;

/* A statement of the host's, its tables as they will be used. */
static StatementTables factors(Call &call, const chg_statement *statement, i32 variable) {
  call.host("statement", statement);
  if (call.refused()) return {};
  call.need(variable >= 0 && variable < CHG_MAX_VARIABLES, "a statement has no variable %lld", Call::as(variable));
  call.need(statement->factor_count > 0 && statement->factor_count <= CHG_STATEMENT_FACTORS,
            "a statement has 1 to %lld factors, not %lld", CHG_STATEMENT_FACTORS, statement->factor_count);
  call.need(statement->weight >= -1 && statement->weight < static_cast<i32>(statement->factor_count),
            "factor %lld, the weight, is not there", Call::as(statement->weight));
  return {statement->elements,
          call.region<const chg_factor>("factors", statement->factors, sizeof(chg_factor) * statement->factor_count,
                                        Use::TABLE),
          statement->factor_count};
}

int32_t chg_sum_round(chg_stream *stream, const chg_statement *statement, int32_t variable, const uint32_t *points,
                      int32_t count, chg_qm31 *out) {
  Call call(__func__, stream);
  chg::SumRound round{};
  round.factors = factors(call, statement, variable);
  call.host("points", points);
  call.host("out", out);
  call.need(count > 0 && count <= CHG_ROUND_POINTS, "a round has 1 to %lld points, not %lld", CHG_ROUND_POINTS,
            Call::as(count));
  if (call.refused()) return call.status();
  call.need(statement->words <= CHG_STATEMENT_WORDS, "a program has at most %lld words, not %lld",
            CHG_STATEMENT_WORDS, statement->words);
  round.tables = call.ext("tables", statement->tables, statement->elements, Use::TABLE);
  round.program = call.region<u32>("program", statement->program, sizeof(u32) * u64{statement->words}, Use::TABLE);
  round.words = statement->words;
  round.constant_count = statement->constant_count;
  if (statement->constant_count > 0) {
    round.constants = call.region<const chg_qm31>("constants", statement->constants,
                                                  sizeof(chg_qm31) * u64{statement->constant_count}, Use::TABLE);
  }
  round.weight = statement->weight;
  round.variable = static_cast<u32>(variable);
  round.points = static_cast<u32>(count);
  for (i32 k = 0; k < count; k++) {
    call.need(points[k] < chg::P, "point %lld, %lld, is not canonical", Call::as(k), points[k]);
    round.point[k] = points[k];
  }
  round.sink = call.sink();
  u64 lanes = chg::THREADS / round.points;
  u64 blocks = ((u64{1} << variable) + lanes - 1) / lanes;
  call.start(round, blocks < 1024 ? blocks : 1024);
  call.wait();
  if (call.refused()) return call.status();
  for (u32 w = 0; w < 4 * round.points; w++) out[w / 4].c[w % 4] = static_cast<u32>(call.word(w));
  return CHG_OK;
}

int32_t chg_bind_factors(chg_stream *stream, const chg_statement *statement, int32_t variable, const chg_qm31 *r) {
  Call call(__func__, stream);
  chg::BindFactors bind{};
  bind.factors = factors(call, statement, variable);
  bind.r = call.element("r", r);
  if (call.refused()) return call.status();
  bind.tables = call.ext("tables", statement->tables, statement->elements, Use::WRITE);
  bind.weight = statement->weight;
  bind.variable = static_cast<u32>(variable);
  u64 blocks = ((u64{1} << variable) + chg::THREADS - 1) / chg::THREADS;
  return call.start(bind, blocks < 4096 ? blocks : 4096);
}

int32_t chg_factor_values(chg_stream *stream, const chg_statement *statement, int32_t variables, chg_ptr dst) {
  Call call(__func__, stream);
  chg::FactorValues values{};
  values.factors = factors(call, statement, variables);
  if (call.refused()) return call.status();
  u64 n = u64{values.factors.count} << variables;
  values.tables = call.ext("tables", statement->tables, statement->elements, Use::TABLE);
  values.dst = call.ext("dst", dst, n, Use::WRITE);
  values.variables = static_cast<u32>(variables);
  return call.map(values, n);
}

static bool power_of_two(u64 n) { return n != 0 && (n & (n - 1)) == 0; }

int32_t chg_bind_column(chg_stream *stream, chg_ptr dst, const chg_column *column) {
  Call call(__func__, stream);
  call.host("column", column);
  if (call.refused()) return call.status();
  call.need(column->low_bits >= 0 && column->low_bits <= CHG_MAX_VARIABLES, "tiles have 0 to %lld bits, not %lld",
            CHG_MAX_VARIABLES, Call::as(column->low_bits));
  call.need(column->high_bits >= 0 && column->high_bits <= CHG_MAX_VARIABLES, "groups have 0 to %lld bits, not %lld",
            CHG_MAX_VARIABLES, Call::as(column->high_bits));
  if (call.refused()) return call.status();
  u64 mask = (u64{1} << column->low_bits) - 1;
  call.need((column->free & ~mask) == 0, "free bits %lld are not bits of a tile", column->free);
  if (call.refused()) return call.status();
  u32 free_bits = 0;
  for (u32 rest = column->free; rest != 0; rest &= rest - 1) free_bits++;
  u32 fixed_bits = static_cast<u32>(column->low_bits) - free_bits;
  call.need(power_of_two(column->lanes) && column->lanes <= chg::THREADS, "%lld lanes", column->lanes);
  call.need(power_of_two(column->tile_slices), "%lld slices of tiles", column->tile_slices);
  call.need(power_of_two(column->low_slices) && column->low_slices <= u64{1} << fixed_bits,
            "%lld slices of 2^%lld elements", column->low_slices, fixed_bits);
  u64 groups = u64{1} << column->high_bits;
  u64 n = groups << free_bits;
  u64 parts = Call::times(column->tile_slices, column->low_slices);
  chg::BindColumn bind{};
  u32 *result = call.ext("dst", dst, n, Use::WRITE);
  bind.dst = parts == 1 ? result : call.ext("parts", column->parts, Call::times(n, parts), Use::WRITE);
  bind.values = {call.ints("values", column->values, column->bits, column->size, Use::TABLE), column->bits};
  bind.size = column->size;
  bind.weights = call.ext("weights", column->weights, u64{1} << fixed_bits, Use::TABLE);
  bind.starts = call.region<u32>("starts", column->starts, sizeof(u32) * (groups + 1), Use::TABLE);
  bind.tiles = call.region<u32>("tiles", column->tiles, Call::times(column->entries, sizeof(u32)), Use::TABLE);
  bind.tile_weights = call.ext("tile_weights", column->tile_weights, column->entries, Use::TABLE);
  bind.entries = column->entries;
  bind.free = column->free;
  bind.fixed = mask & ~u64{column->free};
  bind.low_bits = static_cast<u32>(column->low_bits);
  bind.free_bits = free_bits;
  bind.high_bits = static_cast<u32>(column->high_bits);
  bind.lanes = column->lanes;
  bind.tile_slices = column->tile_slices;
  bind.low_slices = column->low_slices;
  u64 threads = Call::times(Call::times(n, parts), column->lanes);
  call.start(bind, threads / chg::THREADS + (threads % chg::THREADS != 0));
  if (call.refused() || parts == 1) return call.status();
  Call sum(__func__, stream);
  u32 *to = sum.ext("dst", dst, n, Use::WRITE);
  const u32 *from = sum.ext("parts", column->parts, n * parts, Use::TABLE);
  return sum.map(chg::SumColumnParts{to, from, n, parts}, n);
}

int32_t chg_spread_table(chg_stream *stream, chg_ptr dst, chg_ptr src, const int32_t *to, int32_t variables) {
  Call call(__func__, stream);
  call.need(variables >= 0 && variables <= CHG_MAX_VARIABLES, "a table has 0 to %lld variables, not %lld",
            CHG_MAX_VARIABLES, Call::as(variables));
  if (variables > 0) call.host("to", to);
  if (call.refused()) return call.status();
  chg::SpreadTable spread{};
  u64 most = 0;
  for (i32 j = 0; j < variables; j++) {
    call.need(to[j] < CHG_MAX_VARIABLES, "there is no bit %lld", Call::as(to[j]));
    if (call.refused()) return call.status();
    spread.part[j] = to[j] < 0 ? 0 : u32{1} << to[j];
    most += spread.part[j];
  }
  u64 n = u64{1} << variables;
  spread.dst = call.ext("dst", dst, n, Use::WRITE);
  spread.src = call.ext("src", src, most + 1, Use::TABLE);
  spread.variables = static_cast<u32>(variables);
  return call.map(spread, n);
}

int32_t chg_scatter_ext(chg_stream *stream, chg_ptr dst, uint64_t size, chg_ptr index, chg_ptr values, uint64_t n) {
  Call call(__func__, stream);
  u32 *to = call.ext("dst", dst, size, Use::WRITE);
  const u32 *at = call.base("index", index, n, Use::TABLE), *from = call.ext("values", values, n, Use::TABLE);
  return call.map(chg::ScatterExt{to, size, at, from}, n);
}
