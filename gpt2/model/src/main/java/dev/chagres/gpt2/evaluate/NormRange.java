package dev.chagres.gpt2.evaluate;

/// How often the norms of one name left their plain case.
///
/// @param layer         the block; the number of blocks for the final norm
/// @param norm          `norm1`, `norm2` or `final`
/// @param rows          all rows
/// @param exponentRows  rows whose exponent is above 0: their low bits are dropped before the sum of squares
/// @param epsilonRows   rows where the least eps_0, 2^14, in place of the model's epsilon changes the sum of squares by
///                      more than a part in 1024
public record NormRange(int layer, String norm, long rows, long exponentRows, long epsilonRows) {}
