package dev.chagres.gpt2.model;

/// One transformer block of the integer model. Rows of `query`, `key` and `value` are ordered head by head:
/// head h owns rows `h * headWidth .. (h + 1) * headWidth - 1`, and the same columns of `output`. Of a rotary model,
/// pair j of a head is its channels j and j + headWidth / 2.
///
/// @param query  d -> attention width; q = clamp(u, -qkBound, qkBound), or y of a rotary model
/// @param key    d -> key width; k likewise
/// @param value  d -> key width; v = clamp(u, -vBound, vBound)
/// @param output attention width -> d; `x += u`, shift 0..12
/// @param mlp    d -> F, up to the hidden row
/// @param down   F -> d; `x += u`, shift 0..12
public record IntegerLayer(IntegerLinear query, IntegerLinear key, IntegerLinear value, IntegerLinear output,
        IntegerMlp mlp, IntegerLinear down) {}
