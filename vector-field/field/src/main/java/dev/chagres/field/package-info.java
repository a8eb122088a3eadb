/// The base field M31, its extension QM31 and the M31 circle group, in scalar form.
///
/// This is the reference arithmetic: the verifier uses it directly and every vector kernel is tested
/// against it. Nothing here depends on the Vector API, on threads or on off-heap memory.
package dev.chagres.field;
