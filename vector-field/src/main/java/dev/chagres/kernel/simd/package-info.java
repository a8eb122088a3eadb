/// The kernels on the Vector API: the only package that uses `jdk.incubator.vector`.
///
/// Every class here has a scalar twin in [dev.chagres.kernel] and gives the same results at every vector width.
package dev.chagres.kernel.simd;
