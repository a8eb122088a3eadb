package dev.chagres.bench.measure;

/// What [Sampler] found out about one call.
///
/// @param median nanoseconds of one call, middle of all samples
/// @param best nanoseconds of one call, second percentile of all samples
/// @param samples number of samples
/// @param callsPerSample calls in each
/// @param fullSpeedSeconds time from the first call until a call first took at most a quarter more than the median;
///     kernels that were timed before share loops with this one
public record Timing(double median, double best, int samples, int callsPerSample, double fullSpeedSeconds) {}
