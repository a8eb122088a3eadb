/// The vector kernels: the only package that touches the incubating Vector API.
///
/// Flat loops over whole blocks are written by `KernelGenerator` (`src/generator/java`) and checked in under
/// `src/generated/java`, where `GeneratedLoopsTest` compares them; the `Vector*Kernels` classes put the kernel
/// contracts around them: tails, chunks and scratch memory.
/// [VectorBackend] is the entrance; callers go through [dev.chagres.kernel.Backends], which checks that the module
/// `jdk.incubator.vector` is there before any class of this package is loaded.
///
/// Rules that keep C2 on the fast path: species are `static final`; no vector leaves its method, neither as
/// argument, result, field nor array element; a loop holds at most about 250 vector operations; memory is reached
/// through one constant segment with `long` addresses. Every class has a scalar twin in [dev.chagres.kernel] and gives
/// the same results at every vector width.
package dev.chagres.kernel.simd;
