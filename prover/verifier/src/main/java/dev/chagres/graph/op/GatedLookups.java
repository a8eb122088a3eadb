package dev.chagres.graph.op;

import dev.chagres.lookup.Table;

/// The tables of a [GatedHidden].
///
/// @param activation pairs (ug, f(ug)), at most 15 bits and a sign
/// @param remainders of both projections: [LookupTables#remainders(int)] of their shift
/// @param up the range of ub + 2^15, 16 bits
/// @param productRemainders the range of the remainder of the product's shift
/// @param clamp pairs (uh, g), g fitting 16 bits with its sign
public record GatedLookups(Table activation, Table remainders, Table up, Table productRemainders, Table clamp) {}
