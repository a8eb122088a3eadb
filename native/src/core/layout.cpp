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
  } else if (structure == CHG_LAYOUT_TREE_SEGMENT) {
    report({sizeof(chg_tree_segment), alignof(chg_tree_segment), offsetof(chg_tree_segment, constant),
            offsetof(chg_tree_segment, first), offsetof(chg_tree_segment, numerators),
            offsetof(chg_tree_segment, entries), offsetof(chg_tree_segment, tiles),
            offsetof(chg_tree_segment, low_bits), offsetof(chg_tree_segment, bits),
            offsetof(chg_tree_segment, first_term), offsetof(chg_tree_segment, terms)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_TREE_TERM) {
    report({sizeof(chg_tree_term), alignof(chg_tree_term), offsetof(chg_tree_term, weight),
            offsetof(chg_tree_term, data), offsetof(chg_tree_term, size), offsetof(chg_tree_term, starts),
            offsetof(chg_tree_term, inside), offsetof(chg_tree_term, base), offsetof(chg_tree_term, from),
            offsetof(chg_tree_term, bits)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_TREE_PROGRAM) {
    report({sizeof(chg_tree_program), alignof(chg_tree_program), offsetof(chg_tree_program, program),
            offsetof(chg_tree_program, segments), offsetof(chg_tree_program, terms), offsetof(chg_tree_program, bits),
            offsetof(chg_tree_program, strip_bits), offsetof(chg_tree_program, run_bits),
            offsetof(chg_tree_program, reserved)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_TREE_CHILDREN) {
    report({sizeof(chg_tree_children), alignof(chg_tree_children), offsetof(chg_tree_children, p),
            offsetof(chg_tree_children, q), offsetof(chg_tree_children, second), offsetof(chg_tree_children, width),
            offsetof(chg_tree_children, variables), offsetof(chg_tree_children, strip_bits)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_FACTOR) {
    report({sizeof(chg_factor), alignof(chg_factor), offsetof(chg_factor, first), offsetof(chg_factor, variables),
            offsetof(chg_factor, runs), offsetof(chg_factor, mask), offsetof(chg_factor, shift)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_STATEMENT) {
    report({sizeof(chg_statement), alignof(chg_statement), offsetof(chg_statement, tables),
            offsetof(chg_statement, elements), offsetof(chg_statement, factors), offsetof(chg_statement, program),
            offsetof(chg_statement, constants), offsetof(chg_statement, factor_count), offsetof(chg_statement, words),
            offsetof(chg_statement, constant_count), offsetof(chg_statement, weight)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_COLUMN) {
    report({sizeof(chg_column), alignof(chg_column), offsetof(chg_column, values), offsetof(chg_column, size),
            offsetof(chg_column, weights), offsetof(chg_column, starts), offsetof(chg_column, tiles),
            offsetof(chg_column, tile_weights), offsetof(chg_column, entries), offsetof(chg_column, parts),
            offsetof(chg_column, free), offsetof(chg_column, bits), offsetof(chg_column, low_bits),
            offsetof(chg_column, high_bits), offsetof(chg_column, lanes), offsetof(chg_column, tile_slices),
            offsetof(chg_column, low_slices), offsetof(chg_column, reserved)},
           values, capacity, count);
  } else if (structure == CHG_LAYOUT_PRODUCT) {
    report({sizeof(chg_product), alignof(chg_product), offsetof(chg_product, acc), offsetof(chg_product, w),
            offsetof(chg_product, x), offsetof(chg_product, acc_stride), offsetof(chg_product, x_stride),
            offsetof(chg_product, out_tile), offsetof(chg_product, in_tile), offsetof(chg_product, rows),
            offsetof(chg_product, depth), offsetof(chg_product, lanes), offsetof(chg_product, groups),
            offsetof(chg_product, acc_group), offsetof(chg_product, w_group), offsetof(chg_product, x_group),
            offsetof(chg_product, share), offsetof(chg_product, out_bits), offsetof(chg_product, in_bits),
            offsetof(chg_product, bits)},
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
