package dev.chagres.gpt2.model;

import dev.chagres.semantics.Interval;

/// One transformer block of the integer model. Rows of `query`, `key` and `value` are ordered head by head:
/// head h owns rows `h * headWidth .. (h + 1) * headWidth - 1`, and the same columns of `output`.
///
/// @param query          d -> attention width; q = clamp(u, -qkBound, qkBound)
/// @param key            d -> attention width; k likewise
/// @param value          d -> attention width; v = clamp(u, -vBound, vBound)
/// @param output         attention width -> d; `x += u`, shift 0..3
/// @param up             d -> F; g = gelu[u - geluBase]
/// @param geluBase       the u of `gelu[0]`
/// @param gelu           table over an interval that holds `up.u()`
/// @param g              the least and largest table entry
/// @param geluInputUnit  u stands for u * geluInputUnit, for information
/// @param geluOutputUnit g stands for g * geluOutputUnit, for information
/// @param down           F -> d; `x += u`, shift 0..3
public record IntegerLayer(
        IntegerLinear query,
        IntegerLinear key,
        IntegerLinear value,
        IntegerLinear output,
        IntegerLinear up,
        int geluBase,
        int[] gelu,
        Interval g,
        double geluInputUnit,
        double geluOutputUnit,
        IntegerLinear down) {
    /// The largest magnitude of g.
    public long gBound() {
        return g.magnitude();
    }

    /// The table as a function of u.
    public int gelu(long u) {
        return gelu[(int) (u - geluBase)];
    }
}
