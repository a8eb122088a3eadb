package dev.chagres.model.decoder;

import dev.chagres.semantics.Interval;

/// The public numbers of one transformer block.
///
/// @param query shift of the query projection; key and value alike
/// @param queryU proved interval of its table index; keyU and valueU alike
/// @param output shift of the attention output's residual write
/// @param up shift of the MLP's input projection
/// @param geluBase first table index
/// @param geluEntries number of table entries
/// @param down shift of the MLP's residual write
public record LayerSpec(int query, Interval queryU, int key, Interval keyU, int value, Interval valueU,
        int output, int up, int geluBase, int geluEntries, int down) {}
