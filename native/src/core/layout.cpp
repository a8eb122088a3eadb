#include "layout.h"

#include <cstddef>
#include <initializer_list>

#include "chagres_cuda.h"

namespace chg {

static void report(std::initializer_list<size_t> all, uint64_t *values, int32_t capacity, int32_t *count) {
  int32_t n = 0;
  for (size_t value : all) {
    if (n < capacity) values[n] = value;
    n++;
  }
  *count = n;
}

void layout(int32_t structure, uint64_t *values, int32_t capacity, int32_t *count) {
  if (structure == CHG_LAYOUT_QM31) {
    report({sizeof(chg_qm31), alignof(chg_qm31), offsetof(chg_qm31, c)}, values, capacity, count);
  } else if (structure == CHG_LAYOUT_BLAKE3_MODE) {
    report({sizeof(chg_blake3_mode), alignof(chg_blake3_mode), offsetof(chg_blake3_mode, word),
            offsetof(chg_blake3_mode, flag)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_COUNT_PART) {
    report({sizeof(chg_count_part), alignof(chg_count_part), offsetof(chg_count_part, data),
            offsetof(chg_count_part, size), offsetof(chg_count_part, starts), offsetof(chg_count_part, inside),
            offsetof(chg_count_part, table), offsetof(chg_count_part, entries), offsetof(chg_count_part, base),
            offsetof(chg_count_part, scale), offsetof(chg_count_part, bits), offsetof(chg_count_part, reserved)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_COUNT_COLUMN) {
    report({sizeof(chg_count_column), alignof(chg_count_column), offsetof(chg_count_column, offset),
            offsetof(chg_count_column, base), offsetof(chg_count_column, values), offsetof(chg_count_column, size),
            offsetof(chg_count_column, parts), offsetof(chg_count_column, bits), offsetof(chg_count_column, shift),
            offsetof(chg_count_column, digits)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_COUNT_TABLE) {
    report({sizeof(chg_count_table), alignof(chg_count_table), offsetof(chg_count_table, starts),
            offsetof(chg_count_table, tiles), offsetof(chg_count_table, first_value),
            offsetof(chg_count_table, tile_bits), offsetof(chg_count_table, digit_bits)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_PIECE) {
    report({sizeof(chg_piece), alignof(chg_piece), offsetof(chg_piece, from), offsetof(chg_piece, to),
            offsetof(chg_piece, count), offsetof(chg_piece, bits)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_CLAIM_TERM) {
    report({sizeof(chg_claim_term), alignof(chg_claim_term), offsetof(chg_claim_term, weight),
            offsetof(chg_claim_term, table)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_CLAIM_RUN) {
    report({sizeof(chg_claim_run), alignof(chg_claim_run), offsetof(chg_claim_run, at), offsetof(chg_claim_run, rows),
            offsetof(chg_claim_run, place), offsetof(chg_claim_run, group), offsetof(chg_claim_run, first),
            offsetof(chg_claim_run, terms), offsetof(chg_claim_run, unused)},
           values, capacity, count);
  } else {
    report({sizeof(chg_device_info), alignof(chg_device_info), offsetof(chg_device_info, name),
            offsetof(chg_device_info, kind), offsetof(chg_device_info, ordinal),
            offsetof(chg_device_info, compute_capability), offsetof(chg_device_info, multiprocessors),
            offsetof(chg_device_info, memory_bytes), offsetof(chg_device_info, free_bytes),
            offsetof(chg_device_info, slab_address), offsetof(chg_device_info, slab_bytes)},
           values, capacity, count);
  }
}

}  // namespace chg
