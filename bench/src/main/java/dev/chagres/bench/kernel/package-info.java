/// Kernel benchmarks: one JMH class for each family of [dev.chagres.kernel], and the list of their cases that
/// `chagres bench kernels` times itself.
///
/// A benchmark object allocates seeded off-heap arrays for one size; its methods each make one kernel call on them.
package dev.chagres.bench.kernel;
