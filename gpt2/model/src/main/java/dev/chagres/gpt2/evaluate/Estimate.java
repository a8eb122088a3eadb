package dev.chagres.gpt2.evaluate;

/// A mean with its standard error.
///
/// @param mean  of the values; NaN if there are none
/// @param error standard error of the mean; NaN if there are too few values
/// @param count number of values
public record Estimate(double mean, double error, long count) {}
