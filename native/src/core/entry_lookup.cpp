/* Counting of lookups: chagres_cuda.h. */
#include "exported.h"

#include "call.h"
#include "launched.h"

using chg::Call;
using chg::CountColumn;
using chg::CountLookups;
using chg::CountPart;
using chg::i32;
using chg::u32;
using chg::u64;
using chg::Use;

static CountPart part(Call &call, const chg_count_part &given, u64 tiles, i32 low_bits) {
  CountPart part{};
  part.data = call.ints("data of a part", given.data, given.bits, given.size, Use::TABLE);
  part.size = given.size;
  part.bits = given.bits;
  part.scale = given.scale;
  if (given.starts != 0) {
    part.starts = call.region<u64>("starts of a part", given.starts, Call::times(tiles, 8), Use::TABLE);
  }
  if (given.inside != 0) {
    part.inside = call.region<i32>("inside of a part", given.inside, u64{4} << low_bits, Use::TABLE);
  }
  if (given.table != 0) {
    part.table = static_cast<const i32 *>(call.ints("table of a part", given.table, 32, given.entries, Use::TABLE));
    part.entries = given.entries;
    part.base = given.base;
  }
  return part;
}

static CountColumn column(Call &call, const chg_count_column &given, u32 first) {
  CountColumn column{};
  column.offset = Call::as(given.offset);
  column.first = first;
  column.end = first + static_cast<u32>(given.parts);
  if (given.values != 0) {
    column.values = call.ints("values of a column", given.values, given.bits, given.size, Use::TABLE);
    column.size = given.size;
    column.bits = given.bits;
    return column;
  }
  call.need(given.shift >= 0 && given.digits >= 0 && given.shift <= 62 && given.digits <= 62,
            "bits %lld and more, %lld of them, of an entry", Call::as(given.shift), Call::as(given.digits));
  column.base = Call::as(given.base);
  column.shift = static_cast<u32>(given.shift);
  column.digits = static_cast<u32>(given.digits);
  return column;
}

int32_t chg_count(chg_stream *stream, chg_ptr counts, chg_ptr outside, const chg_count_table *table,
                  const chg_count_column *columns, int32_t column_count, const chg_count_part *parts,
                  int32_t part_count, int32_t low_bits, uint64_t tiles) {
  Call call(__func__, stream);
  call.host("table", table);
  call.host("columns", columns);
  call.host("parts", parts);
  call.need(column_count >= 1 && column_count <= CHG_COUNT_COLUMNS, "%lld columns; 1 to %lld are taken",
            Call::as(column_count), CHG_COUNT_COLUMNS);
  call.need(part_count >= 0 && part_count <= CHG_COUNT_PARTS, "%lld parts; up to %lld are taken",
            Call::as(part_count), CHG_COUNT_PARTS);
  call.need(low_bits >= 0 && low_bits <= CHG_MAX_LOG_SIZE, "tiles of 2^%lld positions", Call::as(low_bits));
  call.need(tiles <= u64{1} << 32, "%lld tiles", tiles);
  if (call.refused()) return call.status();
  call.need(tiles << low_bits <= Call::MOST_STEPS, "%lld tiles of 2^%lld positions", tiles, Call::as(low_bits));
  call.need(table->tile_bits >= 0 && table->tile_bits <= CHG_MAX_LOG_SIZE && table->tiles >= 1 &&
                table->tiles <= u64{1} << 32,
            "a table of %lld tiles of 2^%lld entries", table->tiles, Call::as(table->tile_bits));
  call.need(table->digit_bits >= 0 && table->digit_bits <= 62 && (table->digit_bits == 0 || column_count > 1),
            "an entry of two digits, the first of %lld bits", Call::as(table->digit_bits));
  if (call.refused()) return call.status();
  CountLookups kernel{};
  kernel.counts = call.region<u32>("counts", counts, Call::times(table->tiles, u64{4} << table->tile_bits), Use::WRITE);
  kernel.outside = call.region<u64>("outside", outside, 8, Use::WRITE);
  if (table->starts != 0) {
    kernel.starts = call.region<u64>("starts", table->starts, Call::times(table->tiles, 8), Use::TABLE);
  }
  kernel.tiles = table->tiles;
  kernel.first_value = Call::as(table->first_value);
  kernel.tile_bits = static_cast<u32>(table->tile_bits);
  kernel.digit_bits = static_cast<u32>(table->digit_bits);
  kernel.low_bits = static_cast<u32>(low_bits);
  kernel.columns = static_cast<u32>(column_count);
  kernel.n = tiles << low_bits;
  i32 used = 0;
  for (i32 c = 0; c < column_count; c++) {
    call.need(columns[c].parts >= 0 && columns[c].parts <= part_count - used, "a component of %lld parts, %lld are left",
              Call::as(columns[c].parts), Call::as(part_count - used));
    if (call.refused()) return call.status();
    kernel.column[c] = column(call, columns[c], static_cast<u32>(used));
    used += columns[c].parts;
  }
  call.need(used == part_count, "%lld parts belong to no component", Call::as(part_count - used));
  for (i32 p = 0; p < part_count; p++) kernel.part[p] = part(call, parts[p], tiles, low_bits);
  u64 strip = u64{chg::THREADS} * CountLookups::ROUNDS;
  return call.start(kernel, (kernel.n + strip - 1) / strip);
}
