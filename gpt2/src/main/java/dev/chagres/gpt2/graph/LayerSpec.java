package dev.chagres.gpt2.graph;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.semantics.Interval;

/// The public numbers of one transformer block.
///
/// @param query shift of the query projection; key and value alike
/// @param queryU proved interval of its table index; keyU and valueU alike
/// @param output shift of the attention output's residual write
/// @param up shift of the MLP's input projection
/// @param geluBase first table index
/// @param geluEntries number of table entries
/// @param down shift of the MLP's residual write
public record LayerSpec(int query, Interval queryU, int key, Interval keyU, int value, Interval valueU, int output, int up,
        int geluBase, int geluEntries, int down) {
    static LayerSpec of(IntegerLayer l) {
        return new LayerSpec(l.query().shift(), l.query().u(), l.key().shift(), l.key().u(), l.value().shift(),
                l.value().u(), l.output().shift(), l.up().shift(), l.geluBase(), l.gelu().length, l.down().shift());
    }
}
