/// Bulk kernels over off-heap memory, behind one provider.
///
/// A [Backend] bundles five families of kernels. [Backends] picks the scalar or the vector one once,
/// logs the choice once, and can be forced. The vector family lives in `dev.chagres.kernel.simd`, the
/// only package that touches the Vector API; the scalar twins live here and are the reference.
///
/// ## Memory layout
/// Kernels take raw addresses (`long`, bytes) of off-heap memory aligned to 64 bytes and element counts.
/// Storage is always padded to a whole number of 16-element blocks; a kernel may read and overwrite the
/// padding of a destination but never depends on what padding holds.
///
/// - **base array**: canonical [dev.chagres.field.M31] values, 4 bytes each.
/// - **ext array**: [dev.chagres.field.QM31] values in blocks of 16 elements, 256 bytes a block: sixteen
///   `c0`, then sixteen `c1`, `c2`, `c3`. Element `i`, coordinate `k` is at
///   `address + (i / 16) * 256 + k * 64 + (i % 16) * 4`.
///
/// Bounds and lifetimes are the caller's duty: kernels are called on chunks by code that owns the memory.
package dev.chagres.kernel;
