package dev.chagres.poly;

/// A named group of sumcheck variables.
///
/// @param name unique in its statement
/// @param bits number of variables, possibly 0
public record Variable(String name, int bits) {}
