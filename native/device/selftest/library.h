/* A native library of devices, loaded by its path: the functions of chagres_cuda.h as members without their prefix. */
#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "chagres_cuda.h"

#define CHG_FUNCTIONS(F)                                                                                              \
  F(abi_version) F(build_info) F(message) F(device_count) F(open) F(close) F(describe) F(stream_open)                 \
  F(stream_close) F(sync) F(pinned) F(unpin) F(in) F(out) F(fill) F(emulate)                                          \
  F(add_base) F(sub_base) F(mul_base) F(mul_add_base) F(embed_ints) F(gather_ints)                                    \
  F(ext_from_base) F(add_ext) F(sub_ext) F(mul_ext) F(mul_ext_by_base) F(scale_ext) F(add_scaled_ext)                 \
  F(add_scaled_base) F(add_scaled_ints) F(fill_ext) F(constant_minus_base) F(fold_ext) F(fold_base) F(sum_ext)        \
  F(dot_ext) F(dot_base) F(dot_ints) F(combine_rows) F(combine_rows_ints) F(eq_table) F(round_product)                \
  F(round_eq_product) F(round_fractions) F(round_merged) F(round_eq_triple) F(fold_round_product)                     \
  F(fold_round_eq_product) F(fold_round_merged) F(add_fractions) F(add_unit_fractions) F(leaf_pair) F(leaf_quad)      \
  F(extend_grid) F(add_grid_products) F(add_grid_cross) F(add_grid_corners) F(twiddles) F(encode) F(encode_at)        \
  F(encode_transposed) F(hash_columns) F(hash_pairs) F(init_columns) F(absorb_columns) F(merge_columns)               \
  F(store_columns) F(load_columns) F(least_nonce) F(matmul) F(matvec) F(shift_round) F(lookup) F(histogram) F(max)    \
  F(panel_copy) F(panel_widen) F(panel_narrow) F(panel_add) F(panel_subtract_from) F(panel_max) F(panel_sum)          \
  F(panel_magnitude) F(panel_mantissas) F(panel_neighbour_products) F(panel_first_outside) F(panel_scale_round)       \
  F(panel_lookup) F(panel_neighbours) F(panel_neighbour_sums) F(count) F(panel_load) F(panel_store) F(panel_product)  \
  F(panel_multiply) F(panel_rotate) F(panel_table) F(panel_mask) F(panel_copy_above) F(panel_first_outside_below)     \
  F(panel_offsets) F(place_pieces) F(fold_rows) F(add_head_sums) F(reduce_sums) F(claim_weights) F(tree_leaves)       \
  F(tree_leaf_parents) F(tree_parents) F(tree_eq) F(tree_round) F(tree_leaf_round) F(tree_leaf_fold_round)            \
  F(tree_values) F(sum_round) F(bind_factors) F(factor_values) F(bind_column) F(spread_table) F(scatter_ext)

struct Library {
#define CHG_MEMBER(name) decltype(&chg_##name) name;
  CHG_FUNCTIONS(CHG_MEMBER)
#undef CHG_MEMBER

  /* Throws std::runtime_error with one line: the file cannot be loaded, or is of another ABI. */
  explicit Library(const std::string &file) {
    void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) throw std::runtime_error(dlerror());
#define CHG_LOAD(name) name = reinterpret_cast<decltype(name)>(symbol(handle, "chg_" #name));
    CHG_LOAD(abi_version)
    if (abi_version() != CHG_ABI_VERSION)
      throw std::runtime_error(file + " has ABI " + std::to_string(abi_version()) + ", this program " +
                               std::to_string(CHG_ABI_VERSION));
    CHG_FUNCTIONS(CHG_LOAD)
#undef CHG_LOAD
  }

 private:
  static void *symbol(void *handle, const char *name) {
    void *found = dlsym(handle, name);
    if (!found) throw std::runtime_error(dlerror());
    return found;
  }
};
